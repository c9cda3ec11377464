//! Migrations that `psql` is given: `psql -f prisma/migrations/…`, `psql < …`, `cat … | psql`.

use super::forbidden::{Hit, What, range};
use crate::parse::command::{Command, Input, Word};

/// Letters of options that take no value, so that others may stand behind them: `-qXf file` (`man psql`).
const BARE: &str = "aAbeEHlnqsStwWxXz10";

pub(super) fn judge(command: &Command) -> Option<Hit> {
    let words = &command.words;
    let mut hidden = None;
    for (at, text, is_file) in values(words) {
        if migrates(text) {
            let what = What::Forbidden(format!("psql -f {text}"));
            return Some(Hit { what, range: range(command, 0, at) });
        }
        let open = words[at].unknown.is_some() || text == "{}";
        if is_file && open && (text != "{}" || migrates(&command.text)) {
            hidden.get_or_insert((at, text));
        }
    }
    let whole = command.span.range();
    match &command.input {
        Input::File(word) if migrates(&word.text) => return Some(forbidden(command, &word.text)),
        // In a loop over the migrations, what it reads is one of them.
        Input::File(word) if word.unknown.is_some() && migrates(&command.text) => {
            return Some(Hit { what: hides(&word.text), range: whole });
        }
        Input::Pipe(before) => {
            if let Some(file) = before.iter().find(|it| migrates(&it.text)) {
                let what = format!("{} {} | psql", before[0].text, file.text);
                return Some(Hit { what: What::Forbidden(what), range: whole });
            }
            if before.first().is_some_and(filters) && migrates(&command.text) {
                let said: Vec<&str> = before.iter().map(|it| it.text.as_str()).collect();
                return Some(Hit { what: hides(&format!("< {}", said.join(" "))), range: whole });
            }
        }
        Input::Text(text) if text.to_string().contains("\\i") => {
            return Some(Hit { what: What::Forbidden("psql".to_owned()), range: whole });
        }
        Input::File(_) | Input::Text(_) | Input::Inherited => {}
    }
    let (at, word) = hidden?;
    Some(Hit { what: hides(word), range: range(command, 0, at) })
}

fn forbidden(command: &Command, file: &str) -> Hit {
    let what = What::Forbidden(format!("psql < {file}"));
    Hit { what, range: command.span.range() }
}

fn hides(word: &str) -> What {
    What::Hidden { program: "psql".to_owned(), word: word.to_owned() }
}

fn migrates(text: &str) -> bool {
    text.contains("migration") || text.contains("\\i")
}

/// Whether a program hands on what it reads, more or less as it is.
fn filters(program: &Word) -> bool {
    const FILTERS: &[&str] = &["cat", "sort", "sed", "awk", "grep", "envsubst", "tee", "tac"];
    FILTERS.contains(&program.text.as_str())
}

/// Files and commands that options name: the index of the word, the value, and whether it is a file.
fn values(words: &[Word]) -> impl Iterator<Item = (usize, &str, bool)> {
    words.iter().enumerate().skip(1).filter_map(|(at, word)| {
        let text = word.text.as_str();
        let next = words.get(at + 1).map(|it| (at + 1, it.text.as_str()));
        let long = [("--file", true), ("--command", false)];
        for (option, is_file) in long {
            match text.strip_prefix(option) {
                Some("") => return next.map(|(at, value)| (at, value, is_file)),
                Some(rest) if rest.starts_with('=') => return Some((at, &rest[1..], is_file)),
                _ => {}
            }
        }
        let letters = text.strip_prefix('-').filter(|it| !it.starts_with('-'))?;
        let rest = letters.trim_start_matches(|it| BARE.contains(it));
        let is_file = rest.starts_with('f');
        match rest.strip_prefix(['f', 'c'])? {
            "" => next.map(|(at, value)| (at, value, is_file)),
            value => Some((at, value, is_file)),
        }
    })
}
