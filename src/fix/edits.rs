//! Texts with edits in them.

use crate::rules::Edit;

/// The text after these edits, each of them told in places of the text before. Nothing where two of them want the same
/// place, or one lies outside.
pub fn apply(text: &str, edits: &[&Edit]) -> Option<String> {
    let mut ordered: Vec<&Edit> = edits.to_vec();
    // What is put in at one place keeps its order, and comes before what is replaced from there.
    ordered.sort_by_key(|it| (it.at.start, it.at.end));
    let foreign = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    let mut inserted = None;
    for edit in ordered {
        if edit.at.start < at || edit.at.end < edit.at.start {
            return None;
        }
        out.push_str(text.get(at..edit.at.start)?);
        text.get(edit.at.clone())?;
        // The first of two statements put behind one that has no semicolon has brought it.
        let again = inserted == Some(edit.at.start);
        let new = edit.text.strip_prefix(';').filter(|_| again).unwrap_or(&edit.text);
        out.push_str(&new.replace("\r\n", "\n").replace('\n', foreign));
        inserted = edit.at.is_empty().then_some(edit.at.start);
        at = edit.at.end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::{Edit, apply};

    fn edit(at: std::ops::Range<usize>, text: &str) -> Edit {
        Edit { at, text: text.to_owned() }
    }

    #[test]
    fn edits_are_told_in_places_of_the_text_before() {
        let edits = [edit(4..5, "x"), edit(0..1, "long"), edit(2..2, "+")];
        let edits: Vec<&Edit> = edits.iter().collect();
        assert_eq!(apply("a b c", &edits).as_deref(), Some("long +b x"));
    }

    #[test]
    fn two_edits_of_one_place_are_none() {
        let edits = [edit(0..3, "x"), edit(2..4, "y")];
        assert_eq!(apply("abcdef", &edits.iter().collect::<Vec<_>>()), None);
        assert_eq!(apply("é", &[&edit(1..1, "x")]), None);
        assert_eq!(apply("a", &[&edit(1..2, "x")]), None);
    }

    #[test]
    fn lines_end_as_those_around_them() {
        assert_eq!(apply("a\r\n", &[&edit(1..1, "\nb")]).as_deref(), Some("a\r\nb\r\n"));
    }

    #[test]
    fn one_semicolon_is_enough_for_two_that_follow() {
        let edits = [edit(1..1, ";\nb;"), edit(1..1, ";\nc;")];
        let edits: Vec<&Edit> = edits.iter().collect();
        assert_eq!(apply("a", &edits).as_deref(), Some("a;\nb;\nc;"));
    }
}
