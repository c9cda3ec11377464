//! Names as a statement means them.

use sqlparser::tokenizer::Token;

use super::cursor::{Cursor, Read};
use crate::schema::{ObjectName, Provider};

/// The schema that a name without one is in. On Postgres `search_path` says it.
pub(super) fn own_schema(provider: Provider) -> Option<String> {
    (!provider.is_postgres()).then(|| provider.own_schema().to_owned())
}

/// A name of up to three parts. Names keep their case: the databases differ in whether it counts, and a name that is
/// taken for another one is worse than one that is not known.
pub(super) fn object(cursor: &mut Cursor<'_>) -> Read<ObjectName> {
    let mut parts = vec![part(cursor)?];
    while cursor.eat_sign(&Token::Period) {
        // `db..t` is in the schema of whoever runs it.
        if cursor.is_sign(&Token::Period) {
            continue;
        }
        parts.push(part(cursor)?);
    }
    Ok(of(parts, cursor.provider))
}

fn part(cursor: &mut Cursor<'_>) -> Read<String> {
    let folds = cursor.provider.is_postgres() && cursor.peek().is_some_and(|it| !it.is_quoted());
    let name = cursor.name()?;
    Ok(if folds { name.to_lowercase() } else { name })
}

/// A name in a string: `N'dbo.Users'`, `'[dbo].[Users]'`.
pub(super) fn written(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quote = None;
    for c in text.chars() {
        let last = parts.last_mut();
        match (quote, c) {
            (None, '[') => quote = Some(']'),
            (None, '"') => quote = Some('"'),
            (Some(end), c) if c == end => quote = None,
            (None, '.') => parts.push(String::new()),
            (_, c) => last.into_iter().for_each(|it| it.push(c)),
        }
    }
    parts
}

pub(super) fn of(mut parts: Vec<String>, provider: Provider) -> ObjectName {
    let name = parts.pop().unwrap_or_default();
    let schema = parts.pop().map_or_else(|| own_schema(provider), |it| Some(known(it, provider)));
    // Only the session sees it.
    let schema = if provider == Provider::Sqlserver && name.starts_with('#') {
        Some("pg_temp".to_owned())
    } else {
        schema
    };
    ObjectName { schema, name }
}

fn known(schema: String, provider: Provider) -> String {
    match (provider, schema.to_ascii_lowercase().as_str()) {
        (Provider::Sqlite, "main") => String::new(),
        (Provider::Sqlite, "temp") => "pg_temp".to_owned(),
        (Provider::Sqlserver, "dbo") => "dbo".to_owned(),
        _ => schema,
    }
}

/// What an index is called in the whole database. In MySQL and SQL Server its name is one among those of its table.
pub(super) fn index(provider: Provider, table: &ObjectName, name: &str) -> String {
    match provider {
        Provider::Mysql | Provider::Sqlserver => format!("{}.{name}", table.name),
        Provider::Sqlite | Provider::Postgresql | Provider::Cockroachdb => name.to_owned(),
    }
}
