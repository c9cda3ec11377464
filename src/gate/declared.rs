//! Supabase's declarative schemas: what a change takes out of them, the next generated migration drops.

use std::collections::BTreeSet;

use super::beside::Below;
use super::databases::Databases;
use super::provider::Providers;
use super::read::{self, unreadable};
use super::{SQL_LIMIT, order};
use crate::failure::Result;
use crate::repo::{Delta, Repo, Side};
use crate::rules::{Finding, Found};
use crate::schema::{Catalog, Provider, RelationKind, Shown};
use crate::source::{File, RepoPath, Span};

const FOLDER: &[u8] = b"supabase/schemas/";

/// The folder of declarative schemas that a file is in: where Supabase's CLI looks unless told otherwise.
fn folder(path: &RepoPath) -> Option<RepoPath> {
    let bytes = path.as_bytes();
    if !bytes.to_ascii_lowercase().ends_with(b".sql") {
        return None;
    }
    let at = bytes.windows(FOLDER.len()).rposition(|it| it == FOLDER)?;
    let begins = at == 0 || bytes[at - 1] == b'/';
    begins.then(|| RepoPath::from(&bytes[..at + FOLDER.len() - 1]))
}

/// Whether a file is part of a declarative schema.
pub(super) fn is_declared(path: &RepoPath) -> bool {
    folder(path).is_some()
}

/// The databases whose schemas differ.
pub(super) fn touched(deltas: &[Delta]) -> BTreeSet<RepoPath> {
    deltas.iter().filter_map(|it| folder(&it.path)).collect()
}

/// Tables and columns that are no longer declared, and that the migrations leave in the database.
pub(super) fn removed(
    repo: &Repo,
    (before, after): (&Side, &Side),
    folders: &BTreeSet<RepoPath>,
    databases: &Databases,
) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    for folder in folders {
        let (old, new) = (files(repo, before, folder)?, files(repo, after, folder)?);
        let broken: Vec<Finding> = new.iter().filter_map(unreadable).collect();
        if !broken.is_empty() {
            found.extend(broken.into_iter().filter_map(|it| Found::of("unreadable-file", it)));
            continue;
        }
        // Without any file nothing is declared, and nothing is compared with it.
        if new.is_empty() {
            continue;
        }
        let (old, new) = (declared(old), declared(new));
        let supabase = folder.parent().unwrap_or_else(|| RepoPath::from(""));
        let database = RepoPath::joined(&supabase.to_str_lossy(), "migrations/0_.sql");
        let Some(left) = databases.get(&order::database(&database)) else { continue };
        for (name, table) in old.tables().filter(|it| it.1.kind == RelationKind::Table) {
            let Some(in_database) = left.table(&name) else { continue };
            let at = || {
                let file = table.born.at.as_ref().map(|it| it.path.clone());
                Span::file(file.unwrap_or_else(|| folder.clone()))
            };
            let Some(now) = new.table(&name) else {
                found.extend(finding(&name.to_string(), at(), "its rows"));
                continue;
            };
            let gone = table.columns.keys().filter(|it| !now.columns.contains_key(*it));
            for column in gone.filter(|it| in_database.columns.contains_key(*it)) {
                let subject = format!("{name}.{}", Shown(column));
                found.extend(finding(&subject, at(), "all its data"));
            }
        }
    }
    Ok(found)
}

fn finding(subject: &str, at: Span, lost: &str) -> Option<Found> {
    let message = format!(
        "`{subject}` is no longer declared: the next migration that `supabase db diff` writes drops it and {lost}"
    );
    let finding = Finding::new(subject, at, message).evidence(subject);
    Found::of(
        "removed-declaration",
        finding.help(format!("leave `{subject}` in `supabase/schemas` and stop using it")),
    )
}

fn files(repo: &Repo, side: &Side, folder: &RepoPath) -> Result<Vec<File>> {
    let mut entries = repo.list(side, &Below(folder))?;
    entries.retain(|it| is_declared(&it.path));
    read::files(repo, entries, SQL_LIMIT)
}

/// What files declare.
fn declared(files: Vec<File>) -> Catalog {
    let text = |it: File| Some((it.path.clone(), it.content.text()?.clone()));
    let mut catalog = Catalog::default();
    // Supabase has no other.
    let postgres = Providers::unsaid(Provider::Postgresql);
    for migration in read::migrations(files.into_iter().filter_map(text).collect(), &postgres) {
        for change in &migration.script.changes {
            catalog.apply(&migration.path, change);
        }
        catalog.end_session();
    }
    catalog
}
