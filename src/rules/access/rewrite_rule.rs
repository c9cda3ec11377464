//! # rewrite-rule
//!
//! A rule of Postgres rewrites every statement on a table, and nothing tells whoever sends them.
//!
//! `do instead nothing` swallows rows: the statement succeeds and writes none. A rule that is dropped, switched off or
//! replaced no longer keeps what it kept. Rules that let a view be written are left, but not one that replaces the query
//! of the view.
//!
//! ## Fails
//!
//! ```sql before
//! create table notes (id bigint primary key);
//! alter table notes enable row level security;
//! ```
//!
//! ```sql
//! create rule swallow as on insert to notes do instead nothing;
//! ```
//!
//! ```sql before
//! create table notes (id bigint primary key);
//! alter table notes enable row level security;
//! create rule keep as on delete to notes do instead nothing;
//! ```
//!
//! ```sql
//! drop rule keep on notes;
//! ```
//!
//! ```sql before
//! create table notes (id bigint primary key);
//! alter table notes enable row level security;
//! create rule keep as on delete to notes do instead nothing;
//! ```
//!
//! ```sql
//! alter table notes disable rule keep;
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create table notes (id bigint primary key);
//! create table marks (id bigint primary key);
//! alter table notes enable row level security;
//! alter table marks enable row level security;
//! ```
//!
//! ```sql
//! create rule mark as on insert to notes do also insert into marks values (new.id);
//! ```
//!
//! ```sql
//! create table parts (id bigint primary key);
//! alter table parts enable row level security;
//! create rule keep as on delete to parts do instead nothing;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, Op, RelationKind, RewriteRuleOp, Shown};

pub(super) const RULE: Rule =
    declare!("access", "rewrite_rule.rs", "rewrite-rule", Approve, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::RewriteRule { on, name, op } = &change.op else { return None };
    if cx.is_new(change, on) {
        return None;
    }
    let table = cx.name(on);
    let view = cx.table(on).is_some_and(|(_, it)| it.kind == RelationKind::View);
    let rule = Shown(name);
    let message = match op {
        RewriteRuleOp::Create { select: true, .. } => {
            format!(
                "`{table}` shows what the rule `{rule}` selects after this, whatever it was made for"
            )
        }
        _ if view => return None,
        RewriteRuleOp::Create { instead: true, .. } => {
            format!(
                "statements on `{table}` do something else after this, and succeed all the same"
            )
        }
        RewriteRuleOp::Create { replaces: true, .. } => {
            format!("what a rule `{rule}` did for `{table}` before, it does no longer")
        }
        RewriteRuleOp::Create { .. } => return None,
        RewriteRuleOp::Drop | RewriteRuleOp::Disable => {
            format!("`{rule}` no longer rewrites what is done to `{table}`")
        }
    };
    let finding = cx.finding(change, format!("{table}.{rule}"), message);
    Some(finding.help(
        "leave the rules of the table as they are; write a trigger or a constraint for what is new",
    ))
}
