//! Shell scripts that are files of their own.

use crate::parse::command::names::weight_of_file;
use crate::parse::command::{Host, Kind, Reading, Text, Weight};
use crate::source::Source;

/// Everything the script may run; what it defines as a function counts as run.
pub(super) fn read(source: &Source) -> Reading {
    let mut reading = Reading::default();
    let hook = source.path.as_bytes().split(|&it| it == b'/').any(|it| it == b".husky");
    let weight = if hook { Weight::Named } else { weight_of_file(&source.path) };
    let host = Host::new(Kind::Shell, source, "", weight);
    reading.add_shell(&host, &(0..source.text.len()), &Text::plain(&source.text, 0));
    reading
}
