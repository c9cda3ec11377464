//! The rules a policy can name, and the word that was meant.

use std::sync::Arc;

use crate::rules::{self, Level};

/// Names of rules with their levels where no policy sets one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalogue(Arc<[(&'static str, Level)]>);

impl Catalogue {
    pub fn new(rules: impl IntoIterator<Item = (&'static str, Level)>) -> Catalogue {
        Catalogue(rules.into_iter().collect())
    }

    /// The rules that this program has.
    #[must_use]
    pub fn ours() -> Catalogue {
        Catalogue::new(rules::all().iter().map(|it| (it.name, it.level)))
    }

    /// A rule nobody has heard of weighs the most.
    #[must_use]
    pub fn level(&self, rule: &str) -> Level {
        self.0.iter().find(|it| it.0 == rule).map_or(Level::Deny, |it| it.1)
    }

    pub fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.0.iter().map(|it| it.0)
    }
}

/// Which of `known` somebody meant who wrote `typed`: the same but for case and `_`, else the nearest one, if near.
pub(super) fn meant<'k>(typed: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let fold = |it: &str| it.to_lowercase().replace('_', "-");
    let typed = fold(typed);
    known
        .into_iter()
        .map(|it| (strsim::damerau_levenshtein(&typed, &fold(it)), it))
        .filter(|&(distance, it)| distance <= 1 + it.len() / 4)
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, it)| it)
}
