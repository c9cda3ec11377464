//! Statements that make everyone else wait, and files that one of the two ways to apply them breaks.

mod autovacuum_switched_off;
mod begin_without_commit;
mod check_validated_at_once;
mod column_rewrites_table;
mod combinable_alter;
mod commit_in_the_middle;
mod concurrently_in_transaction;
mod concurrently_on_new_table;
mod data_and_schema_together;
mod drop_index_without_concurrently;
mod enum_value_used_at_once;
mod exclusion_constraint_added;
mod foreign_key_validated_at_once;
mod half_applied;
mod ignored_prisma_pragma;
mod index_without_concurrently;
mod invalid_index_kept;
mod local_setting_without_transaction;
mod many_foreign_keys;
mod many_tables_locked;
mod missing_lock_timeout;
mod partition_attached_with_scan;
mod partition_detached_with_lock;
mod primary_key_builds_index;
mod server_configuration;
mod session_setting_left;
mod set_not_null_scans;
mod table_lock;
mod type_change_rewrites;
mod unique_constraint_builds_index;
mod validated_in_same_transaction;
mod whole_table_work;
mod work_under_lock;

use std::ops::Range;

use super::{Context, Finding, Fix, Rule};
use crate::parse::Migration;
use crate::schema::{
    Cascade, Certainty, Change, NewConstraint, ObjectName, Op, Resolved, RoutineOp, Work, Worked,
    quoted,
};

pub(super) const RULES: &[&Rule] = &[
    &concurrently_in_transaction::RULE,
    &begin_without_commit::RULE,
    &commit_in_the_middle::RULE,
    &half_applied::RULE,
    &local_setting_without_transaction::RULE,
    &ignored_prisma_pragma::RULE,
    &session_setting_left::RULE,
    &server_configuration::RULE,
    &table_lock::RULE,
    &index_without_concurrently::RULE,
    &drop_index_without_concurrently::RULE,
    &concurrently_on_new_table::RULE,
    &foreign_key_validated_at_once::RULE,
    &check_validated_at_once::RULE,
    &validated_in_same_transaction::RULE,
    &unique_constraint_builds_index::RULE,
    &primary_key_builds_index::RULE,
    &exclusion_constraint_added::RULE,
    &column_rewrites_table::RULE,
    &set_not_null_scans::RULE,
    &type_change_rewrites::RULE,
    &enum_value_used_at_once::RULE,
    &whole_table_work::RULE,
    &autovacuum_switched_off::RULE,
    &partition_attached_with_scan::RULE,
    &partition_detached_with_lock::RULE,
    &data_and_schema_together::RULE,
    &work_under_lock::RULE,
    &many_tables_locked::RULE,
    &many_foreign_keys::RULE,
    &combinable_alter::RULE,
    &missing_lock_timeout::RULE,
    &invalid_index_kept::RULE,
];

/// What Postgres runs in no transaction block.
fn outside(op: &Op) -> Option<String> {
    Some(match op {
        Op::CreateIndex(it) if it.concurrently => "`CREATE INDEX CONCURRENTLY`".to_owned(),
        Op::DropIndex { concurrently: true, .. } => "`DROP INDEX CONCURRENTLY`".to_owned(),
        Op::Detach { concurrently: true, .. } => "`DETACH PARTITION … CONCURRENTLY`".to_owned(),
        Op::Maintain { work: Work::Vacuum | Work::VacuumFull, .. } => "`VACUUM`".to_owned(),
        Op::Maintain { work: Work::Reindex { concurrently: true }, .. } => {
            "`REINDEX CONCURRENTLY`".to_owned()
        }
        Op::Maintain { on: Worked::Several(_), work: Work::Reindex { .. } } => {
            "`REINDEX` of more than a table".to_owned()
        }
        Op::Maintain { on: Worked::Several(_), work: Work::Cluster } => {
            "`CLUSTER` without a table".to_owned()
        }
        Op::Configure { what, .. } if what == "system" => "`ALTER SYSTEM`".to_owned(),
        Op::DropDatabase { .. } => "`DROP DATABASE`".to_owned(),
        Op::OutsideTransaction { what } => format!("`{what}`"),
        _ => return None,
    })
}

/// Takes a statement out of its migration and puts it into one of its own, right behind. Nothing where the file has
/// said before what its names mean, or who runs it.
fn alone(
    migration: &Migration,
    at: &Range<usize>,
    title: &str,
    name: &str,
    sql: &str,
) -> Option<Fix> {
    if is_set_before(migration, at) {
        return None;
    }
    let rest = migration.text.get(at.end..).unwrap_or_default();
    let behind = rest.trim_start();
    let gap = rest.len() - behind.len();
    let end = if behind.starts_with(';') { at.end + gap + 1 } else { at.end };
    Some(Fix::new(title).edit(at.start..end, "").follow(name, format!("{sql};\n")))
}

/// Whether a statement runs with settings of its file that it would not have in another.
fn is_set_before(migration: &Migration, at: &Range<usize>) -> bool {
    let before = migration.script.changes.iter().take_while(|it| it.statement.start < at.start);
    before.filter(|it| it.certainty != Certainty::Deferred).any(|it| match &it.op {
        Op::SetSearchPath { .. } => true,
        Op::Set { setting, .. } => matches!(
            setting.as_str(),
            "role" | "session_authorization" | "all" | "default_tablespace"
        ),
        _ => false,
    })
}

