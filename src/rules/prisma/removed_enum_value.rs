//! # removed-enum-value
//!
//! Postgres takes no value out of an enum, so Prisma makes the type anew, which fails where a row still has the value.
//!
//! ## Fails
//!
//! ```prisma before
//! enum Status {
//!   NEW
//!   PAID
//!   @@map("status")
//! }
//! ```
//!
//! ```prisma
//! enum Status {
//!   NEW
//!   @@map("status")
//! }
//! ```
//!
//! ```prisma before
//! enum Status {
//!   NEW
//!   PAID
//! }
//! ```
//!
//! ```prisma
//! enum Kind {
//!   NEW
//! }
//! ```
//!
//! ## Passes
//!
//! ```prisma before
//! enum Status {
//!   NEW
//!   PAID
//!   @@map("status")
//! }
//! ```
//!
//! ```prisma
//! enum OrderStatus {
//!   FRESH @map("NEW")
//!   PAID
//!   SHIPPED
//!   @@map("status")
//! }
//! ```

use super::SchemaChange;
use crate::parse::prisma::Enum;
use crate::rules::{Check, Finding, Rule, declare};
use crate::schema::{Shown, TypeKind};
use crate::source::Span;

pub(super) const RULE: Rule =
    declare!("prisma", "removed_enum_value.rs", "removed-enum-value", Deny, Check::Schema(check));

fn check(change: &SchemaChange<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for old in &change.before.enums {
        let new = change.after.enums.iter().find(|it| it.data_type == old.data_type);
        let name = &old.data_type;
        let Some(new) = new else {
            if has(change, old, None) {
                let message =
                    format!("`{name}` is no enum of the schema any more, so Prisma drops the type");
                let finding = Finding::new(name.to_string(), place(change, old), message);
                findings.push(finding.evidence(&format!("enum {name}")).help(format!(
                    "keep `{}`; where it got another name, add `@@map(\"{}\")` to it",
                    Shown(&old.name),
                    Shown(&name.name)
                )));
            }
            continue;
        };
        let mut gone = old.values.iter().filter(|it| !new.values.contains(it));
        let Some(value) = gone.find(|it| has(change, old, Some(it))) else { continue };
        let value = Shown(value);
        let message =
            format!("`{value}` is taken out of `{name}`, which fails where a row still has it");
        let finding = Finding::new(format!("{name}.{value}"), new.at.clone(), message);
        findings.push(finding.evidence(&format!("enum value {name}.{value}")).help(format!(
            "keep `{value}`; where it got another name, add `@map(\"{value}\")` to it"
        )));
    }
    findings
}

/// Whether the database has the type, and its value, as far as the migrations show.
fn has(change: &SchemaChange<'_>, old: &Enum, value: Option<&String>) -> bool {
    let Some(found) = change.catalog.and_then(|it| it.data_type(&old.data_type)) else {
        return !change.is_migrated();
    };
    match (&found.kind, value) {
        (TypeKind::Enum(labels), Some(value)) => labels.contains(value),
        _ => true,
    }
}

fn place(change: &SchemaChange<'_>, old: &Enum) -> Span {
    let enums = change.after.enums.iter().map(|it| &it.at);
    let models = change.after.models.iter().map(|it| &it.at);
    let provider = change.after.provider.iter().map(|it| &it.at);
    let found = enums.chain(models).chain(provider).find(|it| it.path == old.at.path);
    found.cloned().unwrap_or_else(|| Span::file(old.at.path.clone()))
}
