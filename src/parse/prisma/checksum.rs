//! How Prisma names a migration: by the SHA-256 of its file (`checksum.rs` of its schema engine).

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// What Prisma writes into `_prisma_migrations.checksum` when it applies this text.
#[must_use]
pub fn checksum(text: &str) -> String {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(text) {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// Whether Prisma takes `now` for what it applied as `applied`: it tries the text as it is, and both ways to end lines.
#[must_use]
pub fn same_checksum(applied: &str, now: &str) -> bool {
    applied == now || applied == now.replace("\r\n", "\n") || applied == now.replace('\n', "\r\n")
}

#[cfg(test)]
mod tests {
    use super::{checksum, same_checksum};

    #[test]
    fn a_checksum_is_the_hash_of_the_text() {
        // As `sha256sum` prints it.
        let known = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
        assert_eq!(checksum("hello"), known);
    }

    #[test]
    fn line_ends_do_not_count_and_everything_else_does() {
        assert!(same_checksum("a;\nb;\n", "a;\r\nb;\r\n"));
        assert!(same_checksum("a;\r\nb;\r\n", "a;\nb;\n"));
        assert!(!same_checksum("a;\n", "a;"));
        assert!(!same_checksum("a;\n", "a;\n-- why\n"));
        // Neither of the two ways gives back a file that mixes them.
        assert!(!same_checksum("a;\r\nb;\n", "a;\nb;\n"));
    }
}
