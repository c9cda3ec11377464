//! Marked lines in somebody else's file: ours can be found, renewed and taken out, and the rest stays byte for byte.

use super::VERSION;
use crate::failure::{Failure, Result};

const BEGIN: &str = "# >>> sprag ";
const END: &str = "# <<< sprag <<<";
/// Says that there was no file before.
const MADE: &str = "; sprag made this file";

/// Lines to put into a file.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub label: &'static str,
    pub lines: Vec<String>,
    /// Spaces before each line, for languages that count them.
    pub indent: usize,
    pub made: bool,
}

impl Block {
    pub(super) fn new(label: &'static str, lines: &str, indent: usize) -> Block {
        let lines = lines.lines().map(str::to_owned).collect();
        Block { label, lines, indent, made: false }
    }

    fn text(&self, newline: &str) -> String {
        let made = if self.made { MADE } else { "" };
        let begin = format!("{BEGIN}{}, version {VERSION}{made} >>>", self.label);
        let lines = [begin].into_iter().chain(self.lines.clone()).chain([END.to_owned()]);
        indented(lines, self.indent, newline)
    }

    /// Puts the block before line `at` of `text`, counted from 0; after the last line when there are fewer.
    pub(super) fn insert(&self, text: &str, at: usize) -> String {
        let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let block = self.text(newline);
        let offset = text.split_inclusive('\n').take(at).map(str::len).sum::<usize>();
        let (before, after) = text.split_at(offset);
        if before.is_empty() || before.ends_with('\n') {
            return format!("{before}{block}{after}");
        }
        // No newline at the end of the file before, none after: so `remove` can tell.
        format!("{before}{newline}{}", block.trim_end_matches(newline))
    }
}

/// A file without our lines.
#[derive(Debug)]
pub(super) struct Removed {
    pub text: String,
    /// What was taken out.
    pub lines: Vec<String>,
    /// Nothing of anybody else's is left of a file that was made for our lines.
    pub unneeded: bool,
    /// Some of the lines were of another version.
    pub outdated: bool,
}

/// Takes our lines out. `name` is for the message when they have been damaged.
pub(super) fn remove(text: &str, name: &str) -> Result<Removed> {
    let mut removed =
        Removed { text: String::new(), lines: Vec::new(), unneeded: false, outdated: false };
    let mut made = false;
    let mut inside = false;
    for line in text.split_inclusive('\n') {
        let content = line.trim();
        let begins = content.starts_with(BEGIN) && content.ends_with(">>>");
        if begins == inside && (begins || content == END) {
            return Err(Failure::new(format!("the lines of sprag in `{name}` are damaged"))
                .help(format!("take out everything from `{BEGIN}` to `{END}`, and run it again")));
        }
        if begins {
            inside = true;
            made |= content.contains(MADE);
            removed.outdated |= !content.contains(&format!(", version {VERSION}"));
        }
        if !inside {
            removed.text.push_str(line);
            continue;
        }
        removed.lines.push(line.trim_end().to_owned());
        if content == END {
            inside = false;
            if !line.ends_with('\n') {
                // `insert` brought the newline before it along.
                let text = &removed.text;
                let end =
                    text.strip_suffix("\r\n").or(text.strip_suffix('\n')).unwrap_or(text).len();
                removed.text.truncate(end);
            }
        }
    }
    if inside {
        return Err(Failure::new(format!("the lines of sprag in `{name}` have no end"))
            .help(format!("take out everything from `{BEGIN}` on, and run it again")));
    }
    removed.unneeded = made && matches!(removed.text.trim(), "" | "#!/bin/sh");
    Ok(removed)
}

/// Whether a text runs a command of ours, in a marked block or by hand.
pub(super) fn mentions(text: &str, command: &str) -> bool {
    text.lines()
        .map(str::trim_start)
        .any(|line| !line.starts_with(['#', '/']) && line.contains(command))
}

/// Lines as text, each behind as many blanks.
pub(super) fn indented(
    lines: impl IntoIterator<Item: Into<String>>,
    indent: usize,
    newline: &str,
) -> String {
    lines
        .into_iter()
        .flat_map(|line| [" ".repeat(indent), line.into(), newline.to_owned()])
        .collect()
}
