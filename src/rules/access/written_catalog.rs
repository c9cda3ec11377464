//! # written-catalog
//!
//! A write to the system catalogs of Postgres changes the database past every check that a statement would make.
//!
//! Row level security can be switched off so, an index declared valid, a column retyped without touching its rows.
//!
//! A view hands on what is written through it, and a table of one's own that is called like a catalog hides none:
//! Postgres looks among its own first.
//!
//! ## Fails
//!
//! ```sql
//! update pg_class set relrowsecurity = false where relname = 'users';
//! ```
//!
//! ```sql
//! delete from pg_catalog.pg_depend where objid = 0;
//! ```
//!
//! ```sql
//! create table public.pg_class (relname text, relrowsecurity boolean);
//! alter table public.pg_class enable row level security;
//! update pg_class set relrowsecurity = false where relname = 'users';
//! ```
//!
//! ```sql
//! create view private.labels with (security_invoker = true) as select * from pg_enum;
//! delete from private.labels where enumlabel = 'paid';
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create table pg_notes (id bigint);
//! update pg_notes set id = 1;
//! ```
//!
//! ```sql
//! select relname from pg_catalog.pg_class where relname = 'users';
//! ```

use super::reach::DEEPEST_VIEW;
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, ObjectName, Op, RelationKind, Table, TableName};

/// The catalogs whose rows are the shape of a database, its rows and its rights (Postgres manual, chapter 53).
const CATALOGS: &[&str] = &[
    "pg_aggregate",
    "pg_am",
    "pg_amop",
    "pg_amproc",
    "pg_attrdef",
    "pg_attribute",
    "pg_auth_members",
    "pg_authid",
    "pg_cast",
    "pg_class",
    "pg_collation",
    "pg_constraint",
    "pg_conversion",
    "pg_database",
    "pg_db_role_setting",
    "pg_default_acl",
    "pg_depend",
    "pg_description",
    "pg_enum",
    "pg_event_trigger",
    "pg_extension",
    "pg_foreign_data_wrapper",
    "pg_foreign_server",
    "pg_foreign_table",
    "pg_index",
    "pg_inherits",
    "pg_init_privs",
    "pg_language",
    "pg_largeobject",
    "pg_largeobject_metadata",
    "pg_namespace",
    "pg_opclass",
    "pg_operator",
    "pg_opfamily",
    "pg_parameter_acl",
    "pg_partitioned_table",
    "pg_policy",
    "pg_proc",
    "pg_publication",
    "pg_publication_namespace",
    "pg_publication_rel",
    "pg_range",
    "pg_replication_origin",
    "pg_rewrite",
    "pg_seclabel",
    "pg_sequence",
    "pg_settings",
    "pg_shdepend",
    "pg_shdescription",
    "pg_shseclabel",
    "pg_statistic",
    "pg_statistic_ext",
    "pg_subscription",
    "pg_subscription_rel",
    "pg_tablespace",
    "pg_transform",
    "pg_trigger",
    "pg_ts_config",
    "pg_ts_config_map",
    "pg_ts_dict",
    "pg_ts_parser",
    "pg_ts_template",
    "pg_type",
    "pg_user_mapping",
];

pub(super) const RULE: Rule =
    declare!("access", "written_catalog.rs", "written-catalog", Deny, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let (Op::Update { table, .. } | Op::Insert { table, .. } | Op::Delete { table, .. }) =
        &change.op
    else {
        return None;
    };
    if !is_catalog(cx, table) {
        return None;
    }
    let message = format!("`{table}` is Postgres' own: this changes the database past every check");
    let finding = cx.finding(change, table.to_string(), message);
    Some(
        finding
            .help("write the statement that does it: `alter table`, `alter index`, `alter type`"),
    )
}

fn is_catalog(cx: &Context<'_>, table: &ObjectName) -> bool {
    let known = |name: &TableName| cx.catalog.table(name).is_some();
    match table.schema.as_deref() {
        Some("pg_catalog") => return true,
        // Postgres looks there first.
        None if CATALOGS.contains(&table.name.as_str()) => return true,
        None if table.name.starts_with("pg_") && !known(&cx.catalog.resolve_permanent(table)) => {
            return true;
        }
        _ => {}
    }
    cx.table(table).is_some_and(|(_, it)| reads_catalog(cx, &it, DEEPEST_VIEW))
}

/// Whether what is written to a view lands in a catalog.
fn reads_catalog(cx: &Context<'_>, view: &Table, depth: usize) -> bool {
    view.kind == RelationKind::View
        && view.reads.iter().any(|it| {
            let source = cx.catalog.table(it);
            // An unqualified name that is no relation of the migrations was looked up where things are created.
            let own = it.schema == "pg_catalog"
                || it.name.starts_with("pg_")
                    && (source.is_none() || CATALOGS.contains(&it.name.as_str()));
            own || depth > 0 && source.is_some_and(|it| reads_catalog(cx, &it, depth - 1))
        })
}
