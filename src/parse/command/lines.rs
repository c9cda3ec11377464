//! Files that are read line by line.

/// The lines of a text without their ends, each with the byte it begins at. A mark at the text's beginning is no part
/// of it.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut at = text.len() - body.len();
    body.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        let line = line.strip_suffix('\n').unwrap_or(line);
        (start, line.strip_suffix('\r').unwrap_or(line))
    })
}

/// The part of `line` that `part` is, from the byte of the file that `line` begins at.
pub(super) fn offset(start: usize, line: &str, part: &str) -> usize {
    start + (part.as_ptr() as usize).saturating_sub(line.as_ptr() as usize)
}
