//! How to take a migration back: what each of its effects needs, the last one first.
//!
//! A rollback is written from the database as it was before each statement. Whether it leaves the database as it was is
//! for a rehearsal to prove; what it cannot give back is said beside it.

mod access;
mod comment;
mod guide;
mod made;
mod mend;
mod named;
mod render;
mod structure;
mod undo;

use std::collections::BTreeMap;
use std::ops::Range;

pub use guide::{Committed, Guide, Proof};
pub use mend::{Left, Residue, mend, residue};

use crate::parse::{Migration, sql};
use crate::schema::{Catalog, Certainty, Change, ObjectName, Op, Securable, TableName};
use crate::source::RepoPath;

/// What takes one migration back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rollback {
    /// In the order in which they run.
    pub steps: Vec<Undo>,
}

/// What takes back one effect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Undo {
    /// Statements without a semicolon; none where there is nothing to be done.
    pub sql: Vec<String>,
    pub caution: Option<Caution>,
    /// The statement that it takes back, in bytes of the migration.
    pub of: Range<usize>,
}

/// What whoever rolls back must know of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caution {
    /// It takes data away that has come since.
    Loses(String),
    /// It is not to be had back.
    Impossible(String),
    /// It may fail, or take more than the migration brought.
    Check(String),
}

impl Undo {
    fn sql(sql: impl Into<String>) -> Undo {
        Undo { sql: vec![sql.into()], ..Undo::default() }
    }

    fn impossible(why: impl Into<String>) -> Undo {
        Undo { caution: Some(Caution::Impossible(why.into())), ..Undo::default() }
    }

    fn loses(self, what: impl Into<String>) -> Undo {
        Undo { caution: Some(Caution::Loses(what.into())), ..self }
    }

    fn check(self, what: impl Into<String>) -> Undo {
        Undo { caution: Some(Caution::Check(what.into())), ..self }
    }
}

impl Rollback {
    /// One text, in one transaction.
    pub fn sql(&self) -> String {
        let mut text = String::new();
        for statement in self.steps.iter().flat_map(|it| &it.sql) {
            text.push_str(statement);
            text.push_str(";\n");
        }
        text
    }
}

/// The statements that made what is there, as they were written: what has been dropped or replaced is made again by them.
#[derive(Clone, Debug, Default)]
pub struct Definitions(BTreeMap<(&'static str, String), String>);

impl Definitions {
    fn of(&self, kind: &'static str, name: &dyn ToString) -> Option<&String> {
        self.0.get(&(kind, name.to_string()))
    }
}

/// Goes through a history and tells how to take each migration back.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    pub catalog: Catalog,
    known: Definitions,
}

/// An effect with what was known of the database just before and just after it.
struct At<'a> {
    before: &'a Catalog,
    after: &'a Catalog,
    change: &'a Change,
    known: &'a Definitions,
    /// The whole statement.
    text: &'a str,
}

/// An effect on the way, and what it has to do with others of its migration.
struct Taken {
    undo: Undo,
    /// The table whose creation in the same migration makes it needless.
    within: Option<TableName>,
    /// What the effect makes.
    makes: Option<String>,
}

impl Reader {
    /// Goes over a migration that stays.
    pub fn pass(&mut self, migration: &Migration) {
        self.catalog.settle();
        for change in &migration.script.changes {
            self.note(migration, change);
            self.catalog.apply(&migration.path, change);
        }
        self.comments(migration);
        self.catalog.end_session();
    }

    /// Goes over a migration and tells how to take it back.
    pub fn rollback(&mut self, migration: &Migration) -> Rollback {
        self.catalog.settle();
        let mut taken: Vec<Taken> = Vec::new();
        let statements = commented(&migration.text);
        let mut last = 0;
        for change in &migration.script.changes {
            let until = change.statement.start;
            taken.extend(self.uncommented(migration, &statements, last..until));
            last = last.max(until);
            let mut after = self.catalog.clone();
            after.apply(&migration.path, change);
            if change.certainty != Certainty::Deferred {
                let (before, known) = (&self.catalog, &self.known);
                let text = migration.text.get(change.statement.clone()).unwrap_or_default();
                let at = At { before, after: &after, change, known, text };
                if let Some(undo) = undo::of(&at) {
                    let undo = Undo { of: change.statement.clone(), ..undo };
                    let (within, makes) = (within(&at), made::name(&at));
                    taken.push(Taken { undo, within, makes });
                }
            }
            self.note(migration, change);
            self.catalog = after;
        }
        taken.extend(self.uncommented(migration, &statements, last..migration.text.len()));
        self.catalog.end_session();
        Rollback { steps: reversed(taken, &migration.text) }
    }

    fn note(&mut self, migration: &Migration, change: &Change) {
        if change.certainty == Certainty::Sure
            && let Some(text) = migration.text.get(change.statement.clone())
        {
            made::note(&mut self.known, &self.catalog, &change.op, text);
        }
    }

    /// Remembers the comments of a migration.
    fn comments(&mut self, migration: &Migration) {
        for range in commented(&migration.text) {
            if let Some((on, _)) = comment(&migration.text[range.clone()]) {
                self.known.0.insert(("comment", on), migration.text[range].to_owned());
            }
        }
    }

