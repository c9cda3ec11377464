//! Tables that will be regretted: keys, types and indexes that cost dear to change later.

mod char_type;
mod duplicate_index;
mod float_for_money;
mod foreign_key_without_index;
mod indexed;
mod integer_primary_key;
mod json_type;
mod missing_foreign_key;
mod money_type;
mod nullable_unique;
mod serial_column;
mod table_inheritance;
mod table_without_comment;
mod table_without_primary_key;
mod timestamp_without_zone;
mod typed;
mod unlogged_table;
mod varchar_limit;
mod volatile_check;
mod wide_index;

pub(super) use indexed::leads;

use super::{Rule, State};
use crate::schema::{Table, TableName};

pub(super) const RULES: &[&Rule] = &[
    &table_without_primary_key::RULE,
    &foreign_key_without_index::RULE,
    &duplicate_index::RULE,
    &integer_primary_key::RULE,
    &serial_column::RULE,
    &timestamp_without_zone::RULE,
    &json_type::RULE,
    &char_type::RULE,
    &varchar_limit::RULE,
    &money_type::RULE,
    &float_for_money::RULE,
    &unlogged_table::RULE,
    &table_inheritance::RULE,
    &volatile_check::RULE,
    &nullable_unique::RULE,
    &wide_index::RULE,
    &missing_foreign_key::RULE,
    &table_without_comment::RULE,
];

/// The tables that are judged: all of them, or those that the change wrote to.
fn each_table(state: &State<'_>, mut look: impl FnMut(&TableName, &Table)) {
    if state.everything {
        for (name, table) in state.catalog.tables() {
            look(&name, &table);
        }
    } else {
        for (name, table) in state.catalog.touched_tables() {
            look(name, table);
        }
    }
}
