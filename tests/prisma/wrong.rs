//! What is wrong is told once, at its place, and nothing around it is lost.

use std::fmt::Write as _;

use proptest::prelude::*;
use sprag::parse::prisma::ast::{Arity, Document};
use sprag::parse::prisma::parse;

use crate::support::cases;

/// What is wrong with a text, and the words that it is said of.
fn errors(text: &str) -> Vec<(String, &str)> {
    parse(text).errors.into_iter().map(|it| (it.message, &text[it.at])).collect()
}

/// The same for the lines of a model, after which another model is read whatever they are.
#[track_caller]
fn error(lines: &str, message: &str, at: &str) -> Document {
    let text = format!("model A {{\n  a Int\n{lines}\n  z Int\n}}\nmodel B {{\n  b Int\n}}\n");
    assert_eq!(errors(&text), [(message.to_owned(), at)], "{text}");
    let document = parse(&text);
    assert_eq!(names(&document), ["A", "B"], "{text}");
    let fields = &document.models[0].fields;
    assert_eq!(fields.first().unwrap().name.text, "a", "{text}");
    assert_eq!(fields.last().unwrap().name.text, "z", "{text}");
    document
}

fn names(document: &Document) -> Vec<&str> {
    document.models.iter().map(|it| it.name.text.as_str()).collect()
}

#[test]
fn a_line_says_what_was_expected() {
    for (lines, message, at) in [
        ("  b", "expected a type after the field's name", "b"),
        ("  b @id", "expected a type after the field's name", "@"),
        ("  \"b\" Int", "expected a field, `@@` or `}`", "\"b\""),
        ("  = Int {", "expected a field, `@@` or `}`", "="),
        ("  @id(\n  [a]\n )", "expected a field, `@@` or `}`", "@"),
        ("  😀 Int", "expected a field, `@@` or `}`", "😀"),
        ("  b Int Int", "expected the end of the line", "Int"),
        ("  b Int @@id([b])", "expected the end of the line", "@@"),
        ("  b Int @", "expected an attribute's name after `@`", "@"),
        ("  b Int @map(\"b)", "this string is not closed", "\"b)"),
        ("  b Int @map(\"\\q\")", "a string has no such escape", "\\q"),
        ("  b Int @map(\"\\u12\")", "expected four hexadecimal digits after `\\u`", "\\u"),
        ("  b Int @map(\"\\ud800\\u0041\")", "this is half of a character", "\\ud800"),
        ("  b Int @map(\"b\tc\")", "a string has no control character in it", "\t"),
        ("  b Int @map(\"b\"", "expected the brackets to go on or close after this", "\"b\""),
        ("  b Int @x([", "expected the brackets to go on or close after this", "["),
        ("  b Int @x([1,", "expected the brackets to go on or close after this", ","),
        ("  b Int @default(1 2)", "expected `,` or `)`", "2"),
        ("  b Int @default(=)", "expected a value", "="),
        ("  b Int @default(1é)", "expected a value", "1é"),
        ("  b Int @default()", "expected an argument between these brackets", "()"),
        ("  b Int @x(, 1)", "expected a value before `,`", ","),
        ("  b Int @x(y:, 1)", "expected a value after the argument's name", "y"),
        ("  b Int @x([y: 1])", "an array's value has no name", "y"),
        ("  b Unsupported()", "expected a string between these brackets", ")"),
        ("  b Int??", "expected one `?` or `[]` at most", "?"),
    ] {
        error(lines, message, at);
    }
}

#[test]
fn what_older_versions_wrote_is_an_error_and_kept() {
    let no_colon = "expected no `:` between a field's name and its type";
    let no_mark = "expected no `!`, as a field without `?` is required";
    for (line, message, at, arity) in [
        ("  b: Int @id", no_colon, ":", Arity::Required),
        ("  b Int! @id", no_mark, "!", Arity::Required),
        ("  b [Int] @id", "expected `Type[]` for a list", "[", Arity::List),
        ("  b Int[]? @id", "expected one `?` or `[]` at most", "?", Arity::List),
    ] {
        let document = error(line, message, at);
        let field = &document.models[0].fields[1];
        assert_eq!((field.name.text.as_str(), field.data_type.text.as_str()), ("b", "Int"));
        assert_eq!((field.arity, field.attributes.len()), (arity, 1), "{line}");
    }
}

