//! # wrong-case-file
//!
//! A server tells `Migration.sql` from `migration.sql`, so Prisma finds no migration there and stops.
//!
//! A laptop with macOS or Windows does not tell them apart, so it is only seen when it is deployed.

use super::History;
use crate::rules::{Check, Finding, Rule, declare};
use crate::source::Span;

pub(super) const RULE: Rule =
    declare!("history", "wrong_case_file.rs", "wrong-case-file", Deny, Check::History(check));

fn check(history: &History<'_>) -> Vec<Finding> {
    let name = b"migration.sql";
    let wrong = history.added().filter(|it| {
        let file = it.path.file_name();
        file.eq_ignore_ascii_case(name) && file != name
    });
    let finding = |path: &crate::source::RepoPath| {
        let folder = path.parent().map_or_else(String::new, |it| format!("{it}/"));
        let message =
            format!("`{path}` is not found on a server: it must be called `migration.sql`");
        Finding::new(path.to_string(), Span::file(path.clone()), message)
            .evidence(&path.to_string())
            .help(format!("rename it: `git mv '{path}' '{folder}migration.sql'`"))
    };
    wrong.map(|it| finding(&it.path)).collect()
}
