//! A migration as a whole: what is wrong with it only as a sequence.

use std::ops::Range;

use super::{Context, Finding, Target};
use crate::parse::Migration;
use crate::schema::{
    Boundary, Certainty, Change, Effort, LockMode, ObjectName, Op, RelationKind, Resolved,
    TableName,
};
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
    /// The locks it takes on what others may be using.
    pub locks: Vec<Held>,
    /// What it does with the rows of such a relation.
    pub effort: Effort,
    /// It is a part of an enum that is made anew.
    pub recreates: bool,
}

/// A lock that lasts until the transaction ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    pub on: TableName,
    pub mode: LockMode,
}

impl<'a> Step<'a> {
    pub fn of(cx: &Context<'_>, change: &'a Change) -> Step<'a> {
        let mut step = Step {
            change,
            in_transaction: cx.catalog.in_transaction(),
            locks: Vec::new(),
            effort: Effort::Nothing,
            recreates: cx.recreation().is_some(),
        };
        if change.certainty == Certainty::Deferred {
            return step;
        }
        let mut taken = cx.catalog.locks(&change.op).into_iter().map(|it| {
            let on = used(cx, change, &it.on)?;
            Some(Held { on, mode: it.mode })
        });
        // The first is on the relation that the statement is about.
        if let Some(Some(first)) = taken.next() {
            step.locks.push(first);
            step.effort = cx.catalog.effort(&change.op);
        }
        step.locks.extend(taken.flatten());
        step
    }

    /// It happens while the migration is applied.
    pub fn runs(&self) -> bool {
        self.change.certainty != Certainty::Deferred
    }
}

/// The relation of that name, where others may be using it.
fn used(cx: &Context<'_>, change: &Change, name: &ObjectName) -> Option<TableName> {
    let Resolved::Permanent(found) = cx.catalog.resolve(name) else { return None };
    let table = cx.catalog.table(&found);
    let view = table.is_some_and(|it| it.kind == RelationKind::View);
    (!view && !cx.is_unused(change, name)).then_some(found)
}

impl<'a> Whole<'a> {
    /// A finding at a place of the migration, with the statement there as evidence.
    pub fn finding(
        &self,
        at: &Range<usize>,
        subject: impl Into<String>,
        message: impl Into<String>,
    ) -> Finding {
        let statement = self.migration.text.get(at.clone()).unwrap_or_default();
        Finding::new(subject, self.span(at), message).evidence(statement)
    }

    pub fn span(&self, at: &Range<usize>) -> Span {
        Span::new(self.migration.path.clone(), at.clone())
    }

    /// The steps between two commits. Where a file is sent as one text, as Prisma and the editor of Supabase do, they
    /// are one transaction, with or without a `BEGIN`.
    pub fn transactions(&self) -> impl Iterator<Item = &'a [Step<'a>]> {
        let ends = |it: &Step<'_>| {
            it.change.certainty == Certainty::Sure
                && matches!(it.change.op, Op::Transaction(Boundary::Commit | Boundary::Rollback))
        };
        self.steps.split(ends)
    }
}
