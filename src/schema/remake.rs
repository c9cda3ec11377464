//! A table that is made anew: what SQLite can do to a table in no other way (SQLite, "Making Other Kinds Of Table Schema
//! Changes").
//!
//! `CREATE TABLE new_users …; INSERT INTO new_users (…) SELECT … FROM users; DROP TABLE users; ALTER TABLE new_users
//! RENAME TO users;` says by four statements what elsewhere `ALTER TABLE` says by one, and drops no row. So it is read
//! as the difference between both tables, and each column that is lost, retyped or required from now on is a change of
//! its own.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::{
    Cascade, Catalog, Certainty, Change, Column, Constraint, ConstraintKind, Expression, Guard,
    NewColumn, NewConstraint, NewTable, ObjectName, Op, Persistence, Referential, RelationKind,
    Resolved, Table, TableName,
};
use crate::source::RepoPath;

/// Changes further behind each other belong to no one table, and a hostile file must not cost its square.
const FAR: usize = 256;

/// Where the four statements stand among the changes of a migration.
struct Remake<'c> {
    new: &'c NewTable,
    /// What the table is called before and after.
    old: ObjectName,
    /// Column of the new table, and the one of the old table that it keeps.
    columns: &'c [(String, Option<String>)],
    create: usize,
    drop: usize,
    last: usize,
    /// All of them but the first, and the `INSERT`.
    rest: Vec<usize>,
}

impl Catalog {
    /// Applies the changes of a migration, and gives them back with each table that is made anew as what has become of
    /// it.
    pub fn unfold(&mut self, path: &RepoPath, changes: &[Change]) -> Vec<Change> {
        let remakes = if changes.iter().any(|it| matches!(it.op, Op::CopyRows { .. })) {
            remakes(changes)
        } else {
            BTreeMap::new()
        };
        let mut done = Vec::with_capacity(changes.len());
        let mut gone: BTreeSet<usize> = BTreeSet::new();
        let mut enforced = true;
        for (at, change) in changes.iter().enumerate() {
            if let Op::Set { setting, value, .. } = &change.op
                && setting == "foreign_keys"
            {
                enforced = !matches!(value.as_deref(), Some("off" | "0" | "false" | "no"));
            }
            if gone.contains(&at) {
                continue;
            }
            let remake = remakes.get(&at);
            let Some(remake) = remake.filter(|it| !(enforced && self.takes_along(&it.old))) else {
                self.apply(path, change);
                done.push(change.clone());
                continue;
            };
            let drop = &changes[remake.drop];
            let Some((name, table)) = self.known_table(&remake.old) else {
                let name = &remake.old;
                let why = format!(
                    "`{name}` is made anew, and the migrations do not show which columns it had"
                );
                let help = "compare the columns that are copied with those that it has";
                let op = Op::Opaque { why, help: help.to_owned() };
                done.push(Change { op, ..drop.clone() });
                gone.insert(remake.drop);
                self.apply(path, change);
                done.push(change.clone());
                continue;
            };
            gone.extend(&remake.rest);
            let create = &changes[remake.create];
            let place = |op: Op, at: Option<Range<usize>>| match at {
                Some(span) => Change { op, span, ..create.clone() },
                None => Change { op, ..drop.clone() },
            };
            let mut found: Vec<Change> =
                columns(remake, &table).into_iter().map(|(op, at)| place(op, at)).collect();
            found.extend(constraints(remake, &table).into_iter().map(|(op, at)| place(op, at)));
            let lost = |column: &str| {
                found
                    .iter()
                    .any(|it| matches!(&it.op, Op::DropColumn { column: it, .. } if it == column))
            };
            let later = &changes[remake.last..];
            let (again, indexes) = self.indexes_gone(&name, &table, later, lost);
            gone.extend(again.into_iter().map(|it| remake.last + it));
            found.extend(indexes.into_iter().map(|op| place(op, None)));
            for it in found {
                self.apply(path, &it);
                done.push(it);
            }
        }
        done
    }

