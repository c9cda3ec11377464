//! No text breaks the reader, and none hides what comes after it.

use proptest::prelude::*;

use super::{read, soup};
use crate::sql::hits;
use crate::support::cases;

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn every_text_is_read(text in "\\PC{0,200}") {
        read(&text);
    }

    #[test]
    fn every_sequence_of_characters_is_read(text in prop::collection::vec(any::<char>(), 0..80)) {
        read(&text.into_iter().collect::<String>());
    }

    #[test]
    fn every_heap_of_sql_is_read(text in soup()) {
        read(&text);
    }

    #[test]
    fn nothing_before_it_hides_a_drop(text in soup()) {
        let hits = hits(&[], &[&format!("{text};\nDROP TABLE users;")]);
        prop_assert!(
            hits.contains(&"drop-table") || hits.contains(&"opaque-statement"),
            "{text:?}: {hits:?}"
        );
    }

    #[test]
    fn reading_twice_is_reading_once(text in soup()) {
        prop_assert_eq!(read(&text), read(&text));
    }
}

#[test]
fn a_text_cut_anywhere_is_read() {
    let text = "do $a$ declare x int; begin select 'é' into x from \"t\"; execute 'drop table ' || U&\"\\0061\"; \
                end $a$; create table e'x\\'' /* /* */ */ (a int);\\i x\ncopy t from stdin;\n1\t2\n\\.\nselect 1;";
    for at in (0..=text.len()).filter(|&at| text.is_char_boundary(at)) {
        read(&text[..at]);
        read(&text[at..]);
    }
}
