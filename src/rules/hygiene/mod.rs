//! Files that are not what their folder promises, and statements that do not do what they say.

mod certain_failure;
mod drop_of_nothing;
mod duplicate_object;
mod empty_migration;
mod failing;
mod hidden_by_if_not_exists;
mod invalid_allow;
mod unused_allow;

use super::{Context, Rule};
use crate::schema::{Certainty, Change, Op};

pub(super) const RULES: &[&Rule] = &[
    &certain_failure::RULE,
    &duplicate_object::RULE,
    &hidden_by_if_not_exists::RULE,
    &drop_of_nothing::RULE,
    &empty_migration::RULE,
    &invalid_allow::RULE,
    &unused_allow::RULE,
];

/// Whether a change happens for certain, and nothing in the file before it leaves open what there is.
fn is_followed(cx: &Context<'_>, change: &Change) -> bool {
    let before = cx.migration.script.changes.iter().take_while(|it| !std::ptr::eq(*it, change));
    let open = |it: &Change| match it.op {
        Op::Opaque { .. } => true,
        _ => matches!(it.certainty, Certainty::Maybe(_)),
    };
    change.certainty == Certainty::Sure && !before.into_iter().any(open)
}

/// The name that somebody meant who wrote another one: nearly the same.
fn nearest<'k>(written: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let folded = written.to_lowercase();
    let distance = |it: &str| strsim::damerau_levenshtein(&folded, &it.to_lowercase());
    let near = known.into_iter().map(|it| (distance(it), it));
    let near = near.filter(|&(distance, it)| distance <= 1.max(it.len() / 8));
    near.min_by_key(|&(distance, _)| distance).map(|(_, it)| it)
}
