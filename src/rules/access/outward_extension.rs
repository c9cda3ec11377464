//! # outward-extension
//!
//! An extension that reads files, reaches other servers or runs programs gives that to whoever gets hold of the
//! database.
//!
//! `file_fdw` and `adminpack` reach the files of the server, `dblink`, `postgres_fdw` and `http` other servers, and
//! languages whose names end in `u` do whatever the server may. `pg_surgery` takes rows away past every check.
//!
//! ## Fails
//!
//! ```sql
//! create extension file_fdw;
//! ```
//!
//! ```sql
//! create extension dblink schema extensions;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create extension citext schema extensions;
//! ```
//!
//! ```sql before
//! create extension dblink;
//! ```
//!
//! ```sql
//! drop extension dblink;
//! create extension dblink schema extensions;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, Op, Shown};

/// What they give, in the words of the message.
const OUTWARD: &[(&[&str], &str)] = &[
    (&["file_fdw", "adminpack"], "reads and writes files of the database server"),
    (
        &["dblink", "postgres_fdw", "mysql_fdw", "mongo_fdw", "http", "pgsql_http"],
        "sends data to other servers",
    ),
    (
        &["plpython3u", "plpythonu", "plpython2u", "plperlu", "pltclu", "plsh", "plr", "pljava"],
        "runs programs on the database server",
    ),
    (&["pg_surgery"], "deletes and changes rows past every check"),
];

pub(super) const RULE: Rule =
    declare!("access", "outward_extension.rs", "outward-extension", Approve, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::CreateExtension { name, .. } = &change.op else { return None };
    let (_, what) = OUTWARD.iter().find(|(names, _)| names.contains(&name.as_str()))?;
    let dropped =
        |it: &Change| matches!(&it.op, Op::DropExtension { name: old, .. } if old == name);
    let before = cx.migration.script.changes.iter().take_while(|it| it.span != change.span);
    if cx.catalog.extension(name).is_some() || before.into_iter().any(dropped) {
        return None;
    }
    let name = Shown(name);
    let message = format!("whoever gets hold of the database has what `{name}` gives: it {what}");
    let finding = cx.finding(change, name.to_string(), message);
    Some(finding.help("do it in a program outside of the database, or have it looked at by whoever runs the server"))
}
