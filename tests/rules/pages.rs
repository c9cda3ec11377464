//! Each page does what it says.

use std::path::Path;

use sprag::policy::Policy;
use sprag::rules::{self, Check, Level, Page};
use sprag::source::Source;

use super::examples;

#[test]
fn a_page_has_the_name_of_its_rule_and_of_its_file() {
    for rule in rules::all() {
        let page = Page::of(rule.text);
        assert_eq!(page.title, rule.name);
        let file = format!("src/rules/{}/{}.rs", rule.family, rule.name.replace('-', "_"));
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(&file);
        assert_eq!(std::fs::read_to_string(path).unwrap(), rule.text, "{file} is another file");
    }
}

#[test]
fn a_page_says_in_a_sentence_what_is_wrong_and_nothing_twice() {
    let mut summaries = std::collections::BTreeSet::new();
    for rule in rules::all() {
        let summary = Page::of(rule.text).summary;
        assert!(summary.ends_with('.') && summary.len() > 20, "{}: {summary}", rule.name);
        assert!(summaries.insert(summary), "{}", rule.name);
    }
}

#[test]
fn the_policy_of_this_repository_is_what_holds_without_one() {
    let text = include_str!("../../policy.toml");
    let policy = Policy::parse(&Source::new("policy.toml", text)).unwrap();
    for rule in rules::all() {
        let setting = policy.setting(rule.name, &"prisma/migrations/1/migration.sql".into());
        assert_eq!(setting.level, rule.level, "{}", rule.name);
    }
}

#[test]
fn what_a_page_says_fails_is_found() {
    for it in examples().iter().filter(|it| it.fails) {
        assert!(it.hits().contains(it.rule.name), "{}:\n{}", it.name(), it.text);
    }
}

#[test]
fn what_a_page_says_passes_is_not_found() {
    for it in examples().iter().filter(|it| !it.fails) {
        assert!(!it.hits().contains(it.rule.name), "{}:\n{}", it.name(), it.text);
    }
}

#[test]
fn a_rule_that_looks_at_statements_shows_both_sides() {
    let examples = examples();
    for rule in rules::all() {
        let shown =
            |fails| examples.iter().any(|it| it.rule.name == rule.name && it.fails == fails);
        let sides = [shown(true), shown(false)];
        match rule.check {
            Check::Change(_)
            | Check::Migration(_)
            | Check::State(_)
            | Check::Schema(_)
            | Check::ChangeAndState(..) => {
                assert_eq!(sides, [true, true], "{}", rule.name);
            }
            // A page cannot show a history; `history.rs` does.
            Check::History(_) => assert_eq!(sides, [false, false], "{}", rule.name),
            Check::Elsewhere => assert_eq!(sides[0], sides[1], "{}", rule.name),
        }
    }
}

#[test]
fn a_rule_without_examples_has_a_test_of_its_own() {
    let shown: Vec<&str> = examples().iter().map(|it| it.rule.name).collect();
    let bare = rules::all().iter().map(|it| it.name).filter(|it| !shown.contains(it));
    let tested = concat!(
        include_str!("history.rs"),
        include_str!("beside.rs"),
        include_str!("allows.rs"),
        include_str!("../approval/people.rs"),
        include_str!("../rehearsal/mod.rs"),
        include_str!("../verify/mod.rs"),
        include_str!("../accept/schemas.rs")
    );
    for name in bare {
        assert!(tested.contains(&format!("\"{name}\"")), "{name}");
    }
}

#[test]
fn every_finding_lies_in_its_text_and_says_what_to_do() {
    for it in examples() {
        for found in it.found() {
            let (finding, name) = (found.finding, it.name());
            let shown = it.text_of(&finding.span.path.to_str_lossy()).get(finding.span.range());
            // What must not be shown is said of the file as a whole.
            let whole = found.rule.name == "production-url" && finding.span.range() == (0..0);
            let marked = shown.is_some_and(|it| !it.trim().is_empty());
            assert!(marked || whole, "{name}: {finding:?}");
            assert!(!finding.help.is_empty(), "{name}: {}", finding.message);
            assert!(!finding.message.ends_with('.'), "{name}: {}", finding.message);
            let first = finding.message.chars().next().unwrap();
            let named = ["Postgres", "Prisma"].iter().any(|it| finding.message.starts_with(it));
            assert!(!first.is_uppercase() || named, "{name}");
            assert!(!finding.evidence.is_empty() && !finding.subject.0.is_empty(), "{name}");
        }
    }
}

#[test]
fn the_readme_counts_the_rules_of_each_family() {
    let readme = include_str!("../../README.md");
    let count = |families: &[&str], levels: &[Level]| {
        let all = rules::all().iter().filter(|it| families.contains(&it.family));
        all.filter(|it| levels.contains(&it.level)).count()
    };
    let rows = readme.lines().filter_map(|it| it.strip_prefix("| ")).filter_map(|row| {
        let (names, rest) = row.split_once(" | ")?;
        let families: Vec<&str> = names.split(", ").collect();
        let known = rules::all().iter().any(|it| it.family == families[0]);
        known.then_some((families, rest))
    });
    let mut told = 0;
    for (families, rest) in rows {
        let levels = [&[Level::Deny, Level::Approve][..], &[Level::Warn], &[Level::Allow]];
        let counts = levels.map(|it| count(&families, it));
        let row = format!(" | {} | {} | {} |", counts[0], counts[1], counts[2]);
        assert!(rest.ends_with(&row), "{families:?}:{row}");
        told += counts.iter().sum::<usize>();
    }
    assert_eq!(told, rules::all().len());
}
