//! # drop-trigger
//!
//! Dropping a trigger ends what it did for every row, and nothing says so.
//!
//! A trigger that the same change makes again on the same table is replaced, not dropped, as long as it fires
//! for all that it did and runs the same function, or another one that does something.
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
//! ```sql before
//! create table notes (id bigint);
//! create function stamp() returns trigger language plpgsql as $$ begin return new; end $$;
//! create trigger stamp_notes before insert on notes for each row execute function stamp();
//! ```
//!
//! ```sql
//! create or replace trigger stamp_notes before insert on notes for each row when (false) execute function stamp();
//! ```
//!
//! ```sql before
//! create table notes (id bigint);
//! create function stamp() returns trigger language plpgsql as $$ begin return new; end $$;
//! create function other() returns trigger language plpgsql as $$ begin return new; end $$;
//! create trigger stamp_notes before insert on notes for each row execute function stamp();
//! ```
//!
//! ```sql
//! drop trigger stamp_notes on notes;
//! create trigger stamp_notes before insert on notes for each row execute function other();
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
//!
//! ```sql before
//! create table notes (id bigint, body text);
//! create function stamp() returns trigger language plpgsql as $$ begin return new; end $$;
//! create trigger stamp_notes before update of body on notes for each row when (new.id > 0) execute function stamp();
//! ```
//!
//! ```sql
//! create or replace trigger stamp_notes before insert or update on notes for each row execute function stamp();
//! ```

use super::firing::covers;
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
                Op::CreateTrigger { table, name: made, function, event, .. } => {
                    made == name
                        && cx.catalog.resolve_permanent(table) == on
                        && trigger.is_none_or(|it| covers(cx, it, function, event))
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
        Op::CreateTrigger { table, name, function, event, replaces: true } => {
            let (on, known) = cx.table(table)?;
            let before = known.triggers.get(name)?;
            if cx.catalog.is_new_born(&before.born) || covers(cx, before, function, event) {
                return None;
            }
            let name = Shown(name);
            let message = format!("`{name}` no longer runs for all of `{on}` that it ran for");
            let finding = cx.finding(change, format!("{on}.{name}"), message);
            Some(finding.help("keep its function, its events and its condition, and add a second trigger for what is new"))
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