    fn known_table(&self, name: &ObjectName) -> Option<(TableName, Table)> {
        let Resolved::Permanent(name) = self.resolve(name) else { return None };
        let table = self.table(&name)?.into_owned();
        Some((name, table))
    }

    /// Whether rows of other tables are deleted or emptied when the table is dropped: SQLite deletes its rows first
    /// where foreign keys are enforced (SQLite, "DROP TABLE").
    fn takes_along(&self, name: &ObjectName) -> bool {
        let Some((name, table)) = self.known_table(name) else { return false };
        let acts = |it: Referential| {
            matches!(it, Referential::Cascade | Referential::SetNull | Referential::SetDefault)
        };
        let keys = self.foreign_keys_to(&name, &table, |it| acts(it.on_delete));
        keys.iter().any(|(child, _)| *child != name)
    }

    /// The indexes that go with the old table, and where those are made again that stay as they were. Of one that goes
    /// with a column that is lost, the column says it.
    fn indexes_gone(
        &self,
        name: &TableName,
        table: &Table,
        later: &[Change],
        lost: impl Fn(&str) -> bool,
    ) -> (Vec<usize>, Vec<Op>) {
        let (mut again, mut gone) = (Vec::new(), Vec::new());
        for (index, it) in self.indexes_of(name, table) {
            let made = later.iter().position(|change| match &change.op {
                Op::CreateIndex(new) => {
                    let predicate = |it: Option<&Expression>| it.map(|it| it.text.clone());
                    new.name.as_deref() == Some(index.as_str())
                        && self.resolve(&new.table) == Resolved::Permanent(name.clone())
                        && new.keys == it.keys
                        && new.unique == it.unique
                        && predicate(new.predicate.as_ref()) == predicate(it.predicate.as_ref())
                }
                _ => false,
            });
            match made {
                Some(at) => again.push(at),
                None if it.keys.iter().flat_map(|it| &it.columns).any(|it| lost(it)) => {}
                None => gone.push(Op::DropIndex {
                    name: ObjectName::new(Some(&name.schema), &index),
                    guard: Guard::None,
                    concurrently: false,
                    cascade: Cascade::No,
                }),
            }
        }
        (again, gone)
    }
}

/// Every table that is made anew for certain, with nothing in between that could see or change it.
fn remakes(changes: &[Change]) -> BTreeMap<usize, Remake<'_>> {
    let mut found = BTreeMap::new();
    for (at, change) in changes.iter().enumerate() {
        if change.certainty != Certainty::Sure {
            continue;
        }
        match &change.op {
            Op::CreateTable(new) if is_plain(new) => {
                found.extend(beside(changes, at, new).map(|it| (at, it)));
            }
            Op::RenameTable { from, to } => {
                found.extend(aside(changes, at, from, to).map(|it| (at, it)));
            }
            _ => {}
        }
    }
    found
}

fn is_plain(new: &NewTable) -> bool {
    new.kind == RelationKind::Table
        && new.persistence == Persistence::Permanent
        && new.columns_of.is_empty()
}

/// The new table is made under another name, and takes that of the old one in the end.
fn beside<'c>(changes: &'c [Change], create: usize, new: &'c NewTable) -> Option<Remake<'c>> {
    let (mut copy, mut drop) = (None, None);
    let mut rest = Vec::new();
    for (at, change) in changes.iter().enumerate().skip(create + 1).take(FAR) {
        if change.certainty != Certainty::Sure {
            return None;
        }
        match (&change.op, copy, drop) {
            (Op::CopyRows { from, to, columns }, None, _) if *to == new.name => {
                copy = Some((from, columns));
            }
            (Op::DropTable { name, .. }, Some((from, _)), None) if name == from => drop = Some(at),
            (Op::RenameTable { from, to }, Some((old, columns)), Some(drop))
                if *from == new.name && *to == old.name && from.schema == old.schema =>
            {
                rest.push(at);
                let old = old.clone();
                return Some(Remake { new, old, columns, create, drop, last: at, rest });
            }
            (Op::Insert { table, .. }, None, _) if *table == new.name => {}
            (op, ..) if is_elsewhere(op, &[&new.name], copy.map(|it| it.0)) => continue,
            _ => return None,
        }
        rest.push(at);
    }
    None
}

