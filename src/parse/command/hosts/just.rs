//! `justfile`: recipes.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::parse::command::lines::{lines, offset};
use crate::parse::command::names::{deploys, is_local_file};
use crate::parse::command::{Call, Host, Kind, Reading, Spot, Text, Weight, Word};
use crate::source::Source;

/// How many characters the value of a variable may have.
const LONGEST: usize = 4_096;

pub(super) fn read(source: &Source) -> Reading {
    let mut reader = Reader {
        source,
        reading: Reading::default(),
        values: BTreeMap::new(),
        first: true,
        script: false,
        local: is_local_file(&source.path),
    };
    let lines: Vec<(usize, &str)> = lines(&source.text).collect();
    // A variable may be set below the recipes that name it.
    for (start, line) in &lines {
        reader.assignment(*start, line);
    }
    let mut at = 0;
    while let Some(&(start, line)) = lines.get(at) {
        at += 1;
        let body = lines.get(at..).unwrap_or_default();
        let indented =
            |it: &&(usize, &str)| it.1.trim().is_empty() || it.1.starts_with([' ', '\t']);
        let length = body.iter().take_while(indented).count();
        if reader.header(start, line, body.get(..length).unwrap_or_default()) {
            at += length;
        }
    }
    reader.reading
}

struct Reader<'a> {
    source: &'a Source,
    reading: Reading,
    /// What is set to nothing but text.
    values: BTreeMap<String, String>,
    /// No recipe was seen yet: the first one is what `just` runs.
    first: bool,
    /// The next recipe is a script as a whole: `[script]`.
    script: bool,
    local: bool,
}

