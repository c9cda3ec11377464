//! Which type of Postgres a field has.

use super::ast::{Argument, Attribute, ValueKind};

/// The types of Prisma and those that it takes for them (Prisma manual, "`PostgreSQL` connector", type mapping).
const SCALARS: &[(&str, &str)] = &[
    ("String", "text"),
    ("Boolean", "boolean"),
    ("Int", "integer"),
    ("BigInt", "bigint"),
    ("Float", "double precision"),
    ("Decimal", "numeric(65,30)"),
    ("DateTime", "timestamp(3)"),
    ("Json", "jsonb"),
    ("Bytes", "bytea"),
];

/// What follows `@db.`, and what Postgres calls it.
const NATIVE: &[(&str, &str)] = &[
    ("VarChar", "varchar"),
    ("Char", "char"),
    ("Text", "text"),
    ("Citext", "citext"),
    ("Uuid", "uuid"),
    ("Xml", "xml"),
    ("Inet", "inet"),
    ("Bit", "bit"),
    ("VarBit", "varbit"),
    ("SmallInt", "smallint"),
    ("Integer", "integer"),
    ("BigInt", "bigint"),
    ("Oid", "oid"),
    ("Real", "real"),
    ("DoublePrecision", "double precision"),
    ("Decimal", "numeric"),
    ("Money", "money"),
    ("Timestamp", "timestamp"),
    ("Timestamptz", "timestamptz"),
    ("Date", "date"),
    ("Time", "time"),
    ("Timetz", "timetz"),
    ("Json", "json"),
    ("JsonB", "jsonb"),
    ("ByteA", "bytea"),
    ("Boolean", "boolean"),
];

/// The type of a scalar with its `@db.` attribute, if it has one. Absent: Prisma knows no such scalar.
pub(super) fn of(scalar: &str, attributes: &[Attribute]) -> Option<String> {
    let (_, plain) = SCALARS.iter().find(|it| it.0 == scalar)?;
    let native = attributes.iter().find_map(|it| Some((it.name.text.strip_prefix("db.")?, it)));
    let Some((name, attribute)) = native else { return Some((*plain).to_owned()) };
    // One of another database, or of a Prisma to come: told apart by its name.
    let base = NATIVE.iter().find(|it| it.0 == name).map_or(name, |it| it.1);
    let numbers: Vec<&str> = attribute.arguments.iter().filter_map(number).collect();
    Some(if numbers.is_empty() {
        base.to_owned()
    } else {
        format!("{base}({})", numbers.join(","))
    })
}

fn number(argument: &Argument) -> Option<&str> {
    match &argument.value.kind {
        ValueKind::Number(number) => Some(number),
        _ => None,
    }
}