/// Whether a constraint is still there, by its name and that of its table, when these changes are made.
fn outlasts<'a>(
    rest: impl IntoIterator<Item = &'a Change>,
    table: &ObjectName,
    constraint: &str,
) -> bool {
    !rest.into_iter().any(|it| match &it.op {
        Op::RenameConstraint { from: name, .. } | Op::DropConstraint { name, .. } => {
            name == constraint
        }
        Op::RenameTable { from: of, .. }
        | Op::MoveTable { from: of, .. }
        | Op::DropTable { name: of, .. }
        | Op::DropColumn { table: of, .. }
        | Op::RenameIndex { from: of, .. }
            if of.name == table.name || of.name == constraint =>
        {
            true
        }
        // What hangs on it goes along.
        Op::DropTable { cascade: Cascade::Yes, .. }
        | Op::DropType { cascade: Cascade::Yes, .. }
        | Op::Routine { op: RoutineOp::Drop { cascade: Cascade::Yes, .. }, .. }
        | Op::DropSchema { .. }
        | Op::RenameSchema { .. }
        | Op::Opaque { .. } => true,
        _ => false,
    })
}

/// The text of a `CREATE INDEX` with `CONCURRENTLY` in it.
fn concurrent_index(migration: &Migration, at: &Range<usize>) -> Option<String> {
    let text = migration.text.get(at.clone())?;
    let words = text.split_whitespace().take(3).position(|it| it.eq_ignore_ascii_case("index"))?;
    let start = text.to_ascii_lowercase().find("index").filter(|_| words > 0)?;
    let (head, tail) = text.split_at_checked(start + "index".len())?;
    let word = if head.ends_with("INDEX") { "CONCURRENTLY" } else { "concurrently" };
    Some(format!("{head} {word}{tail}"))
}

/// The constraints that a change adds to a table which others may be using.
fn constraints<'a>(
    cx: &Context<'_>,
    change: &'a Change,
) -> Option<(&'a ObjectName, &'a [NewConstraint])> {
    let (table, constraints) = match &change.op {
        Op::AddConstraint { table, constraint } => (table, std::slice::from_ref(constraint)),
        Op::AddColumn { table, constraints, .. } => (table, constraints.as_slice()),
        _ => return None,
    };
    let later = change.certainty == Certainty::Deferred;
    (!later && !cx.is_unused(change, table)).then_some((table, constraints))
}

/// Whether the part of the statement that makes the change begins with a word.
fn begins(cx: &Context<'_>, change: &Change, word: &str) -> bool {
    let text = cx.migration.text.get(change.span.clone()).unwrap_or_default();
    text.get(..word.len()).is_some_and(|it| it.eq_ignore_ascii_case(word))
}

fn is_partitioned(cx: &Context<'_>, table: &ObjectName) -> bool {
    let Resolved::Permanent(name) = cx.catalog.resolve(table) else { return false };
    cx.catalog.table(&name).is_some_and(|it| it.partitioned)
}

/// A constraint that can be added without a look at the rows, and validated later.
fn validated_later(
    cx: &Context<'_>,
    change: &Change,
    table: &ObjectName,
    constraint: &NewConstraint,
    message: String,
) -> Finding {
    let (name, sql) = (cx.name(table), cx.sql_name(table));
    let finding = cx.finding_at(change, &constraint.at, name, message);
    let Op::AddConstraint { .. } = &change.op else {
        return finding.help(format!(
            "add the column alone, then `alter table {sql} add constraint … not valid;`, and validate the constraint in a migration of its own"
        ));
    };
    let Some(constraint_name) = &constraint.name else {
        return finding.help(format!(
            "give it a name and write `not valid` behind it, then `alter table {sql} validate constraint …;` in a migration of its own"
        ));
    };
    let quoted_name = quoted(constraint_name);
    let validate = format!("alter table {sql} validate constraint {quoted_name};");
    let finding = finding
        .help(format!("write `not valid` behind it, and `{validate}` in a migration of its own"));
    let steady = outlasts(cx.rest(), table, constraint_name)
        && !is_set_before(cx.migration, &change.statement);
    if change.certainty != Certainty::Sure || !steady {
        return finding;
    }
    let end = constraint.at.end;
    finding.fix(
        Fix::new("add it without a look at the rows, and validate it later")
            .edit(end..end, " NOT VALID")
            .follow(format!("validate {constraint_name}"), format!("{validate}\n")),
    )
}

/// Ends a text with `commit;`. A comment may stand behind its last statement.
fn committed(fix: Fix, text: &str) -> Fix {
    let (last, closed) = crate::parse::sql::end(text);
    let end = text.trim_end().len();
    let fix = if closed { fix } else { fix.edit(last..last, ";") };
    let again = if !closed && last == end { ";" } else { "" };
    fix.edit(end..end, format!("{again}\ncommit;"))
}

/// How to have the index of a constraint before the constraint.
fn built_before(
    cx: &Context<'_>,
    table: &ObjectName,
    constraint: &NewConstraint,
    columns: &[String],
    suffix: &str,
    kind: &str,
) -> String {
    let sql = cx.sql_name(table);
    let named = constraint.name.clone();
    let parts = std::iter::once(table.name.as_str())
        .chain(
            match suffix {
                "pkey" => &[],
                _ => columns,
            }
            .iter()
            .map(String::as_str),
        )
        .chain([suffix]);
    let index = named.unwrap_or_else(|| parts.collect::<Vec<_>>().join("_"));
    let index = quoted(&index);
    let columns: Vec<String> = columns.iter().map(|it| quoted(it)).collect();
    format!(
        "build it before, alone in a migration: `create unique index concurrently {index} on {sql} ({});`, then `alter table {sql} add constraint {index} {kind} using index {index};`",
        columns.join(", ")
    )
}