/// The old table steps aside, and the new one is made under its name.
fn aside<'c>(
    changes: &'c [Change],
    first: usize,
    old: &'c ObjectName,
    to: &str,
) -> Option<Remake<'c>> {
    let aside = ObjectName { name: to.to_owned(), ..old.clone() };
    let (mut made, mut copy) = (None, None);
    let mut rest = Vec::new();
    for (at, change) in changes.iter().enumerate().skip(first + 1).take(FAR) {
        if change.certainty != Certainty::Sure {
            return None;
        }
        match (&change.op, made, copy) {
            (Op::CreateTable(new), None, _) if new.name == *old && is_plain(new) => {
                made = Some((at, new));
            }
            (Op::CopyRows { from, to, columns }, Some(_), None) if to == old && *from == aside => {
                copy = Some(columns);
            }
            (Op::Insert { table, .. }, Some(_), None) if table == old => {}
            (Op::DropTable { name, .. }, Some((create, new)), Some(columns)) if *name == aside => {
                rest.push(at);
                let (old, drop) = (old.clone(), at);
                return Some(Remake { new, old, columns, create, drop, last: at, rest });
            }
            (op, ..) if is_elsewhere(op, &[old, &aside], None) => continue,
            _ => return None,
        }
        rest.push(at);
    }
    None
}

/// Whether a change cannot see either of these tables: a setting, or another table that is made anew at the same time.
fn is_elsewhere(op: &Op, of: &[&ObjectName], from: Option<&ObjectName>) -> bool {
    let name = match op {
        Op::Set { .. } => return true,
        Op::CreateTable(it) => &it.name,
        Op::Insert { table: it, .. }
        | Op::CopyRows { to: it, .. }
        | Op::DropTable { name: it, .. }
        | Op::RenameTable { from: it, .. } => it,
        _ => return false,
    };
    !of.contains(&name) && from != Some(name)
}

/// What happens to the columns, and the place of each in the new table; what goes has none there.
fn columns(remake: &Remake<'_>, old: &Table) -> Vec<(Op, Option<Range<usize>>)> {
    let table = || remake.old.clone();
    let mut ops: Vec<(Op, Option<Range<usize>>)> = Vec::new();
    let mut kept: BTreeMap<&str, &str> = BTreeMap::new();
    for (to, from) in remake.columns {
        let known = from.as_deref().and_then(|it| old.columns.get_key_value(it));
        if let Some((from, _)) = known {
            // Its own name first: what is copied twice stays where it was.
            if to == from || !kept.values().any(|it| it == from) {
                kept.retain(|_, it| it != from);
                kept.insert(to, from);
            }
        }
    }
    let used: BTreeSet<&str> = kept.values().copied().collect();
    for column in old.columns.keys().filter(|it| !used.contains(it.as_str())) {
        let (guard, cascade) = (Guard::None, Cascade::No);
        let op = Op::DropColumn { table: table(), column: column.clone(), guard, cascade };
        ops.push((op, None));
    }
    let key = remake.new.constraints.iter().find_map(|it| match &it.kind {
        ConstraintKind::PrimaryKey { columns } => Some(columns),
        _ => None,
    });
    for new in &remake.new.columns {
        let at = Some(new.at.clone());
        let not_null = new.not_null || key.is_some_and(|it| it.contains(&new.name));
        let Some((from, was)) =
            kept.get(new.name.as_str()).and_then(|from| old.columns.get_key_value(*from))
        else {
            let (constraints, guard) = (Vec::new(), Guard::None);
            let column = NewColumn { not_null, ..new.clone() };
            ops.push((Op::AddColumn { table: table(), column, constraints, guard }, at));
            continue;
        };
        if *from != new.name {
            let op = Op::RenameColumn { table: table(), from: from.clone(), to: new.clone() };
            ops.push((op, at.clone()));
        }
        ops.extend(altered(&remake.old, was, new, not_null).into_iter().map(|op| (op, at.clone())));
    }
    ops
}

