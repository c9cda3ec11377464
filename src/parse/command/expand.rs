//! A shell word without its quotes, with what its variables are known to be.

use std::ops::Range;
use std::sync::Arc;

use super::lexer::{ansi_escape, closing, name_end, quote_end};
use super::shell::{Nested, Reader};
use super::text::{Spot, Text, span};
use super::word::Word;

/// How many characters the variables of a text may come to: they may hold each other many times over.
const EXPANDED: usize = 1 << 20;

/// The words that one written word comes to: a variable may hold several.
#[derive(Default)]
struct Fields {
    done: Vec<Word>,
    current: Word,
    /// Whether `current` is a word even while it is empty, as `""` is.
    begun: bool,
    brace: Brace,
}

/// How far the word is `{a,b}`, of which some shells make two.
#[derive(Default, PartialEq, Eq)]
enum Brace {
    #[default]
    None,
    Open,
    List,
    Closed,
}

impl Reader<'_> {
    /// Reads to the next unquoted blank or operator.
    pub(super) fn read_word(&mut self) -> Vec<Word> {
        let mut fields = Fields::default();
        while let Some(&spot) = self.spots.get(self.at) {
            match spot.c {
                ' ' | '\t' | '\r' | '\n' | ';' | '&' | '|' | '(' | ')' | '<' | '>' => break,
                '\\' => self.backslash(&mut fields),
                '\'' => self.single(&mut fields),
                '"' => self.double(&mut fields),
                '$' => self.dollar(&mut fields, false),
                '`' => self.backtick(&mut fields),
                c => {
                    fields.note(c);
                    fields.push(spot);
                    self.at += 1;
                }
            }
        }
        fields.finish()
    }

    fn backslash(&mut self, fields: &mut Fields) {
        let start = self.spots[self.at].start;
        self.at += 2;
        match self.spots.get(self.at - 1) {
            Some(spot) if spot.c == '\n' => {}
            // In a text that was put together, what follows may be of an earlier place.
            Some(spot) => fields.push(Spot { start: start.min(spot.start), ..*spot }),
            None => self.at = self.spots.len(),
        }
    }

    fn single(&mut self, fields: &mut Fields) {
        fields.begun = true;
        let from = self.at + 1;
        match quote_end(self.spots, from) {
            Some(end) => {
                fields.extend(&self.spots[from..end]);
                self.at = end + 1;
            }
            None => self.unknown_rest(fields),
        }
    }

    fn double(&mut self, fields: &mut Fields) {
        fields.begun = true;
        let start = self.at;
        let before = (fields.done.len(), fields.current.spots.spots().len());
        self.at += 1;
        while let Some(&spot) = self.spots.get(self.at) {
            match (spot.c, self.peek(1)) {
                ('"', _) => {
                    self.at += 1;
                    return;
                }
                ('\\', Some('$' | '`' | '"' | '\\' | '\n')) => self.backslash(fields),
                ('$', _) => self.dollar(fields, true),
                ('`', _) => self.backtick(fields),
                _ => {
                    fields.push(spot);
                    self.at += 1;
                }
            }
        }
        self.at = start;
        // It is written out below. With what its variables hold as well, it would grow each time it is read again.
        if fields.done.len() == before.0 {
            fields.current.spots.truncate(before.1);
        }
        self.unknown_rest(fields);
    }

    fn dollar(&mut self, fields: &mut Fields, quoted: bool) {
        let start = self.at;
        match (self.peek(1), self.peek(2)) {
            (Some('('), next) => {
                let inner = self.substitution(start + 2, ')');
                let arithmetic = next == Some('(')
                    && inner
                        .as_ref()
                        .is_some_and(|it| it.spots().last().is_some_and(|it| it.c == ')'));
                let nested = if arithmetic { Nested::perhaps } else { Nested::sure };
                self.script.nested.extend(inner.map(nested));
                self.unknown_since(start, fields);
            }
            (Some('{'), Some('{')) => {
                let ends = |at: &usize| self.spots[*at..].iter().take(2).all(|it| it.c == '}');
                self.at = (start + 3..self.spots.len().saturating_sub(1))
                    .find(ends)
                    .map_or(self.spots.len(), |it| it + 2);
                self.unknown_since(start, fields);
            }
            (Some('{'), _) => match closing(self.spots, start + 2, '}') {
                Some(end) if name_end(self.spots, start + 2) == end => {
                    self.at = end + 1;
                    self.variable(start, start + 2..end, fields, quoted);
                }
                Some(end) => {
                    self.at = end + 1;
                    self.default_value(&self.spots[start + 2..end]);
                    self.parameter(start, start + 2..end, fields, quoted);
                }
                None => self.unknown_rest(fields),
            },
            (Some('\''), _) if !quoted => self.ansi(fields),
            (Some('"'), _) if !quoted => self.at += 1,
            _ => {
                let end = name_end(self.spots, start + 1);
                if end == start + 1 {
                    fields.push(self.spots[start]);
                    self.at += 1;
                    return;
                }
                self.at = end;
                self.variable(start, start + 1..end, fields, quoted);
            }
        }
    }

    /// `${X:-$(cmd)}` runs `cmd` too.
    fn default_value(&mut self, inner: &[Spot]) {
        let runs = |it: &[Spot]| {
            it[0].c == '`' || (it[0].c == '$' && it.get(1).is_some_and(|it| it.c == '('))
        };
        if let Some(at) = (0..inner.len()).find(|&at| runs(&inner[at..])) {
            self.script.nested.push(Nested::perhaps(Text::from(&inner[at..])));
        }
    }

    /// `${NAME[@]}`, `${NAME:-default}`, and what else braces may say of a variable.
    fn parameter(&mut self, start: usize, inner: Range<usize>, fields: &mut Fields, quoted: bool) {
        let end = name_end(self.spots, inner.start).min(inner.end);
        let rest: String = self.spots[end..inner.end].iter().map(|it| it.c).collect();
        if matches!(rest.as_str(), "[@]" | "[*]") {
            return self.variable(start, inner.start..end, fields, quoted);
        }
        let operator = rest.strip_prefix(':').unwrap_or(&rest);
        let after = inner.end - operator.chars().count();
        let name: String = self.spots[inner.start..end].iter().map(|it| it.c).collect();
        let literal = !rest.contains(['$', '`']);
        match operator.chars().next() {
            Some('-' | '=' | '?') if self.scope.get(&name).is_some_and(|it| it.count() > 0) => {
                self.variable(start, inner.start..end, fields, quoted);
            }
            Some(sign @ ('-' | '=' | '+')) if literal => {
                let spots = &self.spots[after + 1..inner.end];
                let spots: Vec<Spot> =
                    spots.iter().filter(|it| !matches!(it.c, '"' | '\'')).copied().collect();
                let word = Word::new(Text::from(spots.as_slice()));
                self.most = self.most.max(2);
                self.varies = true;
                if sign == '=' {
                    let value = self.scope.entry(name).or_default();
                    value.open = true;
                    value.add(vec![word.clone()]);
                }
                if self.choice == 0 {
                    self.unknown_since(start, fields);
                } else {
                    self.insert(start, &[word], fields, quoted);
                }
            }
            _ => self.unknown_since(start, fields),
        }
    }

    fn variable(&mut self, start: usize, name: Range<usize>, fields: &mut Fields, quoted: bool) {
        let name: String = self.spots[name].iter().map(|it| it.c).collect();
        let splits = !self.scope.contains_key("IFS");
        let Some(value) = self.scope.get(&name) else {
            if name == "IFS" && !quoted {
                fields.next();
            } else {
                self.unknown_since(start, fields);
            }
            return;
        };
        let count = value.count();
        let reading = value.readings.get(self.choice.min(count.saturating_sub(1)));
        let short = self.expanded <= EXPANDED;
        let reading = reading.filter(|_| short && (quoted || splits)).map(Arc::clone);
        self.most = self.most.max(count);
        self.varies |= count > 1;
        let words = reading.iter().flat_map(|it| it.iter());
        self.expanded += words.map(|it| it.text.len() + 1).sum::<usize>();
        match reading.filter(|_| self.expanded <= EXPANDED) {
            Some(words) => self.insert(start, &words, fields, quoted),
            None => self.unknown_since(start, fields),
        }
    }

    /// Puts what a variable holds in the place of its name.
    fn insert(&mut self, start: usize, words: &[Word], fields: &mut Fields, quoted: bool) {
        let Some(place) = span(&self.spots[start..self.at]) else { return };
        for (at, word) in words.iter().enumerate() {
            if at > 0 {
                fields.next();
            }
            fields.begun |= quoted;
            fields.insert(word, &place, !quoted);
        }
    }

    fn ansi(&mut self, fields: &mut Fields) {
        fields.begun = true;
        let start = self.at;
        self.at += 2;
        while let Some(&spot) = self.spots.get(self.at) {
            match spot.c {
                '\'' => {
                    self.at += 1;
                    return;
                }
                '\\' => {
                    if self.peek(1) == Some('\'') {
                        // The string ends here for a shell that does not know `$'…'`.
                        self.perhaps(self.at + 2);
                    }
                    let (c, end) = ansi_escape(self.spots, self.at + 1);
                    let last = self.spots[end.min(self.spots.len()) - 1];
                    fields.push(Spot { c, start: spot.start, end: last.end });
                    self.at = end;
                }
                _ => {
                    fields.push(spot);
                    self.at += 1;
                }
            }
        }
        self.at = start;
        self.unknown_rest(fields);
    }

    fn backtick(&mut self, fields: &mut Fields) {
        let start = self.at;
        if let Some(inner) = self.substitution(start + 1, '`') {
            let spots = inner.spots();
            let escapes = |at: usize| {
                spots[at].c == '\\'
                    && spots.get(at + 1).is_some_and(|it| matches!(it.c, '`' | '$' | '\\'))
            };
            let mut text = Text::default();
            let mut at = 0;
            while at < spots.len() {
                at += usize::from(escapes(at));
                text.push(spots[at]);
                at += 1;
            }
            self.script.nested.push(Nested::sure(text));
        }
        self.unknown_since(start, fields);
    }

    /// A quote that never ends: a shell would not run it, but nobody knows what does.
    fn unknown_rest(&mut self, fields: &mut Fields) {
        let start = self.at;
        self.at = self.spots.len();
        self.unknown_since(start, fields);
    }

    fn unknown_since(&mut self, start: usize, fields: &mut Fields) {
        let written = &self.spots[start..self.at];
        fields.begun = true;
        fields.current.unknown.get_or_insert_with(|| Text::from(written).to_string());
        fields.extend(written);
    }
}

