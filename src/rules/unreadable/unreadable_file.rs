//! # unreadable-file
//!
//! A file that the policy speaks of and that cannot be read can hide anything.
//!
//! That is a migration which is a symbolic link, a submodule, a Git LFS pointer, larger than what is read, or text in
//! another encoding than UTF-8; and a `package.json` or `fly.toml` that does not parse. A NUL byte ends the text for
//! some readers and not for `psql`.
//!
//! It is also a list of signers or of revoked keys with a line that nobody can read or trust: once that is merged, no
//! approval counts until the line is gone.

use crate::rules::{Check, Rule, declare};

pub(super) const RULE: Rule =
    declare!("unreadable", "unreadable_file.rs", "unreadable-file", Deny, Check::Elsewhere);
