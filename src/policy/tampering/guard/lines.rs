//! Files that nobody reads as what they are: a line of them that names sprag.

use std::collections::BTreeSet;

use super::compare::Point;
use crate::parse::command::guard::looks_like;
use crate::policy::tampering::lines;
use crate::source::{Source, Span};

/// The first line that ran sprag, as far as anybody can tell, and is gone.
pub(super) fn lost(before: &Source, after: &Source) -> Option<Point> {
    let kept: BTreeSet<&str> = lines(after).map(|it| it.0).collect();
    let lost = lines(before).map(|it| it.0).find(|it| looks_like(it) && !kept.contains(it))?;
    let place = lines(after).find(|it| looks_like(it.0));
    let place = place.map_or_else(|| Span::file(before.path.clone()), |it| it.1);
    Some(Point { what: format!("a line of it is gone: `{lost}`"), place })
}
