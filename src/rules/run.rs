//! Runs the rules over migrations.

use std::borrow::Cow;

use super::prisma::{apart, unmapped};
use super::{
    Ahead, Check, Context, Finding, History, Rule, SchemaChange, State, Step, Target, Whole, all,
    by_name,
};
use crate::parse::Migration;
use crate::schema::{Catalog, Change, Op, Provider};

/// A finding of a rule, before anyone decided whether it stands.
#[derive(Clone, Debug)]
pub struct Found {
    pub rule: &'static Rule,
    pub finding: Finding,
}

impl Found {
    /// A finding of the rule of that name.
    pub fn of(rule: &str, finding: Finding) -> Option<Found> {
        Some(Found { rule: by_name(rule)?, finding })
    }
}

/// What a run is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One change set: all its migrations together, on top of what there was.
    Change,
    /// A whole history: each migration is a change set of its own.
    Everything,
}

/// Judges migrations in order and leaves the catalog as they leave the database.
pub fn run(
    catalog: &mut Catalog,
    migrations: &[Migration],
    target: &Target,
    scope: Scope,
) -> Vec<Found> {
    let mut found = Vec::new();
    if scope == Scope::Change {
        catalog.publish();
    }
    let together = match scope {
        Scope::Change => migrations.len().max(1),
        Scope::Everything => 1,
    };
    for set in migrations.chunks(together) {
        if scope == Scope::Everything {
            catalog.settle();
        }
        let set = &remade(catalog, set);
        let ahead = Ahead::of(set);
        for (file, migration) in set.iter().enumerate() {
            found.extend(one(catalog, migration, target, &ahead, file));
        }
    }
    found
}

/// The migrations, with each table that they make anew as what becomes of it.
fn remade<'m>(catalog: &Catalog, set: &'m [Migration]) -> Cow<'m, [Migration]> {
    let copies = |it: &Change| matches!(it.op, Op::CopyRows { .. });
    if !set.iter().any(|it| it.script.changes.iter().any(copies)) {
        return Cow::Borrowed(set);
    }
    let mut now = catalog.clone();
    let mut set = set.to_vec();
    for it in &mut set {
        it.script.changes = now.unfold(&it.path, &it.script.changes);
        now.end_session();
    }
    Cow::Owned(set)
}

/// Judges one migration of a change set.
fn one(
    catalog: &mut Catalog,
    migration: &Migration,
    target: &Target,
    ahead: &Ahead<'_>,
    file: usize,
) -> Vec<Found> {
    let mut found = Vec::new();
    let mut steps = Vec::with_capacity(migration.script.changes.len());
    for (index, change) in migration.script.changes.iter().enumerate() {
        let cx = Context { catalog, migration, target, ahead, here: (file, index) };
        steps.push(Step::of(&cx, change));
        for rule in held(migration.provider) {
            let (Check::Change(check) | Check::ChangeAndState(check, _)) = rule.check else {
                continue;
            };
            found.extend(
                check(&cx, change).map(|finding| Found { rule, finding: fitted(&cx, finding) }),
            );
        }
        catalog.apply(&migration.path, change);
    }
    let whole = Whole { migration, target, steps: &steps };
    for rule in held(migration.provider) {
        let Check::Migration(check) = rule.check else { continue };
        found.extend(check(&whole).into_iter().map(|finding| Found { rule, finding }));
    }
    catalog.end_session();
    found
}

/// Judges what is left behind.
pub fn state(state: &State<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    let provider = state.migrations.last().map_or(state.target.provider, |it| it.provider);
    for rule in held(provider) {
        let (Check::State(check) | Check::ChangeAndState(_, check)) = rule.check else { continue };
        found.extend(check(state).into_iter().map(|finding| Found { rule, finding }));
    }
    found
}

/// The rules that are true of databases of that kind.
fn held(provider: Provider) -> impl Iterator<Item = &'static Rule> {
    all().iter().copied().filter(move |it| it.holds_for(provider))
}

/// What a machine can write is Postgres.
fn fitted(cx: &Context<'_>, finding: Finding) -> Finding {
    if cx.is_postgres() { finding } else { Finding { fix: None, ..finding } }
}

/// Judges which files came, went and changed.
pub fn found(history: &History<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for rule in all() {
        let Check::History(check) = rule.check else { continue };
        found.extend(check(history).into_iter().map(|finding| Found { rule, finding }));
    }
    found
}

/// Judges what a change to a Prisma schema asks of the database.
pub fn schema(change: &SchemaChange<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for rule in all() {
        let Check::Schema(check) = rule.check else { continue };
        found.extend(check(change).into_iter().map(|finding| Found { rule, finding }));
    }
    found.extend(unmapped(change));
    let apart = apart(change, &found);
    found.extend(apart);
    found
}
