//! What is not as it was.

use std::collections::BTreeSet;

use super::{Rehearsal, Trial};
use crate::parse::{Migration, snapshot};
use crate::schema::{Catalog, Op, Row, Snapshot, TableName, is_inside};

/// One thing that was there, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Loss {
    /// `table`, `column`.
    pub(super) kind: String,
    /// `public.users.email`, as Postgres writes it.
    pub(super) name: String,
    what: What,
    /// The text of the migrations says it.
    pub(super) shown: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Gone,
    /// It has the name of what was there, and is another.
    MadeAgain,
    Emptied,
    Written(String),
    RlsOff,
    Retyped(String, String),
    Labels(String),
    Privileges(String),
}

impl Loss {
    pub(super) fn message(&self) -> String {
        let Loss { kind, name, what, .. } = self;
        match what {
            What::Gone => format!("the {kind} `{name}` is gone"),
            What::MadeAgain => format!("the {kind} `{name}` was dropped and made again"),
            What::Emptied => format!("`{name}` was emptied, or written anew"),
            What::Written(operation) => {
                format!("rows of `{name}` go through {}", operation.to_uppercase())
            }
            What::RlsOff => format!("row level security of `{name}` is off"),
            What::Retyped(from, to) => format!("`{name}` is `{to}` in place of `{from}`"),
            What::Labels(label) => format!("the type `{name}` has no {label} any more"),
            What::Privileges(lost) => format!("{lost} on `{name}` is taken away"),
        }
    }
}

/// Whose absence takes something away. What stands in a table goes with it and is not told again.
const KINDS: &[&str] = &[
    "schema",
    "table",
    "foreign_table",
    "matview",
    "view",
    "sequence",
    "column",
    "constraint",
    "type",
    "composite",
    "function",
    "trigger",
    "policy",
    "role",
    "publication",
    "event_trigger",
];

/// Everything that one of the trials has lost.
pub(super) fn of(rehearsal: &Rehearsal<'_>) -> Vec<Loss> {
    let mut all: BTreeSet<Loss> = BTreeSet::new();
    for trial in rehearsal.trials {
        all.extend(one(rehearsal, trial));
    }
    all.into_iter().collect()
}

fn one(rehearsal: &Rehearsal<'_>, trial: &Trial) -> Vec<Loss> {
    let (before, after) = (rehearsal.before, &trial.after);
    let mut losses = Vec::new();
    // Nothing was seen of a copy whose server was stopped.
    if after.0.is_empty() {
        return losses;
    }
    let told = Told { model: rehearsal.model, migrations: rehearsal.migrations };
    let mut say = |kind: &str, name: &str, what: What| {
        let shown = told.shows(kind, name, &what);
        losses.push(Loss { kind: kind.to_owned(), name: name.to_owned(), what, shown });
    };
    let gone: Vec<&str> = KINDS
        .iter()
        .flat_map(|kind| before.of(kind).map(|(name, _)| (*kind, name)))
        .filter(|(kind, name)| after.get(kind, name).is_none())
        .map(|(_, name)| name)
        .collect();
    for kind in KINDS {
        for (name, was) in before.of(kind) {
            let Some(is) = after.get(kind, name) else {
                let owned = *kind == "sequence" && goes_with_owner(was, (before, after));
                let inside = owned || gone.iter().any(|it| is_inside(name, it));
                if !inside {
                    say(kind, name, What::Gone);
                }
                continue;
            };
            changed(kind, name, was, is, (before, after), &mut say);
        }
    }
    for write in &trial.writes {
        // As the catalogs write it, who quote what is a keyword.
        let named = |name: &&str| table(&parts(name)).as_ref() == Some(&write.table);
        let name = before.of("table").map(|it| it.0).find(named);
        let takes = matches!(write.operation.as_str(), "Delete" | "Update" | "Merge");
        if let Some(name) = name.filter(|_| takes) {
            say("table", name, What::Written(write.operation.clone()));
        }
    }
    losses
}

fn changed(
    kind: &str,
    name: &str,
    was: &Row,
    is: &Row,
    (before, after): (&Snapshot, &Snapshot),
    say: &mut dyn FnMut(&str, &str, What),
) {
    let differs = |key: &str| was.which.get(key) != is.which.get(key);
    let text = |row: &Row, key: &str| row.is.get(key).cloned().unwrap_or_default();
    match kind {
        "table" | "matview" if differs("oid") => say(kind, name, What::MadeAgain),
        "table" => {
            // A new column with a default that is worked out for each row, or another type, has it written anew.
            if differs("node")
                && before.inside("column", name).eq(after.inside("column", name))
                && was.is == is.is
            {
                say(kind, name, What::Emptied);
            }
            if text(was, "rls") == "true" && text(is, "rls") == "false" {
                say(kind, name, What::RlsOff);
            }
        }
        "column" if differs("rel") => {}
        "column" if differs("attnum") => say(kind, name, What::MadeAgain),
        "column" if text(was, "type") != text(is, "type") => {
            let plain = |it: String| it.trim_matches('"').to_owned();
            say(kind, name, What::Retyped(plain(text(was, "type")), plain(text(is, "type"))));
        }
        "type" => {
            let labels = |row: &Row| snapshot::texts(&text(row, "labels"));
            let kept: Vec<String> = labels(is);
            for label in labels(was).into_iter().filter(|it| !kept.contains(it)) {
                say(kind, name, What::Labels(label));
            }
        }
        _ => {}
    }
    if matches!(kind, "table" | "view" | "function" | "schema" | "sequence")
        && is.is.contains_key("acl")
    {
        let kept = snapshot::texts(&text(is, "acl"));
        for lost in snapshot::texts(&text(was, "acl")).into_iter().filter(|it| !kept.contains(it)) {
            let grantee = lost.split('=').next().unwrap_or_default().to_owned();
            let now = kept.iter().find(|it| it.split('=').next() == Some(&grantee));
            // More than before is no loss.
            let letters = |it: &str| it.split(['=', '/']).nth(1).unwrap_or_default().to_owned();
            let less = |now: &String| letters(&lost).chars().any(|c| !letters(now).contains(c));
            if now.is_none_or(less) {
                let who = if grantee.is_empty() { "everybody" } else { &grantee };
                say(kind, name, What::Privileges(format!("what `{who}` may do")));
            }
        }
    }
}