impl Fields {
    fn push(&mut self, spot: Spot) {
        self.begun = true;
        self.current.spots.push(spot);
    }

    fn extend(&mut self, spots: &[Spot]) {
        self.current.spots.extend(spots);
    }

    fn note(&mut self, c: char) {
        self.current.globs |= matches!(c, '*' | '?' | '[');
        self.brace = match (c, std::mem::take(&mut self.brace)) {
            ('{', Brace::None) => Brace::Open,
            (',' | '.', Brace::Open) => Brace::List,
            ('}', Brace::List) => Brace::Closed,
            (_, brace) => brace,
        };
    }

    /// Adds a word that stands for what is written at `place`; its blanks end words, if it is to be split.
    fn insert(&mut self, word: &Word, place: &Range<usize>, split: bool) {
        // What is unknown in it has blanks of its own: `$(a b)`.
        let hidden = word.unknown.as_deref().and_then(|it| {
            let from = word.text.find(it)?;
            let from = word.text[..from].chars().count();
            Some(from..from + it.chars().count())
        });
        for (at, c) in word.text.chars().enumerate() {
            let inside = hidden.as_ref().is_some_and(|it| it.contains(&at));
            if split && !inside && matches!(c, ' ' | '\t' | '\n') {
                self.next();
                continue;
            }
            if inside || (word.unknown.is_some() && matches!(c, '$' | '`')) {
                self.current.unknown = self.current.unknown.take().or_else(|| word.unknown.clone());
            }
            self.push(Spot { c, start: place.start, end: place.end });
        }
    }

    /// Ends the current word, if there is one.
    fn next(&mut self) {
        if std::mem::take(&mut self.begun) {
            let mut word = std::mem::take(&mut self.current);
            word.text = word.spots.to_string();
            self.done.push(word);
        }
    }

    fn finish(mut self) -> Vec<Word> {
        if self.brace == Brace::Closed {
            let text = self.current.spots.to_string();
            self.current.unknown.get_or_insert(text);
        }
        self.next();
        self.done
    }
}
