//! What breaks the clients that run while a migration is applied.

mod changed_default;
mod drop_not_null;
mod foreign_key_cascade;
mod foreign_key_type_mismatch;
mod foreign_key_without_key;
mod required_column;
mod set_not_null;
mod tighter_check;
mod unique_on_existing;

use super::Rule;
use crate::schema::{NewConstraint, ObjectName, Op};

pub(super) const RULES: &[&Rule] = &[
    &required_column::RULE,
    &set_not_null::RULE,
    &tighter_check::RULE,
    &unique_on_existing::RULE,
    &foreign_key_type_mismatch::RULE,
    &foreign_key_without_key::RULE,
    &foreign_key_cascade::RULE,
    &drop_not_null::RULE,
    &changed_default::RULE,
];

/// The table that gets constraints, foreign keys among them, and the constraints.
fn foreign_keys(op: &Op) -> Option<(&ObjectName, &[NewConstraint])> {
    match op {
        Op::CreateTable(new) => Some((&new.name, &new.constraints)),
        Op::AddColumn { table, constraints, .. } => Some((table, constraints)),
        Op::AddConstraint { table, constraint } => Some((table, std::slice::from_ref(constraint))),
        _ => None,
    }
}
