//! What a page says that the program prints, it prints. `UPDATE=1` writes it anew into the rule's source.

use std::fmt::Write as _;
use std::path::Path;

use sprag::policy::{Baseline, Date, Policy};
use sprag::report::{Action, Format, Report, Sources, Style, render};
use sprag::source::{RepoPath, Source};
use sprag::verdict::{Excuses, Verdict, judge};

use super::{Example, examples};
use crate::sql;

/// What is printed of the rule's own findings, without the sum below them.
fn printed(example: &Example) -> String {
    let name = "20260101000000_example";
    let change = sql::migration(name, &example.text);
    let (path, text) = (change.path.clone(), change.text.clone());
    let mut found = sql::judged(&mut sql::database(&example.before()), &[change]);
    found.retain(|it| it.rule.name == example.rule.name);
    let policy = Policy::parse(&Source::new("policy.toml", "version = 1\n")).unwrap();
    let excuses = Excuses {
        policy: &policy,
        baseline: &Baseline::default(),
        today: Date::from_unix_seconds(0),
        inline: &[],
    };
    let verdict = Verdict { judged: judge(found, &excuses), ..Verdict::default() };
    let sources: Sources = [(RepoPath::from(path.as_bytes()), text)].into_iter().collect();
    let report = Report {
        verdict: &verdict,
        sources: &sources,
        action: &Action::Files,
        policy: "policy.toml",
        verbose: false,
    };
    let style = Style { color: false, unicode: true, width: Some(200), links: false };
    let whole = render(&report, Format::Human, &style);
    let (findings, _) = whole.trim_end().rsplit_once("\n\n").unwrap();
    format!("{findings}\n")
}

/// The source with each text block written anew, in order.
fn rewritten(source: &str, texts: &[String]) -> String {
    let mut out = String::new();
    let mut texts = texts.iter();
    let mut inside = false;
    for line in source.lines() {
        if inside && line != "//! ```" {
            continue;
        }
        inside = line == "//! ```text";
        let _ = writeln!(out, "{line}");
        if inside {
            for line in texts.next().unwrap().lines() {
                let _ = writeln!(out, "{}", format!("//! {line}").trim_end());
            }
        }
    }
    assert!(texts.next().is_none());
    out
}

#[test]
fn what_a_page_shows_is_what_is_printed() {
    let examples: Vec<Example> = examples().into_iter().filter(|it| it.printed.is_some()).collect();
    assert!(examples.len() >= 4);
    let update = std::env::var_os("UPDATE").is_some();
    for page in examples.chunk_by(|a, b| a.rule.name == b.rule.name) {
        let texts: Vec<String> = page.iter().map(printed).collect();
        let rule = page[0].rule;
        let wanted = rewritten(rule.text, &texts);
        if update && wanted != rule.text {
            let file = format!("src/rules/{}/{}.rs", rule.family, rule.name.replace('-', "_"));
            std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join(file), wanted).unwrap();
            continue;
        }
        for (it, text) in page.iter().zip(&texts) {
            let shown = it.printed.as_deref().unwrap();
            assert_eq!(shown, text, "{}: run with UPDATE=1 to write it anew", it.name());
        }
    }
}

#[test]
fn writing_a_block_anew_touches_no_other_line() {
    let source =
        "//! # a\n//!\n//! ```text\n//! old\n//! lines\n//! ```\n//! after\n\nfn main() {}\n";
    let wanted = "//! # a\n//!\n//! ```text\n//! new\n//!\n//! ```\n//! after\n\nfn main() {}\n";
    assert_eq!(rewritten(source, &["new\n\n".to_owned()]), wanted);
    assert_eq!(rewritten(wanted, &["new\n\n".to_owned()]), wanted);
}
