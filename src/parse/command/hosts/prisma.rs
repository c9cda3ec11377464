//! `schema.prisma`: the generators, which `prisma generate` starts as commands.

use super::database;
use crate::parse::command::lines::{lines, offset};
use crate::parse::command::names::is_local_file;
use crate::parse::command::{Call, Host, Kind, Reading, Text, Weight, Word};
use crate::source::Source;

pub(super) fn read(source: &Source) -> Reading {
    let mut reading = Reading::default();
    let weight = if is_local_file(&source.path) { Weight::Maybe } else { Weight::Named };
    let whole = Host::new(Kind::Prisma, source, "", Weight::Maybe);
    let mut generator: Option<Host> = None;
    for (start, line) in lines(&source.text) {
        let mut rest = line;
        if let Some(after) = line.trim_start().strip_prefix("generator ") {
            let Some((name, body)) = after.split_once('{') else { continue };
            let key = format!("generator {}", name.trim());
            let range = start..start + line.len();
            let part = Word::new(Text::within(&key, &range));
            reading.link(&whole, range, Call::part(part));
            generator = Some(Host::new(Kind::Prisma, source, key, weight));
            rest = body;
        }
        let trimmed = rest.trim_start();
        if generator.is_none() {
            address(&mut reading, source, start, line, trimmed);
        }
        let Some(host) = &generator else { continue };
        if let Some(value) = trimmed.strip_prefix("provider").map(str::trim_start) {
            provider(&mut reading, host, start, line, value);
        }
        if closes(trimmed) {
            generator = None;
        }
    }
    reading
}

/// A database that is written there, whatever the environment says: a job that rehearses migrations would not reach its
/// own one.
fn address(reading: &mut Reading, source: &Source, start: usize, line: &str, trimmed: &str) {
    let names = ["url", "directUrl", "shadowDatabaseUrl"];
    let Some((name, value)) = trimmed.split_once('=') else { return };
    let Some(body) = value.trim_start().strip_prefix('"') else { return };
    let url = body.split('"').next().unwrap_or_default();
    let here = database::place(url).is_some_and(|(host, _)| database::is_loopback(host));
    let file = url.starts_with("file:");
    if names.contains(&name.trim()) && !here && !file {
        let at = offset(start, line, url);
        let range = at..at + url.len();
        let key = format!("datasource {}", name.trim());
        let host = Host::new(Kind::Prisma, source, key, Weight::Maybe);
        reading.add_words(&host, &range, vec![Word::new(Text::within("datasource", &range))]);
    }
}

/// `= "npx prisma-client"`, or `= env("PROVIDER")`, which nobody knows.
fn provider(reading: &mut Reading, host: &Host, start: usize, line: &str, value: &str) {
    let Some(value) = value.strip_prefix('=').map(str::trim_start) else { return };
    if value.starts_with("env(") {
        let at = offset(start, line, value);
        let range = at..start + line.len();
        reading.add_words(host, &range, vec![Word::unknown(value.trim_end(), &range)]);
        return;
    }
    let Some(body) = value.strip_prefix('"') else { return };
    let mut end = body.len();
    let mut escaped = false;
    for (at, c) in body.char_indices() {
        if c == '"' && !escaped {
            end = at;
            break;
        }
        escaped = c == '\\' && !escaped;
    }
    let body = &body[..end];
    let at = offset(start, line, body);
    let range = at..at + body.len();
    let text = if body.contains('\\') {
        Text::within(&body.replace("\\\"", "\"").replace("\\\\", "\\"), &range)
    } else {
        Text::plain(body, at)
    };
    reading.add_shell(host, &range, &text);
}

/// Whether a line ends its block: a `}` outside of quotes and comments.
fn closes(line: &str) -> bool {
    let mut quoted = false;
    let mut before = ' ';
    for c in line.chars() {
        match c {
            '"' if before != '\\' => quoted = !quoted,
            '/' if before == '/' && !quoted => return false,
            '}' if !quoted => return true,
            _ => {}
        }
        before = c;
    }
    false
}
