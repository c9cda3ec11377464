//! # foreign-lock
//!
//! `migration_lock.toml` says which database the migrations were written for: where the schema says another, Prisma runs
//! none of them (P3019).
//!
//! Prisma writes it, and nobody edits it. It does not read it as TOML: the first line that begins with `provider = ` is
//! all that counts, so a blank too few is another provider.

use super::History;
use super::beside::Beside;
use crate::parse::prisma::Lock;
use crate::rules::{Check, Finding, Rule, declare};
use crate::source::{Content, File, Span};

pub(super) const RULE: Rule =
    declare!("history", "foreign_lock.rs", "foreign-lock", Deny, Check::History(check));

fn check(history: &History<'_>) -> Vec<Finding> {
    history.beside.iter().filter_map(|it| one(it, it.lock.news()?)).collect()
}

fn one(beside: &Beside, file: &File) -> Option<Finding> {
    let path = &file.path;
    let finding = |at: Span, message: String| Finding::new(path.to_string(), at, message);
    let take_back =
        format!("take it back as the main branch has it; in `{path}` nothing is written by hand");
    let text = match &file.content {
        Content::Text(text) => text,
        Content::Unreadable(why) => {
            let message = format!("`{path}` {}", why.reason());
            return Some(
                finding(Span::file(path.clone()), message).evidence(&file.id.0).help(take_back),
            );
        }
    };
    let lock = Lock::read(text);
    if let Some(range) = lock.conflict {
        let message = format!("`{path}` has the marks of a merge that nobody has resolved");
        let at = Span::new(path.clone(), range);
        return Some(finding(at, message).evidence("conflict").help(take_back));
    }
    let at = if text.trim().is_empty() {
        Span::file(path.clone())
    } else {
        Span::new(path.clone(), lock.at)
    };
    let Some(says) = lock.provider else {
        let message = format!("`{path}` names no provider, so Prisma runs no migration (P3019)");
        return Some(finding(at, message).evidence("no provider").help(take_back));
    };
    let old = beside.lock.before.as_ref().and_then(|it| Lock::read(it.content.text()?).provider);
    let (message, wanted) = match (&beside.provider, old) {
        (Some(schema), _) if *schema == says => return None,
        (Some(schema), _) => {
            let message = format!(
                "`{path}` is for `{says}` and the schema for `{schema}`, so Prisma runs no migration (P3019)"
            );
            (message, schema.clone())
        }
        (None, Some(old)) if old != says => {
            let message = format!(
                "`{path}` is for `{says}` now, and the migrations beside it were written for `{old}`"
            );
            (message, old)
        }
        (None, _) => return None,
    };
    let help = format!("let the line be `provider = \"{wanted}\"`, exactly");
    Some(finding(at, message).evidence(&says).help(help))
}
