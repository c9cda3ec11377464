//! Every place lies in the text, and is that of what is said to be there.

use std::ops::Range;

use proptest::prelude::*;
use sprag::parse::prisma::ast::{Argument, Attribute, Document, Name, Value, ValueKind};
use sprag::parse::prisma::parse;

use super::{model, read};
use crate::support::cases;

#[test]
fn a_field_keeps_its_place() {
    let text = "\u{feff}// é\r\nmodel A {\r\n  id  Int?  @map( \"é\" )  // x\r\n}\r\n";
    let model = read(text).models.remove(0);
    let field = &model.fields[0];
    assert_eq!(&text[field.at.clone()], "id  Int?  @map( \"é\" )");
    assert_eq!(&text[field.name.at.clone()], "id");
    assert_eq!(&text[field.data_type.at.clone()], "Int");
    assert_eq!(&text[field.attributes[0].at.clone()], "@map( \"é\" )");
    assert_eq!(&text[field.attributes[0].arguments[0].value.at.clone()], "\"é\"");
    assert_eq!(&text[model.at.clone()], text[text.find("model").unwrap()..].trim_end());
}

#[test]
fn a_field_without_attributes_ends_with_its_type() {
    let lines = "a Int[] // x\nb Unsupported(\"x\")?";
    let text = format!("model A {{\n{lines}\n}}");
    let places: Vec<&str> = model(lines).fields.iter().map(|it| &text[it.at.clone()]).collect();
    assert_eq!(places, ["a Int[]", "b Unsupported(\"x\")?"]);
}

#[test]
fn an_attribute_of_a_block_keeps_its_place() {
    let lines = "a Int\n@@index([\n a\n], map: \"x\") // x";
    let text = format!("model A {{\n{lines}\n}}");
    let attribute = &model(lines).attributes[0];
    assert_eq!(&text[attribute.at.clone()], "@@index([\n a\n], map: \"x\")");
    assert_eq!(&text[attribute.name.at.clone()], "index");
    let map = &attribute.arguments[1];
    assert_eq!(&text[map.name.clone().unwrap().at], "map");
    assert_eq!(&text[map.value.at.clone()], "\"x\"");
}

/// Every place in a document, and of names what should be written there.
fn places(document: &Document) -> Vec<(Range<usize>, Option<String>)> {
    let mut found = Vec::new();
    for it in &document.errors {
        found.push((it.at.clone(), None));
    }
    for it in &document.models {
        name(&it.name, &mut found);
        found.push((it.at.clone(), None));
        for it in &it.attributes {
            attribute(it, &mut found);
        }
        for it in &it.fields {
            name(&it.name, &mut found);
            name(&it.data_type, &mut found);
            found.push((it.at.clone(), None));
            for it in &it.attributes {
                attribute(it, &mut found);
            }
        }
    }
    for it in &document.enums {
        name(&it.name, &mut found);
        found.push((it.at.clone(), None));
        for it in &it.attributes {
            attribute(it, &mut found);
        }
        for it in &it.values {
            name(&it.name, &mut found);
            found.push((it.at.clone(), None));
            for it in &it.attributes {
                attribute(it, &mut found);
            }
        }
    }
    for it in &document.sources {
        name(&it.name, &mut found);
        found.push((it.at.clone(), None));
        for (key, it) in &it.properties {
            name(key, &mut found);
            value(it, &mut found);
        }
    }
    found
}

type Places = Vec<(Range<usize>, Option<String>)>;

fn name(it: &Name, found: &mut Places) {
    found.push((it.at.clone(), Some(it.text.clone())));
}

fn attribute(it: &Attribute, found: &mut Places) {
    name(&it.name, found);
    found.push((it.at.clone(), None));
    for it in &it.arguments {
        argument(it, found);
    }
}

fn argument(it: &Argument, found: &mut Places) {
    if let Some(it) = &it.name {
        name(it, found);
    }
    value(&it.value, found);
}

fn value(it: &Value, found: &mut Places) {
    match &it.kind {
        ValueKind::String(_) => found.push((it.at.clone(), None)),
        ValueKind::Number(text) | ValueKind::Constant(text) => {
            found.push((it.at.clone(), Some(text.clone())));
        }
        ValueKind::Function(_, arguments) => {
            found.push((it.at.clone(), None));
            for it in arguments {
                argument(it, found);
            }
        }
        ValueKind::Array(values) => {
            found.push((it.at.clone(), None));
            for it in values {
                value(it, found);
            }
        }
    }
}

fn soup() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "model ",
        "A",
        " {",
        "\n",
        "\r\n",
        "\r",
        "}",
        "}\n",
        "enum E {\n",
        "datasource d {\n",
        "\n  a ",
        "Int",
        "?",
        "[]",
        "[",
        "]",
        "(",
        ")",
        ",",
        ":",
        "=",
        "@",
        "@@",
        "@map(",
        "\"",
        "\"x\"",
        "\\",
        "\\u00e9",
        "\\ud83d",
        "//",
        "///",
        "/*",
        "*/",
        "1",
        "-",
        "-1.5",
        ".",
        "!",
        "Unsupported(\"x\")",
        "é",
        "😀",
        "\u{feff}",
        "\u{a0}",
        "\u{2028}",
        "type ",
        "view V {\n",
        " = env(\"X\")",
        "_",
        "²",
        "e\u{301}",
    ]);
    prop_oneof![
        4 => prop::collection::vec(piece, 0..60).prop_map(|it| it.concat()),
        1 => any::<String>(),
    ]
}

proptest! {
    #![proptest_config(cases(2000))]

    #[test]
    fn no_text_makes_it_panic_and_every_place_lies_in_the_text(text in soup()) {
        for (at, name) in places(&parse(&text)) {
            let written = text.get(at.clone());
            prop_assert!(written.is_some(), "{:?} is no place in {:?}", at, text);
            if let Some(name) = name {
                prop_assert_eq!(written, Some(name.as_str()));
            }
        }
    }
}
