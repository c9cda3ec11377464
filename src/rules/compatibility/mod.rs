//! What breaks the clients that run while a migration is applied.

mod changed_default;
mod drop_not_null;
mod foreign_key_cascade;
mod required_column;
mod set_not_null;
mod tighter_check;
mod unique_on_existing;
mod wider;

use super::Rule;

pub(super) const RULES: &[&Rule] = &[
    &required_column::RULE,
    &set_not_null::RULE,
    &tighter_check::RULE,
    &unique_on_existing::RULE,
    &foreign_key_cascade::RULE,
    &drop_not_null::RULE,
    &changed_default::RULE,
];
