//! Public keys that are strong enough.

use std::fmt;

use ssh_key::public::KeyData;
use ssh_key::{HashAlg, PublicKey};

/// A public key that may sign: Ed25519, ECDSA, both on security keys too, or RSA from 2048 to 4096 bits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(pub(super) KeyData);

/// Why a text is no key that may sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// Lower case, no full stop.
    pub reason: String,
    /// It is a key all the same.
    pub is_weak: bool,
}

/// What is shorter can be broken, and what is longer is not read by the library below.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=4096;

impl Key {
    /// The two words of a key file: `ssh-ed25519 AAAA…`. What follows them is a comment.
    pub fn parse(text: &str) -> Result<Key, Unfit> {
        let unfit = |reason: &str| Unfit { reason: reason.to_owned(), is_weak: false };
        let mut words = text.split_ascii_whitespace();
        let (Some(kind), Some(data)) = (words.next(), words.next()) else {
            return Err(unfit("this is no public key"));
        };
        if kind == "ssh-dss" {
            return Err(Unfit { is_weak: true, ..unfit("DSA keys can be broken") });
        }
        if kind.contains("-cert-") {
            return Err(unfit("certificates are not read: they let others say who signs"));
        }
        let key = PublicKey::from_openssh(&format!("{kind} {data}"))
            .map_err(|_| unfit("this is no public key of a kind that is known"))?;
        let key = Key(key.key_data().clone());
        match key.weakness() {
            None => Ok(key),
            Some(reason) => Err(Unfit { reason, is_weak: true }),
        }
    }

    /// Whether a word is the name of a kind of key, which is followed by the key itself.
    pub(super) fn is_kind(word: &str) -> bool {
        ["ssh-", "ecdsa-", "sk-"].iter().any(|it| word.starts_with(it))
    }

    fn weakness(&self) -> Option<String> {
        match &self.0 {
            KeyData::Rsa(rsa) => {
                let bytes = rsa.n.as_positive_bytes().unwrap_or_default();
                let zeros = bytes.first().map_or(0, |it| it.leading_zeros() as usize);
                let bits = bytes.len() * 8 - zeros;
                (!RSA_BITS.contains(&bits)).then(|| {
                    format!(
                        "an RSA key of {bits} bits: only those of {} to {} are read",
                        RSA_BITS.start(),
                        RSA_BITS.end()
                    )
                })
            }
            KeyData::Ed25519(_)
            | KeyData::SkEd25519(_)
            | KeyData::Ecdsa(_)
            | KeyData::SkEcdsaSha2NistP256(_) => None,
            _ => Some("keys of this kind are not read".to_owned()),
        }
    }

    /// As a line of `allowed_signers` or of a key file has it, without a comment.
    pub fn line(&self) -> String {
        PublicKey::from(self.0.clone()).to_openssh().unwrap_or_default()
    }
}

/// `SHA256:…`, as `ssh-keygen -l` shows it.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.fingerprint(HashAlg::Sha256))
    }
}
