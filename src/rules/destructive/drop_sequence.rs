//! # drop-sequence
//!
//! A sequence that is gone takes its count with it: who asks it for a number fails, and a new one begins at 1 again.
//!
//! With `CASCADE` the defaults that ask it go too.
//!
//! ## Fails
//!
//! ```sql before
//! create sequence invoice_number;
//! ```
//!
//! ```sql
//! drop sequence invoice_number;
//! ```
//!
//! A temporary one of that name may be gone already.
//!
//! ```sql before
//! create sequence invoice_number;
//! ```
//!
//! ```sql
//! create temp sequence invoice_number;
//! drop sequence if exists invoice_number;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create sequence ticket;
//! drop sequence ticket;
//! ```
//!
//! ```sql
//! create temp sequence counter;
//! drop sequence counter;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Cascade, Certainty, Change, Op};

pub(super) const RULE: Rule =
    declare!("destructive", "drop_sequence.rs", "drop-sequence", Approve, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::DropSequence { name, cascade, .. } = &change.op else { return None };
    if super::reset_sequence::is_new(cx, name) && change.certainty != Certainty::Deferred {
        return None;
    }
    let name = cx.catalog.resolve_sequence(name);
    let more = match cascade {
        Cascade::Yes => ", and so are the defaults that ask it",
        Cascade::No => "",
    };
    let message = format!("`{name}` and the count in it are gone after this{more}");
    let finding = cx.finding(change, name.to_string(), message);
    Some(finding.help(format!("leave `{name}` in place: it costs nothing")))
}
