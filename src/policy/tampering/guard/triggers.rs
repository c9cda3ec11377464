//! The events that start a workflow, and whether they are fewer than before.

use super::compare::Point;
use crate::parse::command::guard::{Filter, Guard, Trigger};
use crate::source::{RepoPath, Span};

/// The events by which something can be merged. Others take nothing from the gate when they go.
const EVENTS: &[&str] = &["pull_request", "push", "merge_group", "pull_request_target"];

/// <https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#pull_request>
const USUAL_TYPES: &[&str] = &["opened", "synchronize", "reopened"];

/// What does not start the workflow any more.
pub(super) fn lost(before: &Guard, after: &Guard, points: &mut Vec<Point>) {
    let Some(old) = &before.triggers else { return };
    let new = after.triggers.as_deref().unwrap_or_default();
    let path = &after.span.path;
    for trigger in old.iter().filter(|it| EVENTS.contains(&it.event.as_str())) {
        let Some(now) = new.iter().find(|it| it.event == trigger.event) else {
            let what = format!("it does not run on `{}` any more", trigger.event);
            let place = new.first().map(|it| Span::new(path.clone(), it.range.clone()));
            points.push(Point { what, place: place.unwrap_or_else(|| Span::file(path.clone())) });
            continue;
        };
        narrowed(path, trigger, now, points);
    }
}

fn narrowed(path: &RepoPath, old: &Trigger, new: &Trigger, points: &mut Vec<Point>) {
    for filter in &new.filters {
        let before = old.filters.iter().find(|it| it.key == filter.key);
        if is_less(before, filter) {
            let values = filter.values.join(", ");
            let what = format!(
                "it runs for less than before: `{}` with `{}: {values}`",
                new.event, filter.key
            );
            points.push(Point { what, place: Span::new(path.clone(), filter.range.clone()) });
        }
    }
}

/// Whether a filter lets something out that it did not.
fn is_less(before: Option<&Filter>, after: &Filter) -> bool {
    let known = |it: &String| before.is_some_and(|filter| filter.values.contains(it));
    if after.key.ends_with("-ignore") {
        return !after.values.iter().all(known);
    }
    let usual: Vec<String> = USUAL_TYPES.iter().map(|&it| it.to_owned()).collect();
    let old: &[String] = match before {
        Some(filter) => &filter.values,
        None if after.key == "types" => &usual,
        None => &[],
    };
    let taken = |it: &&String| it.starts_with('!');
    let new_exception = after.values.iter().filter(taken).any(|it| !known(it));
    let all = after.values.iter().any(|it| it == "**");
    let kept = old.iter().filter(|it| !taken(it)).all(|it| after.values.contains(it));
    let first = before.is_none() && after.key != "types";
    new_exception || !all && (first || !kept)
}
