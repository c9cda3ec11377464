//! # unused-allow
//!
//! A comment that allows what nobody warns about any more misleads whoever reads the statement.
//!
//! It excuses nothing where its rule has nothing to say of the statement, where its last day is over, and where the
//! policy refuses what it is about: `-- sprag: allow` is for warnings alone. What is refused is for an exception in the
//! policy, which its owner grants.

use crate::rules::{Check, Rule, declare};

pub(super) const RULE: Rule =
    declare!("hygiene", "unused_allow.rs", "unused-allow", Warn, Check::Elsewhere);
