//! Units of systemd and programs of supervisor: files of sections.

use std::ops::Range;

use crate::parse::command::lines::{lines, offset};
use crate::parse::command::names::is_local_file;
use crate::parse::command::{Host, Kind, Reading, Spot, Text, Variables, Weight};
use crate::source::Source;

/// A key and its value, the lines of it joined.
struct Setting<'a> {
    section: &'a str,
    key: &'a str,
    value: Text,
}

/// A unit of systemd: `ExecStartPre=` and its like in `[Service]`.
pub(super) fn systemd(source: &Source) -> Reading {
    let mut reading = Reading::default();
    let settings = settings(&source.text, Continued::Backslash);
    let mut variables = Variables::new();
    for it in settings.iter().filter(|it| it.key == "Environment") {
        // `Environment="A=one two" B=three`
        for word in quoted_words(&it.value.to_string()) {
            if let Some((name, value)) = word.split_once('=') {
                let place = it.value.range().unwrap_or_default();
                variables.insert(name.to_owned(), Some(Text::within(value, &place)));
            }
        }
    }
    for it in settings.iter().filter(|it| it.section == "Service" && it.key.starts_with("Exec")) {
        let host = host(source, Kind::Systemd, it.key);
        let spots = it.value.spots();
        // Signs that tell systemd how to run it ("Table 2. Special executable prefixes" in systemd.service(5)).
        let signs = spots.iter().take_while(|it| matches!(it.c, '@' | '-' | ':' | '+' | '!' | '|'));
        let count = signs.clone().count();
        let renamed = signs.clone().any(|it| it.c == '@');
        let mut text = Text::from(spots.get(count..).unwrap_or_default());
        if renamed {
            text = without_second_word(&text);
        }
        let range = it.value.range().unwrap_or_default();
        reading.add_shell_with(&host, &range, &text, &variables);
    }
    reading
}

/// The configuration of supervisor: `command=` in `[program:x]`.
pub(super) fn supervisor(source: &Source) -> Reading {
    let mut reading = Reading::default();
    for it in settings(&source.text, Continued::Indented) {
        let family = it.section.split(':').next().unwrap_or_default();
        if it.key != "command" || !matches!(family, "program" | "eventlistener" | "fcgi-program") {
            continue;
        }
        let host = host(source, Kind::Supervisor, it.section);
        let range = it.value.range().unwrap_or_default();
        reading.add_shell(&host, &range, &expressions(&it.value));
    }
    reading
}

fn host(source: &Source, kind: Kind, key: &str) -> Host {
    let weight = if is_local_file(&source.path) { Weight::Maybe } else { Weight::Platform };
    Host::new(kind, source, key, weight)
}

/// How a value goes on in the next line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Continued {
    Backslash,
    Indented,
}

fn settings(text: &str, continued: Continued) -> Vec<Setting<'_>> {
    let mut found: Vec<Setting<'_>> = Vec::new();
    let mut section = "";
    let mut open = false;
    for (start, line) in lines(text) {
        let trimmed = line.trim();
        if trimmed.starts_with(['#', ';']) {
            continue;
        }
        let indented = continued == Continued::Indented && line.starts_with([' ', '\t']);
        if (open || indented) && !trimmed.is_empty() {
            if let Some(last) = found.last_mut() {
                push(&mut last.value, start, line, continued);
            }
            open = continued == Continued::Backslash && trimmed.ends_with('\\');
            continue;
        }
        open = false;
        if let Some(name) = trimmed.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
            section = name;
        } else if let Some((key, value)) = line.split_once('=') {
            let value = value.trim_start();
            let mut text = Text::default();
            push(&mut text, offset(start, line, value), value, continued);
            found.push(Setting { section, key: key.trim(), value: text });
            open = continued == Continued::Backslash && value.trim_end().ends_with('\\');
        }
    }
    found
}

/// Adds a line to a value.
fn push(value: &mut Text, start: usize, line: &str, continued: Continued) {
    let kept = match continued {
        Continued::Backslash => line.trim_end().trim_end_matches('\\'),
        // A comment may follow in the line.
        Continued::Indented => line.split(" ;").next().unwrap_or(line).trim_end(),
    };
    if !value.is_empty() {
        value.push(Spot { c: ' ', start, end: start });
    }
    value.extend(Text::plain(kept, start).spots());
}

/// `%(ENV_HOME)s` as a variable of the shell that nobody sets.
fn expressions(value: &Text) -> Text {
    let spots = value.spots();
    let mut text = Text::default();
    let mut at = 0;
    while let Some(&spot) = spots.get(at) {
        let rest = spots.get(at..).unwrap_or_default();
        let opens = rest.get(..2).is_some_and(|it| it[0].c == '%' && it[1].c == '(');
        let end = if opens { rest.iter().position(|it| it.c == ')') } else { None };
        match end {
            Some(end) => {
                let name: String = rest[2..end].iter().map(|it| it.c).collect();
                let range: Range<usize> = spot.start..rest[end].end;
                text.extend(Text::within(&format!("${{{name}}}"), &range).spots());
                // The letter after it says how it is written.
                at += end + 2;
            }
            None if opens => {
                text.extend(rest);
                break;
            }
            None => {
                text.push(spot);
                at += 1;
            }
        }
    }
    text
}

/// With `@` the second word is only the name that the program goes by.
fn without_second_word(text: &Text) -> Text {
    let spots = text.spots();
    let blank = |it: &Spot| it.c.is_whitespace();
    let first = spots.iter().position(blank).unwrap_or(spots.len());
    let (program, rest) = spots.split_at(first);
    let second = rest.iter().position(|it| !blank(it)).unwrap_or(rest.len());
    let rest = rest.get(second..).unwrap_or_default();
    let after = rest.iter().position(blank).unwrap_or(rest.len());
    let mut kept = Text::from(program);
    kept.extend(rest.get(after..).unwrap_or_default());
    kept
}

/// The words of a text, without their quotes.
fn quoted_words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    for c in text.chars() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            (None, c) if c.is_whitespace() => found.push(std::mem::take(&mut word)),
            _ => word.push(c),
        }
    }
    found.push(word);
    found
}
