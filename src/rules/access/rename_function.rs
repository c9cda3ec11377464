//! # rename-function
//!
//! Whoever calls a function by its old name, or in its old schema, gets an error after it was renamed.
//!
//! Triggers and policies go on calling it; programs and the bodies of other functions do not find it.
//!
//! ## Fails
//!
//! ```sql before
//! create function total() returns int language sql as 'select 1';
//! ```
//!
//! ```sql
//! alter function total() rename to total_of_year;
//! ```
//!
//! ```sql before
//! create function total() returns int language sql as 'select 1';
//! ```
//!
//! ```sql
//! alter function total() set schema private;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create function draft() returns int language sql as 'select 1';
//! alter function draft() rename to total;
//! ```
//!
//! ```sql before
//! create function total() returns int language sql as 'select 1';
//! ```
//!
//! ```sql
//! alter function total() rename to total_before;
//! create function total() returns int language sql as 'select 2';
//! ```

use super::reach::is_made_again;
use crate::rules::{Check, Context, Finding, Made, Rule, declare};
use crate::schema::{Change, Op, RoutineOp, Shown};

pub(super) const RULE: Rule =
    declare!("access", "rename_function.rs", "rename-function", Approve, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::Routine { name, arguments, op: RoutineOp::Rename { .. } | RoutineOp::Move { .. } } =
        &change.op
    else {
        return None;
    };
    let resolved = cx.catalog.resolve_routine(name, arguments.as_deref());
    let known = cx.catalog.routine(&resolved);
    if known.as_ref().is_some_and(|it| cx.catalog.is_new_born(&it.born)) {
        return None;
    }
    let again = is_made_again(cx, change, (Made::Routine, &name.name), |op| match op {
        Op::CreateRoutine(made) => made.name == *name,
        _ => false,
    });
    if again {
        return None;
    }
    let shown = match &known {
        Some(_) => resolved.to_string(),
        None => Shown(&name.name).to_string(),
    };
    let message = format!("whoever calls `{shown}` gets an error after this");
    let finding = cx.finding(change, shown, message);
    Some(
        finding
            .help("create a function of the new name, and drop the old one when nobody calls it"),
    )
}
