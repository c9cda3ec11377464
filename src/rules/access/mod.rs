//! Who may read and write.

mod changed_search_path;
mod definer_without_search_path;
mod disabled_rls;
mod disabled_trigger;
mod drop_extension;
mod drop_function;
mod drop_policy;
mod drop_role;
mod drop_trigger;
mod drop_view;
mod exposed_auth_users;
mod exposed_definer;
mod exposed_materialized_view;
mod extension_in_public;
mod firing;
mod granted_to_everyone;
mod insert_policy_without_check;
mod multiple_permissive_policies;
mod opened;
mod outward_extension;
mod policy_always_true;
mod policy_for_everyone;
mod policy_null_user;
mod policy_per_row_call;
mod policy_unknown_column;
mod policy_user_metadata;
mod policy_without_rls;
mod publicly_readable;
mod published_without_rls;
mod reach;
mod read_through_parent;
mod reassigned_owner;
mod rename_function;
mod revoked_privilege;
mod rewrite_rule;
mod rls_without_policy;
mod role_above_rls;
mod routine_loses_protection;
mod row_security_off;
mod secret_literal;
mod table_without_rls;
mod tampered_ledger;
mod unpublished;
mod view_bypasses_rls;
mod weaker_policy;
mod written_catalog;

use super::Rule;

pub use secret_literal::without_secrets;

pub(super) const RULES: &[&Rule] = &[
    &table_without_rls::RULE,
    &disabled_rls::RULE,
    &changed_search_path::RULE,
    &definer_without_search_path::RULE,
    &disabled_trigger::RULE,
    &drop_extension::RULE,
    &drop_function::RULE,
    &drop_policy::RULE,
    &drop_role::RULE,
    &drop_trigger::RULE,
    &drop_view::RULE,
    &exposed_auth_users::RULE,
    &exposed_definer::RULE,
    &exposed_materialized_view::RULE,
    &extension_in_public::RULE,
    &granted_to_everyone::RULE,
    &insert_policy_without_check::RULE,
    &multiple_permissive_policies::RULE,
    &outward_extension::RULE,
    &policy_always_true::RULE,
    &policy_for_everyone::RULE,
    &policy_null_user::RULE,
    &policy_per_row_call::RULE,
    &policy_unknown_column::RULE,
    &policy_user_metadata::RULE,
    &policy_without_rls::RULE,
    &publicly_readable::RULE,
    &published_without_rls::RULE,
    &read_through_parent::RULE,
    &reassigned_owner::RULE,
    &rename_function::RULE,
    &revoked_privilege::RULE,
    &rewrite_rule::RULE,
    &rls_without_policy::RULE,
    &role_above_rls::RULE,
    &routine_loses_protection::RULE,
    &row_security_off::RULE,
    &secret_literal::RULE,
    &tampered_ledger::RULE,
    &unpublished::RULE,
    &view_bypasses_rls::RULE,
    &weaker_policy::RULE,
    &written_catalog::RULE,
];
