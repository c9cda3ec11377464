//! A detached signature, as `ssh-keygen -Y sign` writes it.

use ssh_key::public::KeyData;
use ssh_key::{LineEnding, PublicKey, SshSig};

use super::Key;

/// A signature that one key has made, over bytes that are elsewhere.
#[derive(Clone, Debug)]
pub struct Signature {
    inner: SshSig,
    key: Key,
}

const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----";
const END: &str = "-----END SSH SIGNATURE-----";

/// The version of the format that is read (PROTOCOL.sshsig). It is not among the signed bytes, so nothing but this holds
/// it.
const VERSION: u32 = 1;

/// Somebody touched the security key (`SSH_SK_USER_PRESENCE_REQD`, PROTOCOL.u2f).
const TOUCHED: u8 = 1;

impl Signature {
    /// One block of armour and nothing else, written as it would be written again, but for where its lines end: no two
    /// texts are the same signature.
    pub fn read(text: &str) -> Result<Signature, &'static str> {
        let body = text
            .strip_prefix(BEGIN)
            .and_then(|it| it.strip_prefix('\n'))
            .and_then(|it| it.trim_end_matches('\n').strip_suffix(END));
        let Some(body) = body.filter(|it| !it.contains('-')) else {
            return Err("it is not one block of `BEGIN SSH SIGNATURE` to `END SSH SIGNATURE`");
        };
        let unreadable = "it is damaged";
        // Where lines end is nobody's business but the reader's, who wants them to be of one length.
        let data: Vec<char> = body.chars().filter(|it| *it != '\n').collect();
        let lines: Vec<String> = data.chunks(70).map(|it| it.iter().collect()).collect();
        let armour = format!("{BEGIN}\n{}\n{END}\n", lines.join("\n"));
        let inner = SshSig::from_pem(&armour).map_err(|_| unreadable)?;
        let again = inner.to_pem(LineEnding::LF).map_err(|_| unreadable)?;
        let bare = |it: &str| it.replace('\n', "");
        if bare(&again) != bare(&armour) || inner.version() != VERSION {
            return Err(unreadable);
        }
        if !inner.reserved().is_empty() {
            return Err("it has a part that nobody knows the meaning of");
        }
        let line = PublicKey::from(inner.public_key().clone()).to_openssh();
        let key = line.map_err(|_| unreadable).and_then(|it| {
            Key::parse(&it).map_err(|_| "it is by a key that is too weak, or of a kind not read")
        })?;
        let touched = || {
            let bytes = inner.signature_bytes();
            bytes.len().checked_sub(5).is_some_and(|at| bytes[at] & TOUCHED != 0)
        };
        match inner.public_key() {
            KeyData::SkEd25519(_) | KeyData::SkEcdsaSha2NistP256(_) if !touched() => {
                Err("nobody touched the security key")
            }
            _ => Ok(Signature { inner, key }),
        }
    }

    /// The key that it says it is by. Nothing of that is true before it [signs](Signature::signs) what it is about.
    #[must_use]
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// What it was made for.
    #[must_use]
    pub fn namespace(&self) -> &str {
        self.inner.namespace()
    }

    /// Whether its key made it over these bytes, for this purpose.
    #[must_use]
    pub fn signs(&self, bytes: &[u8], namespace: &str) -> bool {
        let key = PublicKey::from(self.key.0.clone());
        key.verify(namespace, bytes, &self.inner).is_ok()
    }
}
