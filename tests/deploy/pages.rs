//! Each rule's page does what it says, and nothing else.

use crate::rules::{Example, examples};

fn of(rule: &str) -> Vec<Example> {
    examples().into_iter().filter(|it| it.rule.name == rule).collect()
}

#[test]
fn what_a_page_shows_is_the_business_of_its_rule_alone() {
    let pages: Vec<Example> =
        examples().into_iter().filter(|it| it.rule.family == "deploy").collect();
    assert!(pages.len() > 30, "{}", pages.len());
    for it in pages {
        let hits: Vec<&str> = it.hits().into_iter().collect();
        let wanted = if it.fails { vec![it.rule.name] } else { vec![] };
        assert_eq!(hits, wanted, "{}:\n{:#?}", it.name(), it.files);
    }
}

#[test]
fn fences_that_touch_are_files_of_one_example() {
    let chain = of("deploy-migration").into_iter().find(|it| it.files.len() > 1).unwrap();
    let names: Vec<&str> = chain.files.iter().map(|it| it.0.as_str()).collect();
    assert_eq!(names, ["fly.toml", "Dockerfile", "package.json"]);
    let found = chain.found();
    let steps: Vec<&str> = found[0].finding.path.iter().map(|it| it.text.as_str()).collect();
    assert_eq!(steps, ["[build]", "CMD", "docker-start", "setup"]);
    // None of the files does it alone.
    for (path, text) in &chain.files[..2] {
        assert!(super::found(&[(path, text)]).is_empty(), "{path}");
    }
}
