//! # drop-function
//!
//! Dropping a function breaks whoever still calls it, and every trigger, policy and default that does.
//!
//! A function that the same change makes again, with these arguments or with others, is replaced, not dropped. `if
//! exists` of one that no migration made drops nothing that is known.
//!
//! ## Fails
//!
//! ```sql before
//! create function total() returns int language sql as 'select 1';
//! ```
//!
//! ```sql
//! drop function total();
//! ```
//!
//! ```sql before
//! create procedure sweep() language sql as 'select 1';
//! ```
//!
//! ```sql
//! drop procedure sweep;
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create function total() returns int language sql as 'select 1';
//! ```
//!
//! ```sql
//! drop function total();
//! create function total(of_year int) returns int language sql as 'select of_year';
//! ```
//!
//! ```sql
//! create function draft() returns int language sql as 'select 1';
//! drop function draft();
//! ```
//!
//! ```sql
//! drop function if exists never_was(int);
//! ```

use super::reach::is_made_again;
use crate::rules::{Check, Context, Finding, Made, Rule, declare};
use crate::schema::{Change, Guard, Op, RoutineOp, Shown};

pub(super) const RULE: Rule =
    declare!("access", "drop_function.rs", "drop-function", Approve, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::Routine { name, arguments, op: RoutineOp::Drop { guard, .. } } = &change.op else {
        return None;
    };
    let resolved = cx.catalog.resolve_routine(name, arguments.as_deref());
    let known = cx.catalog.routine(&resolved);
    let new = known.as_ref().is_some_and(|it| cx.catalog.is_new_born(&it.born));
    let unknown = known.is_none() && *guard == Guard::IfExists;
    let again = is_made_again(cx, change, (Made::Routine, &name.name), |op| match op {
        Op::CreateRoutine(made) => {
            let schema = made.name.schema.as_ref().or(name.schema.as_ref());
            made.name.name == name.name && schema.is_none_or(|it| *it == resolved.schema)
        }
        _ => false,
    });
    if new || unknown || again {
        return None;
    }
    let shown = match &known {
        Some(_) => resolved.to_string(),
        None => Shown(&name.name).to_string(),
    };
    let message = format!("whoever calls `{shown}` gets an error after this");
    let finding = cx.finding(change, shown, message);
    Some(finding.help("stop calling it in one release, drop it in the next"))
}
