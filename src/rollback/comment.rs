//! Comments, as the catalogs name what they are about.

use crate::schema::{Snapshot, literal};

/// What gives a comment back, or takes it away where there was none. `name` is the class of what it is about, and how
/// `pg_identify_object` calls it (Postgres manual, "System Information Functions"): `pg_policy:own on public.posts`.
pub(super) fn put(name: &str, text: Option<&str>, of: &Snapshot) -> Option<String> {
    let (class, about) = name.split_once(':')?;
    let on = match class {
        "pg_class" => relation(about, of)?,
        "pg_constraint" => format!("CONSTRAINT {}", inside(about)?),
        "pg_namespace" => format!("SCHEMA {about}"),
        "pg_policy" => format!("POLICY {}", inside(about)?),
        "pg_proc" => format!("ROUTINE {about}"),
        "pg_rewrite" => format!("RULE {}", inside(about)?),
        "pg_trigger" => format!("TRIGGER {}", inside(about)?),
        "pg_type" => format!("TYPE {about}"),
        _ => return None,
    };
    let text = text.map_or_else(|| "NULL".to_owned(), literal);
    Some(format!("COMMENT ON {on} IS {text}"))
}

/// `own on public.posts`.
fn inside(about: &str) -> Option<String> {
    let (own, table) = about.rsplit_once(" on ")?;
    Some(format!("{own} ON {table}"))
}

fn relation(about: &str, of: &Snapshot) -> Option<String> {
    let kinds = [
        ("table", "TABLE"),
        ("foreign_table", "FOREIGN TABLE"),
        ("view", "VIEW"),
        ("matview", "MATERIALIZED VIEW"),
        ("sequence", "SEQUENCE"),
        ("index", "INDEX"),
        ("composite", "TYPE"),
        ("column", "COLUMN"),
    ];
    let is = |it: &&(&str, &str)| of.get(it.0, about).is_some();
    let (_, word) = kinds.iter().find(is)?;
    Some(format!("{word} {about}"))
}