/// Whether a sequence goes with the column that owns it, which is told: it is dropped, or moved with its table.
fn goes_with_owner(sequence: &Row, (before, after): (&Snapshot, &Snapshot)) -> bool {
    let owner = snapshot::text(sequence, "seq_owner");
    let Some((table, number)) = owner.as_deref().and_then(|it| it.split_once('#')) else {
        return false;
    };
    let number = number.trim_end_matches(['a', 'i']);
    let owns = |it: &(&str, &Row)| it.1.which.get("attnum").is_some_and(|it| it == number);
    let column = before.inside("column", table).find(owns);
    column.is_some_and(|it| after.get("column", it.0).is_none())
}

/// What the text of the migrations says.
struct Told<'a> {
    model: &'a Catalog,
    migrations: &'a [Migration],
}

impl Told<'_> {
    fn shows(&self, kind: &str, name: &str, what: &What) -> bool {
        let parts = parts(name);
        let own = parts.last().map(String::as_str).unwrap_or_default();
        let around = parts.len().checked_sub(2).and_then(|at| parts.get(at));
        match (kind, what) {
            ("table" | "foreign_table", What::Gone | What::MadeAgain) => {
                let gone = table(&parts).is_some_and(|it| self.model.table(&it).is_none());
                gone || self
                    .has(own, |it| matches!(it, Op::DropTable { .. } | Op::RenameTable { .. }))
            }
            ("column", What::Gone | What::MadeAgain | What::Retyped(..)) => {
                let outer = &parts[..parts.len().saturating_sub(1)];
                let known = table(outer).and_then(|it| self.model.table(&it));
                let gone = known.is_some_and(|it| !it.columns.contains_key(own));
                gone || self.has(own, |it| {
                    matches!(
                        it,
                        Op::DropColumn { .. }
                            | Op::AlterColumnType { .. }
                            | Op::RenameColumn { .. }
                    )
                }) || matches!(what, What::Retyped(..))
                    && self.has("", |it| matches!(it, Op::RenameType { .. }))
            }
            (_, What::RlsOff) => {
                table(&parts).is_some_and(|it| self.model.table(&it).is_none_or(|it| !it.rls))
            }
            // A column of another type that has the name of the old one looks the same, and writes every row anew.
            (_, What::Emptied) => self.has(own, |it| {
                matches!(it, Op::Truncate { .. } | Op::Maintain { .. } | Op::AlterColumnType { .. })
            }),
            (_, What::Written(_)) => self.has(own, |it| {
                matches!(it, Op::Delete { .. } | Op::Update { .. } | Op::Insert { .. })
            }),
            (_, What::Labels(_)) => self.has(own, |it| {
                matches!(
                    it,
                    Op::DropType { .. } | Op::RenameType { .. } | Op::RenameEnumValue { .. }
                )
            }),
            (_, What::Privileges(_)) => self.has("", |it| {
                matches!(it, Op::Revoke { .. } | Op::DefaultPrivileges { .. } | Op::SetOwner { .. })
            }),
            // What hangs on a table goes with what is dropped or altered of it.
            ("constraint" | "policy" | "trigger", _) => {
                let names = std::iter::once(own).chain(around.map(String::as_str));
                names.into_iter().any(|it| self.has(it, takes_away))
            }
            _ => self.has(own, takes_away),
        }
    }

    /// Whether there is such a change in a statement that has the name.
    fn has(&self, name: &str, is: impl Fn(&Op) -> bool) -> bool {
        let name = name.to_lowercase();
        let all = self.migrations.iter().flat_map(|it| {
            it.script
                .changes
                .iter()
                .map(move |change| (change, it.text.get(change.statement.clone())))
        });
        all.filter(|it| is(&it.0.op))
            .any(|it| it.1.is_some_and(|text| text.to_lowercase().contains(&name)))
    }
}

/// Whether a change can end something by its name.
fn takes_away(op: &Op) -> bool {
    !matches!(
        op,
        Op::CreateSchema { .. }
            | Op::CreateTable(_)
            | Op::AddColumn { .. }
            | Op::AddConstraint { .. }
            | Op::CreateIndex(_)
            | Op::CreatePolicy { .. }
            | Op::CreateSequence { .. }
            | Op::CreateExtension { .. }
            | Op::CreateType { .. }
            | Op::Grant { .. }
            | Op::SetRls { .. }
            | Op::Insert { .. }
            | Op::Opaque { .. }
    )
}

/// `public."A.b".c` as its names.
fn parts(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    for c in name.chars() {
        match c {
            '"' => quoted = !quoted,
            '.' if !quoted => parts.push(String::new()),
            // Of a function, its arguments are no names.
            '(' if !quoted => break,
            c => parts.last_mut().into_iter().for_each(|it| it.push(c)),
        }
    }
    parts
}

fn table(parts: &[String]) -> Option<TableName> {
    match parts {
        [schema, name] => Some(TableName::new(schema.as_str(), name.as_str())),
        _ => None,
    }
}
