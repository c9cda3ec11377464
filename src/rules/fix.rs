//! A way out of a finding that a machine can take.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// What to write so that a finding is gone and nothing new appears. For migrations that nobody else has yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// What it does, in the imperative.
    pub title: String,
    /// Changes of the migration that the finding is in; they do not overlap.
    pub edits: Vec<Edit>,
    /// Text of migrations that come right after it, in order: the words of their names, and their SQL.
    pub follow: Vec<(String, String)>,
}

/// Text in place of text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// In bytes of the migration. Empty: the text is put in.
    pub at: Range<usize>,
    pub text: String,
}

impl Fix {
    pub fn new(title: impl Into<String>) -> Fix {
        Fix { title: title.into(), ..Fix::default() }
    }

    #[must_use]
    pub fn edit(mut self, at: Range<usize>, text: impl Into<String>) -> Fix {
        self.edits.push(Edit { at, text: text.into() });
        self
    }

    /// Puts a statement behind the whole statement at `statement`, on a line of its own.
    #[must_use]
    pub fn after(self, statement: &Range<usize>, text: &str, sql: &str) -> Fix {
        let rest = text.get(statement.end..).unwrap_or_default();
        let semicolon = rest.trim_start().starts_with(';');
        let at = if semicolon {
            statement.end + rest.len() - rest.trim_start().len() + 1
        } else {
            statement.end
        };
        let before = if semicolon { "\n" } else { ";\n" };
        self.edit(at..at, format!("{before}{sql}"))
    }

    #[must_use]
    pub fn follow(mut self, name: impl Into<String>, sql: impl Into<String>) -> Fix {
        self.follow.push((name.into(), sql.into()));
        self
    }
}
