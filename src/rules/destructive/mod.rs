//! What takes away: tables, columns, types, rows, and the names that people use.

mod alter_column_type;
mod delete_without_filter;
mod drop_column;
mod drop_schema;
mod drop_table;
mod drop_type;
mod enum_value_removed;
mod recreated_enum;
mod rename_column;
mod rename_table;
mod rename_type;
mod truncate;

use super::Rule;

pub(super) const RULES: &[&Rule] = &[
    &drop_table::RULE,
    &drop_column::RULE,
    &drop_schema::RULE,
    &drop_type::RULE,
    &enum_value_removed::RULE,
    &recreated_enum::RULE,
    &truncate::RULE,
    &delete_without_filter::RULE,
    &rename_table::RULE,
    &rename_column::RULE,
    &rename_type::RULE,
    &alter_column_type::RULE,
];
