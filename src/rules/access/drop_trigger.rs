//! # drop-trigger
//!
//! Dropping a trigger ends what it did for every row, and nothing says so.
//!
//! A trigger that the same change makes again on the same table is replaced, not dropped, as long as it fires for all
//! that it did and runs the same function, or another one that does something. So is one whose function another trigger
//! of the table runs at the same moment, for the same rows and at least the same events.
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
//! drop trigger stamp_notes on notes;
//! create trigger stamp before insert on notes for each row when (new.id > 0) execute function stamp();
//! ```
//!
//! ```sql before
//! create table notes (id bigint);
//! create function stamp() returns trigger language plpgsql as $$ begin return new; end $$;
//! create trigger stamp_notes before insert or update on notes for each row execute function stamp();
//! ```
//!
//! ```sql
//! drop trigger stamp_notes on notes;
//! create trigger stamp before update on notes for each row execute function stamp();
//! ```
//!
//! ```sql before
//! create table notes (id bigint);
//! create function stamp() returns trigger language plpgsql as $$ begin return new; end $$;
//! create trigger stamp_notes before insert on notes for each row execute function stamp();
//! ```
//!
//! ```sql
//! drop trigger stamp_notes on notes;
//! create trigger stamp before insert on notes for each row execute function stamp();
//! do $$ begin if now() > '2026-01-01' then drop trigger stamp on notes; end if; end $$;
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
//! ```sql before
//! create table notes (id bigint, body text);
//! create function stamp() returns trigger language plpgsql as $$ begin return new; end $$;
//! create trigger stamp_notes before update of body on notes for each row execute function stamp();
//! ```
//!
//! ```sql
//! drop trigger stamp_notes on notes;
//! create trigger stamp before insert or update on public.notes for each row execute function public.stamp();
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
//!
//! ```sql before
//! create table notes (id bigint);
//! create function watch() returns trigger language plpgsql as $$ begin raise notice '%', new.id; return new; end $$;
//! create trigger watch_notes before insert on notes for each row execute function watch();
//! ```
//!
//! ```sql
//! drop trigger watch_notes on notes;
//! create or replace function watch() returns trigger language plpgsql as $$ begin raise notice '%', new; return null; end $$;
//! create trigger watch_notes after insert on notes for each row execute function watch();
//! ```

use super::firing::Firing;
use super::reach::is_made_again;
use crate::rules::{Check, Context, Finding, Made, Rule, declare};
use crate::schema::{
    Change, EventTriggerOp, Guard, ObjectName, Op, Resolved, Shown, TableName, Trigger,
};

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
            let instead = trigger.is_some_and(|it| is_replaced(cx, change, &on, (name, it)));
            if new || unknown || again || instead || cx.is_new(change, table) {
                return None;
            }
            let name = Shown(name);
            let message = format!("`{name}` no longer runs when rows of `{on}` change");
            let finding = cx.finding(change, format!("{on}.{name}"), message);
            Some(finding.help(
                "make sure that nothing relies on what it did, and drop it in a change of its own",
            ))
        }
        Op::CreateTrigger { table, name, function, event, replaces: true, .. } => {
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

/// Whether another trigger of the table does what this one did, and stays.
fn is_replaced(
    cx: &Context<'_>,
    change: &Change,
    on: &TableName,
    (name, old): (&str, &Trigger),
) -> bool {
    let key = |name: &str| format!("{}.{name}", on.name);
    let function = |name: &ObjectName| cx.catalog.resolve_routine(name, Some(&[]));
    let does = |it: &ObjectName, arguments: &str, event: &str| {
        function(it) == function(&old.function)
            && arguments == old.arguments
            && Firing::of(event).takes_over(&Firing::of(&old.event))
    };
    let table = cx.catalog.table(on);
    let stays = table.iter().flat_map(|it| &it.triggers).any(|(other, it)| {
        let kept = it.enabled && it.born.sure && !cx.ahead.may_drop(Made::Trigger, &key(other));
        kept && other != name && does(&it.function, &it.arguments, &it.event)
    });
    let again = |op: &Op| match op {
        Op::CreateTrigger { table, name: made, function, arguments, event, .. } => {
            let key = key(made);
            let kept = !cx.made_later(Made::Trigger, &key).is_empty()
                || !cx.ahead.may_drop(Made::Trigger, &key);
            let same = cx.catalog.resolve_permanent(table) == *on;
            kept && same && is_told(cx, op, function) && does(function, arguments, event)
        }
        _ => false,
    };
    stays || is_made_again(cx, change, (Made::TriggerOn, &on.name), again)
}

/// Whether a later statement finds a function where it is found here: it says where, or nothing can change that on the
/// way.
fn is_told(cx: &Context<'_>, op: &Op, function: &ObjectName) -> bool {
    let changes = &cx.migration.script.changes;
    let moves = |it: &Change| matches!(it.op, Op::SetSearchPath { .. });
    let here = || changes.iter().any(|it| std::ptr::eq(&raw const it.op, op));
    function.schema.is_some() || (here() && !changes.iter().any(moves))
}

/// Whether a trigger that takes the place of another does something, whenever the other did.
fn covers(cx: &Context<'_>, before: &Trigger, function: &ObjectName, event: &str) -> bool {
    let find = |it| cx.catalog.resolve_routine(it, Some(&[]));
    let written = cx.migration.script.changes.iter().rev().find_map(|it| match &it.op {
        Op::CreateRoutine(new) if find(&new.name) == find(function) => Some(!new.idle),
        _ => None,
    });
    let known = || cx.catalog.routine(&find(function)).is_some_and(|it| !it.idle);
    let does = find(&before.function) == find(function) || written.unwrap_or_else(known);
    does && Firing::of(event).renews(&Firing::of(&before.event), written == Some(true))
}
