//! Variables of a shell, as far as a script tells what they hold.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Variables;
use super::text::Text;
use super::word::Word;

/// How many values of one variable are told apart; what more there are is unknown.
pub(super) const MOST: usize = 16;

/// What a variable may hold: each of these, and perhaps what nobody knows.
#[derive(Clone, Default)]
pub(super) struct Value {
    /// A list of words, or one word, which is split where it stands without quotes.
    pub(super) readings: Vec<Arc<Vec<Word>>>,
    pub(super) open: bool,
}

pub(super) type Scope = BTreeMap<String, Value>;

impl Value {
    pub(super) fn open() -> Value {
        Value { readings: Vec::new(), open: true }
    }

    pub(super) fn add(&mut self, words: Vec<Word>) {
        if self.readings.iter().any(|it| **it == words) {
            return;
        }
        if self.readings.len() < MOST {
            self.readings.push(Arc::new(words));
        } else {
            self.open = true;
        }
    }

    /// `NAME+=more`, `NAME+=(more words)`.
    pub(super) fn append(&mut self, more: &[Word], list: bool) {
        if self.readings.is_empty() {
            self.add(more.to_vec());
        }
        for words in &mut self.readings {
            let words = Arc::make_mut(words);
            match (words.last_mut(), more) {
                (Some(last), [word]) if !list => last.join(word),
                _ => words.extend_from_slice(more),
            }
        }
    }

    /// How many things it may be.
    pub(super) fn count(&self) -> usize {
        self.readings.len() + usize::from(self.open)
    }
}

/// The variables that are set where a text runs.
pub(super) fn of(variables: &Variables) -> Scope {
    let value = |text: &Option<Text>| match text {
        None => Value::open(),
        Some(text) => {
            Value { readings: vec![Arc::new(vec![Word::new(text.clone())])], open: false }
        }
    };
    variables.iter().map(|(name, text)| (name.clone(), value(text))).collect()
}

/// The same, where a function or a script is called with these words.
pub(super) fn with_arguments(mut scope: Scope, arguments: &[Word]) -> Scope {
    let mut set = |name: String, words: Vec<Word>| {
        scope.insert(name, Value { readings: vec![Arc::new(words)], open: false });
    };
    for (at, word) in arguments.iter().take(9).enumerate() {
        set(format!("{}", at + 1), vec![word.clone()]);
    }
    set("@".to_owned(), arguments.to_vec());
    set("*".to_owned(), arguments.to_vec());
    scope
}
