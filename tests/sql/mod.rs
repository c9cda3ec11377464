//! What SQL means: what becomes of a database when a migration is applied, and which rules that meets.

mod access;
mod effects;
mod harmless;
mod hidden;
mod locking;

use std::sync::Arc;

use sprag::parse::Migration;
use sprag::rules::{self, Found, Scope, State, Target};
use sprag::schema::{Catalog, Provider};
use sprag::source::RepoPath;

/// A migration of the tests.
pub(crate) fn migration(name: &str, text: &str) -> Migration {
    let path = format!("prisma/migrations/{name}/migration.sql");
    Migration::read(RepoPath::from(path.as_str()), Arc::from(text), Provider::Postgresql)
}

/// The database that these migrations leave behind, each of them merged before the next.
pub(crate) fn database(past: &[&str]) -> Catalog {
    let mut catalog = Catalog::default();
    let past: Vec<Migration> =
        past.iter().enumerate().map(|(at, it)| migration(&format!("{at}_past"), it)).collect();
    rules::run(&mut catalog, &past, &Target::default(), Scope::Everything);
    catalog
}

/// What the rules say of migrations that come together, on top of others that were merged before.
pub(crate) fn found(past: &[&str], change: &[&str]) -> Vec<Found> {
    let mut catalog = database(past);
    let change: Vec<Migration> =
        change.iter().enumerate().map(|(at, it)| migration(&format!("{at}_change"), it)).collect();
    judged(&mut catalog, &change)
}

/// The same, and the database is left as the change leaves it.
pub(crate) fn judged(catalog: &mut Catalog, change: &[Migration]) -> Vec<Found> {
    let target = Target::default();
    let mut found = rules::run(catalog, change, &target, Scope::Change);
    let state = State { catalog, target: &target, everything: false, migrations: change };
    found.extend(rules::state(&state));
    found
}

/// The names of the rules that say something, in their order, each once.
pub(crate) fn hits(past: &[&str], change: &[&str]) -> Vec<&'static str> {
    let mut names: Vec<&str> = found(past, change).iter().map(|it| it.rule.name).collect();
    names.sort_unstable();
    names.dedup();
    names
}
