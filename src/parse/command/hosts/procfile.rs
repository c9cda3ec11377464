//! `Procfile`: the processes of an application, one in each line.

use crate::parse::command::lines::{lines, offset};
use crate::parse::command::names::is_local_file;
use crate::parse::command::{Call, Host, Kind, Reading, Text, Weight, Word};
use crate::source::Source;

pub(super) fn read(source: &Source) -> Reading {
    let mut reading = Reading::default();
    let weight = if is_local_file(&source.path) { Weight::Maybe } else { Weight::Platform };
    let whole = Host::new(Kind::Procfile, source, "", Weight::Maybe);
    for (start, line) in lines(&source.text) {
        let Some((name, command)) = line.split_once(':') else { continue };
        let fits = |it: char| it.is_ascii_alphanumeric() || matches!(it, '_' | '-');
        let name = name.trim();
        if name.is_empty() || !name.chars().all(fits) {
            continue;
        }
        let range = start..start + line.len();
        let host = Host::new(Kind::Procfile, source, name, weight);
        let text = Text::plain(command, offset(start, line, command));
        reading.add_shell(&host, &range, &text);
        let part = Word::new(Text::within(name, &range));
        reading.link(&whole, range, Call::part(part));
    }
    reading
}
