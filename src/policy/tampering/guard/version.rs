//! The version of sprag that a repository asks for.

use super::super::{signed, tampered, text};
use crate::rules::Finding;
use crate::source::{FileChange, Span};

/// An older sprag knows fewer rules.
pub(in super::super) fn version(change: &FileChange) -> Option<Finding> {
    let before = text(Some(change.before.as_ref()?));
    let path = &change.path;
    let after = text(change.after.as_ref());
    let (old, new) = (before.text.trim(), after.text.trim());
    let lower = match (numbers(old), numbers(new)) {
        (Some(old), Some(new)) => new < old,
        (Some(_), None) => true,
        (None, _) => false,
    };
    if !lower {
        return None;
    }
    let message = if numbers(new).is_some() {
        format!("sprag {new} is older than {old}, and does not refuse what {old} does")
    } else {
        format!("`{path}` pins no version any more; it was {old}")
    };
    let end = if change.after.is_some() { after.text.len() } else { 0 };
    Some(
        signed(tampered(path, Span::new(path.clone(), 0..end), message))
            .evidence(&format!("{old} -> {new}")),
    )
}

fn numbers(version: &str) -> Option<Vec<u64>> {
    let core = version.trim_start_matches('v').split(['-', '+']).next()?;
    core.split('.').map(|it| it.parse().ok()).collect()
}
