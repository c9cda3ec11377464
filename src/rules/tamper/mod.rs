//! What would loosen the gate itself.

mod policy_tampered;

use super::Rule;

pub(super) const RULES: &[&Rule] = &[&policy_tampered::RULE];
