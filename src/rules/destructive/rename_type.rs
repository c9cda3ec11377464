//! # rename-type
//!
//! Clients know a type and its labels by name: a renamed one is, to them, a dropped one.
//!
//! ## Fails
//!
//! ```sql
//! alter type order_status rename value 'paid' to 'settled';
//! ```
//!
//! ```sql
//! alter type order_status rename to status_of_order;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create type mood as enum ('good', 'bad');
//! alter type mood rename value 'bad' to 'poor';
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, Op, Shown};

pub(super) const RULE: Rule =
    declare!("destructive", "rename_type.rs", "rename-type", Deny, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let (name, what, help) = match &change.op {
        Op::RenameEnumValue { name, from, to } => (
            name,
            format!("the label `{}` of ", Shown(from)),
            format!("add the label beside it: `alter type {name} add value '{}';`", Shown(to)),
        ),
        Op::RenameType { from, to } => {
            (from, String::new(), format!("create `{}` beside it and move readers over", Shown(to)))
        }
        Op::MoveType { from, .. } => {
            (from, String::new(), "leave the type in its schema".to_owned())
        }
        _ => return None,
    };
    let name = cx.catalog.resolve_type(name);
    if cx.catalog.is_new_type(&name) || cx.is_enum_again(&name) {
        return None;
    }
    let message = format!("{what}`{name}` is not found under its name after this");
    Some(cx.finding(change, name.to_string(), message).help(help))
}
