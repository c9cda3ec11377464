//! # skipped-migration
//!
//! A migration that its tool passes over never runs, and the tool reports success.
//!
//! Drizzle applies what `meta/_journal.json` lists, and nothing else. Supabase applies files called
//! `<digits>_<words>.sql`. Where most files of a folder are none of these, somebody applies them in another way, and
//! nothing is said.

use super::{History, Slot};
use crate::rules::{Check, Finding, Rule, declare};
use crate::source::Span;

pub(super) const RULE: Rule =
    declare!("history", "skipped_migration.rs", "skipped-migration", Deny, Check::History(check));

fn check(history: &History<'_>) -> Vec<Finding> {
    let mut findings = unlisted(history);
    for change in history.added() {
        let slot = Slot::of(&change.path);
        let flat = change.path.parent().as_ref() == Some(&slot.folder);
        let by_cli = |name: &str| is_applied_by_supabase(name);
        if !slot.is_supabase() || !flat || by_cli(&slot.name) || is_sample(&slot.name) {
            continue;
        }
        let others = history.files_of(&slot.folder).into_iter().filter(|it| *it != change.path);
        let (applied, passed): (Vec<_>, Vec<_>) =
            others.map(|it| Slot::of(&it).name).partition(|it| by_cli(it));
        if passed.len() > applied.len() {
            continue;
        }
        let (path, name) = (&change.path, &slot.name);
        let message = format!(
            "`{name}` never runs: Supabase applies what is called `<timestamp>_<name>.sql` and passes over the rest"
        );
        findings.push(
            Finding::new(path.to_string(), Span::file(path.clone()), message)
                .evidence(name)
                .help("give it its name by `supabase migration new`, or keep it outside of the migrations"),
        );
    }
    findings
}

/// What nobody means to be applied: `TEMPLATE.sql`, `_draft.sql`.
fn is_sample(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with('_') || ["template", "example"].iter().any(|it| name.contains(it))
}

/// Files that Drizzle's journal does not list.
fn unlisted(history: &History<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for journaled in history.journaled() {
        for path in history.unlisted(journaled) {
            let message = format!(
                "`{}` never runs: Drizzle applies what its journal lists, and passes over the rest",
                Slot::of(&path).name
            );
            findings.push(
                Finding::new(path.to_string(), Span::file(path.clone()), message)
                    .evidence(&path.to_string())
                    .help(format!("make it by `drizzle-kit generate --custom`, which writes `{}` too, or keep it outside of `{}`", journaled.file.path, journaled.folder)),
            );
        }
    }
    findings
}

/// `^([0-9]+)_(.*)\.sql$` of Supabase's CLI (`pkg/migration/file.go`), which tells capitals from small letters.
fn is_applied_by_supabase(name: &str) -> bool {
    let digits = name.bytes().take_while(u8::is_ascii_digit).count();
    let words = name[digits..].strip_suffix(".sql");
    digits > 0 && words.is_some_and(|it| it.starts_with('_'))
}
