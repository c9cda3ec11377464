//! # published-without-rls
//!
//! A table that is published without row level security sends every change of its rows to whoever listens.
//!
//! Supabase's realtime asks the policies of a table before it sends; without row level security there are none.
//!
//! ## Fails
//!
//! ```sql before
//! create table notes (id bigint primary key);
//! ```
//!
//! ```sql
//! alter publication supabase_realtime add table notes;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! alter publication supabase_realtime add table users;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, Op, Resolved};

pub(super) const RULE: Rule = declare!(
    "access",
    "published_without_rls.rs",
    "published-without-rls",
    Warn,
    Check::Change(check)
);

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::Publish { publication, tables } = &change.op else { return None };
    let open = tables.iter().find_map(|it| match cx.catalog.resolve(it) {
        Resolved::Permanent(name) => {
            let table = cx.catalog.table(&name)?;
            // A new table may still get it; that it does, `table-without-rls` sees to.
            (!table.rls && !cx.catalog.is_recent(&table.born)).then_some(name)
        }
        Resolved::Temporary(_) => None,
    })?;
    let message = format!(
        "`{}` sends every change of `{open}` to whoever listens: it has no row level security",
        crate::schema::Shown(publication)
    );
    let finding = cx.finding(change, open.to_string(), message);
    Some(finding.help(format!(
        "first `alter table {} enable row level security;`, with policies for who may listen",
        open.sql()
    )))
}
