//! # concurrently-in-transaction
//!
//! Postgres refuses some statements inside of a transaction, and a file with more than one statement is one.
//!
//! Prisma, Drizzle, the Supabase CLI and its editor send a migration as one text, which makes a transaction of it with
//! or without a `BEGIN`; so does a `DO` block. Then `CREATE INDEX CONCURRENTLY`, `DROP INDEX CONCURRENTLY`, `REINDEX
//! CONCURRENTLY`, `DETACH PARTITION … CONCURRENTLY`, `VACUUM`, `ALTER SYSTEM`, `CREATE DATABASE` and their like fail, and
//! nothing of the file is applied. Each of them needs a migration of its own; a `SET lock_timeout` before it counts
//! as a statement too. `-- prisma-migrate-disable-next-transaction` changes nothing.
//!
//! Drizzle sends statement by statement, in one transaction: there a `COMMIT` before them helps.
//!
//! Where migrations are applied by `psql -f` alone, statement by statement, allow the rule in the policy.
//!
//! ## Fails
//!
//! ```sql
//! create index concurrently users_name_idx on users (name);
//! create index concurrently users_age_idx on users (age);
//! ```
//!
//! ```text
//! error[concurrently-in-transaction]: Postgres refuses `CREATE INDEX CONCURRENTLY` where other statements are sent with it, so the migration fails
//!   ╭▸ prisma/migrations/20260101000000_example/migration.sql:1:1
//!   │
//! 1 │ create index concurrently users_name_idx on users (name);
//!   │ ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
//!   │
//!   ├ note: by default, `concurrently-in-transaction` is denied
//!   ├ help: give it a migration of its own, with nothing else in the file
//!   ╰ explain: sprag explain concurrently-in-transaction
//!
//! error[concurrently-in-transaction]: Postgres refuses `CREATE INDEX CONCURRENTLY` where other statements are sent with it, so the migration fails
//!   ╭▸ prisma/migrations/20260101000000_example/migration.sql:2:1
//!   │
//! 2 │ create index concurrently users_age_idx on users (age);
//!   │ ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
//!   │
//!   ├ note: by default, `concurrently-in-transaction` is denied
//!   ├ help: give it a migration of its own, with nothing else in the file
//!   ├ fix: sprag fix --write
//!   ╰ explain: sprag explain concurrently-in-transaction
//! ```
//!
//! ```sql
//! begin;
//! drop index concurrently users_email_idx;
//! commit;
//! ```
//!
//! ```sql
//! do $$ begin
//!   create index concurrently users_name_idx on users (name);
//! end $$;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create index concurrently users_name_idx on users (name);
//! ```
//!
//! ```sql
//! vacuum users;
//! ```
//!
//! ```sql
//! alter table users add column nick text;--> statement-breakpoint
//! commit;--> statement-breakpoint
//! -- writers go on
//! create index concurrently users_nick_idx on users (nick);
//! ```

use super::{alone, outside};
use crate::rules::{Check, Finding, Rule, Step, Whole, declare};
use crate::schema::{Boundary, Certainty, Op};

pub(super) const RULE: Rule = declare!(
    "locking",
    "concurrently_in_transaction.rs",
    "concurrently-in-transaction",
    Deny,
    Check::Migration(check)
);

fn check(whole: &Whole<'_>) -> Vec<Finding> {
    let mut steps: Vec<(&Step<'_>, String)> = whole
        .steps
        .iter()
        .filter(|it| it.runs())
        .filter_map(|it| Some((it, outside(&it.change.op)?)))
        .collect();
    // One finding a statement: `DROP INDEX CONCURRENTLY a, b`, `VACUUM a, b`.
    steps.dedup_by_key(|(step, _)| step.change.statement.clone());
    let statements = whole.migration.script.statements;
    // Where there is nothing else in the file, one of them can stay.
    let stays = steps.len() == statements;
    let mut findings = Vec::new();
    for (number, (step, what)) in steps.iter().enumerate() {
        let Some(why) = why(whole, step) else { continue };
        let at = &step.change.statement;
        let path = whole.migration.path.to_string();
        let mut finding = whole.finding(at, path, format!("Postgres refuses {what} {why}"));
        finding = finding.help("give it a migration of its own, with nothing else in the file");
        let plain = step.change.certainty == Certainty::Sure && !is_block(whole, step);
        if plain && !step.in_transaction && !(stays && number == 0) {
            let sql = whole.migration.text.get(at.clone()).unwrap_or_default();
            let title = "move it into a migration of its own";
            let name = name(&step.change.op, sql);
            finding.fix = alone(whole.migration, at, title, &name, sql);
        }
        findings.push(finding);
    }
    findings
}

fn why(whole: &Whole<'_>, step: &Step<'_>) -> Option<&'static str> {
    if is_block(whole, step) {
        Some("inside of a `DO` block, so the block fails")
    } else if step.in_transaction {
        Some("between `BEGIN` and `COMMIT`, so the transaction fails")
    } else if whole.migration.script.statements > 1 && !is_on_its_own(whole, step) {
        Some("where other statements are sent with it, so the migration fails")
    } else {
        None
    }
}

/// Drizzle sends what stands between two breakpoints on its own, in a transaction that a `COMMIT` of the file ends.
fn is_on_its_own(whole: &Whole<'_>, step: &Step<'_>) -> bool {
    let committed = whole.steps.iter().take_while(|it| !std::ptr::eq(*it, step)).any(|it| {
        let sure = it.change.certainty == Certainty::Sure;
        sure && matches!(it.change.op, Op::Transaction(Boundary::Commit))
    });
    let text = &whole.migration.text;
    let before = text.get(..step.change.statement.start).unwrap_or_default();
    let mut lines = before.lines().rev().map(str::trim);
    let mut told = lines.by_ref().skip_while(|it| {
        it.is_empty() || (it.starts_with("--") && !it.ends_with("--> statement-breakpoint"))
    });
    committed && told.next().is_some_and(|it| it.ends_with("--> statement-breakpoint"))
}

fn is_block(whole: &Whole<'_>, step: &Step<'_>) -> bool {
    let text = whole.migration.text.get(step.change.statement.clone()).unwrap_or_default();
    text.get(..2).is_some_and(|it| it.eq_ignore_ascii_case("do"))
}

/// What its migration is called.
fn name(op: &Op, sql: &str) -> String {
    match op {
        Op::CreateIndex(it) => match &it.name {
            Some(name) => format!("create {name}"),
            None => format!("index {}", it.table.name),
        },
        Op::DropIndex { name, .. } => format!("drop {}", name.name),
        _ => sql.split_whitespace().take(2).collect::<Vec<_>>().join(" "),
    }
}
