//! What closes a table that row level security is missing from, and lets its owners in again.

use crate::rules::{Fix, State};
use crate::schema::{ConstraintKind, RelationKind, Table, TableName, quoted};
use crate::source::Span;

/// Columns that name whose a row is, the likeliest first.
const OWNERS: [&str; 6] = ["user_id", "owner_id", "author_id", "created_by", "userId", "ownerId"];

/// Nothing for a table that cannot have it, or that nobody can say was made.
pub(super) fn fix(state: &State<'_>, name: &TableName, table: &Table, at: &Span) -> Option<Fix> {
    if table.kind != RelationKind::Table || table.somewhere {
        return None;
    }
    let (migration, statement) = state.statement(at)?;
    let text = migration.text.as_ref();
    // Renamed since, it does not have this name yet behind its statement.
    let written = text.get(at.range())?.to_lowercase();
    if !written.contains(&name.name.to_lowercase()) {
        return None;
    }
    let shouts = text.get(statement.clone()).is_some_and(|it| it.contains("CREATE"));
    let mut sql = statements(name, table, is_supabase(at, text), shouts);
    // Made in a branch, it may not be there.
    if table.born.branch.is_some() {
        let guard = if shouts { "ALTER TABLE IF EXISTS" } else { "alter table if exists" };
        let enable = statements(name, table, false, shouts);
        sql = enable.replacen(if shouts { "ALTER TABLE" } else { "alter table" }, guard, 1);
    }
    let title = format!("enable row level security on `{name}`");
    Some(
        Fix::new(title)
            .after(&statement, text, &sql)
            .afterwards("enable_row_level_security", format!("{sql}\n")),
    )
}

/// Whether `auth.uid()` is there to be asked.
fn is_supabase(at: &Span, text: &str) -> bool {
    let folders = at.path.to_str_lossy();
    folders.split('/').any(|it| it == "supabase") || text.contains("auth.uid()")
}

/// Whether nothing says that the column names something else than a user.
fn names_user(table: &Table, column: &str) -> bool {
    table.constraints.values().all(|it| match &it.kind {
        ConstraintKind::ForeignKey(key) if key.columns.iter().any(|it| it == column) => {
            key.target.name == "users" && key.target.schema.as_deref() == Some("auth")
        }
        _ => true,
    })
}

fn statements(name: &TableName, table: &Table, supabase: bool, shouts: bool) -> String {
    let table_name = name.sql();
    let word = |it: &str| if shouts { it.to_uppercase() } else { it.to_owned() };
    let enable =
        format!("{} {table_name} {};", word("alter table"), word("enable row level security"));
    if !supabase || !table.policies.is_empty() || table.comment.is_some() {
        return enable;
    }
    let owner = OWNERS.iter().find(|it| {
        table.columns.get(**it).is_some_and(|it| it.data_type.eq_ignore_ascii_case("uuid"))
            && names_user(table, it)
    });
    let Some(owner) = owner else {
        // As `rls-without-policy` reads it.
        let comment = word("comment on table");
        let is = word("is");
        return format!("{enable}\n{comment} {table_name} {is} 'rls: service-only';");
    };
    let (policy, owner) = (quoted(&format!("{}_owner", name.name)), quoted(owner));
    let own = format!("(({} auth.uid()) = {owner})", word("select"));
    format!(
        "{enable}\n{} {policy} {} {table_name}\n  {} authenticated\n  {} {own}\n  {} {own};",
        word("create policy"),
        word("on"),
        word("for all to"),
        word("using"),
        word("with check")
    )
}
