//! The rules, for programs.

use serde::Serialize;

use crate::rules::{self, Level, Page};

#[derive(Serialize)]
struct Catalogue {
    schema_version: u32,
    rules: Vec<Listed>,
}

#[derive(Serialize)]
struct Listed {
    name: &'static str,
    family: &'static str,
    /// Where no policy names the rule.
    level: Level,
    summary: String,
}

/// Every rule with its family, its level and its summary, as JSON.
pub fn catalogue() -> String {
    let listed = rules::all().iter().map(|rule| Listed {
        name: rule.name,
        family: rule.family,
        level: rule.level,
        summary: Page::of(rule.text).summary,
    });
    super::json::print(&Catalogue { schema_version: 1, rules: listed.collect() })
}
