//! What a `schema.prisma` says, with the place of everything in it.

mod drift;
mod places;
mod relations;
mod written;
mod wrong;

use sprag::parse::prisma::ast::{
    Arity, Attribute, Document, Field, Model, ModelKind, Value, ValueKind,
};
use sprag::parse::prisma::parse;

/// A schema in which nothing is wrong.
#[track_caller]
fn read(text: &str) -> Document {
    let document = parse(text);
    assert_eq!(document.errors, Vec::new(), "{text}");
    document
}

/// The only model of a schema whose lines are these.
#[track_caller]
fn model(lines: &str) -> Model {
    let [model] = <[Model; 1]>::try_from(read(&format!("model A {{\n{lines}\n}}")).models).unwrap();
    model
}

#[track_caller]
fn field(line: &str) -> Field {
    let [field] = <[Field; 1]>::try_from(model(line).fields).unwrap();
    field
}

/// A value as it could be written.
fn shown(value: &Value) -> String {
    match &value.kind {
        ValueKind::String(content) => format!("{content:?}"),
        ValueKind::Number(text) | ValueKind::Constant(text) => text.clone(),
        ValueKind::Array(values) => {
            format!("[{}]", values.iter().map(shown).collect::<Vec<_>>().join(", "))
        }
        ValueKind::Function(name, arguments) => {
            let arguments = arguments.iter().map(|it| match &it.name {
                Some(name) => format!("{}: {}", name.text, shown(&it.value)),
                None => shown(&it.value),
            });
            format!("{name}({})", arguments.collect::<Vec<_>>().join(", "))
        }
    }
}

/// The attributes of a field or block, `name(arguments)` each.
fn attributes(all: &[Attribute]) -> Vec<String> {
    let shown = |it: &Attribute| {
        let kind = ValueKind::Function(it.name.text.clone(), it.arguments.clone());
        shown(&Value { kind, at: it.at.clone() })
    };
    all.iter().map(shown).collect()
}

#[test]
fn a_model_a_view_and_a_type_are_read_alike() {
    let text = "model A {\n a Int\n}\nview B {\n b Int\n}\ntype C {\n c Int\n}\n";
    let kinds: Vec<_> = read(text).models.iter().map(|it| (it.kind, it.fields.len())).collect();
    assert_eq!(kinds, [(ModelKind::Model, 1), (ModelKind::View, 1), (ModelKind::Type, 1)]);
}

#[test]
fn a_field_has_a_type_and_says_how_many() {
    let model =
        model("a Int\nb Int?\nc Int[]\nd Unsupported(\"tsvector\")?\ne Unsupported(\"a b\")[]");
    let read = model.fields.iter().map(|it| {
        (it.name.text.as_str(), it.data_type.text.as_str(), it.unsupported.as_deref(), it.arity)
    });
    assert_eq!(
        read.collect::<Vec<_>>(),
        [
            ("a", "Int", None, Arity::Required),
            ("b", "Int", None, Arity::Optional),
            ("c", "Int", None, Arity::List),
            ("d", "Unsupported", Some("tsvector"), Arity::Optional),
            ("e", "Unsupported", Some("a b"), Arity::List),
        ]
    );
}

#[test]
fn attributes_are_read_with_their_arguments() {
    let field = field(
        "a A @id @map(\"b\") @db.VarChar(100) @default(autoincrement()) @relation(\"N\", fields: [a, b], onDelete: Cascade,)",
    );
    assert_eq!(
        attributes(&field.attributes),
        [
            "id()",
            "map(\"b\")",
            "db.VarChar(100)",
            "default(autoincrement())",
            "relation(\"N\", fields: [a, b], onDelete: Cascade)",
        ]
    );
}

#[test]
fn a_blocks_attributes_may_stand_among_its_fields() {
    let model = model(
        "@@index([a, b(sort: Desc, ops: raw(\"x\"))], type: Gin)\na Int\n@@ignore\nb Int\n@@schema(\"auth\")",
    );
    assert_eq!(
        attributes(&model.attributes),
        ["index([a, b(sort: Desc, ops: raw(\"x\"))], type: Gin)", "ignore()", "schema(\"auth\")"]
    );
    assert_eq!(model.fields.len(), 2);
}

#[test]
fn brackets_go_on_over_the_end_of_a_line() {
    let field = field("a A @relation(\n fields: [\r\n a, // one\n b,\n ],\n\n map:\n \"x\"\n) @id");
    assert_eq!(attributes(&field.attributes), ["relation(fields: [a, b], map: \"x\")", "id()"]);
}

