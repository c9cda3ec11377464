//! Every rule's page is a test of the rule.

mod allows;
mod beside;
mod crossings;
pub(crate) mod fixes;
mod history;
mod pages;
mod printed;

use std::collections::{BTreeMap, BTreeSet};

use sprag::parse::prisma::Datamodel;
use sprag::rules::{self, Expected, Found, Level, Page, Rule, SchemaChange};

use crate::{deploy, sql};

const SCHEMA: &str = "prisma/schema.prisma";

/// One example of a page.
pub(crate) struct Example {
    pub(crate) rule: &'static Rule,
    pub(crate) fails: bool,
    /// Its number on the page, counted from 1.
    pub(crate) number: usize,
    /// The migrations that were merged before.
    pub(crate) before: Vec<String>,
    /// `sql`, or the kind of a file that has commands in it.
    pub(crate) kind: String,
    pub(crate) text: String,
    /// Where it is no SQL: every file of it, by its name.
    pub(crate) files: Vec<(String, String)>,
    /// What the page says that the program prints.
    pub(crate) printed: Option<String>,
}

impl Example {
    pub(crate) fn is_sql(&self) -> bool {
        self.kind == "sql"
    }

    pub(crate) fn name(&self) -> String {
        let side = if self.fails { "fails" } else { "passes" };
        format!("{} {side} {}", self.rule.name, self.number)
    }

    pub(crate) fn before(&self) -> Vec<&str> {
        self.before.iter().map(String::as_str).collect()
    }

    /// What all the rules say of it.
    pub(crate) fn found(&self) -> Vec<Found> {
        if self.is_sql() {
            return sql::found(&self.before(), &[&self.text]);
        }
        if self.kind == "prisma" {
            let read = |text: &str| Datamodel::read(&[(SCHEMA.into(), text.into())]);
            let (before, after) = (read(&self.before.concat()), read(&self.text));
            let change = SchemaChange { before: &before, after: &after, catalog: None, past: None };
            return rules::schema(&change);
        }
        let files: Vec<(&str, &str)> =
            self.files.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
        deploy::found(&files)
    }

    /// The text of the file that a finding points into.
    pub(crate) fn text_of(&self, path: &str) -> &str {
        let file = self.files.iter().find(|it| it.0 == path);
        file.map_or(self.text.as_str(), |it| it.1.as_str())
    }

    /// Those of them that do not let it pass by default.
    pub(crate) fn refusals(&self) -> BTreeSet<&'static str> {
        let found = self.found();
        let refused = found.iter().filter(|it| it.rule.level >= Level::Approve);
        refused.map(|it| it.rule.name).collect()
    }

    /// The names of the rules that find something.
    pub(crate) fn hits(&self) -> BTreeSet<&'static str> {
        self.found().iter().map(|it| it.rule.name).collect()
    }
}

/// Every example of every page.
pub(crate) fn examples() -> Vec<Example> {
    let mut examples = Vec::new();
    for rule in rules::all() {
        let mut numbers: BTreeMap<bool, usize> = BTreeMap::new();
        let mut before = Vec::new();
        for it in Page::of(rule.text).examples {
            let fails = it.verdict == Expected::Fails;
            let words: Vec<&str> = it.words.iter().map(String::as_str).collect();
            match *words.as_slice() {
                ["sql" | "prisma", "before"] => before.push(it.text),
                ["text"] => {
                    let example: &mut Example = examples.last_mut().unwrap();
                    assert!(std::ptr::eq(example.rule, *rule), "{}: a text of nothing", rule.name);
                    example.printed = Some(it.text);
                }
                [_, path] if it.joined => {
                    let example: &mut Example = examples.last_mut().unwrap();
                    assert!(!example.is_sql(), "{}: a file beside SQL", rule.name);
                    example.files.push((path.to_owned(), it.text));
                }
                ["sql" | "prisma"] | [_, _] => {
                    let number = numbers.entry(fails).or_default();
                    *number += 1;
                    examples.push(Example {
                        rule,
                        fails,
                        number: *number,
                        before: std::mem::take(&mut before),
                        kind: words[0].to_owned(),
                        files: words
                            .get(1)
                            .map(|path| ((*path).to_owned(), it.text.clone()))
                            .into_iter()
                            .collect(),
                        text: it.text,
                        printed: None,
                    });
                }
                _ => panic!("{}: nobody knows what a fence `{words:?}` is", rule.name),
            }
        }
        assert!(before.is_empty(), "{}: nothing comes after the last `before`", rule.name);
    }
    examples
}
