//! # reserved-word
//!
//! A name that is a word of SQL needs double quotes wherever it is used, and reads as something else without them.
//!
//! `select user from sessions` is the role that asks, not the column, and nobody is told. The words are those that
//! Postgres reserves (Postgres manual, appendix C). Prisma and Drizzle write the quotes; whoever writes SQL forgets
//! them.
//!
//! ## Fails
//!
//! ```sql
//! alter table users add column "user" text;
//! ```
//!
//! ```sql
//! create table "order" (id bigint primary key);
//! alter table "order" enable row level security;
//! ```
//!
//! ## Passes
//!
//! Words that are known but not reserved need no quotes.
//!
//! ```sql
//! alter table users add column role text, add column key text, add column value text;
//! ```

use super::named::{Kind, named};
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, RESERVED, RESERVED_BUT_FOR_FUNCTIONS, Shown};

pub(super) const RULE: Rule =
    declare!("naming", "reserved_word.rs", "reserved-word", Warn, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let named = named(cx, change);
    let mut reserved = named.iter().filter(|it| match it.kind {
        Kind::Routine | Kind::Type => is(RESERVED, it.name),
        _ => is(RESERVED, it.name) || is(RESERVED_BUT_FOR_FUNCTIONS, it.name),
    });
    let first = reserved.next()?;
    let message = format!("`{}` is a word of SQL and needs quotes in every query", first.name);
    let help = format!("name it for what it holds: `{}`", better(first.name, first.kind));
    let finding = cx.finding_at(change, &first.at, first.subject(), message).help(help);
    Some(reserved.fold(finding, |finding, it| {
        finding.label(cx.span(&it.at), format!("`{}` as well", Shown(it.name)))
    }))
}

fn is(words: &str, name: &str) -> bool {
    words.split_whitespace().any(|it| it == name)
}

/// A name near to it that is free.
fn better(name: &str, kind: Kind) -> String {
    match (name, kind) {
        ("order" | "user" | "group" | "grant" | "check" | "column", Kind::Table) => {
            format!("{name}s")
        }
        ("order", _) => "position".to_owned(),
        ("user", _) => "user_id".to_owned(),
        ("from" | "to" | "end", _) => format!("{name}_at"),
        ("default" | "primary", _) => format!("is_{name}"),
        ("desc", _) => "description".to_owned(),
        _ => format!("{name}_name"),
    }
}
