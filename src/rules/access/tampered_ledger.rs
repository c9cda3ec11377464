//! # tampered-ledger
//!
//! A migration that writes to the list of applied migrations makes tools run others twice, or never.
//!
//! The lists of Prisma, Supabase, Drizzle and others are written by their tools alone. Row level security on them is
//! welcome.
//!
//! ## Fails
//!
//! ```sql
//! create table _prisma_migrations (id text, migration_name text);
//! alter table _prisma_migrations enable row level security;
//! delete from _prisma_migrations where migration_name like '2025%';
//! ```
//!
//! ```sql
//! insert into supabase_migrations.schema_migrations (version) values ('20250301000000');
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create table migrations_of_birds (id bigint);
//! alter table migrations_of_birds enable row level security;
//! insert into migrations_of_birds values (1);
//! ```
//!
//! ```sql
//! create table if not exists _prisma_migrations (id text);
//! alter table _prisma_migrations enable row level security;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, ObjectName, Op};

/// Names that only migration tools give.
const LEDGERS: &[&str] = &[
    "_prisma_migrations",
    "__drizzle_migrations",
    "knex_migrations",
    "knex_migrations_lock",
    "flyway_schema_history",
    "databasechangelog",
    "sequelizemeta",
    "typeorm_migrations",
    "_sqlx_migrations",
];

/// Schemas that hold nothing else.
const SCHEMAS: &[&str] = &["supabase_migrations", "drizzle"];

pub(super) const RULE: Rule =
    declare!("access", "tampered_ledger.rs", "tampered-ledger", Deny, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let (Op::Update { table, .. }
    | Op::Insert { table, .. }
    | Op::Delete { table, .. }
    | Op::Truncate { table, .. }
    | Op::DropTable { name: table, .. }) = &change.op
    else {
        return None;
    };
    if !is_ledger(table) {
        return None;
    }
    let message = format!(
        "`{table}` tells which migrations were applied: after this, tools run some twice or never"
    );
    let finding = cx.finding(change, table.to_string(), message);
    Some(
        finding
            .help("let the tool write it: `prisma migrate resolve`, `supabase migration repair`"),
    )
}

fn is_ledger(table: &ObjectName) -> bool {
    let schema = table.schema.as_deref().is_some_and(|it| SCHEMAS.contains(&it));
    schema || LEDGERS.contains(&table.name.to_ascii_lowercase().as_str())
}
