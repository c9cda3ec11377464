//! JSON with its places.

use proptest::prelude::*;
use sprag::parse::json::{Json, Malformed, Value, read};

fn value(text: &str) -> Value<'_> {
    match read(text) {
        Json::Value(value) => value,
        Json::Malformed(why) => panic!("{why:?}"),
    }
}

fn malformed(text: &str) -> Malformed {
    match read(text) {
        Json::Value(value) => panic!("{value:?}"),
        Json::Malformed(why) => why,
    }
}

#[test]
fn keys_stay_in_order_and_twice() {
    let text = " {\"b\": 1, \"a\" : [true, null], \"b\":{\"c\":\"x\"}}\n";
    let members = value(text).members().unwrap();
    let keys: Vec<&str> = members.iter().map(|it| it.key.as_str()).collect();
    assert_eq!(keys, ["b", "a", "b"]);
    assert_eq!(&text[members[1].key_range.clone()], "\"a\"");
    assert_eq!(&text[members[1].value.range()], "[true, null]");
    let items = members[1].value.items().unwrap();
    assert_eq!(&text[items[1].range()], "null");
    let inner = members[2].value.members().unwrap();
    assert_eq!(&text[inner[0].value.range()], "\"x\"");
    assert_eq!(inner[0].value.string().as_deref(), Some("x"));
}

#[test]
fn a_syntax_error_has_its_place() {
    let text = "{\n  // hi\n  \"a\": 1\n}";
    assert_eq!(&text[malformed(text).offset..][..2], "//");
    let text = "{\"a\": \"é\", \"b\": nope}";
    assert!(text[malformed(text).offset..].starts_with(['n', 'o']));
    assert_eq!(malformed("").offset, 0);
}

#[test]
fn depth_has_an_end() {
    assert!(matches!(read(&format!("{}{}", "[".repeat(100), "]".repeat(100))), Json::Value(_)));
    assert!(malformed(&"[".repeat(100_000)).message.contains("recursion limit"));
    assert!(
        malformed(&format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000)))
            .message
            .contains("recursion")
    );
}

proptest! {
    #[test]
    fn characters_are_those_of_serde_json(text in "[a-z\"\\\\/\n\t\u{8}\u{c}é😀]{0,20}") {
        let raw = format!("\"{}\"", text.chars().map(escaped).collect::<String>());
        let value = value(&raw);
        prop_assert_eq!(value.string().unwrap(), text.clone());
        let spots = value.text().unwrap();
        prop_assert_eq!(spots.to_string(), text);
        let mut end = 1;
        for spot in spots.spots() {
            prop_assert_eq!(spot.start, end);
            end = spot.end;
        }
        prop_assert_eq!(end, raw.len() - 1);
    }

    #[test]
    fn no_text_breaks_it(text in "\\PC{0,40}|[\\[\\]{}\",:0-9a-fu\\\\ \n]{0,40}") {
        match read(&text) {
            Json::Value(value) => {
                prop_assert!(text.get(value.range()).is_some());
                let _ = (value.members(), value.items(), value.text());
            }
            Json::Malformed(why) => prop_assert!(text.is_char_boundary(why.offset)),
        }
    }
}

/// Every other way of writing a character.
fn escaped(c: char) -> String {
    match c {
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        '/' => "\\/".to_owned(),
        '\n' => "\\n".to_owned(),
        '\t' => "\\t".to_owned(),
        '\u{8}' => "\\b".to_owned(),
        '\u{c}' => "\\f".to_owned(),
        'a' | '😀' | 'é' => {
            let mut units = [0; 2];
            let written = c.encode_utf16(&mut units).iter().map(|it| format!("\\u{it:04x}"));
            written.collect::<Vec<_>>().concat()
        }
        c => c.to_string(),
    }
}
