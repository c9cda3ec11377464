//! Text as a command line takes it.

/// One word of a POSIX shell: in quotes where it has to be.
pub fn shell_word(text: &str) -> String {
    let plain = |it: u8| it.is_ascii_alphanumeric() || b"/._-+@%".contains(&it);
    if text.bytes().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}