#[test]
fn an_index_may_hold_for_some_rows_only() {
    let model = model("a Int\n@@unique([a], where: { a: { not: null }, b: true })");
    assert_eq!(
        attributes(&model.attributes),
        ["unique([a], where: {}(a: {}(not: null), b: true))"]
    );
}

#[test]
fn an_enum_has_values_and_attributes() {
    let read = read("enum E {\n  A @map(\"a\") // x\n  B\n  1st\n\n  @@map(\"e\")\n}\n");
    let [it] = &read.enums[..] else { panic!("{read:?}") };
    let names: Vec<&str> = it.values.iter().map(|it| it.name.text.as_str()).collect();
    assert_eq!((it.name.text.as_str(), names), ("E", vec!["A", "B", "1st"]));
    assert_eq!(attributes(&it.values[0].attributes), ["map(\"a\")"]);
    assert_eq!(attributes(&it.attributes), ["map(\"e\")"]);
}

#[test]
fn a_source_has_properties() {
    let text = "datasource db {\n  provider = \"postgresql\"\n  url = env(\"URL\")\n  schemas = [\"a\", \"b\"]\n  n = -1.50\n  on = true\n}\ngenerator client {\n  output=\"../x\"\n}";
    let read = read(text);
    let shown = read.sources.iter().map(|source| {
        let all = source.properties.iter().map(|(name, it)| format!("{}={}", name.text, shown(it)));
        format!("{} {}", source.name.text, all.collect::<Vec<_>>().join(" "))
    });
    assert_eq!(
        shown.collect::<Vec<_>>(),
        [
            "db provider=\"postgresql\" url=env(\"URL\") schemas=[\"a\", \"b\"] n=-1.50 on=true",
            "client output=\"../x\"",
        ]
    );
}

#[test]
fn a_word_that_begins_a_block_may_be_a_fields_name() {
    let model = model("model String\ntype type\nenum E @id\nview Int?\ngenerator G\ndatasource D");
    let names: Vec<&str> = model.fields.iter().map(|it| it.name.text.as_str()).collect();
    assert_eq!(names, ["model", "type", "enum", "view", "generator", "datasource"]);
}

#[test]
fn a_comment_hides_what_is_in_it() {
    let text = "// model X {\n/* model Y {\n}\n*/\n/// doc {\nmodel A { // {\n a Int // @id\n /* b Int */ c Int /// @id\n // d Int\n /* e\n Int */\n}\n/**/\n";
    let read = read(text);
    let [model] = &read.models[..] else { panic!("{read:?}") };
    let fields: Vec<(&str, usize)> =
        model.fields.iter().map(|it| (it.name.text.as_str(), it.attributes.len())).collect();
    assert_eq!(fields, [("a", 0), ("c", 0)]);
}

#[test]
fn a_string_hides_what_looks_like_a_comment() {
    let field = field("a String @default(\"// /* } { @@map(\") @id");
    assert_eq!(attributes(&field.attributes), ["default(\"// /* } { @@map(\")", "id()"]);
}

#[test]
fn escapes_are_read() {
    let field = field(r#"a String @map("\"\\\/\n\t\r\u00e9\uD83D\ude00é")"#);
    let ValueKind::String(content) = &field.attributes[0].arguments[0].value.kind else {
        panic!("{field:?}")
    };
    assert_eq!(content, "\"\\/\n\t\ré😀é");
}

#[test]
fn names_may_have_digits_and_hyphens() {
    let field = field("a-1_b c-2 @default(x-y)");
    assert_eq!((field.name.text.as_str(), field.data_type.text.as_str()), ("a-1_b", "c-2"));
    assert_eq!(attributes(&field.attributes), ["default(x-y)"]);
}

#[test]
fn the_mark_at_the_beginning_and_the_ends_of_lines_change_nothing() {
    let text = "model A {\n a Int @id\n\n @@map(\"é\")\n}\n";
    let names = |it: Document| -> Vec<String> {
        it.models.iter().flat_map(|it| it.fields.iter().map(|it| it.name.text.clone())).collect()
    };
    for text in [
        text.to_owned(),
        format!("\u{feff}{text}"),
        text.replace('\n', "\r\n"),
        text.replace('\n', "\r"),
    ] {
        assert_eq!(names(read(&text)), ["a"], "{text:?}");
    }
}

#[test]
fn an_empty_text_is_an_empty_schema() {
    for text in ["", "\u{feff}", "\n", "// x", "  \r\n\t"] {
        assert_eq!(read(text), Document::default());
    }
}