    /// `COMMENT ON` is no effect that anything else looks at, so its statements are looked for in the text.
    fn uncommented(
        &mut self,
        migration: &Migration,
        statements: &[Range<usize>],
        within: Range<usize>,
    ) -> Vec<Taken> {
        let mut taken = Vec::new();
        for range in statements.iter().filter(|it| within.contains(&it.start)) {
            let text = &migration.text[range.clone()];
            let Some((on, head)) = comment(text) else { continue };
            let before = self.known.0.insert(("comment", on), text.to_owned());
            let sql = before.unwrap_or_else(|| format!("{head} IS NULL"));
            let undo = Undo { of: range.clone(), ..Undo::sql(sql) };
            taken.push(Taken { undo, within: None, makes: None });
        }
        taken
    }
}

/// The statements of a text, where any of them can be a comment: to find them it is parsed once more.
fn commented(text: &str) -> Vec<Range<usize>> {
    if text.to_ascii_lowercase().contains("comment") { sql::statements(text) } else { Vec::new() }
}

/// What a `COMMENT ON` is on, folded for comparison, and the statement up to its `IS`.
fn comment(text: &str) -> Option<(String, &str)> {
    let tokens = sql::tokens(text);
    let word = |at: usize| tokens.get(at).map_or("", |it| it.text);
    if !word(0).eq_ignore_ascii_case("comment") || !word(1).eq_ignore_ascii_case("on") {
        return None;
    }
    let is = tokens.iter().rev().find(|it| it.text.eq_ignore_ascii_case("is"))?;
    let head = text.get(..is.at.start)?.trim_end();
    let on = tokens.iter().filter(|it| it.at.end <= head.len()).map(|it| it.text);
    Some((on.collect::<Vec<_>>().join(" ").to_lowercase(), head))
}

/// The table that an effect is about, other than the one that it creates.
fn within(at: &At<'_>) -> Option<TableName> {
    let name: &ObjectName = match &at.change.op {
        Op::AddColumn { table, .. }
        | Op::DropColumn { table, .. }
        | Op::SetNotNull { table, .. }
        | Op::DropNotNull { table, .. }
        | Op::SetDefault { table, .. }
        | Op::DropDefault { table, .. }
        | Op::SetGenerated { table, .. }
        | Op::AddConstraint { table, .. }
        | Op::DropConstraint { table, .. }
        | Op::ValidateConstraint { table, .. }
        | Op::RenameConstraint { table, .. }
        | Op::CreatePolicy { table, .. }
        | Op::AlterPolicy { table, .. }
        | Op::RenamePolicy { table, .. }
        | Op::DropPolicy { table, .. }
        | Op::CreateTrigger { table, .. }
        | Op::DropTrigger { table, .. }
        | Op::SetTrigger { table, .. }
        | Op::RenameColumn { table, .. }
        | Op::AlterColumnType { table, .. }
        | Op::SetRls { table, .. }
        | Op::SetStorage { table, .. }
        | Op::Truncate { table }
        | Op::Delete { table, .. }
        | Op::Update { table, .. }
        | Op::Insert { table, .. }
        | Op::RewriteRule { on: table, .. }
        | Op::CommentOnTable { table, .. } => table,
        Op::CreateIndex(it) => &it.table,
        Op::SetOwner { table, .. } => table.as_ref()?,
        Op::Grant { on: Securable::Tables(all), .. }
        | Op::Revoke { on: Securable::Tables(all), .. } => match all.as_slice() {
            [one] => one,
            _ => return None,
        },
        Op::DropIndex { name, .. } => {
            let name = at.before.resolve_index(name);
            return at.before.index(&name).map(|it| it.table.clone());
        }
        _ => return None,
    };
    Some(at.before.resolve_permanent(name))
}

/// The last first. What was done to a table of the same migration goes with the table, unless something that the
/// migration has made in between hangs on it and goes before.
fn reversed(taken: Vec<Taken>, text: &str) -> Vec<Undo> {
    let mut made: Vec<(usize, &str)> = Vec::new();
    let mut keep = vec![true; taken.len()];
    for (at, it) in taken.iter().enumerate() {
        if let Some(table) = &it.within {
            let table = table.to_string();
            if let Some((begun, _)) = made.iter().find(|it| it.1 == table) {
                let statement = text.get(it.undo.of.clone()).unwrap_or_default().to_lowercase();
                let hangs = made.iter().any(|(when, name)| {
                    let bare = name.rsplit('.').next().unwrap_or(name);
                    let bare = bare.split('(').next().unwrap_or(bare).trim_matches('"');
                    when > begun && statement.contains(&bare.to_lowercase())
                });
                keep[at] = hangs;
            }
        }
        if let Some(name) = it.makes.as_deref().filter(|_| keep[at]) {
            made.push((at, name));
        }
    }
    let mut steps: Vec<Undo> = Vec::new();
    for (it, keep) in taken.into_iter().zip(keep).rev() {
        // Effects of one statement that take each other's undo along.
        let twice =
            steps.last().is_some_and(|last| last.sql == it.undo.sql && !last.sql.is_empty());
        if keep && !twice {
            steps.push(it.undo);
        }
    }
    steps
}

/// Where the files of a rollback that somebody wrote by hand lie beside a migration.
pub fn committed(migration: &RepoPath) -> Vec<RepoPath> {
    let path = migration.to_string();
    let beside = |folder: &str, name: &str| RepoPath::joined(folder, name);
    if let Some(folder) = path.strip_suffix("/migration.sql") {
        return ["down.sql", "rollback.sql"].iter().map(|it| beside(folder, it)).collect();
    }
    let Some(stem) = path.strip_suffix(".sql") else { return Vec::new() };
    let (folder, name) = stem.rsplit_once('/').unwrap_or(("", stem));
    [".rollback.sql", ".down.sql"].iter().map(|it| beside(folder, &format!("{name}{it}"))).collect()
}
