//! # unapproved-migration
//!
//! A migration is new or changed, and nobody has signed for it.
//!
//! For repositories where somebody answers for every change of the database, whatever it does. It is allowed unless the
//! policy asks for it:
//!
//! ```toml
//! [rules]
//! unapproved-migration = "approve"
//! ```
//!
//! Then each migration needs an approval that names this rule and its content: `sprag approve PATH --rule
//! unapproved-migration --reason "…"`. Who may give it, and how many people it takes, stands under `[approvals.rules]`.

use crate::rules::{Check, Rule, declare};

pub(super) const RULE: Rule =
    declare!("history", "unapproved_migration.rs", "unapproved-migration", Allow, Check::Elsewhere);
