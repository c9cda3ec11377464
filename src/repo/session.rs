//! Objects read through one `git cat-file --batch`.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use crate::failure::{Context, Failure, Result};

use super::git::{Git, not_started};
use super::id::Id;
use super::objects::{Found, Kind, Object};

/// A running child: it is asked for one object at a time, so neither side can wait for the other.
pub(super) struct Session {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Session {
    pub(super) fn start(git: &Git) -> Result<Session> {
        let mut child = git
            .command(&["cat-file", "--batch"])
            // A partial clone would fetch once for each object; what is missing is fetched together instead.
            .env("GIT_NO_LAZY_FETCH", "1")
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| not_started(&error))?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let output = output.ok_or_else(|| Failure::new("could not listen to `git cat-file`"))?;
        Ok(Session { child, input, output: BufReader::with_capacity(1 << 16, output) })
    }

    pub(super) fn object(&mut self, id: Id, limit: usize) -> Result<Found> {
        self.ask(id, limit).context(format!("read object {} through `git cat-file`", id.hex()))
    }

    fn ask(&mut self, id: Id, limit: usize) -> std::io::Result<Found> {
        let gone = || std::io::Error::other("it ended early; `git fsck` may say why");
        let input = self.input.as_mut().ok_or_else(gone)?;
        input.write_all(format!("{}\n", id.hex()).as_bytes()).map_err(|_| gone())?;
        let mut header = String::new();
        self.output.read_line(&mut header)?;
        let mut words = header.split_whitespace();
        if words.next() != Some(&id.hex()) {
            return Err(gone());
        }
        let kind = match words.next() {
            Some("missing") => return Ok(Found::Missing),
            Some(kind) => Kind::from_name(kind.as_bytes()).ok_or_else(gone)?,
            None => return Err(gone()),
        };
        let size: usize = words.next().and_then(|it| it.parse().ok()).ok_or_else(gone)?;
        if size > limit {
            let rest = size as u64 + 1;
            let skipped =
                std::io::copy(&mut self.output.by_ref().take(rest), &mut std::io::sink())?;
            return if skipped == rest { Ok(Found::TooLarge(kind, size)) } else { Err(gone()) };
        }
        let mut data = Vec::new();
        self.output.by_ref().take(size as u64 + 1).read_to_end(&mut data)?;
        if data.len() != size + 1 {
            return Err(gone());
        }
        data.pop();
        Ok(Found::Object(Object { kind, data }))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // The end of its input ends it.
        self.input.take();
        let _ = self.child.wait();
    }
}
