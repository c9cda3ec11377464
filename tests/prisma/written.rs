//! What is written is what is read, whatever stands between the words.

use std::ops::Range;

use proptest::prelude::*;
use sprag::parse::prisma::ast::{
    Argument, Arity, Attribute, Field, Model, ModelKind, Name, Value, ValueKind,
};
use sprag::parse::prisma::parse;

use crate::support::cases;

/// Text and the model that it should become, built side by side.
#[derive(Default)]
struct Writer {
    text: String,
    /// Picks the space between words, so that one number makes all of a layout.
    seed: u64,
}

impl Writer {
    fn pick(&mut self, from: &[&str]) {
        self.seed = self
            .seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.text += from[usize::try_from(self.seed >> 33).unwrap() % from.len()];
    }

    fn space(&mut self) {
        self.pick(&[" ", "  ", "\t", " /* é } */ ", "\u{a0}"]);
    }

    /// Where there may be none.
    fn gap(&mut self) {
        self.pick(&["", "", " ", "/**/"]);
    }

    /// Inside brackets.
    fn loose(&mut self) {
        self.pick(&["", "", " ", "\n", "\r\n  ", " // \"é)\n", "/*\n*/"]);
    }

    fn line(&mut self) {
        self.pick(&["\n", "\r\n", " // {\n", " /// \"\n\n", "\n/* a\n b */\n", "  \n  "]);
    }

    fn put(&mut self, text: &str) -> Range<usize> {
        let start = self.text.len();
        self.text += text;
        start..self.text.len()
    }

    fn name(&mut self, it: &mut Name) {
        it.at = self.put(&it.text);
    }

    fn model(&mut self, it: &mut Model) {
        let start = self.text.len();
        self.put(match it.kind {
            ModelKind::Model => "model",
            ModelKind::View => "view",
            ModelKind::Type => "type",
        });
        self.space();
        self.name(&mut it.name);
        self.gap();
        self.put("{");
        self.line();
        let mut attributes = it.attributes.iter_mut();
        for it in &mut it.fields {
            self.field(it);
            self.line();
            if let Some(it) = attributes.next() {
                self.attribute("@@", it);
                self.line();
            }
        }
        for it in attributes {
            self.attribute("@@", it);
            self.line();
        }
        self.put("}");
        it.at = start..self.text.len();
        self.line();
    }

    fn field(&mut self, it: &mut Field) {
        self.name(&mut it.name);
        self.space();
        self.name(&mut it.data_type);
        if let Some(content) = &it.unsupported {
            self.put("(");
            let content = quoted(content);
            self.put(&content);
            self.put(")");
        }
        self.put(match it.arity {
            Arity::Required => "",
            Arity::Optional => "?",
            Arity::List => "[]",
        });
        it.at = it.name.at.start..self.text.len();
        for attribute in &mut it.attributes {
            self.space();
            self.attribute("@", attribute);
            it.at.end = attribute.at.end;
        }
    }

    fn attribute(&mut self, sign: &str, it: &mut Attribute) {
        let start = self.put(sign).start;
        self.name(&mut it.name);
        if !it.arguments.is_empty() {
            self.gap();
            self.arguments("(", ")", &mut it.arguments);
        }
        it.at = start..self.text.len();
    }

    fn arguments(&mut self, open: &str, close: &str, all: &mut [Argument]) {
        self.put(open);
        let last = all.len().saturating_sub(1);
        for (at, it) in all.iter_mut().enumerate() {
            self.loose();
            if let Some(name) = &mut it.name {
                self.name(name);
                self.gap();
                self.put(":");
                self.loose();
            }
            self.value(&mut it.value);
            self.loose();
            if at < last {
                self.put(",");
            } else {
                self.pick(&["", "", ","]);
            }
        }
        self.loose();
        self.put(close);
    }

