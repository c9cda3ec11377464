//! Migrations for MySQL, SQLite and SQL Server: what they are read as, and which rules they meet.

mod held;
mod mysql;
mod same;
mod sqlite;
mod sqlserver;

use std::fmt::Write as _;
use std::sync::Arc;

use sprag::parse::Migration;
use sprag::rules::{self, Scope, State, Target};
use sprag::schema::{Catalog, Provider};
use sprag::source::RepoPath;

/// A migration of one of these databases.
fn migration(provider: Provider, name: &str, text: &str) -> Migration {
    let path = format!("prisma/migrations/{name}/migration.sql");
    Migration::read(RepoPath::from(path.as_str()), Arc::from(text), provider)
}

/// What the rules say of a change on top of a past: each finding with its words and the place it shows. Names are not
/// what these tests are about.
fn said(provider: Provider, past: &str, change: &str) -> String {
    let target = Target { provider, ..Target::default() };
    let mut catalog = Catalog::default();
    let past = [migration(provider, "1_past", past)];
    rules::run(&mut catalog, &past, &target, Scope::Everything);
    catalog.settle();
    let change = [migration(provider, "2_change", change)];
    let mut found = rules::run(&mut catalog, &change, &target, Scope::Change);
    let state =
        State { catalog: &catalog, target: &target, everything: false, migrations: &change };
    found.extend(rules::state(&state));
    let mut text = String::new();
    for it in found.iter().filter(|it| it.rule.family != "naming") {
        let place = change[0].text.get(it.finding.span.range()).unwrap_or_default();
        let place = place.split_whitespace().collect::<Vec<_>>().join(" ");
        let _ = writeln!(text, "{}: {}\n    {place}", it.rule.name, it.finding.message);
    }
    if text.is_empty() { "nothing".to_owned() } else { text }
}

/// What a text is read as, a line for each change.
fn read(provider: Provider, text: &str) -> String {
    let mut lines = String::new();
    for change in migration(provider, "1_read", text).script.changes {
        let _ = writeln!(lines, "{:?} {:?}", change.certainty, change.op);
    }
    lines
}
