//! The rules a policy can name, and the word that was meant.

use std::sync::Arc;

use super::Preset;
use crate::rules::{self, Level};

/// Names of rules with their levels where no policy sets one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalogue {
    rules: Arc<[(&'static str, Level)]>,
    preset: Option<Preset>,
}

impl Catalogue {
    pub fn new(rules: impl IntoIterator<Item = (&'static str, Level)>) -> Catalogue {
        Catalogue { rules: rules.into_iter().collect(), preset: None }
    }

    /// The rules that this program has.
    #[must_use]
    pub fn ours() -> Catalogue {
        Catalogue::new(rules::all().iter().map(|it| (it.name, it.level)))
    }

    /// The same rules with the levels of this preset, or of none.
    #[must_use]
    pub fn with(&self, preset: Option<Preset>) -> Catalogue {
        Catalogue { rules: Arc::clone(&self.rules), preset }
    }

    /// A rule nobody has heard of weighs the most.
    #[must_use]
    pub fn level(&self, rule: &str) -> Level {
        let own = self.rules.iter().find(|it| it.0 == rule);
        self.preset_level(rule).or(own.map(|it| it.1)).unwrap_or(Level::Deny)
    }

    /// The level that a preset gives it.
    #[must_use]
    pub fn preset_level(&self, rule: &str) -> Option<Level> {
        let levels = self.preset?.levels();
        levels.iter().find(|it| it.0 == rule).map(|it| it.1)
    }

    pub fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.rules.iter().map(|it| it.0)
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
