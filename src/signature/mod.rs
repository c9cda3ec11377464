//! Who signed what: SSH keys, lists of them, and signatures over bytes. The only owner of `ssh-key`.
//!
//! Everything is checked here, offline, and nothing is signed: `ssh-keygen` does that, which speaks to agents and to
//! keys of hardware.

mod key;
mod revoked;
mod signers;
mod sshsig;

pub use key::{Key, Unfit};
pub use revoked::Revoked;
pub use signers::{Signer, Signers};
pub use sshsig::Signature;

use crate::source::{Source, Span};

/// What is wrong with a list of keys, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// Lower case, no full stop, names in backticks.
    pub message: String,
    pub span: Span,
    /// The next step.
    pub help: String,
}

/// The lines that say something, with their places. A lone CR ends no line for `ssh-keygen`.
fn lines(source: &Source) -> impl Iterator<Item = (&str, Span)> {
    let start = source.text.as_ptr() as usize;
    let lines = source.text.split('\n').map(str::trim);
    lines.filter(|it| !it.is_empty() && !it.starts_with('#')).map(move |line| {
        let at = line.as_ptr() as usize - start;
        (line, Span::new(source.path.clone(), at..at + line.len()))
    })
}
