//! Which migrations a database has.

use std::fmt::Write as _;

use serde::Serialize;

use super::style::Style;
use super::text::clean;
use super::{Format, json};

/// How migrations stand in a database.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Status {
    /// Host and database. Absent: only the ledger was asked.
    pub database: Option<String>,
    /// Who keeps a record of what is applied: `_prisma_migrations`, the ledger.
    pub records: Vec<String>,
    pub migrations: Vec<Standing>,
    /// What was not looked at, and why.
    pub notices: Vec<String>,
}

/// One migration.
#[derive(Clone, Debug, Serialize)]
pub struct Standing {
    /// The file. Absent: the repository has none.
    pub path: Option<String>,
    /// What its tool calls it.
    pub name: String,
    pub state: State,
    /// When it was applied, as the record has it.
    pub at: Option<String>,
    /// Which of the records have it, and what else they say.
    pub said: Vec<String>,
}

/// What became of a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    Applied,
    Pending,
    /// It began and did not end.
    Failed,
    RolledBack,
    /// What was applied is not what the file says now.
    Edited,
    /// It was applied, and there is no file.
    Missing,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            State::Applied => "applied",
            State::Pending => "pending",
            State::Failed => "failed",
            State::RolledBack => "rolled back",
            State::Edited => "edited",
            State::Missing => "missing",
        }
    }

    /// Whether somebody has to look after it.
    pub fn is_wrong(self) -> bool {
        matches!(self, State::Failed | State::Edited | State::Missing)
    }
}

/// The list, and what it comes to.
pub fn status(status: &Status, format: Format, style: &Style) -> String {
    if format == Format::Json {
        return json::print(status);
    }
    let shown = |it: &str| clean(it, *style);
    let mut out = String::new();
    let width = |it: &Standing| it.path.as_ref().unwrap_or(&it.name).chars().count();
    let widest = status.migrations.iter().map(width).max().unwrap_or_default();
    for it in &status.migrations {
        let name = it.path.as_ref().unwrap_or(&it.name);
        let gap = " ".repeat(widest - name.chars().count());
        let at = it.at.iter().map(|it| shown(it));
        let said: Vec<String> = at.chain(it.said.iter().map(|it| shown(it))).collect();
        let line = format!("{:<11}  {}{gap}  {}", it.state.name(), shown(name), said.join(", "));
        let _ = writeln!(out, "{}", line.trim_end());
    }
    for notice in &status.notices {
        let _ = writeln!(out, "note: {}", shown(notice));
    }
    let states = [
        State::Applied,
        State::Pending,
        State::Failed,
        State::RolledBack,
        State::Edited,
        State::Missing,
    ];
    let count = |state| status.migrations.iter().filter(|it| it.state == state).count();
    let counts = states.map(|it| (count(it), it.name()));
    let counts: Vec<String> = counts
        .iter()
        .filter(|it| it.0 > 0)
        .map(|(count, name)| format!("{count} {name}"))
        .collect();
    let counts = if counts.is_empty() { "no migrations".to_owned() } else { counts.join(", ") };
    let place = status.database.as_deref().map_or_else(|| "by the ledger".to_owned(), shown);
    let _ = writeln!(out, "{place}: {counts}");
    out
}
