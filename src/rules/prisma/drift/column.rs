//! Where a column is not what its field says.

use super::{MIGRATE, default, one};
use crate::parse::prisma::ast::Arity;
use crate::parse::prisma::{Field, FieldType};
use crate::rules::Finding;
use crate::rules::prisma::{is_same_type, type_of};
use crate::schema::{Column, Generated, Shown};

pub(super) fn compare(subject: &str, field: &Field, column: &Column, all: &mut Vec<Finding>) {
    let (is, should) = (plain(&column.data_type), type_of(field));
    let unsaid = is.is_empty() || matches!(field.data_type, FieldType::Unsupported(_));
    if !unsaid && !is_same_type(&is, &should) && !is_same_list(&is, &should) {
        let message = format!(
            "`{subject}` is `{}` in the database and `{}` in the schema",
            Shown(&is),
            Shown(&should)
        );
        all.push(one(subject, &field.at, message, MIGRATE));
    }
    let required = field.arity == Arity::Required;
    if field.arity != Arity::List && required != column.not_null && !unsaid {
        let (is, should) =
            if required { ("may be null", "required") } else { ("is required", "optional") };
        let message = format!("`{subject}` {is} in the database and {should} in the schema");
        all.push(one(subject, &field.at, message, MIGRATE));
    }
    // A column that is computed has a default in the schema or none, as somebody wrote it.
    let computed = matches!(column.generated, Some(Generated::Stored | Generated::Virtual));
    if !computed && !unsaid {
        default::compare(subject, field, column, all);
    }
}

/// A serial is a number with a default.
fn plain(data_type: &str) -> String {
    match data_type {
        "serial" | "serial4" => "integer".to_owned(),
        "bigserial" | "serial8" => "bigint".to_owned(),
        "smallserial" | "serial2" => "smallint".to_owned(),
        _ => data_type.to_owned(),
    }
}

/// Lists of an enum, whose name may be in quotes.
fn is_same_list(one: &str, other: &str) -> bool {
    let item = |it: &str| it.strip_suffix("[]").map(|it| it.trim_matches('"').to_owned());
    match (item(one), item(other)) {
        (Some(one), Some(other)) => is_same_type(&one, &other),
        _ => false,
    }
}
