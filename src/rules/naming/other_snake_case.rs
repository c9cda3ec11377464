//! # other-snake-case
//!
//! Functions, sequences, triggers and schemas in `snake_case` need no quotes, as tables and columns need none.
//!
//! Names of constraints and indexes are what tools make of the names of tables.
//!
//! ## Fails
//!
//! ```sql
//! create function "sendMail"() returns bigint language sql as 'select 1::bigint';
//! ```
//!
//! ```sql
//! create schema "Reports";
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create function send_mail() returns bigint language sql as 'select 1::bigint';
//! create schema reports;
//! ```

use super::named::{Kind, named};
use super::{is_snake_case, snake_case};
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, Shown};

pub(super) const RULE: Rule =
    declare!("naming", "other_snake_case.rs", "other-snake-case", Allow, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let named = named(cx, change);
    let judged =
        |kind| matches!(kind, Kind::Routine | Kind::Sequence | Kind::Trigger | Kind::Schema);
    let it = named.iter().find(|it| judged(it.kind) && !is_snake_case(it.name))?;
    let message = format!("`{}` needs quotes wherever it is used", Shown(it.name));
    let finding = cx.finding_at(change, &it.at, it.subject(), message);
    Some(match snake_case(it.name) {
        Some(snake) => finding.help(format!("name it `{snake}`")),
        None => finding.help("use only a to z, 0 to 9 and `_`"),
    })
}
