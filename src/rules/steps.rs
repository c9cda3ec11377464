//! A migration as a whole: what is wrong with it only as a sequence.

use std::ops::Range;

use super::{Finding, Target};
use crate::parse::Migration;
use crate::schema::Change;
use crate::source::Span;

/// One migration, from its beginning to its end.
pub struct Whole<'a> {
    pub migration: &'a Migration,
    pub target: &'a Target,
    pub steps: &'a [Step<'a>],
}

/// A change as it was met: what was known of the database just then.
pub struct Step<'a> {
    pub change: &'a Change,
    /// It stands between a `BEGIN` of the file and its `COMMIT`.
    pub in_transaction: bool,
}

impl Whole<'_> {
    /// A finding at a place of the migration, with the statement there as evidence.
    pub fn finding(
        &self,
        at: &Range<usize>,
        subject: impl Into<String>,
        message: impl Into<String>,
    ) -> Finding {
        let span = Span::new(self.migration.path.clone(), at.clone());
        let statement = self.migration.text.get(at.clone()).unwrap_or_default();
        Finding::new(subject, span, message).evidence(statement)
    }
}
