//! How far a long work is.

use std::cell::Cell;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

use super::output::Output;

/// One line that is written over, for who waits at a terminal.
pub(super) struct Progress {
    /// What is going on.
    what: &'static str,
    shown: bool,
    begin: Instant,
    told: Cell<bool>,
}

impl Progress {
    pub(super) fn new(what: &'static str) -> Progress {
        let shown = std::io::stderr().is_terminal();
        Progress { what, shown, begin: Instant::now(), told: Cell::new(false) }
    }

    pub(super) fn tell(&self, done: usize, all: usize) {
        // What is over in a moment needs no line.
        if self.shown
            && self.begin.elapsed() > Duration::from_millis(500)
            && done.is_multiple_of(10)
        {
            self.told.set(true);
            Output::note(&format!("\r{}: {done} of {all} migrations", self.what));
        }
    }

    pub(super) fn end(&self) {
        if self.told.get() {
            Output::note("\r\x1b[K");
        }
    }
}
