//! # data-and-schema-together
//!
//! Rows that are changed in the transaction that changed their table keep everyone else from the table until the last of
//! them is written.
//!
//! A file that is sent as one text is one transaction. Change the table in one migration, and the rows in the next, in
//! batches where they are many.
//!
//! ## Fails
//!
//! ```sql
//! alter table users add column nick text;
//! update users set nick = name;
//! ```
//!
//! ```text
//! warning[data-and-schema-together]: nobody can read or write `public.users` until these rows are written
//!   ╭▸ prisma/migrations/20260101000000_example/migration.sql:2:1
//!   │
//! 1 │ alter table users add column nick text;
//!   │                   ──────────────────── it is locked here, until the transaction ends
//! 2 │ update users set nick = name;
//!   │ ━━━━━━━━━━━━━━━━━━━━━━━━━━━━
//!   │
//!   ├ note: by default, `data-and-schema-together` is warned about
//!   ├ help: write the rows in a migration of its own, in batches where they are many
//!   ╰ explain: sprag explain data-and-schema-together
//! ```
//!
//! ## Passes
//!
//! ```sql
//! alter table users add column nick text not null default '';
//! ```
//!
//! ```sql
//! alter table users add column nick text;
//! update orders set status = 'paid' where id = 1;
//! ```
//!
//! ```sql
//! create table notes (id bigint primary key, author bigint);
//! alter table notes enable row level security;
//! insert into notes (id, author) select id, id from users;
//! ```

use std::collections::{BTreeMap, BTreeSet};

use crate::rules::{Check, Finding, Rule, Step, Whole, declare};
use crate::schema::{Effort, LockMode, TableName};

pub(super) const RULE: Rule = declare!(
    "locking",
    "data_and_schema_together.rs",
    "data-and-schema-together",
    Warn,
    Check::Migration(check)
);

fn check(whole: &Whole<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    // One for each table.
    let mut told: BTreeSet<&TableName> = BTreeSet::new();
    for steps in whole.transactions() {
        let mut locked: BTreeMap<&TableName, &Step<'_>> = BTreeMap::new();
        for step in steps {
            for lock in step.locks.iter().filter(|it| it.mode == LockMode::AccessExclusive) {
                locked.entry(&lock.on).or_insert(step);
            }
            if step.effort != Effort::Rows {
                continue;
            }
            let Some(table) = step.locks.first().map(|it| &it.on) else { continue };
            let Some(locked) = locked.get(table).filter(|_| told.insert(table)) else { continue };
            let subject = table.to_string();
            let message =
                format!("nobody can read or write `{table}` until these rows are written");
            findings.push(
                whole
                    .finding(&step.change.span, subject, message)
                    .label(
                        whole.span(&locked.change.span),
                        "it is locked here, until the transaction ends",
                    )
                    .help(
                        "write the rows in a migration of its own, in batches where they are many",
                    ),
            );
        }
    }
    findings
}
