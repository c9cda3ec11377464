//! What a server says that it has, as the migration that would make it: so that it is read as all others are.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::json::{self, Json};
use super::sql;
use crate::schema::{Catalog, Row, Snapshot, literal};
use crate::source::RepoPath;

/// The shape of a database, by what its server says of it.
pub fn catalog(snapshot: &Snapshot) -> Catalog {
    let mut catalog = Catalog::default();
    let path = RepoPath::from("");
    for change in &sql::read(&script(snapshot)).changes {
        catalog.apply(&path, change);
    }
    catalog.end_session();
    catalog
}

/// The statements that make what is there. Names and types are those of the server, in full.
fn script(snapshot: &Snapshot) -> String {
    let mut out = String::new();
    for (name, _) in snapshot.of("schema") {
        let _ = writeln!(out, "create schema {name};");
    }
    for (name, row) in snapshot.of("type") {
        type_of(&mut out, name, row);
    }
    let mut columns: BTreeMap<&str, Vec<(u32, String)>> = BTreeMap::new();
    for (name, row) in snapshot.of("column") {
        let Some((table, column)) = split(name) else { continue };
        let place = raw(row, "pos").and_then(|it| it.parse().ok()).unwrap_or_default();
        columns.entry(table).or_default().push((place, definition(column, row)));
    }
    let mut listed = |name: &str| {
        let mut all = columns.remove(name).unwrap_or_default();
        all.sort();
        all.into_iter().map(|it| it.1).collect::<Vec<_>>().join(", ")
    };
    for (name, row) in snapshot.of("table") {
        let parts = text(row, "partkey").map(|it| format!(" partition by {it}"));
        let _ =
            writeln!(out, "create table {name} ({}){};", listed(name), parts.unwrap_or_default());
        for (key, said) in [("rls", "enable"), ("force_rls", "force")] {
            if raw(row, key) == Some("true") {
                let _ = writeln!(out, "alter table {name} {said} row level security;");
            }
        }
    }
    for (name, _) in snapshot.of("foreign_table") {
        let _ = writeln!(out, "create foreign table {name} ({}) server elsewhere;", listed(name));
    }
    for (name, _) in snapshot.of("composite") {
        let _ = writeln!(out, "create type {name} as ({});", listed(name));
    }
    let mut keys = Vec::new();
    for (name, row) in snapshot.of("constraint") {
        let (Some((table, own)), Some(def)) = (split(name), text(row, "def")) else { continue };
        let kind = text(row, "type").unwrap_or_default();
        // From 18 on, `NOT NULL` is one as well; its column says it already. Those of domains belong to their types.
        if kind == "n" || snapshot.get("table", table).is_none() {
            continue;
        }
        // What refers to a table comes after all that it may refer to.
        let statement = format!("alter table {table} add constraint {own} {def};\n");
        if kind == "f" { keys.push(statement) } else { out.push_str(&statement) }
    }
    out.extend(keys);
    for (_, row) in snapshot.of("index").filter(|it| !is_of_constraint(snapshot, it.0, it.1)) {
        let _ = writeln!(out, "{};", text(row, "def").unwrap_or_default());
    }
    for (kind, word) in [("view", "view"), ("matview", "materialized view")] {
        for (name, row) in snapshot.of(kind) {
            // The server ends it with a semicolon.
            let query = text(row, "viewdef").unwrap_or_default();
            let _ = writeln!(out, "create {word} {name} as {query}");
        }
    }
    for (name, row) in snapshot.of("policy") {
        if let Some(it) = policy(name, row) {
            let _ = writeln!(out, "{it};");
        }
    }
    for (_, row) in snapshot.of("trigger") {
        let _ = writeln!(out, "{};", text(row, "def").unwrap_or_default());
    }
    out
}

fn type_of(out: &mut String, name: &str, row: &Row) {
    let _ = match text(row, "typtype").as_deref() {
        Some("e") => {
            let labels = list(row, "labels").into_iter().map(|it| literal(&it));
            let labels = labels.collect::<Vec<_>>().join(", ");
            writeln!(out, "create type {name} as enum ({labels});")
        }
        Some("d") => {
            let base = text(row, "base").unwrap_or_default();
            writeln!(out, "create domain {name} as {base};")
        }
        _ => Ok(()),
    };
}

fn definition(column: &str, row: &Row) -> String {
    let mut out = format!("{column} {}", text(row, "type").unwrap_or_default());
    let default = text(row, "default");
    match (text(row, "generated").as_deref(), text(row, "identity").as_deref()) {
        (Some(_), _) => {
            let _ = write!(out, " generated always as ({}) stored", default.unwrap_or_default());
        }
        (None, Some(kind)) => {
            let when = if kind == "a" { "always" } else { "by default" };
            let _ = write!(out, " generated {when} as identity");
        }
        (None, None) => {
            if let Some(default) = default {
                let _ = write!(out, " default {default}");
            }
        }
    }
    if raw(row, "notnull") == Some("true") {
        out.push_str(" not null");
    }
    out
}

/// The statement that makes a policy.
pub(crate) fn policy(name: &str, row: &Row) -> Option<String> {
    let (table, own) = split(name)?;
    let how = if raw(row, "permissive") == Some("false") { " AS RESTRICTIVE" } else { "" };
    let command = match text(row, "cmd").as_deref() {
        Some("r") => "SELECT",
        Some("a") => "INSERT",
        Some("w") => "UPDATE",
        Some("d") => "DELETE",
        _ => "ALL",
    };
    let roles: Vec<String> =
        list(row, "roles").iter().map(|it| crate::schema::quoted(it)).collect();
    let roles = roles.join(", ");
    let mut out = format!("CREATE POLICY {own} ON {table}{how} FOR {command} TO {roles}");
    for (key, word) in [("using", "USING"), ("check", "WITH CHECK")] {
        if let Some(it) = text(row, key) {
            let _ = write!(out, " {word} ({it})");
        }
    }
    Some(out)
}

/// An index has the name of the constraint that made it.
pub(crate) fn is_of_constraint(snapshot: &Snapshot, index: &str, row: &Row) -> bool {
    let (Some((_, own)), Some(table)) = (split(index), text(row, "table")) else { return false };
    let made = snapshot.get("constraint", &format!("{table}.{own}"));
    made.is_some_and(|it| matches!(text(it, "type").as_deref(), Some("p" | "u" | "x")))
}

/// A name and the one that it lies in, both as Postgres writes them.
pub(crate) fn split(name: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    let mut at = None;
    for (place, c) in name.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '.' if !quoted => at = Some(place),
            _ => {}
        }
    }
    let at = at?;
    Some((&name[..at], &name[at + 1..]))
}

fn raw<'a>(row: &'a Row, key: &str) -> Option<&'a str> {
    row.is.get(key).map(String::as_str)
}

/// The string that stands under a key.
pub(crate) fn text(row: &Row, key: &str) -> Option<String> {
    match json::read(row.is.get(key)?) {
        Json::Value(it) => it.string(),
        Json::Malformed(_) => None,
    }
}

fn list(row: &Row, key: &str) -> Vec<String> {
    row.is.get(key).map(|it| texts(it)).unwrap_or_default()
}

/// The strings of a list, as JSON writes it.
pub(crate) fn texts(json: &str) -> Vec<String> {
    let Json::Value(it) = json::read(json) else { return Vec::new() };
    it.items().into_iter().flatten().filter_map(|it| it.string()).collect()
}
