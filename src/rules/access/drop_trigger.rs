//! # drop-trigger
//!
//! Dropping a trigger ends what it did for every row, and nothing says so.
//!
//! A trigger that the same change makes again on the same table is replaced, not dropped.
//!
//! ## Fails
//!
//! ```sql before
//! create table notes (id bigint);
//! create function stamp() returns trigger language plpgsql as $$ begin return new; end $$;
//! create trigger stamp_notes before insert on notes for each row execute function stamp();
//! ```
//!
//! ```sql
//! drop trigger stamp_notes on notes;
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create table notes (id bigint);
//! create function stamp() returns trigger language plpgsql as $$ begin return new; end $$;
//! create trigger stamp_notes before insert on notes for each row execute function stamp();
//! ```
//!
//! ```sql
//! drop trigger if exists stamp_notes on notes;
//! create trigger stamp_notes before insert or update on notes for each row execute function stamp();
//! ```
//!
//! ```sql
//! drop trigger if exists never_was on users;
//! ```

use super::reach::is_made_again;
use crate::rules::{Check, Context, Finding, Made, Rule, declare};
use crate::schema::{Change, EventTriggerOp, Guard, Op, Resolved, Shown};

pub(super) const RULE: Rule =
    declare!("access", "drop_trigger.rs", "drop-trigger", Approve, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    match &change.op {
        Op::DropTrigger { table, name, guard } => {
            let Resolved::Permanent(on) = cx.catalog.resolve(table) else { return None };
            let known = cx.catalog.table(&on);
            let trigger = known.as_ref().and_then(|it| it.triggers.get(name));
            let new = trigger.is_some_and(|it| cx.catalog.is_new_born(&it.born));
            let unknown = trigger.is_none() && *guard == Guard::IfExists;
            let key = format!("{}.{name}", on.name);
            let again = is_made_again(cx, change, (Made::Trigger, &key), |op| match op {
                Op::CreateTrigger { table, name: made, .. } => {
                    made == name && cx.catalog.resolve_permanent(table) == on
                }
                _ => false,
            });
            if new || unknown || again || cx.is_new(change, table) {
                return None;
            }
            let name = Shown(name);
            let message = format!("`{name}` no longer runs when rows of `{on}` change");
            let finding = cx.finding(change, format!("{on}.{name}"), message);
            Some(finding.help(
                "make sure that nothing relies on what it did, and drop it in a change of its own",
            ))
        }
        Op::EventTrigger { name, op: EventTriggerOp::Drop } => {
            let name = Shown(name);
            let message = format!("`{name}` no longer watches what is done to the database");
            let finding = cx.finding(change, name.to_string(), message);
            Some(finding.help("leave the event trigger in place"))
        }
        _ => None,
    }
}