impl Reader<'_> {
    /// `name := 'text' + other`.
    fn assignment(&mut self, start: usize, line: &str) {
        if line.starts_with([' ', '\t', '#']) {
            return;
        }
        let Some((name, value)) = line.split_once(":=") else { return };
        let name = name.trim().trim_start_matches("export ").trim();
        if let Some(command) = value.trim().strip_prefix('`').and_then(|it| it.strip_suffix('`')) {
            let host = self.host("", Weight::Maybe);
            let at = offset(start, line, command);
            let text = Text::plain(command, at);
            self.reading.add_shell(&host, &(at..at + command.len()), &text);
        } else if let Some(value) = self.evaluated(value) {
            self.values.insert(name.to_owned(), value);
        }
    }

    /// What an expression of texts and names comes to; none where more is needed to tell.
    fn evaluated(&self, expression: &str) -> Option<String> {
        let mut whole = String::new();
        let mut rest = expression.trim();
        loop {
            let quote = rest.chars().next().filter(|it| matches!(it, '"' | '\''));
            let after = match quote {
                Some(quote) => {
                    let (text, after) = rest.get(1..)?.split_once(quote)?;
                    whole.push_str(text);
                    after
                }
                None => {
                    let end = rest
                        .find(|it: char| !(it.is_alphanumeric() || matches!(it, '_' | '-')))
                        .unwrap_or(rest.len());
                    whole.push_str(self.values.get(&rest[..end])?);
                    &rest[end..]
                }
            };
            if whole.len() > LONGEST {
                return None;
            }
            let after = after.trim_start();
            if after.is_empty() || after.starts_with('#') {
                return Some(whole);
            }
            rest = after.strip_prefix('+')?.trim_start();
        }
    }

    fn host(&self, key: &str, weight: Weight) -> Host {
        Host::new(Kind::Justfile, self.source, key, weight)
    }

    /// Whether the line begins a recipe, whose body was read then.
    fn header(&mut self, start: usize, line: &str, body: &[(usize, &str)]) -> bool {
        let line = line.trim_end();
        if line.is_empty() || line.starts_with([' ', '\t', '#']) {
            return false;
        }
        if line.starts_with('[') {
            self.script |= line.contains("script");
            return false;
        }
        let range = start..start + line.len();
        if line.contains(":=") && line.split(":=").next().is_some_and(|it| !it.contains(':')) {
            let alias = line.strip_prefix("alias ").and_then(|it| it.split_once(":="));
            if let Some((name, target)) = alias {
                let host = self.host(name.trim(), Weight::Maybe);
                self.part(&host, target.trim(), &range);
            }
            return false;
        }
        for word in ["import?", "import", "mod?", "mod"] {
            if let Some(path) = line.strip_prefix(word).filter(|it| it.starts_with([' ', '\t'])) {
                if let Some(path) = path.split(['\'', '"']).nth(1) {
                    let path = Word::new(Text::plain(path, offset(start, line, path)));
                    let host = self.host("", Weight::Maybe);
                    self.reading.link(&host, range, Call::file_as(path, Kind::Justfile));
                }
                return false;
            }
        }
        let Some((head, dependencies)) = line.split_once(':') else { return false };
        let name = head.trim_start_matches('@').split_whitespace().next().unwrap_or_default();
        let weight = if deploys(name) && !self.local { Weight::Named } else { Weight::Maybe };
        let host = self.host(name, weight);
        if std::mem::take(&mut self.first) {
            let whole = self.host("", Weight::Maybe);
            self.part(&whole, name, &range);
        }
        let names = dependencies.split(['#']).next().unwrap_or_default();
        for name in names.split_whitespace().filter(|it| *it != "&&") {
            let name = name.trim_start_matches('(').trim_end_matches(')');
            self.part(&host, name, &range);
        }
        self.body(&host, body);
        true
    }

    fn part(&mut self, host: &Host, name: &str, range: &Range<usize>) {
        let part = Word::new(Text::within(name, range));
        self.reading.link(host, range.clone(), Call::part(part));
    }

    fn body(&mut self, host: &Host, body: &[(usize, &str)]) {
        let script = std::mem::take(&mut self.script)
            || body.first().is_some_and(|it| it.1.trim_start().starts_with("#!"));
        let mut text = Text::default();
        for (start, line) in body {
            let kept = line.trim_start();
            let signs = if script || !text.is_empty() { "" } else { "@-" };
            let kept = kept.trim_start_matches(|it| signs.contains(it));
            let more = !script && kept.ends_with('\\');
            self.interpolated(kept, offset(*start, line, kept), &mut text);
            let end = start + line.len();
            text.push(Spot { c: '\n', start: end, end });
            if !script && !more {
                self.run(host, std::mem::take(&mut text));
            }
        }
        self.run(host, text);
    }

    fn run(&mut self, host: &Host, text: Text) {
        let Some(range) = text.range() else { return };
        let line: String =
            text.spots().iter().map(|it| it.c).take_while(|it| *it != '\n').collect();
        let names = ["node", "tsx", "bun", "deno", "python", "ruby", "perl"];
        let parts = line.split(['/', ' ']);
        let other = line
            .starts_with("#!")
            .then(|| {
                parts.into_iter().find_map(|word| names.into_iter().find(|it| word.starts_with(it)))
            })
            .flatten();
        match other {
            Some(name) => {
                let word = |it: &str| Word::new(Text::within(it, &range));
                let words = vec![word(name), word("-e"), Word::new(text)];
                self.reading.add_words(host, &range, words);
            }
            None => self.reading.add_shell(host, &range, &text),
        }
    }

    /// A line with what stands in `{{ }}` replaced; what is not known is told to the shell reader in its own way.
    fn interpolated(&self, line: &str, at: usize, text: &mut Text) {
        let mut rest = line;
        loop {
            let here = offset(at, line, rest);
            let Some((before, after)) = rest.split_once("{{") else {
                text.extend(Text::plain(rest, here).spots());
                return;
            };
            text.extend(Text::plain(before, here).spots());
            let Some((inner, next)) = after.split_once("}}") else {
                text.extend(Text::plain(&rest[before.len()..], here + before.len()).spots());
                return;
            };
            let from = here + before.len();
            let range = from..from + inner.len() + 4;
            let value = self.evaluated(inner).unwrap_or_else(|| format!("${{{{{inner}}}}}"));
            text.extend(Text::within(&value, &range).spots());
            rest = next;
        }
    }
}
