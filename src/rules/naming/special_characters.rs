//! # special-characters
//!
//! A name with spaces, dots, dollar signs or letters outside of ASCII cannot be typed by everyone, nor read aloud.
//!
//! Two names may look the same and be two. Columns and tables are the business of `column-snake-case` and
//! `table-snake-case`; policies may have a sentence for a name.
//!
//! ## Fails
//!
//! ```sql
//! create schema "old data";
//! ```
//!
//! ```sql
//! create type "größe" as enum ('klein', 'gross');
//! ```
//!
//! ```sql
//! create type "3d_point" as (x bigint, y bigint, z bigint);
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create schema reports;
//! create type "OrderState" as enum ('new', 'paid');
//! ```

use super::named::{Kind, named};
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, Shown};

pub(super) const RULE: Rule =
    declare!("naming", "special_characters.rs", "special-characters", Warn, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let named = named(cx, change);
    let judged = |kind| !matches!(kind, Kind::Column | Kind::Table | Kind::View | Kind::Policy);
    let it = named.iter().find(|it| judged(it.kind) && !is_plain(it.name))?;
    let message =
        format!("`{}` can only be written in quotes, and not by everyone", Shown(it.name));
    let help = "begin with a letter, and use only letters from a to z, digits and `_`";
    Some(cx.finding_at(change, &it.at, it.subject(), message).help(help))
}

fn is_plain(name: &str) -> bool {
    let first = name.bytes().next();
    first.is_some_and(|it| it.is_ascii_alphabetic() || it == b'_')
        && name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_')
}
