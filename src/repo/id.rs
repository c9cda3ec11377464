//! An object's name as bytes, for the parts that compare thousands of them.

use crate::failure::{Failure, Result};
use crate::source::ObjectId;

/// 20 bytes of SHA-1 or 32 of SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Id {
    bytes: [u8; 32],
    length: u8,
}

impl Id {
    pub(super) fn from_bytes(raw: &[u8]) -> Option<Id> {
        if raw.len() != 20 && raw.len() != 32 {
            return None;
        }
        let mut bytes = [0; 32];
        bytes[..raw.len()].copy_from_slice(raw);
        Some(Id { bytes, length: u8::try_from(raw.len()).ok()? })
    }

    pub(super) fn from_hex(hex: &str) -> Option<Id> {
        let digits = hex.as_bytes();
        if digits.len() != 40 && digits.len() != 64 {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Some(Id { bytes, length: u8::try_from(digits.len() / 2).ok()? })
    }

    pub(super) fn of(id: &ObjectId) -> Result<Id> {
        Id::from_hex(&id.0)
            .ok_or_else(|| Failure::new(format!("`{}` is not an object id", id.0.escape_debug())))
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }

    pub(super) fn hex(&self) -> String {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let digits = self.as_bytes().iter().flat_map(|&byte| [byte >> 4, byte & 15]);
        digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
    }

    pub(super) fn object_id(&self) -> ObjectId {
        ObjectId(self.hex())
    }
}

fn digit(c: u8) -> Option<u8> {
    match c {
        b'0'..=b'9' => Some(c - b'0'),
        b'a'..=b'f' => Some(c - b'a' + 10),
        b'A'..=b'F' => Some(c - b'A' + 10),
        _ => None,
    }
}
