//! Which migrations of the repository a database has, by the records that tools and people keep.

use std::collections::BTreeMap;

use super::read::text_of;
use super::records::applied;
use super::verify::of_one_database;
use super::{Stop, beside, past, policy_at};
use crate::failure::Result;
use crate::parse::drizzle::Journal;
use crate::parse::prisma::is_checksum_of;
use crate::policy::Policy;
use crate::postgres::Live;
use crate::repo::{Repo, Side};
use crate::report::{Standing, State, Status};
use crate::rules::Slot;
use crate::source::RepoPath;

/// A record of one tool: a table that it keeps.
struct Record {
    table: String,
    rows: Vec<Row>,
}

struct Row {
    name: String,
    /// Of the file, where the tool keeps one.
    hash: Option<String>,
    at: Option<String>,
    state: State,
}

/// A migration of the repository.
struct File {
    path: RepoPath,
    slot: Slot,
    text: Option<std::sync::Arc<str>>,
    /// When it was generated, of Drizzle's journal.
    when: Option<i64>,
}

/// Compares the migrations of a side with what is recorded: in the database, where there is one, and in the ledger.
pub fn status(
    repo: &Repo,
    side: &Side,
    folder: Option<&str>,
    live: Option<&mut Live>,
) -> std::result::Result<Status, Stop> {
    let policy = policy_at(repo, side)?;
    let files = files(repo, side, &policy, folder)?;
    let ledger = applied(repo, side)?;
    let mut status =
        Status { database: live.as_ref().map(|it| it.name.clone()), ..Status::default() };
    let records = match live {
        Some(live) => records(live, &mut status.notices)?,
        None => Vec::new(),
    };
    status.records = records.iter().map(|it| it.table.clone()).collect();
    if !ledger.entries.is_empty() {
        status.records.push("the ledger".to_owned());
    }
    if status.records.is_empty() {
        status.notices.push(match status.database {
            Some(_) => "no tool keeps a record in this database, and the ledger is empty: nobody can tell what is applied".to_owned(),
            None => "the ledger is empty: `sprag applied PATH --by NAME` writes an entry, and `--database-url-env NAME` looks at a database".to_owned(),
        });
    }
    let mut used: Vec<Vec<bool>> = records.iter().map(|it| vec![false; it.rows.len()]).collect();
    for file in &files {
        let mut standing = Standing {
            path: Some(file.path.to_string()),
            name: file.slot.name.trim_end_matches(".sql").to_owned(),
            state: State::Pending,
            at: None,
            said: Vec::new(),
        };
        for (record, used) in records.iter().zip(&mut used) {
            for (row, used) in record.rows.iter().zip(used) {
                if !is_of(record, row, file) {
                    continue;
                }
                *used = true;
                let state = match (&row.hash, &file.text) {
                    (Some(hash), Some(text))
                        if row.state == State::Applied && !is_checksum_of(hash, text) =>
                    {
                        State::Edited
                    }
                    _ => row.state,
                };
                // Prisma has a row for each time that it tried; the last one counts.
                standing.state = state;
                standing.at = row.at.clone().or(standing.at.take());
                let told = format!("by `{}`", record.table);
                if !standing.said.contains(&told) {
                    standing.said.push(told);
                }
            }
        }
        if let Some(entry) = ledger.entry(&file.path.to_string()) {
            let text = file.text.as_deref().unwrap_or_default();
            let state =
                if is_checksum_of(&entry.sha256, text) { State::Applied } else { State::Edited };
            standing.state = match standing.state {
                State::Pending => state,
                other => other.max(state),
            };
            standing.at.get_or_insert(entry.at.clone());
            standing.said.push(format!("applied by {}", entry.by));
            standing.said.push(match &entry.verified {
                Some((name, _)) => format!("verified by {name}"),
                None => "not verified by a second person".to_owned(),
            });
        }
        status.migrations.push(standing);
    }
    for (record, used) in records.iter().zip(&used) {
        let left = record
            .rows
            .iter()
            .zip(used)
            .filter(|(row, used)| !**used && row.state != State::RolledBack);
        status.migrations.extend(left.map(|(row, _)| Standing {
            path: None,
            name: row.name.clone(),
            state: State::Missing,
            at: row.at.clone(),
            said: vec![format!("by `{}`", record.table)],
        }));
    }
    for entry in
        ledger.entries.iter().filter(|it| files.iter().all(|file| file.path.to_string() != it.path))
    {
        status.migrations.push(Standing {
            path: None,
            name: entry.path.clone(),
            state: State::Missing,
            at: Some(entry.at.clone()),
            said: vec![format!("applied by {}", entry.by)],
        });
    }
    Ok(status)
}

