//! # policy-tampered
//!
//! A change that loosens the policy which judges it needs the consent of whoever answers for the data.
//!
//! A change is judged by the stricter of the policy it finds and the one it brings, so loosening has no effect on the
//! change itself; but it has on the next one. That is a lower level, a narrower list of paths, a new exception or
//! exemption, a policy that is deleted or no longer parses, a second file whose name differs only in case, a baseline
//! that grows or begins with more than there was, another list of signers, a signer whose key is revoked, another
//! `CODEOWNERS` that a forge reads first. Making the policy stricter passes.
//!
//! The same goes for what runs sprag: a workflow, a hook that the repository keeps, a script that they call. After the
//! change it must be run on the same events, as the same job, with the same arguments and nothing new before it, and its
//! failure must have the same consequence.
//!
//! They give it by `sprag approve PATH --rule policy-change --reason "..."`, as many of the signers that are trusted already
//! as the strictest rule asks for. Then the change of that file passes; all else is judged by the stricter policy still.

use crate::rules::{Check, Rule, declare};

pub(super) const RULE: Rule =
    declare!("tamper", "policy_tampered.rs", "policy-tampered", Approve, Check::Elsewhere);