#[test]
fn a_field_with_a_broken_attribute_keeps_the_others() {
    let document = error("  b Int @id @default(1 2) @map(\"b\")", "expected `,` or `)`", "2");
    let names: Vec<&str> =
        document.models[0].fields[1].attributes.iter().map(|it| it.name.text.as_str()).collect();
    assert_eq!(names, ["id", "default"]);
}

#[test]
fn a_name_that_prisma_does_not_take_is_an_error_and_kept() {
    let message = "expected a name of ASCII letters, digits, `_` and `-`, neither sign first";
    for name in ["_b", "naïve", "b.c"] {
        let document = error(&format!("  {name} Int"), message, name);
        assert_eq!(document.models[0].fields[1].name.text, name);
    }
}

#[test]
fn a_block_that_is_not_closed_ends_where_the_next_begins() {
    let text = "model A {\n  a Int\n  type String\n\nenum E {\n  X\n\n generator g {\n  a = [1,\n\nmodel B {\n  b Int @default(\n";
    assert_eq!(
        errors(text),
        [
            ("this model is not closed".to_owned(), "model A {"),
            ("this enum is not closed".to_owned(), "enum E {"),
            ("this generator is not closed".to_owned(), "generator g {"),
            ("expected the brackets to go on or close after this".to_owned(), ","),
            ("this model is not closed".to_owned(), "model B {"),
            ("expected the brackets to go on or close after this".to_owned(), "("),
        ]
    );
    let document = parse(text);
    assert_eq!(names(&document), ["A", "B"]);
    assert_eq!(&text[document.models[0].at.clone()], "model A {\n  a Int\n  type String");
}

#[test]
fn what_stands_between_blocks_is_an_error() {
    for (stray, message, at) in [
        ("hello world", "", "hello"),
        ("table X {\n  a Int\n\n  b Int\n}", "", "table"),
        ("}", "", "}"),
        ("type X = String", "expected `{`", "="),
        ("model X", "expected `{`", "X"),
        ("model {\n  a Int\n}", "expected a name after `model`", "{"),
        ("/* x", "this comment is not closed", "/*"),
    ] {
        let text = format!("model A {{\n  a Int\n}}\n{stray}\n");
        let message = if message.is_empty() {
            "expected `model`, `view`, `type`, `enum`, `datasource` or `generator`"
        } else {
            message
        };
        let [(said, place)] = &errors(&text)[..] else { panic!("{text}: {:?}", errors(&text)) };
        assert_eq!((said.as_str(), place.trim_end()), (message, at), "{text}");
        let text =
            if stray.starts_with("/*") { text } else { format!("{text}model B {{\n  b Int\n}}\n") };
        let document = parse(&text);
        assert_eq!(document.errors.len(), 1, "{text}");
        assert_eq!(document.models.len(), 1 + usize::from(!stray.starts_with("/*")), "{text}");
    }
}

#[test]
fn a_block_in_one_line_is_an_error_and_kept() {
    let text = "model A { id Int @id }\nmodel B {}\nenum E { X }\n";
    let document = parse(text);
    assert_eq!(document.errors.len(), 3);
    assert_eq!(names(&document), ["A", "B"]);
    assert_eq!((document.models[0].fields.len(), document.enums[0].values.len()), (1, 1));
}

#[test]
fn a_table_in_a_source_is_an_error_and_the_rest_is_kept() {
    for table in ["  a = {\n    b = 1\n    c {\n }\n  }", "  a {\n    b = 1\n  }", "  a = { b: 1 }"]
    {
        let text =
            format!("generator g {{\n  x = 1\n{table}\n  y = 2\n}}\nmodel B {{\n  b Int\n}}");
        assert_eq!(errors(&text), [("a property is no table".to_owned(), "a")], "{text}");
        let document = parse(&text);
        let names: Vec<_> =
            document.sources[0].properties.iter().map(|it| it.0.text.as_str()).collect();
        assert_eq!(names, ["x", "y"], "{text}");
        assert_eq!(document.models.len(), 1);
    }
}

