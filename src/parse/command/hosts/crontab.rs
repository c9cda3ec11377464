//! A crontab: what runs at which times.

use crate::parse::command::assign::assignment;
use crate::parse::command::lines::{lines, offset};
use crate::parse::command::names::is_local_file;
use crate::parse::command::{Host, Kind, Reading, Text, Variables, Weight};
use crate::source::Source;

/// Those a line may name as the one who runs it, where the file does not lie where each line must.
const USERS: &[&str] = &["root", "www-data", "node", "app", "deploy", "ubuntu", "nobody"];

pub(super) fn read(source: &Source) -> Reading {
    let mut reading = Reading::default();
    let weight = if is_local_file(&source.path) { Weight::Maybe } else { Weight::Platform };
    let path = source.path.to_str_lossy();
    let users = path.contains("cron.d/") || path.ends_with("etc/crontab");
    let mut variables = Variables::new();
    let mut entries = 0;
    for (start, line) in lines(&source.text) {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        if let Some(name) = assignment(trimmed).filter(|it| !it.contains(char::is_whitespace)) {
            let value = trimmed.get(name.len() + 1..).unwrap_or_default();
            let value = value.trim_matches(['"', '\'']);
            let text = Text::plain(value, offset(start, line, value));
            variables.insert(name.to_owned(), Some(text));
            continue;
        }
        let Some(mut command) = after_times(trimmed) else { continue };
        let first = command.split_whitespace().next().unwrap_or_default();
        if users || USERS.contains(&first) {
            command = command.strip_prefix(first).unwrap_or(command).trim_start();
        }
        entries += 1;
        let at = offset(start, line, command);
        let host = Host::new(Kind::Crontab, source, format!("entry {entries}"), weight);
        let range = at..at + command.len();
        reading.add_shell_with(&host, &range, &Text::plain(command, at), &variables);
    }
    reading
}

/// What follows the times: five fields, six or seven with seconds or years, or `@daily`.
fn after_times(line: &str) -> Option<&str> {
    if line.starts_with('@') {
        return line.split_once(char::is_whitespace).map(|it| it.1.trim_start());
    }
    let mut rest = line;
    for field in 0..7 {
        let (word, after) = rest.split_once(char::is_whitespace)?;
        let numbers = |it: char| it.is_ascii_digit() || matches!(it, '*' | '/' | ',' | '-' | '?');
        let fits = match field {
            // Months and days have names too.
            3 | 4 => word.chars().all(|it| numbers(it) || it.is_ascii_alphabetic() || it == '#'),
            2 => word.chars().all(|it| numbers(it) || matches!(it, 'L' | 'W')),
            _ => word.chars().all(numbers),
        };
        if !fits {
            return (field >= 5).then_some(rest);
        }
        rest = after.trim_start();
    }
    Some(rest)
}
