//! Files that nobody reads as what they are: a line of them that names sprag.

use std::collections::BTreeSet;

use super::compare::Point;
use crate::policy::tampering::lines;
use crate::source::{Source, Span};

/// The first line that named sprag and is gone.
pub(super) fn lost(before: &Source, after: &Source) -> Option<Point> {
    let runs = |it: &str| it.to_lowercase().contains("sprag") && !it.starts_with(['#', '/']);
    let kept: BTreeSet<&str> = lines(after).map(|it| it.0).collect();
    let lost = lines(before).map(|it| it.0).find(|it| runs(it) && !kept.contains(it))?;
    let place = lines(after).find(|it| runs(it.0));
    let place = place.map_or_else(|| Span::file(before.path.clone()), |it| it.1);
    Some(Point { what: format!("a line of it is gone: `{lost}`"), place })
}