fn altered(table: &ObjectName, was: &Column, new: &NewColumn, not_null: bool) -> Vec<Op> {
    let (table, column) = (|| table.clone(), || new.name.clone());
    let mut ops = Vec::new();
    if was.data_type != new.data_type {
        let to = new.data_type.clone();
        ops.push(Op::AlterColumnType { table: table(), column: column(), to, using: None });
    }
    if not_null && !was.not_null {
        ops.push(Op::SetNotNull { table: table(), column: column() });
    }
    if !not_null && was.not_null {
        ops.push(Op::DropNotNull { table: table(), column: column() });
    }
    match &new.default {
        Some(default) if was.default.as_ref() != Some(&default.text) => {
            ops.push(Op::SetDefault { table: table(), column: column(), default: default.clone() });
        }
        None if was.default.is_some() && new.generated.is_none() => {
            ops.push(Op::DropDefault { table: table(), column: column() });
        }
        _ => {}
    }
    ops
}

/// What happens to the constraints. Their names say nothing: most have none.
fn constraints(remake: &Remake<'_>, old: &Table) -> Vec<(Op, Option<Range<usize>>)> {
    let table = || remake.old.clone();
    // Of a default, and of what goes with a column that is lost, the column says it.
    let kept = |it: &Constraint| {
        let sources: Vec<&String> =
            remake.columns.iter().filter_map(|(_, from)| from.as_ref()).collect();
        !matches!(it.kind, ConstraintKind::Default { .. })
            && it.kind.columns().iter().all(|it| sources.contains(&it))
    };
    let mut left: Vec<(&String, &Constraint)> =
        old.constraints.iter().filter(|(_, it)| kept(it)).collect();
    let mut ops = Vec::new();
    let mut added: Vec<&NewConstraint> = Vec::new();
    let named = |it: &&NewConstraint| !matches!(it.kind, ConstraintKind::Default { .. });
    for new in remake.new.constraints.iter().filter(named) {
        match left.iter().position(|(_, it)| is_same(&it.kind, &new.kind, remake)) {
            Some(at) => drop(left.remove(at)),
            None => added.push(new),
        }
    }
    for (name, _) in left {
        let (name, guard, cascade) = (name.clone(), Guard::None, Cascade::No);
        ops.push((Op::DropConstraint { table: table(), name, guard, cascade }, None));
    }
    for it in added {
        let op = Op::AddConstraint { table: table(), constraint: it.clone() };
        ops.push((op, Some(it.at.clone())));
    }
    ops
}

fn is_same(old: &ConstraintKind, new: &ConstraintKind, remake: &Remake<'_>) -> bool {
    match (old, new) {
        (ConstraintKind::ForeignKey(old), ConstraintKind::ForeignKey(new)) => {
            // One that refers to the table itself may name it as it is called for now.
            let own = new.target == remake.new.name && old.target == remake.old;
            let unsaid = |it: Referential| match it {
                Referential::Unsaid => Referential::NoAction,
                it => it,
            };
            old.columns == new.columns
                && (old.target == new.target || own)
                && (old.target_columns == new.target_columns || new.target_columns.is_empty())
                && unsaid(old.on_delete) == unsaid(new.on_delete)
                && unsaid(old.on_update) == unsaid(new.on_update)
        }
        (ConstraintKind::Check(old), ConstraintKind::Check(new)) => old.text == new.text,
        _ => {
            std::mem::discriminant(old) == std::mem::discriminant(new)
                && old.columns() == new.columns()
        }
    }
}
