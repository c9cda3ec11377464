//! Why the work could not be done. Not a finding: a finding is the work done.

use std::fmt;

/// An error with what to do now. It always ends in exit code 2.
#[derive(Debug)]
pub struct Failure {
    /// What could not be done, and why: lower case, no full stop.
    pub message: String,
    /// The next steps, each a sentence or a command to type.
    pub help: Vec<String>,
}

impl Failure {
    pub fn new(message: impl Into<String>) -> Failure {
        Failure { message: message.into(), help: Vec::new() }
    }

    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Failure {
        self.help.push(help.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

pub type Result<T> = std::result::Result<T, Failure>;

/// Says what was being done when something from outside failed.
pub trait Context<T> {
    /// `doing` reads after "could not": `read the staged index`.
    fn context(self, doing: impl fmt::Display) -> Result<T>;
}

impl<T, E: fmt::Display> Context<T> for std::result::Result<T, E> {
    fn context(self, doing: impl fmt::Display) -> Result<T> {
        self.map_err(|error| Failure::new(format!("could not {doing}: {error}")))
    }
}
