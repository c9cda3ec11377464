//! What the catalog knows of a thing, as the statement that makes it.

use std::fmt::Write as _;

use crate::schema::{
    Column, Constraint, ConstraintKind, ForeignKey, Generated, Index, Policy, PolicyCommand,
    Referential, TableName, quoted,
};

fn list(names: &[String]) -> String {
    names.iter().map(|it| quoted(it)).collect::<Vec<_>>().join(", ")
}

/// In brackets, once.
fn bracketed(text: &str) -> String {
    let text = text.trim();
    if is_bracketed(text) { text.to_owned() } else { format!("({text})") }
}

/// Whether the first bracket is closed by the last one.
fn is_bracketed(text: &str) -> bool {
    let mut depth = 0;
    let inner = text.strip_prefix('(').and_then(|it| it.strip_suffix(')'));
    let Some(inner) = inner else { return false };
    for c in inner.chars() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return false,
            ')' => depth -= 1,
            _ => {}
        }
    }
    true
}

/// Nothing where the catalog does not know enough.
pub(super) fn constraint(table: &TableName, name: &str, it: &Constraint) -> Option<String> {
    let body = match &it.kind {
        ConstraintKind::PrimaryKey { columns } => format!("PRIMARY KEY ({})", list(columns)),
        ConstraintKind::Unique { columns, nulls_not_distinct } => {
            let nulls = if *nulls_not_distinct { " NULLS NOT DISTINCT" } else { "" };
            format!("UNIQUE{nulls} ({})", list(columns))
        }
        ConstraintKind::ForeignKey(key) => foreign_key(key),
        ConstraintKind::Check(it) => format!("CHECK {}", bracketed(&it.text)),
        ConstraintKind::NotNull { column } => format!("NOT NULL {}", quoted(column)),
        ConstraintKind::Exclude { .. } | ConstraintKind::Default { .. } => return None,
    };
    let valid = if it.validated { "" } else { " NOT VALID" };
    Some(format!("ALTER TABLE {} ADD CONSTRAINT {} {body}{valid}", table.sql(), quoted(name)))
}

fn foreign_key(key: &ForeignKey) -> String {
    let target = match &key.target.schema {
        Some(schema) => format!("{}.{}", quoted(schema), quoted(&key.target.name)),
        None => quoted(&key.target.name),
    };
    let columns = match key.target_columns.as_slice() {
        [] => String::new(),
        columns => format!(" ({})", list(columns)),
    };
    let action = |it: Referential| match it {
        Referential::Unsaid => None,
        Referential::NoAction => Some("NO ACTION"),
        Referential::Restrict => Some("RESTRICT"),
        Referential::Cascade => Some("CASCADE"),
        Referential::SetNull => Some("SET NULL"),
        Referential::SetDefault => Some("SET DEFAULT"),
    };
    let mut text = format!("FOREIGN KEY ({}) REFERENCES {target}{columns}", list(&key.columns));
    if let Some(action) = action(key.on_delete) {
        let _ = write!(text, " ON DELETE {action}");
    }
    if let Some(action) = action(key.on_update) {
        let _ = write!(text, " ON UPDATE {action}");
    }
    text
}

pub(super) fn index(name: &TableName, it: &Index) -> String {
    let unique = if it.unique { "UNIQUE " } else { "" };
    let method = if it.method.is_empty() || it.method == "btree" {
        String::new()
    } else {
        format!(" USING {}", it.method)
    };
    let keys = it.keys.iter().map(|it| it.text.as_str()).collect::<Vec<_>>().join(", ");
    let mut text = format!(
        "CREATE {unique}INDEX {} ON {}{method} ({keys})",
        quoted(&name.name),
        it.table.sql()
    );
    if !it.include.is_empty() {
        let _ = write!(text, " INCLUDE ({})", list(&it.include));
    }
    if it.nulls_not_distinct {
        text += " NULLS NOT DISTINCT";
    }
    if let Some(predicate) = &it.predicate {
        let _ = write!(text, " WHERE {}", predicate.text);
    }
    text
}

pub(super) fn policy(table: &TableName, name: &str, it: &Policy) -> String {
    let command = match it.command {
        PolicyCommand::All => "ALL",
        PolicyCommand::Select => "SELECT",
        PolicyCommand::Insert => "INSERT",
        PolicyCommand::Update => "UPDATE",
        PolicyCommand::Delete => "DELETE",
    };
    let kind = if it.permissive { "" } else { " AS RESTRICTIVE" };
    // `public`, `current_user` and the like are words here.
    let roles = it.roles.iter().map(|it| role(it)).collect::<Vec<_>>().join(", ");
    let roles = if roles.is_empty() { "public".to_owned() } else { roles };
    let mut text =
        format!("CREATE POLICY {} ON {}{kind} FOR {command} TO {roles}", quoted(name), table.sql());
    if let Some(using) = &it.using {
        let _ = write!(text, " USING {}", bracketed(&using.text));
    }
    if let Some(check) = &it.check {
        let _ = write!(text, " WITH CHECK {}", bracketed(&check.text));
    }
    text
}

/// A role where one is named.
pub(super) fn role(name: &str) -> String {
    match name {
        "current_user" | "session_user" | "current_role" => name.to_owned(),
        _ => quoted(name),
    }
}

/// `ADD COLUMN`, as far as the catalog knows it. Nothing, where it does not.
pub(super) fn column(table: &TableName, name: &str, it: &Column) -> Option<String> {
    if it.data_type.is_empty() || it.generated.is_some_and(|it| it != Generated::Identity) {
        return None;
    }
    let mut text =
        format!("ALTER TABLE {} ADD COLUMN {} {}", table.sql(), quoted(name), it.data_type);
    let is_serial = it.data_type.to_ascii_lowercase().ends_with("serial");
    if it.generated == Some(Generated::Identity) {
        text += " GENERATED BY DEFAULT AS IDENTITY";
    } else if let Some(default) = it.default.as_ref().filter(|_| !is_serial) {
        let _ = write!(text, " DEFAULT {default}");
    }
    Some(text)
}
