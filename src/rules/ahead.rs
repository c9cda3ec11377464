//! What the rest of a change set will do: a thing that is taken away and put back is one change, not two.

use std::collections::{BTreeMap, BTreeSet};

use crate::parse::Migration;
use crate::schema::{Boundary, Certainty, Change, ObjectName, Op, RelationKind, RoutineOp};
use crate::source::{RepoPath, Span};

/// More of one name are not looked at: nobody writes them, and a hostile file must not cost its square.
const MOST: usize = 64;

/// Where a change stands: its migration, counted in the change set, and its place there.
pub type Place = (usize, usize);

/// What is made and taken away by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Made {
    Index,
    /// By the table it is on.
    IndexOn,
    Policy,
    Trigger,
    /// By the table it is on.
    TriggerOn,
    View,
    Routine,
    Constraint,
    /// By the table it is on.
    ConstraintOn,
    Type,
    /// The type of a column.
    ColumnType,
}

/// The changes of one change set, by what they make and take away.
#[derive(Debug, Default)]
pub struct Ahead<'a> {
    /// The migrations, as places count them.
    files: Vec<&'a RepoPath>,
    events: BTreeMap<(Made, String), Vec<Event<'a>>>,
    /// What may be taken away, and where that stands last.
    doubted: BTreeMap<(Made, String), Place>,
    recreations: Vec<Recreation>,
    /// Which changes are part of which recreation.
    parts: BTreeMap<Place, usize>,
    /// What a `ROLLBACK` takes back, or may.
    taken_back: BTreeSet<Place>,
}

#[derive(Clone, Copy, Debug)]
struct Event<'a> {
    at: Place,
    makes: bool,
    change: &'a Change,
}

/// An enum under its old name with other labels, by way of a second type (Prisma) or of `text` (Drizzle).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recreation {
    /// The type that is there before and after.
    pub name: ObjectName,
    /// What the new one is called at first; the same where the old one was dropped or renamed before.
    pub interim: ObjectName,
    /// What the old one is called until it goes, where it stepped aside.
    pub aside: Option<String>,
    pub labels: Vec<String>,
    /// The first of its changes, before which the old type is as it was.
    pub first: Place,
}

impl<'a> Ahead<'a> {
    /// Whether a `ROLLBACK` takes the change back, or may.
    pub(super) fn is_taken_back(&self, at: Place) -> bool {
        self.taken_back.contains(&at)
    }

    /// Of migrations that belong to one change set.
    pub fn of(migrations: &'a [Migration]) -> Ahead<'a> {
        let mut ahead = Ahead::default();
        for (file, migration) in migrations.iter().enumerate() {
            ahead.files.push(&migration.path);
            let taken_back = taken_back(&migration.script.changes);
            ahead.taken_back.extend(taken_back.iter().map(|&index| (file, index)));
            for (index, change) in migration.script.changes.iter().enumerate() {
                for (made, name, makes) in events(&change.op) {
                    if makes && taken_back.contains(&index) {
                        continue;
                    }
                    let at = (file, index);
                    if change.certainty != Certainty::Sure {
                        if !makes && change.certainty != Certainty::Deferred {
                            ahead.doubted.insert((made, name), at);
                        }
                        continue;
                    }
                    ahead.events.entry((made, name)).or_default().push(Event { at, makes, change });
                }
            }
        }
        ahead.find_recreations();
        ahead
    }

    /// Changes after `here` that make a thing of that name for certain, unless the last word is that it goes, or may.
    pub fn made_after(&self, here: Place, made: Made, name: &str) -> Vec<&'a Change> {
        let key = (made, name.to_owned());
        let Some(events) = self.events.get(&key) else { return Vec::new() };
        let by_table = matches!(made, Made::IndexOn | Made::ConstraintOn | Made::TriggerOn);
        let doubted = self.doubted.get(&key);
        let gone = |it: &Event<'_>| !it.makes || doubted.is_some_and(|doubted| *doubted > it.at);
        if !by_table && events.last().is_some_and(gone) {
            return Vec::new();
        }
        let later = events.iter().filter(|it| it.makes && it.at > here);
        later.take(MOST).map(|it| it.change).collect()
    }

    /// Whether a thing of that name is taken away for certain, wherever in the change set.
    pub fn drops(&self, made: Made, name: &str) -> bool {
        self.events.get(&(made, name.to_owned())).is_some_and(|it| it.iter().any(|it| !it.makes))
    }

