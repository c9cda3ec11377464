//! A way out of a finding that a machine can take.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// Where Drizzle cuts a file into the batches that it sends.
pub(super) const BREAKPOINT: &str = "--> statement-breakpoint";

/// What to write so that a finding is gone and nothing new appears. For migrations that nobody else has yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// What it does, in the imperative.
    pub title: String,
    /// Changes of the migration that the finding is in; they do not overlap.
    pub edits: Vec<Edit>,
    /// Text of migrations that come right after it, in order: the words of their names, and their SQL.
    pub follow: Vec<(String, String)>,
    /// What a new migration says instead where this one is merged: the words of its name, and its SQL.
    pub afterwards: Option<(String, String)>,
    /// Names that a Prisma schema has to map, so that it still fits what the edits make of the migration.
    pub mapped: Vec<Mapped>,
}

/// Text in place of text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// In bytes of the migration. Empty: the text is put in.
    pub at: Range<usize>,
    pub text: String,
}

/// A name that the database no longer shares with the program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapped {
    /// As the migration named it before the edits.
    pub table: String,
    /// Absent: the table itself.
    pub column: Option<String>,
    pub to: String,
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

    /// Puts a statement behind the whole statement at `statement`, on a line of its own: after the comment that may
    /// stand there, and cut off from the others where the file is cut for Drizzle.
    #[must_use]
    pub fn after(self, statement: &Range<usize>, text: &str, sql: &str) -> Fix {
        let rest = text.get(statement.end..).unwrap_or_default();
        let blank = rest.len() - rest.trim_start().len();
        let cut = text.contains(BREAKPOINT);
        let between = if cut { format!("\n{BREAKPOINT}\n") } else { "\n".to_owned() };
        if !rest[blank..].starts_with(';') {
            return self.edit(statement.end..statement.end, format!(";{between}{sql}"));
        }
        let end = statement.end + blank + 1;
        let line = text.get(end..).and_then(|it| it.lines().next()).unwrap_or_default();
        let said = line.trim();
        if !said.starts_with("--") {
            return self.edit(end..end, format!("{between}{sql}"));
        }
        let at = end + line.len();
        if said.starts_with(BREAKPOINT) {
            return self.edit(at..at, format!("\n{sql}\n{BREAKPOINT}"));
        }
        self.edit(at..at, format!("{between}{sql}"))
    }

    #[must_use]
    pub fn follow(mut self, name: impl Into<String>, sql: impl Into<String>) -> Fix {
        self.follow.push((name.into(), sql.into()));
        self
    }

    #[must_use]
    pub fn afterwards(mut self, name: impl Into<String>, sql: impl Into<String>) -> Fix {
        self.afterwards = Some((name.into(), sql.into()));
        self
    }

    #[must_use]
    pub fn mapped(mut self, table: &str, column: Option<&str>, to: &str) -> Fix {
        let (table, column) = (table.to_owned(), column.map(str::to_owned));
        self.mapped.push(Mapped { table, column, to: to.to_owned() });
        self
    }
}

#[cfg(test)]
mod tests {
    use super::Fix;

    fn after(text: &str, statement: &str) -> String {
        let end = text.find(statement).map_or(0, |it| it + statement.len());
        let fix = Fix::new("").after(&(0..end), text, "select 2;");
        let mut fixed = text.to_owned();
        for edit in &fix.edits {
            fixed.replace_range(edit.at.clone(), &edit.text);
        }
        fixed
    }

    #[test]
    fn a_statement_is_put_behind_another_and_its_comment() {
        assert_eq!(after("select 1;\nselect 3;", "select 1"), "select 1;\nselect 2;\nselect 3;");
        assert_eq!(after("select 1 ; -- one\n", "select 1"), "select 1 ; -- one\nselect 2;\n");
        assert_eq!(after("select 1\n", "select 1"), "select 1;\nselect 2;\n");
    }

    #[test]
    fn a_file_that_is_cut_stays_cut() {
        let cut = "--> statement-breakpoint";
        assert_eq!(
            after(&format!("select 1;{cut}\nselect 3;"), "select 1"),
            format!("select 1;{cut}\nselect 2;\n{cut}\nselect 3;")
        );
        assert_eq!(
            after(&format!("select 1;\n{cut}\nselect 3;"), "select 1"),
            format!("select 1;\n{cut}\nselect 2;\n{cut}\nselect 3;")
        );
    }
}
