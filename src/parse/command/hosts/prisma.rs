//! `schema.prisma`: the generators, which `prisma generate` starts as commands.

use super::database;
use crate::parse::command::names::is_local_file;
use crate::parse::command::{Call, Host, Kind, Reading, Text, Weight, Word};
use crate::parse::prisma::ast::{self, SourceKind, Value, ValueKind};
use crate::parse::prisma::parse;
use crate::source::Source;

pub(super) fn read(source: &Source) -> Reading {
    let mut reading = Reading::default();
    for block in parse(&source.text).sources {
        match block.kind {
            SourceKind::Generator => generator(&mut reading, source, &block),
            SourceKind::Datasource => addresses(&mut reading, source, &block),
        }
    }
    reading
}

fn generator(reading: &mut Reading, source: &Source, block: &ast::Source) {
    let weight = if is_local_file(&source.path) { Weight::Maybe } else { Weight::Named };
    let whole = Host::new(Kind::Prisma, source, "", Weight::Maybe);
    let key = format!("generator {}", block.name.text);
    let start = block.at.start;
    let line = source.text.get(start..).and_then(|it| it.lines().next()).unwrap_or_default();
    let range = start..start + line.len();
    let part = Word::new(Text::within(&key, &range));
    reading.link(&whole, range, Call::part(part));
    let host = Host::new(Kind::Prisma, source, key, weight);
    for (name, value) in &block.properties {
        if name.text == "provider" {
            provider(reading, &host, source, value);
        }
    }
}

/// `"npx prisma-client"`, or `env("PROVIDER")`, which nobody knows.
fn provider(reading: &mut Reading, host: &Host, source: &Source, value: &Value) {
    match &value.kind {
        ValueKind::String(command) => {
            let range = value.at.start + 1..value.at.end - 1;
            let written = source.text.get(range.clone()).unwrap_or_default();
            let text = if written == command {
                Text::plain(written, range.start)
            } else {
                Text::within(command, &range)
            };
            reading.add_shell(host, &range, &text);
        }
        ValueKind::Function(..) => {
            let written = source.text.get(value.at.clone()).unwrap_or_default();
            reading.add_words(host, &value.at, vec![Word::unknown(written, &value.at)]);
        }
        _ => {}
    }
}

/// A database that is written there, whatever the environment says: a job that rehearses migrations would not reach its
/// own one.
fn addresses(reading: &mut Reading, source: &Source, block: &ast::Source) {
    for (name, value) in &block.properties {
        let ValueKind::String(url) = &value.kind else { continue };
        let here = database::place(url).is_some_and(|(host, _)| database::is_loopback(host));
        let named = ["url", "directUrl", "shadowDatabaseUrl"].contains(&name.text.as_str());
        if named && !here && !url.starts_with("file:") {
            let range = value.at.start + 1..value.at.end - 1;
            let key = format!("datasource {}", name.text);
            let host = Host::new(Kind::Prisma, source, key, Weight::Maybe);
            reading.add_words(&host, &range, vec![Word::new(Text::within("datasource", &range))]);
        }
    }
}