    /// Whether a thing of that name is taken away, or may be, wherever in the change set.
    pub fn may_drop(&self, made: Made, name: &str) -> bool {
        self.drops(made, name) || self.doubted.contains_key(&(made, name.to_owned()))
    }

    /// The recreation of an enum that the change at `here` is part of.
    pub fn recreation(&self, here: Place) -> Option<&Recreation> {
        self.recreations.get(*self.parts.get(&here)?)
    }

    /// Whether a column was given another type before `here` in this change set.
    pub fn retyped_before(&self, here: Place, table: &ObjectName, column: &str) -> bool {
        let key = (Made::ColumnType, format!("{}.{column}", table.name));
        self.events.get(&key).is_some_and(|it| it.iter().any(|it| it.at < here))
    }

    /// Where an earlier file of this change set gives a column its type.
    pub fn retyped_elsewhere(&self, file: usize, table: &ObjectName, column: &str) -> Option<Span> {
        let key = (Made::ColumnType, format!("{}.{column}", table.name));
        let event = self.events.get(&key)?.iter().find(|it| it.at.0 < file)?;
        Some(Span::new((*self.files.get(event.at.0)?).clone(), event.change.span.clone()))
    }

    fn types(&self) -> impl Iterator<Item = &Event<'a>> {
        self.events.iter().filter(|((made, _), _)| *made == Made::Type).flat_map(|(_, it)| it)
    }

    fn find_recreations(&mut self) {
        let mut found: Vec<(Recreation, Vec<Place>)> = Vec::new();
        for event in self.types().take(4 * MOST) {
            let Op::CreateType { name: new, kind: crate::schema::TypeKind::Enum(labels) } =
                &event.change.op
            else {
                continue;
            };
            let begun = |name: &ObjectName| Recreation {
                name: name.clone(),
                interim: new.clone(),
                aside: None,
                labels: labels.clone(),
                first: event.at,
            };
            let of = |name: &str| self.events.get(&(Made::Type, name.to_owned()));
            // Drizzle: the old one has gone just before.
            let dropped = of(&new.name).into_iter().flatten().find(|it| {
                it.at < event.at
                    && matches!(&it.change.op, Op::DropType { name, .. } if same(name, new))
            });
            if let Some(dropped) = dropped {
                let recreation = Recreation { first: dropped.at, ..begun(new) };
                found.push((recreation, vec![dropped.at, event.at]));
                continue;
            }
            // By hand: the old one has stepped aside before.
            let aside = of(&new.name).into_iter().flatten().find_map(|it| match &it.change.op {
                Op::RenameType { from, to } if it.at < event.at && same(from, new) => {
                    Some((it.at, to))
                }
                _ => None,
            });
            if let Some((first, aside)) = aside {
                let mut parts = vec![first, event.at];
                parts.extend(self.gone_after(event.at, aside));
                let recreation = Recreation { first, aside: Some(aside.clone()), ..begun(new) };
                found.push((recreation, parts));
                continue;
            }
            // Prisma: the old one steps aside, the new one takes its name, the old one goes.
            let renamed = of(&new.name).into_iter().flatten().find_map(|it| match &it.change.op {
                Op::RenameType { from, to } if it.at > event.at && same(from, new) => {
                    Some((it.at, to))
                }
                _ => None,
            });
            let Some((second, to)) = renamed else { continue };
            let old = ObjectName { schema: new.schema.clone(), name: to.clone() };
            let aside = of(to).into_iter().flatten().find_map(|it| match &it.change.op {
                Op::RenameType { from, to } if it.at < second && same(from, &old) => {
                    Some((it.at, to))
                }
                _ => None,
            });
            let Some((first, aside)) = aside else { continue };
            let mut parts = vec![event.at, first, second];
            parts.extend(self.gone_after(second, aside));
            let recreation = Recreation { aside: Some(aside.clone()), ..begun(&old) };
            found.push((recreation, parts));
        }
        for (recreation, parts) in found {
            let index = self.recreations.len();
            self.recreations.push(recreation);
            self.parts.extend(parts.into_iter().map(|it| (it, index)));
        }
    }

    /// Where a type of that name is dropped after a place.
    fn gone_after(&self, at: Place, name: &str) -> Option<Place> {
        let events = self.events.get(&(Made::Type, name.to_owned()))?;
        let mut later = events.iter().filter(|it| it.at > at);
        later.find(|it| matches!(it.change.op, Op::DropType { .. })).map(|it| it.at)
    }

    /// Every recreation that this change set has.
    pub fn recreations(&self) -> &[Recreation] {
        &self.recreations
    }
}