fn files(repo: &Repo, side: &Side, policy: &Policy, folder: Option<&str>) -> Result<Vec<File>> {
    let mut journals: BTreeMap<RepoPath, Option<Journal>> = BTreeMap::new();
    let mut files = Vec::new();
    let mut all = past::listed(repo, side, policy)?;
    if folder.is_some() {
        (all, _) = of_one_database(all, folder)?;
    }
    for file in all {
        let slot = Slot::of(&file.path);
        if !journals.contains_key(&slot.folder) {
            let journal = beside::journal(repo, side, &slot.folder)?;
            let journal = journal.and_then(|it| Journal::read(it.content.text()?).ok());
            journals.insert(slot.folder.clone(), journal);
        }
        let journal = journals.get(&slot.folder).and_then(Option::as_ref);
        let when =
            journal.and_then(|it| it.entry(slot.name.trim_end_matches(".sql"))).map(|it| it.when);
        let text = text_of(&file).map(|it| it.1);
        files.push(File { path: file.path, slot, text, when });
    }
    Ok(files)
}

/// Whether a row is about a file, as its tool tells.
fn is_of(record: &Record, row: &Row, file: &File) -> bool {
    if record.table.ends_with("__drizzle_migrations") {
        // By the time in the journal; before there was one in the table, by the content.
        let hashed = || {
            row.hash
                .as_ref()
                .zip(file.text.as_ref())
                .is_some_and(|(hash, text)| is_checksum_of(hash, text))
        };
        return file.when.is_some_and(|it| it.to_string() == row.name) || hashed();
    }
    if record.table.ends_with("schema_migrations") {
        let supabase = file.slot.folder.as_bytes().ends_with(b"supabase/migrations");
        return supabase
            && file.slot.version() == Some(row.name.split(' ').next().unwrap_or_default());
    }
    file.path.file_name() == b"migration.sql" && file.slot.name == row.name
}

/// The tables that tools keep their records in, whichever there are.
fn records(live: &mut Live, notices: &mut Vec<String>) -> Result<Vec<Record>> {
    const KNOWN: &str = "
select n.nspname, c.relname, quote_ident(n.nspname) || '.' || quote_ident(c.relname), has_table_privilege(c.oid, 'select')
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'v') and (c.relname = '_prisma_migrations' or c.relname = '__drizzle_migrations'
  or n.nspname = 'supabase_migrations' and c.relname = 'schema_migrations')
order by 1, 2";
    let mut records = Vec::new();
    for row in live.rows(KNOWN)? {
        let [_, name, table, readable] = row.as_slice() else { continue };
        if readable != "t" {
            notices.push(format!("`{table}` may not be read by this user"));
            continue;
        }
        let query = match name.as_str() {
            "_prisma_migrations" => format!(
                "select migration_name, checksum,
                   to_char(coalesce(finished_at, started_at) at time zone 'UTC', 'YYYY-MM-DD HH24:MI'),
                   case when rolled_back_at is not null then 'rolled back' when finished_at is null then 'failed' else 'applied' end
                 from {table} order by started_at"
            ),
            "__drizzle_migrations" => format!(
                "select coalesce(created_at::text, hash), hash,
                   to_char(to_timestamp(created_at / 1000.0) at time zone 'UTC', 'YYYY-MM-DD HH24:MI'), 'applied'
                 from {table} order by id"
            ),
            // Its column for the name came later than the table.
            _ => format!(
                "select version || coalesce(' ' || (to_jsonb(it) ->> 'name'), ''), '', '', 'applied' from {table} it order by version"
            ),
        };
        let some = |it: &String| Some(it.clone()).filter(|it| !it.is_empty());
        let rows = live.rows(&query)?.into_iter().filter_map(|row| {
            let [name, hash, at, state] = row.as_slice() else { return None };
            let state = match state.as_str() {
                "failed" => State::Failed,
                "rolled back" => State::RolledBack,
                _ => State::Applied,
            };
            Some(Row { name: name.clone(), hash: some(hash), at: some(at), state })
        });
        records.push(Record { table: table.clone(), rows: rows.collect() });
    }
    Ok(records)
}
