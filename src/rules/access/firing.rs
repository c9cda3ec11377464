//! When a trigger fires, read from the words between its name and `EXECUTE`.

use crate::rules::Context;
use crate::schema::{NewRoutine, ObjectName, Op, Trigger};

/// Conditions that leave out nothing that a trigger is for: a row that stays as it is, a trigger that fires itself.
const HARMLESS: &[&str] = &[
    "(old.*isdistinctfromnew.*)",
    "(oldisdistinctfromnew)",
    "(pg_trigger_depth()=0)",
    "(pg_trigger_depth()<1)",
];

/// Whether a trigger that takes the place of another does something, whenever the other did.
pub(super) fn covers(
    cx: &Context<'_>,
    before: &Trigger,
    function: &ObjectName,
    event: &str,
) -> bool {
    let (old, new) = (Firing::of(&before.event), Firing::of(event));
    let condition = match &new.condition {
        None => true,
        Some(it) => Some(it) == old.condition.as_ref() || HARMLESS.contains(&it.as_str()),
    };
    let each = old.events.iter().all(|old| new.events.iter().any(|new| includes(new, old)));
    let same = is_same(&before.function, function) || does_something(cx, function);
    same && condition && each && old.timing == new.timing && old.by_row == new.by_row
}

fn is_same(one: &ObjectName, other: &ObjectName) -> bool {
    let schema = |it: &ObjectName| it.schema.clone().unwrap_or_else(|| "public".to_owned());
    one.name == other.name && schema(one) == schema(other)
}

/// Whether the migrations show what the function does, and it is more than to let everything pass.
fn does_something(cx: &Context<'_>, function: &ObjectName) -> bool {
    let is = |new: &NewRoutine| is_same(&new.name, function);
    let made = cx.migration.script.changes.iter().rev().find_map(|it| match &it.op {
        Op::CreateRoutine(new) if is(new) => Some(!new.idle),
        _ => None,
    });
    let known = || cx.catalog.routine(&cx.catalog.resolve_routine(function, Some(&[])));
    made.unwrap_or_else(|| known().is_some_and(|it| !it.idle))
}

struct Firing<'a> {
    /// `before`, `after`, `instead`.
    timing: &'a str,
    /// Each with the columns of its `OF`.
    events: Vec<(&'a str, Vec<&'a str>)>,
    by_row: bool,
    condition: Option<String>,
}

impl Firing<'_> {
    fn of(text: &str) -> Firing<'_> {
        let (head, rest) = text.split_once(" on ").unwrap_or((text, ""));
        let timing = head.split_whitespace().next().unwrap_or_default();
        let head = head.strip_prefix(timing).unwrap_or_default().trim_start();
        let head = head.strip_prefix("of ").unwrap_or(head);
        let events = head.split(" or ").map(|it| {
            let (event, columns) = it.split_once(" of ").unwrap_or((it, ""));
            let columns = columns.split(',').map(str::trim).filter(|it| !it.is_empty());
            (event.trim(), columns.collect())
        });
        let (level, condition) = match rest.split_once(" when ") {
            Some((level, condition)) => (level, Some(condition)),
            None => (rest, None),
        };
        let fold = |it: &str| it.chars().filter(|c| !c.is_whitespace()).collect();
        Firing {
            timing,
            events: events.collect(),
            by_row: level.split_whitespace().any(|it| it == "row"),
            condition: condition.map(fold),
        }
    }
}

/// Whether one event happens whenever the other does.
fn includes(wide: &(&str, Vec<&str>), narrow: &(&str, Vec<&str>)) -> bool {
    let all = wide.1.is_empty();
    let listed = !narrow.1.is_empty() && narrow.1.iter().all(|it| wide.1.contains(it));
    wide.0 == narrow.0 && (all || listed)
}