/// Which changes of a migration a `ROLLBACK` takes back, or may: what they make does not last. One that stands in no
/// transaction of the file takes back what comes before it where a tool sends the whole file as one.
pub(super) fn taken_back(changes: &[Change]) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut begun = 0;
    let mut savepoints: Vec<(&str, usize)> = Vec::new();
    for (index, change) in changes.iter().enumerate() {
        let Op::Transaction(boundary) = &change.op else { continue };
        match boundary {
            _ if change.certainty == Certainty::Deferred => {}
            Boundary::Rollback => found.extend(begun..index),
            Boundary::RollbackTo(name) => {
                let to = savepoints.iter().rfind(|(it, _)| it == name);
                found.extend(to.map_or(begun, |it| it.1)..index);
            }
            Boundary::Savepoint(name) => savepoints.push((name, index)),
            Boundary::Begin | Boundary::Commit | Boundary::Release(_) => {}
        }
        let ends = matches!(boundary, Boundary::Begin | Boundary::Commit | Boundary::Rollback);
        if ends && change.certainty == Certainty::Sure {
            begun = index + 1;
            savepoints.clear();
        }
    }
    found
}

fn same(one: &ObjectName, other: &ObjectName) -> bool {
    let schema = |it: &ObjectName| it.schema.clone().unwrap_or_else(|| "public".to_owned());
    one.name == other.name && schema(one) == schema(other)
}

/// What a change makes (`true`) or takes away, under which name. Names are without their schema: whoever asks
/// compares the rest.
fn events(op: &Op) -> Vec<(Made, String, bool)> {
    let of = |table: &ObjectName, name: &str| format!("{}.{name}", table.name);
    match op {
        Op::CreateIndex(it) => {
            let named = it.name.iter().map(|name| (Made::Index, name.clone(), true));
            named.chain([(Made::IndexOn, it.table.name.clone(), true)]).collect()
        }
        Op::AlterColumnType { table, column, .. } => {
            vec![(Made::ColumnType, of(table, column), true)]
        }
        Op::DropIndex { name, .. } => vec![(Made::Index, name.name.clone(), false)],
        Op::AddConstraint { table, constraint } => {
            let named = constraint.name.iter();
            let named = named.map(|name| (Made::Constraint, of(table, name), true));
            named.chain([(Made::ConstraintOn, table.name.clone(), true)]).collect()
        }
        Op::DropConstraint { table, name, .. } => {
            vec![(Made::Constraint, of(table, name), false)]
        }
        Op::CreatePolicy { table, name, .. } => vec![(Made::Policy, of(table, name), true)],
        Op::DropPolicy { table, name, .. } => vec![(Made::Policy, of(table, name), false)],
        Op::CreateTrigger { table, name, .. } => vec![
            (Made::Trigger, of(table, name), true),
            (Made::TriggerOn, table.name.clone(), true),
        ],
        Op::RenameTrigger { table, from, to } => {
            vec![(Made::Trigger, of(table, from), false), (Made::Trigger, of(table, to), true)]
        }
        Op::DropTrigger { table, name, .. } => vec![(Made::Trigger, of(table, name), false)],
        Op::CreateTable(it)
            if matches!(it.kind, RelationKind::View | RelationKind::MaterializedView) =>
        {
            vec![(Made::View, it.name.name.clone(), true)]
        }
        Op::DropView { name, .. } => vec![(Made::View, name.name.clone(), false)],
        Op::CreateRoutine(it) => vec![(Made::Routine, it.name.name.clone(), true)],
        Op::Routine { name, op: RoutineOp::Drop { .. }, .. } => {
            vec![(Made::Routine, name.name.clone(), false)]
        }
        Op::CreateType { name, .. } => vec![(Made::Type, name.name.clone(), true)],
        Op::DropType { name, .. } => vec![(Made::Type, name.name.clone(), false)],
        Op::RenameType { from, to } => {
            vec![(Made::Type, from.name.clone(), false), (Made::Type, to.clone(), true)]
        }
        _ => Vec::new(),
    }
}
