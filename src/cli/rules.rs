//! `sprag rules` and `sprag explain`.

use std::fmt::Write as _;

use super::PASSED;
use super::output::Output;
use crate::failure::{Failure, Result};
use crate::report;
use crate::rules::{self, Page};

/// How the list is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Listing {
    Human,
    Json,
}

pub(super) fn list(format: Listing, output: &Output) -> u8 {
    if format == Listing::Json {
        output.say(&report::catalogue());
        return PASSED;
    }
    let mut text = String::new();
    let widest = rules::all().iter().map(|rule| rule.name.len()).max().unwrap_or(0);
    let mut family = "";
    for rule in rules::all() {
        if rule.family != family {
            family = rule.family;
            let _ = writeln!(text, "{}{family}", if text.is_empty() { "" } else { "\n" });
        }
        let summary = Page::of(rule.text).summary;
        let _ = writeln!(text, "  {:widest$}  {:8} {summary}", rule.name, rule.level.name());
    }
    output.say(&text);
    PASSED
}

pub(super) fn explain(name: &str, output: &Output) -> Result<u8> {
    let Some(rule) = rules::by_name(name) else { return Err(unknown(name)) };
    let page = Page::of(rule.text);
    output.say(&format!("{}\nDefault level: {}\n", page.markdown, rule.level.name()));
    Ok(PASSED)
}

/// Says that there is no rule of this name, and which one may be meant.
pub(super) fn unknown(name: &str) -> Failure {
    let near = rules::all()
        .iter()
        .map(|it| it.name)
        .max_by(|a, b| strsim::jaro_winkler(a, name).total_cmp(&strsim::jaro_winkler(b, name)));
    let failure = Failure::new(format!("there is no rule `{name}`"));
    let failure = match near.filter(|it| strsim::jaro_winkler(it, name) > 0.7) {
        Some(near) => failure.help(format!("did you mean `{near}`?")),
        None => failure,
    };
    failure.help("`sprag rules` lists them")
}
