//! # index-without-concurrently
//!
//! Nobody can write to a table while an index of it is built, unless it is built `CONCURRENTLY`.
//!
//! On a large table that takes minutes. `CREATE INDEX CONCURRENTLY` lets writers pass, takes longer, and needs a
//! migration of its own, as nothing else may be sent with it. Tables that the same change creates are empty.
//!
//! ## Fails
//!
//! ```sql
//! create index users_name_idx on users (name);
//! ```
//!
//! ```text
//! warning[index-without-concurrently]: nobody can write to `public.users` while this index is built
//!   ╭▸ prisma/migrations/20260101000000_example/migration.sql:1:1
//!   │
//! 1 │ create index users_name_idx on users (name);
//!   │ ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
//!   │
//!   ├ note: by default, `index-without-concurrently` is warned about
//!   ├ help: write `create index concurrently …`, in a migration of its own
//!   ├ fix: sprag fix --write
//!   ╰ explain: sprag explain index-without-concurrently
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create index concurrently users_name_idx on users (name);
//! ```
//!
//! ```sql
//! create table notes (id bigint primary key, author bigint);
//! alter table notes enable row level security;
//! create index notes_author_idx on notes (author);
//! ```

use super::{alone, concurrent_index, is_partitioned};
use crate::rules::{Check, Context, Finding, Fix, Rule, declare};
use crate::schema::{Certainty, Change, Op, quoted};

pub(super) const RULE: Rule = declare!(
    "locking",
    "index_without_concurrently.rs",
    "index-without-concurrently",
    Warn,
    Check::Change(check)
);

/// In a longer file nobody looks for other mentions of an index, which would cost its square.
const LONG: usize = 1 << 16;

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::CreateIndex(index) = &change.op else { return None };
    let later = change.certainty == Certainty::Deferred;
    if index.concurrently || later || cx.is_unused(change, &index.table) {
        return None;
    }
    let partitioned = is_partitioned(cx, &index.table);
    // Built on nothing: an index of no partition yet.
    if index.only && partitioned {
        return None;
    }
    let (table, sql) = (cx.name(&index.table), cx.sql_name(&index.table));
    let message = format!("nobody can write to `{table}` while this index is built");
    let finding = cx.finding(change, &table, message);
    if partitioned {
        return Some(finding.help(format!(
            "write `create index … on only {sql} …`, then build the index of each partition with `concurrently` and attach it with `alter index … attach partition …`"
        )));
    }
    let finding = finding.help("write `create index concurrently …`, in a migration of its own");
    let sure = change.certainty == Certainty::Sure && change.span == change.statement;
    if !sure || index.unique || cx.catalog.in_transaction() || cx.migration.text.len() > LONG {
        return Some(finding);
    }
    // Nothing else in the file has to do with it.
    let name = index.name.as_deref().unwrap_or_default();
    if name.is_empty() || cx.migration.text.matches(name).count() > 1 {
        return Some(finding);
    }
    let Some(written) = concurrent_index(cx.migration, &change.statement) else {
        return Some(finding);
    };
    let title = "build it concurrently, in a migration of its own";
    let fix = if cx.migration.script.statements == 1 {
        Some(Fix::new(title).edit(change.statement.clone(), written))
    } else {
        alone(cx.migration, &change.statement, title, &format!("create {}", quoted(name)), &written)
    };
    Some(Finding { fix, ..finding })
}