    fn value(&mut self, it: &mut Value) {
        let start = self.text.len();
        match &mut it.kind {
            ValueKind::String(content) => {
                let content = quoted(content);
                self.put(&content);
            }
            ValueKind::Number(text) | ValueKind::Constant(text) => {
                self.put(text);
            }
            ValueKind::Function(name, arguments) => {
                self.put(name);
                self.arguments("(", ")", arguments);
            }
            ValueKind::Array(values) => {
                let argument = |value| Argument { name: None, value };
                let mut all: Vec<Argument> =
                    std::mem::take(values).into_iter().map(argument).collect();
                self.arguments("[", "]", &mut all);
                *values = all.into_iter().map(|it| it.value).collect();
            }
        }
        it.at = start..self.text.len();
    }
}

/// A string as Prisma writes it.
fn quoted(content: &str) -> String {
    serde_json::to_string(content).unwrap()
}

fn a_name() -> impl Strategy<Value = Name> {
    prop_oneof![
        6 => "[A-Za-z][A-Za-z0-9_-]{0,8}",
        1 => prop::sample::select(vec!["model", "type", "enum", "view"]).prop_map(str::to_owned),
    ]
    .prop_map(|text| Name { text, at: 0..0 })
}

fn a_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        ".{0,6}".prop_map(ValueKind::String),
        "-?[0-9]{1,4}(\\.[0-9]{1,3})?".prop_map(ValueKind::Number),
        "[A-Za-z][A-Za-z0-9_.-]{0,6}".prop_map(ValueKind::Constant),
    ];
    let leaf = leaf.prop_map(|kind| Value { kind, at: 0..0 });
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            ("[A-Za-z][A-Za-z0-9_.]{0,6}", some_arguments(inner.clone()))
                .prop_map(|(name, it)| ValueKind::Function(name, it)),
            prop::collection::vec(inner, 0..4).prop_map(ValueKind::Array),
        ]
        .prop_map(|kind| Value { kind, at: 0..0 })
    })
}

fn some_arguments(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Vec<Argument>> {
    let one = (prop::option::of(a_name()), value);
    prop::collection::vec(one.prop_map(|(name, value)| Argument { name, value }), 0..4)
}

fn some_attributes() -> impl Strategy<Value = Vec<Attribute>> {
    let name = "(db\\.)?[A-Z][A-Za-z0-9]{0,6}".prop_map(|text| Name { text, at: 0..0 });
    let one = (name, some_arguments(a_value())).prop_map(|(name, arguments)| Attribute {
        name,
        arguments,
        at: 0..0,
    });
    prop::collection::vec(one, 0..3)
}

fn a_field() -> impl Strategy<Value = Field> {
    let arity = prop::sample::select(vec![Arity::Required, Arity::Optional, Arity::List]);
    let unsupported = prop::option::weighted(0.1, ".{0,6}");
    (a_name(), a_name(), unsupported, arity, some_attributes()).prop_map(
        |(name, mut data_type, unsupported, arity, attributes)| {
            if unsupported.is_some() {
                "Unsupported".clone_into(&mut data_type.text);
            }
            Field { name, data_type, unsupported, arity, attributes, at: 0..0 }
        },
    )
}

fn a_model() -> impl Strategy<Value = Model> {
    let kind = prop::sample::select(vec![ModelKind::Model, ModelKind::View, ModelKind::Type]);
    let fields = prop::collection::vec(a_field(), 0..5);
    (kind, a_name(), fields, some_attributes()).prop_map(|(kind, name, fields, attributes)| Model {
        kind,
        name,
        fields,
        attributes,
        at: 0..0,
    })
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn every_model_that_is_written_is_read_back(models in prop::collection::vec(a_model(), 0..3), seed: u64) {
        let mut models = models;
        let mut writer = Writer { seed, ..Writer::default() };
        for it in &mut models {
            writer.model(it);
        }
        let read = parse(&writer.text);
        prop_assert_eq!(&read.errors, &Vec::new(), "{}", writer.text);
        prop_assert_eq!(read.models, models, "{}", writer.text);
    }
}
