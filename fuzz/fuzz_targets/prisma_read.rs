//! No text makes the reader of `schema.prisma` panic, and every place that it names lies in the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sprag::parse::prisma;

fuzz_target!(|text: &str| {
    let document = prisma::parse(text);
    for it in &document.errors {
        assert!(text.get(it.at.clone()).is_some());
        assert!(!it.message.is_empty());
    }
    for model in &document.models {
        assert!(text.get(model.at.clone()).is_some());
        for field in &model.fields {
            assert_eq!(text.get(field.name.at.clone()), Some(field.name.text.as_str()));
            assert!(text.get(field.at.clone()).is_some());
            for it in &field.attributes {
                assert!(text.get(it.at.clone()).is_some());
            }
        }
        for it in &model.attributes {
            assert!(text.get(it.at.clone()).is_some());
        }
    }
    for it in &document.enums {
        assert!(text.get(it.at.clone()).is_some());
    }
    for source in &document.sources {
        assert!(text.get(source.at.clone()).is_some());
        for (_, value) in &source.properties {
            assert!(text.get(value.at.clone()).is_some());
        }
    }
});
