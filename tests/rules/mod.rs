//! Every rule's page is a test of the rule.

mod crossings;
mod history;
mod pages;
mod printed;

use std::collections::{BTreeMap, BTreeSet};

use sprag::parse::command;
use sprag::rules::{self, Expected, Found, Page, Rule};
use sprag::source::Source;

use crate::sql;

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
    /// The file's name, where it matters.
    pub(crate) path: String,
    pub(crate) text: String,
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
        let source = Source::new(self.path.as_str(), self.text.as_str());
        let judging = rules::deploy::Judging {
            changed: &|_| true,
            local: &|_| false,
            rehearses: &|_| true,
            forbidden: &rules::deploy::Forbidden::new([]),
        };
        rules::deploy::findings(&command::commands(&source), &judging)
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
                ["sql", "before"] => before.push(it.text),
                ["text"] => {
                    let example: &mut Example = examples.last_mut().unwrap();
                    assert!(std::ptr::eq(example.rule, *rule), "{}: a text of nothing", rule.name);
                    example.printed = Some(it.text);
                }
                [kind @ ("sql" | "toml" | "json"), ref path @ ..] => {
                    let number = numbers.entry(fails).or_default();
                    *number += 1;
                    examples.push(Example {
                        rule,
                        fails,
                        number: *number,
                        before: std::mem::take(&mut before),
                        kind: kind.to_owned(),
                        path: path.first().copied().unwrap_or_default().to_owned(),
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
