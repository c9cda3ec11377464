//! # delete-without-filter
//!
//! A `DELETE` without a condition, or with one that every row meets, deletes every row of the table.
//!
//! A condition that names no column is met by every row or by none, and counts as none; so does one that the columns
//! always meet, as `id is not null` of a primary key, and one that selects the table's own rows.
//!
//! It counts wherever it stands: in a CTE, in `EXPLAIN ANALYZE`, in the body of a function, in the action of a rule.
//!
//! ## Fails
//!
//! ```sql
//! delete from users;
//! ```
//!
//! ```sql
//! delete from users where id = id or id is null;
//! ```
//!
//! ```sql
//! delete from users where 1 in (1);
//! ```
//!
//! ```sql before
//! create table notes (id bigint primary key, owner_id uuid, body text);
//! alter table notes enable row level security;
//! ```
//!
//! ```sql
//! delete from notes where id is not null;
//! ```
//!
//! ```sql
//! delete from users where id in (select id from users);
//! ```
//!
//! ```sql
//! merge into users u using users s on u.id = s.id when matched and true then delete;
//! ```
//!
//! ```sql
//! do $$ declare r record; begin
//!   for r in select id from users loop delete from users where id = r.id; end loop;
//! end $$;
//! ```
//!
//! ```sql
//! with gone as (delete from users returning id) select count(*) from gone;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! do $$ declare r record; begin
//!   for r in select id from users where name is null loop delete from users where id = r.id; end loop;
//! end $$;
//! ```
//!
//! ```sql
//! delete from users where not exists (select from users as other where other.id = users.age);
//! ```
//!
//! ```sql
//! delete from users where name is not null;
//! ```
//!
//! ```sql
//! delete from sessions where expires_at < now();
//! ```
//!
//! ```sql
//! create table staging (id bigint);
//! delete from staging;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, Op};

pub(super) const RULE: Rule = declare!(
    "destructive",
    "delete_without_filter.rs",
    "delete-without-filter",
    Deny,
    Check::Change(check)
);

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::Delete { table, filter } = &change.op else { return None };
    if !cx.is_every_row(table, filter) || cx.is_new(change, table) {
        return None;
    }
    let sql = cx.sql_name(table);
    let table = cx.name(table);
    let finding = cx.finding(change, &table, format!("every row of `{table}` is gone after this"));
    Some(finding.help(format!("say which rows: `delete from {sql} where …`")))
}