#[test]
fn a_property_without_a_value_is_an_error() {
    let text = "generator g {\n  a =\n  b\n  c = 1 2\n  = 3\n  d = 4\n}";
    let expected = [
        ("expected a value", "="),
        ("expected `=` after the property's name", "b"),
        ("expected the end of the line", "2"),
        ("expected a property or `}`", "="),
    ];
    assert_eq!(errors(text), expected.map(|(message, at)| (message.to_owned(), at)));
    assert_eq!(parse(text).sources[0].properties.len(), 2);
}

#[test]
fn nesting_is_read_down_to_a_depth() {
    let nested = |depth: usize| {
        format!("model A {{\n  a Int @x({}{})\n}}", "[".repeat(depth), "]".repeat(depth))
    };
    assert_eq!(errors(&nested(64)), []);
    let text = nested(65);
    assert_eq!(errors(&text), [("this is nested more than 64 deep".to_owned(), "[")]);
    assert_eq!(parse(&text).errors[0].at, 21 + 64..21 + 65);
    assert_eq!(errors(&nested(200_000)).len(), 1);
    let functions = format!("generator g {{\n  a = {}\n}}", "f(".repeat(200_000));
    assert_eq!(errors(&functions).len(), 1);
}

/// A text of half a megabyte that is wrong everywhere would take minutes otherwise.
#[test]
fn reading_takes_a_time_that_grows_with_the_text_alone() {
    for piece in [
        "a Int @x([\n",
        "a Int @x([",
        "@x(",
        "@@x([\n",
        "a = [\n",
        "{",
        "}",
        "a {\n",
        "\"",
        "/*",
        "model A {",
        "x }",
        "model A { x @( } ",
        "model A { x X @( } ",
        ",",
        "\n",
        "\\",
        "@x(\n,\n\n\n",
        "model A {\n",
        "[",
        "[]",
        "a ?",
    ] {
        for before in [
            "",
            "model A {\n",
            "model A {\n a A @x(",
            "enum A {\n",
            "generator A {\n",
            "generator A {\n a = [",
        ] {
            let text = before.to_owned() + &piece.repeat(500_000 / piece.len());
            let (ast, again) = (parse(&text), parse(&text));
            assert_eq!(ast.errors, again.errors, "{before:?} {piece:?}");
        }
    }
}

/// Anything that is not a line of its own, and opens what no other line would close.
fn junk() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "b",
        "Int",
        "@id",
        "@map(",
        "@@index([",
        "[",
        "]",
        "(",
        ")",
        "\"",
        "\"x\"",
        ",",
        ":",
        "?",
        "!",
        ".",
        "=",
        "1",
        "-2.5",
        "é",
        "😀",
        "\\",
        "#",
        "model",
        "enum",
        "@",
        "@@",
        "{",
        "\u{0}",
    ]);
    prop::collection::vec(piece, 1..8).prop_map(|it| it.join(" "))
}

proptest! {
    #![proptest_config(cases(2000))]

    #[test]
    fn what_is_wrong_on_one_line_spoils_no_other(junk in junk(), at in 0usize..5) {
        let mut text = String::from("model A {\n");
        for line in 0..5 {
            if line == at {
                writeln!(text, "{junk}").unwrap();
            }
            writeln!(text, "f{line} Int @default(1)").unwrap();
        }
        text += "}\nmodel B {\n  b Int\n}\n";
        let document = parse(&text);
        prop_assert_eq!(names(&document), ["A", "B"]);
        let fields: Vec<&str> = document.models[0].fields.iter().map(|it| it.name.text.as_str()).collect();
        for line in 0..5 {
            prop_assert!(fields.contains(&format!("f{line}").as_str()), "{}\n{:?}", text, fields);
        }
    }
}
