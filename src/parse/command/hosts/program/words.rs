//! Words that a program puts together from others.

use super::token::{self, Token};
use super::values::Value;
use crate::parse::command::Word;
use crate::parse::command::text::{Spot, Text};

impl Word {
    /// The word with another at its end.
    pub(super) fn with(mut self, other: &Word) -> Word {
        self.text.push_str(&other.text);
        self.spots.extend(other.spots.spots());
        self.unknown = self.unknown.or_else(|| other.unknown.clone());
        self
    }

    pub(super) fn and(self, text: &str) -> Word {
        let end = self.spots.range().map_or(0, |it| it.end);
        self.with(&Word::new(Text::within(text, &(end..end))))
    }
}

/// A part of a word that is known only when the program runs.
pub(super) fn open(code: &Text) -> Word {
    let Some(range) = code.range() else { return Word::new(Text::default()) };
    Word::unknown(&format!("${{{code}}}"), &range)
}

/// A word for an expression that cannot be told.
pub(super) fn unknown(tokens: &[Token], at: usize) -> Word {
    let shown = token::name(tokens, at).unwrap_or("…");
    let text = format!("${{{shown}}}");
    let mut word = Word::new(Text::default());
    word.text.clone_from(&text);
    word.unknown = Some(text.clone());
    word.spots = Text::within(&text, &(0..0));
    word
}

/// Words as one, with this between them.
pub(super) fn joined<'a>(words: impl IntoIterator<Item = &'a Word>, between: &str) -> Word {
    let mut all = Word::new(Text::default());
    for (at, word) in words.into_iter().enumerate() {
        if at > 0 {
            all = all.and(between);
        }
        all = all.with(word);
    }
    all
}

/// The words of a text, at its blanks.
pub(super) fn fields(value: Value) -> Value {
    let Value::Text(word) = value else { return value };
    let spots = word.spots.spots();
    let fields = spots.split(|it: &Spot| it.c.is_whitespace()).filter(|it| !it.is_empty());
    let fields = fields.map(|it| {
        let mut field = Word::new(Text::from(it));
        field.unknown = Some(field.text.clone()).filter(|it| it.contains("${"));
        field
    });
    Value::List(fields.collect())
}
