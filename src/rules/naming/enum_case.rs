//! # enum-case
//!
//! A type in `snake_case`, and its labels all in lower case or all in capitals, need no looking up.
//!
//! Prisma keeps the case of the model: `@@map` gives the type's name, `@map` a label's.
//!
//! ## Fails
//!
//! ```sql
//! create type "OrderState" as enum ('new', 'paid');
//! ```
//!
//! ```sql
//! create type order_state as enum ('new', 'Paid', 'SENT');
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create type order_state as enum ('new', 'paid', 'sent_back');
//! create type payment_state as enum ('NEW', 'SENT_BACK');
//! ```

use super::{is_snake_case, snake_case};
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, Op, Shown, TableName, TypeKind};

pub(super) const RULE: Rule =
    declare!("naming", "enum_case.rs", "enum-case", Allow, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::CreateType { name, kind: TypeKind::Enum(labels) } = &change.op else { return None };
    let known = TableName::new(cx.catalog.created_in(name), name.name.as_str());
    if !is_snake_case(&name.name) {
        let message = format!("`{}` is not snake_case", Shown(&name.name));
        let snake = snake_case(&name.name).unwrap_or_else(|| "snake_case".to_owned());
        let help = format!("name it `{}`; in Prisma, add `@@map(\"{snake}\")`", Shown(&snake));
        return Some(cx.finding(change, known.to_string(), message).help(help));
    }
    let lower = |it: &String| is_snake_case(it);
    let upper =
        |it: &String| is_snake_case(&it.to_ascii_lowercase()) && *it == it.to_ascii_uppercase();
    if labels.iter().all(lower) || labels.iter().all(upper) {
        return None;
    }
    let odd = labels.iter().find(|it| !lower(it))?;
    let message =
        format!("`{}` is written in another way than the other labels of `{known}`", Shown(odd));
    let help = "write all labels in lower case, with `_` between words";
    Some(cx.finding(change, known.to_string(), message).help(help))
}
