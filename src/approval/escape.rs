//! Any bytes as printable ASCII, in exactly one way.

use std::fmt::Write as _;

/// Printable ASCII stays; `\` and all other bytes become `\xNN`.
pub(super) fn escaped(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for &byte in bytes {
        if (b' '..=b'~').contains(&byte) && byte != b'\\' {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

/// Nothing where the text is not how [`escaped`] would write it.
pub(super) fn unescaped(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        let hex = rest.get(at + 1..at + 4)?.strip_prefix('x')?;
        bytes.push(u8::from_str_radix(hex, 16).ok()?);
        rest = &rest[at + 4..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    (escaped(&bytes) == text).then_some(bytes)
}
