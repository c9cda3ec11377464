//! What takes away: tables, columns, types, rows, and the names that people use.

mod alter_column_type;
mod cascade;
mod delete_rows;
mod delete_without_filter;
mod detach_partition;
mod drop_column;
mod drop_constraint;
mod drop_default;
mod drop_index;
mod drop_schema;
mod drop_sequence;
mod drop_table;
mod drop_type;
mod enum_value_removed;
mod recreated_enum;
mod removed_declaration;
mod rename_column;
mod rename_table;
mod rename_type;
mod reset_sequence;
mod truncate;
mod update_without_filter;

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
    &drop_index::RULE,
    &drop_constraint::RULE,
    &drop_default::RULE,
    &drop_sequence::RULE,
    &reset_sequence::RULE,
    &detach_partition::RULE,
    &update_without_filter::RULE,
    &delete_rows::RULE,
    &cascade::RULE,
    &removed_declaration::RULE,
];
