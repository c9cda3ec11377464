//! # enum-value-used-at-once
//!
//! A value that was added to an enum cannot be used before the transaction that added it has ended.
//!
//! A file that is sent as one text is one transaction, so Prisma, Drizzle and the editor of Supabase fail at the first
//! use (`unsafe use of new value`), on Postgres before 17 also where the type itself is new.
//!
//! ## Fails
//!
//! ```sql before
//! create type order_status as enum ('new', 'paid');
//! create table orders (id bigint primary key, status order_status);
//! alter table orders enable row level security;
//! ```
//!
//! ```sql
//! alter type order_status add value 'sent';
//! update orders set status = 'sent' where id = 1;
//! ```
//!
//! ```sql
//! alter type order_status add value 'sent';
//! alter table orders alter column status set default 'sent'::order_status;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! alter type order_status add value 'sent';
//! update users set name = 'sent' where id = 1;
//! ```
//!
//! ```sql
//! alter type order_status add value 'sent';
//! commit;
//! update orders set status = 'sent' where id = 1;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Boundary, Certainty, Change, ObjectName, Op, Resolved, Shown, TypeKind};

pub(super) const RULE: Rule = declare!(
    "locking",
    "enum_value_used_at_once.rs",
    "enum-value-used-at-once",
    Deny,
    Check::Change(check)
);

/// Changes further back are not looked at, so that a long file does not cost its square.
const LOOK_BACK: usize = 1000;

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let changes = cx.migration.script.changes.get(..cx.here.1)?;
    let mut beside = changes.iter().rev().take_while(|it| it.statement == change.statement);
    if !uses_values(change) || beside.any(uses_values) {
        return None;
    }
    let text = cx.migration.text.get(change.statement.clone())?;
    let (added, name, value) = added(changes).find(|(_, name, value)| {
        let literal = crate::schema::literal(value);
        text.contains(&literal) && !was_there(cx, name, value) && meets(cx, change, text, name)
    })?;
    let name = cx.catalog.resolve_type(name);
    let value = Shown(value);
    let message =
        format!("Postgres refuses `{value}` here: it is added to `{name}` in the same transaction");
    let finding = cx
        .finding(change, format!("{name}.{value}"), message)
        .label(cx.span(&added.span), "it is added here")
        .help("put the `add value` into a migration of its own, before this one");
    Some(finding)
}

/// Values added since the last commit.
fn added(changes: &[Change]) -> impl Iterator<Item = (&Change, &ObjectName, &String)> {
    let ends = |it: &&Change| {
        let sure = it.certainty == Certainty::Sure;
        sure && matches!(it.op, Op::Transaction(Boundary::Commit | Boundary::Rollback))
    };
    let open = changes.iter().rev().take(LOOK_BACK).take_while(move |it| !ends(it));
    open.filter_map(|it| match &it.op {
        Op::AddEnumValue { name, value } => Some((it, name, value)),
        _ => None,
    })
}

/// It makes Postgres look at a value.
fn uses_values(change: &Change) -> bool {
    let uses = matches!(
        change.op,
        Op::SetDefault { .. }
            | Op::AddColumn { .. }
            | Op::AddConstraint { .. }
            | Op::CreateTable(_)
            | Op::CreateIndex(_)
            | Op::CreatePolicy { .. }
            | Op::AlterPolicy { .. }
            | Op::Update { .. }
            | Op::Insert { .. }
            | Op::Delete { .. }
    );
    uses && change.certainty != Certainty::Deferred
}

/// `ADD VALUE IF NOT EXISTS` of what is there: the catalog has it twice.
fn was_there(cx: &Context<'_>, name: &ObjectName, value: &String) -> bool {
    let found = cx.catalog.data_type(&cx.catalog.resolve_type(name));
    found.is_some_and(|it| match &it.kind {
        TypeKind::Enum(labels) => labels.iter().filter(|it| *it == value).count() > 1,
        _ => false,
    })
}

/// Whether the statement has to do with the type: it casts to it, or its table has a column of it.
fn meets(cx: &Context<'_>, change: &Change, text: &str, name: &ObjectName) -> bool {
    let is = |written: &str| {
        let bare = written.trim_end_matches("[]").rsplit('.').next().unwrap_or(written);
        bare.trim_matches('"') == name.name
    };
    let is_part = |it: char| it.is_alphanumeric() || matches!(it, '_' | '.' | '"');
    let mut casts = text.split("::").skip(1).filter_map(|it| it.split(|it| !is_part(it)).next());
    let made = match &change.op {
        Op::AddColumn { column, .. } => is(&column.data_type),
        Op::CreateTable(it) => it.columns.iter().any(|it| is(&it.data_type)),
        _ => false,
    };
    made || casts.any(is)
        || cx.catalog.locks(&change.op).iter().any(|it| {
            let Resolved::Permanent(table) = cx.catalog.resolve(&it.on) else { return false };
            let table = cx.catalog.table(&table);
            table.is_some_and(|it| it.columns.values().any(|it| is(&it.data_type)))
        })
}
