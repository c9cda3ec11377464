//! Keys that sign no longer.

use std::collections::BTreeSet;

use super::{Flaw, Key, lines};
use crate::source::Source;

/// Keys and fingerprints of those that sign no longer.
#[derive(Clone, Debug, Default)]
pub struct Revoked {
    keys: Vec<Key>,
    fingerprints: BTreeSet<String>,
}

impl Revoked {
    /// A key a line, with or without what `allowed_signers` has before it, or its `SHA256:` fingerprint. A key too weak
    /// to sign needs no line to be refused, so its line does no harm.
    pub fn parse(source: &Source) -> (Revoked, Vec<Flaw>) {
        let mut revoked = Revoked::default();
        let mut flaws = Vec::new();
        for (line, span) in lines(source) {
            let words: Vec<&str> = line.split_ascii_whitespace().collect();
            if let Some(print) = words.iter().find(|it| it.starts_with("SHA256:")) {
                revoked.fingerprints.insert(print.trim_end_matches('=').to_owned());
                continue;
            }
            let at = words.iter().position(|it| Key::is_kind(it));
            match at.map(|at| Key::parse(&words[at..].join(" "))) {
                Some(Ok(key)) => revoked.keys.push(key),
                Some(Err(why)) if why.is_weak => {}
                Some(Err(_)) | None => flaws.push(Flaw {
                    message: "nobody can say which key this revokes".to_owned(),
                    span,
                    help: "write the public key itself, a line each: `ssh-ed25519 AAAA...`"
                        .to_owned(),
                }),
            }
        }
        (revoked, flaws)
    }

    #[must_use]
    pub fn has(&self, key: &Key) -> bool {
        self.keys.contains(key) || self.fingerprints.contains(&key.to_string())
    }

    /// The fingerprint of every key that is revoked.
    #[must_use]
    pub fn fingerprints(&self) -> BTreeSet<String> {
        let keys = self.keys.iter().map(ToString::to_string);
        keys.chain(self.fingerprints.iter().cloned()).collect()
    }

    /// What either list revokes.
    pub fn extend(&mut self, other: Revoked) {
        self.keys.extend(other.keys);
        self.fingerprints.extend(other.fingerprints);
    }
}
