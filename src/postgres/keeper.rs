//! A child process that ends when this one does, however this one ends.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::{Child, ChildStdin, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::{Place, Session};
use crate::failure::{Context, Failure, Result};

/// The shell waits for a word on its input, or for its end: where this process is killed, the child goes with it. What
/// has only begun does not hear the first signal, so it is told again.
const SCRIPT: &str = r#"
end=$1
shift
"$@" &
pid=$!
read -r how || how=$end
(
  n=0
  while [ $n -lt 50 ]; do kill -"$how" "$pid"; n=$((n + 1)); sleep 0.1; done
  kill -KILL "$pid"
) 2>/dev/null &
last=$!
wait "$pid" 2>/dev/null
kill "$last" 2>/dev/null
exit 0
"#;

/// Longer than any server takes that comes up at all.
const START: Duration = Duration::from_mins(1);

/// Waits until a server lets somebody in, or says in its log why it never will.
pub(super) fn until_up(log: &Path, open: impl Fn() -> Result<Session>) -> Result<Session> {
    let begin = Instant::now();
    loop {
        let why = match open() {
            Ok(session) => return Ok(session),
            Err(why) => why.message,
        };
        let text = fs::read(log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        // Of a session that came too early the log has the database.
        let fatal = text.lines().find(|it| it.contains("<> FATAL"));
        if fatal.is_some() || begin.elapsed() > START {
            let why = fatal.map_or(why, str::to_owned);
            return Err(Failure::new(format!("Postgres did not start: {why}")));
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// The names of two signals.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signals {
    /// It may put things in order.
    pub orderly: &'static str,
    /// It goes at once.
    pub now: &'static str,
}

pub(super) struct Keeper {
    shell: Child,
    stop: Stop,
}

/// Ends the child; once.
#[derive(Clone)]
pub(super) struct Stop {
    /// What is written here is the signal that the child gets.
    pipe: Arc<Mutex<Option<ChildStdin>>>,
    signals: Signals,
}

impl Keeper {
    /// Starts a program as servers are started. What it complains of goes to `log`.
    pub(super) fn start(
        place: &Place,
        program: &[&OsStr],
        log: File,
        signals: Signals,
    ) -> Result<Keeper> {
        let mut command = place.command(Path::new("/bin/sh"));
        command.args(["-c", SCRIPT, "sh", signals.now]).args(program);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(log);
        let mut shell = command.spawn().context("start Postgres")?;
        let pipe = Arc::new(Mutex::new(shell.stdin.take()));
        Ok(Keeper { shell, stop: Stop { pipe, signals } })
    }

    pub(super) fn stop(&self) -> Stop {
        self.stop.clone()
    }
}

impl Stop {
    pub(super) fn now(&self) {
        self.signal(self.signals.now);
    }

    fn signal(&self, name: &str) {
        let Ok(mut pipe) = self.pipe.lock() else { return };
        if let Some(mut pipe) = pipe.take() {
            let _ = writeln!(pipe, "{name}");
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.stop.signal(self.stop.signals.orderly);
        // The shell kills what does not go by itself.
        let _ = self.shell.wait();
    }
}
