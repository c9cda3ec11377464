//! Tables that will be regretted: keys, types and indexes that cost dear to change later.

mod char_type;
mod float_for_money;
mod integer_primary_key;
mod json_type;
mod money_type;
mod serial_column;
mod table_inheritance;
mod timestamp_without_zone;
mod typed;
mod unlogged_table;
mod varchar_limit;
mod volatile_check;
mod wide_index;

use super::Rule;

pub(super) const RULES: &[&Rule] = &[
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
    &wide_index::RULE,
];
