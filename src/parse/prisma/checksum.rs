//! How Prisma names a migration: by the SHA-256 of its file (`checksum.rs` of its schema engine).

use crate::source::sha256;

/// What Prisma writes into `_prisma_migrations.checksum` when it applies this text.
#[must_use]
pub fn checksum(text: &str) -> String {
    sha256(text.as_bytes())
}

/// Whether a checksum was taken of this text, its lines ended in whichever way.
#[must_use]
pub fn is_checksum_of(sum: &str, text: &str) -> bool {
    let plain = text.replace("\r\n", "\n");
    let windows = plain.replace('\n', "\r\n");
    [text, &plain, &windows].into_iter().any(|it| checksum(it) == sum)
}

/// Whether Prisma takes `now` for what it applied as `applied`: it tries the text as it is, and both ways to end lines.
#[must_use]
pub fn same_checksum(applied: &str, now: &str) -> bool {
    applied == now || applied == now.replace("\r\n", "\n") || applied == now.replace('\n', "\r\n")
}

#[cfg(test)]
mod tests {
    use super::{checksum, is_checksum_of, same_checksum};

    #[test]
    fn a_checksum_is_the_hash_of_the_text() {
        // As `sha256sum` prints it.
        let known = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
        assert_eq!(checksum("hello"), known);
        assert!(is_checksum_of(&checksum("a;\nb;\n"), "a;\r\nb;\r\n"));
        assert!(!is_checksum_of(&checksum("a;\nb;\n"), "a;\nb;"));
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
