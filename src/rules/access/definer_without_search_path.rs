//! # definer-without-search-path
//!
//! A `SECURITY DEFINER` function without a search path of its own runs what its caller puts in front of the tables it
//! names.
//!
//! It has the rights of its owner and the search path of its caller, who may have made a table or function of the same
//! name. `create or replace` without the setting takes it away again.
//!
//! ## Fails
//!
//! ```sql
//! create function balance() returns int language sql security definer as 'select 1';
//! ```
//!
//! ```sql before
//! create function balance() returns int language sql as 'select 1';
//! ```
//!
//! ```sql
//! alter function balance() security definer;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create function balance() returns int language sql security definer set search_path = '' as 'select 1';
//! ```
//!
//! ```sql
//! create function balance() returns int language sql as 'select 1';
//! ```
//!
//! ```sql
//! create function balance() returns int language sql security definer as 'select 1';
//! alter function balance() set search_path = public, pg_temp;
//! ```

use crate::rules::{Check, Context, Finding, Fix, Rule, declare};
use crate::schema::{Change, NewRoutine, Op, RoutineKind, RoutineOp, Shown};

/// What the default finds, and what a session makes for itself last. A schema that is not there is passed over.
const SAME: &str = "set search_path = public, extensions, pg_temp";

pub(super) const RULE: Rule = declare!(
    "access",
    "definer_without_search_path.rs",
    "definer-without-search-path",
    Warn,
    Check::Change(check)
);

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let name = match &change.op {
        Op::CreateRoutine(new) if new.definer && new.search_path.is_none() => new.name.clone(),
        Op::Routine {
            name,
            arguments,
            op: RoutineOp::Alter { definer: Some(true), search_path: None, .. },
        } => {
            let routine = cx.catalog.resolve_routine(name, arguments.as_deref());
            cx.catalog.routine(&routine).filter(|it| it.search_path.is_none())?;
            name.clone()
        }
        _ => return None,
    };
    let later =
        cx.migration.script.changes.iter().filter(|it| it.statement.start > change.statement.start);
    let sets = |it: &Change| matches!(&it.op, Op::Routine { name: of, op: RoutineOp::Alter { search_path: Some(Some(_)), .. }, .. } if of.name == name.name);
    if later.into_iter().any(sets) {
        return None;
    }
    let shown = Shown(&name.name);
    let message =
        format!("`{shown}` has the rights of its owner and looks names up where its caller says");
    let finding = cx.finding(change, name.to_string(), message);
    let finding = finding.help(format!(
        "add `{SAME}`, or `set search_path = ''` where every name in it has its schema"
    ));
    match &change.op {
        // Where the file has set another path, that is where the names are.
        Op::CreateRoutine(new) if cx.catalog.usual_search_path() => Some(with_fix(finding, new)),
        _ => Some(finding),
    }
}

fn with_fix(finding: Finding, new: &NewRoutine) -> Finding {
    // A procedure that ends transactions may have no settings.
    if new.kind == RoutineKind::Procedure || new.options_end == 0 {
        return finding;
    }
    let fix = Fix::new("look names up where they are looked up now");
    finding.fix(fix.edit(new.options_end..new.options_end, format!("{SAME} ")))
}
