//! YAML as the tools behind it read it, and where in the file everything stands.

use proptest::prelude::*;
use sprag::parse::command::{self, Problem};
use sprag::source::Source;

use super::{commands, findings};

const FILE: &str = ".github/workflows/deploy.yml";

fn problems(text: &str) -> Vec<Problem> {
    command::commands(&Source::new(FILE, text)).problems
}

/// A workflow with one step, whose `run` is written like this.
fn run(value: &str) -> String {
    format!("on: push\njobs:\n  d:\n    runs-on: ubuntu-latest\n    steps:\n      - run: {value}\n")
}

#[test]
fn every_way_to_write_a_command_is_read() {
    for value in [
        "npx prisma migrate deploy",
        "npx prisma migrate deploy # a comment",
        "\"npx prisma migrate deploy\"",
        "'npx prisma migrate deploy'",
        "\"npx \\x70risma mi\\u0067rate deploy\"",
        "\"npx prisma \\\n          migrate deploy\"",
        "\"npx prisma\n          migrate deploy\"",
        "npx prisma\n          migrate\n          deploy",
        "|\n          npm ci\n          npx prisma migrate deploy",
        "|2\n            npx prisma migrate deploy",
        "|-\n          npx prisma \\\n            migrate deploy",
        ">\n          npx prisma\n          migrate\n          deploy",
        ">-\n          npm ci\n\n          npx prisma\n          migrate deploy",
        "|+\n\n\n          npx prisma migrate deploy\n\n",
        "&a npx prisma migrate deploy",
        "&a !!str 'npx prisma migrate deploy'",
        "!custom |\n          npx prisma migrate deploy",
        "&a |\n          npx prisma migrate deploy",
        "|\r\n          npm ci\r\n          npx prisma migrate deploy\r",
        "echo é ü 日本 && npx prisma migrate deploy",
    ] {
        let text = run(value);
        let found = findings(&[(FILE, &text)]);
        assert_eq!(problems(&text), [], "{text}");
        assert_eq!(found.len(), 1, "{text}");
        let said = &text[found[0].span.range()];
        assert!(said.contains("risma"), "{text}: {said}");
        assert!(said.ends_with("deploy"), "{text}: {said}");
        assert!(!said.contains("npm ci"), "{text}: {said}");
    }
}

#[test]
fn a_finding_points_at_its_line_of_a_block() {
    let text = run(
        "|\n          npm ci\n          echo é\n\n          npx prisma db push && echo\n          true",
    );
    let found = findings(&[(FILE, &text)]);
    assert_eq!(&text[found[0].span.range()], "prisma db push");
    let text = run(">-\n          npm ci &&\n          npx prisma\n          db push");
    let found = findings(&[(FILE, &text)]);
    assert_eq!(&text[found[0].span.range()], "prisma\n          db push");
    let text = run("'echo ''é'' && npx prisma db push'");
    let found = findings(&[(FILE, &text)]);
    assert_eq!(&text[found[0].span.range()], "prisma db push");
    let text = run("\"echo \\\"\\u00e9\\\" && npx prisma \\\n          db push\"");
    let found = findings(&[(FILE, &text)]);
    assert_eq!(&text[found[0].span.range()], "prisma \\\n          db push");
}

#[test]
fn a_file_may_be_json_or_in_one_line() {
    for text in [
        r#"{"on":"push","jobs":{"d":{"steps":[{"run":"npx prisma migrate deploy"}]}}}"#,
        "on: push\njobs: {d: {steps: [{run: npx prisma migrate deploy}]}}\n",
        "\u{feff}on: push\njobs: {d: {steps: [{run: npx prisma migrate deploy}]}}\n",
        "---\non: push\njobs:\n  d:\n    steps:\n    - run: npx prisma migrate deploy\n...\n",
        "? on\n: push\n? jobs\n: d:\n    steps:\n    - run: npx prisma migrate deploy\n",
    ] {
        assert_eq!(findings(&[(FILE, text)]).len(), 1, "{text}");
        assert_eq!(problems(text), [], "{text}");
    }
}

#[test]
fn anchors_and_merges_are_followed() {
    for text in [
        "x: &c npx prisma migrate deploy\non: push\njobs: {d: {steps: [run: *c]}}\n",
        "x: &s [run: npx prisma migrate deploy]\non: push\njobs: {d: {steps: *s}}\n",
        "x: &s {run: npx prisma migrate deploy}\njobs: {d: {steps: [{<<: *s, name: x}]}}\n",
        "x: &s {run: a}\ny: &t {run: npx prisma migrate deploy}\njobs: {d: {steps: [{<<: [*t, *s]}]}}\n",
    ] {
        let found = findings(&[(FILE, text)]);
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(&text[found[0].span.range()], "prisma migrate deploy");
    }
    for text in [
        "x: &s {run: npx prisma migrate deploy}\njobs: {d: {steps: [{<<: *s, run: ls}]}}\n",
        "x: &s {run: a}\ny: &t {run: npx prisma migrate deploy}\njobs: {d: {steps: [{<<: [*s, *t]}]}}\n",
        "x: &s npx prisma migrate deploy\njobs: {}\n",
    ] {
        assert_eq!(findings(&[(FILE, text)]), [], "{text}");
    }
}

#[test]
fn what_is_not_yaml_is_a_problem_at_its_place() {
    for (text, place) in [
        ("on: push\njobs:\n\td:\n    steps: []\n", 15),
        ("on: push\njobs: [\n", 16),
        ("on: *nobody\n", 4),
        ("on: \"push\n", 4),
        ("on: &a [*a]\n", 8),
    ] {
        let problems = problems(text);
        assert_eq!(problems.len(), 1, "{text}");
        assert!(problems[0].span.start <= place + 1, "{text}: {:?}", problems[0]);
        assert!(text.get(problems[0].span.range()).is_some());
    }
}

#[test]
fn a_bracket_may_end_where_its_key_begins() {
    // As Compose, GitLab and Kubernetes take it, whose parser is libyaml or goes back to it.
    let text = "services:\n  a:\n    image: x\n    command: [\n      npx,\n      prisma,\n      migrate,\n      deploy\n    ]\n    profiles: {\n    }\n";
    assert!(super::problems_of("compose.yaml", text).is_empty());
    assert_eq!(findings(&[("compose.yaml", text)]).len(), 1);
}

#[test]
fn what_stands_before_a_mistake_is_read() {
    let text = format!("{}on: \"push\n", run("npx prisma migrate deploy"));
    assert_eq!(problems(&text).len(), 1);
    assert_eq!(findings(&[(FILE, &text)]).len(), 1);
}

#[test]
fn nesting_and_repeating_without_end_is_a_problem_and_no_crash() {
    let bomb = (1..30).fold("a0: &a0 [x, x]\n".to_owned(), |text, at| {
        format!("{text}a{at}: &a{at} [*a{}, *a{}]\n", at - 1, at - 1)
    });
    let chain = (1..2000).fold("a0: &a0 [x]\n".to_owned(), |text, at| {
        format!("{text}a{at}: &a{at} [[[[[*a{}]]]]]\n", at - 1)
    });
    for text in [
        bomb,
        chain,
        "[".repeat(200_000),
        "{a: ".repeat(200_000),
        "- ".repeat(200_000),
        "? ".repeat(200_000),
        "&a [".repeat(200_000),
        (0..2000).map(|it| format!("{}a:\n", " ".repeat(it))).collect(),
    ] {
        for path in [FILE, "compose.yml", ".gitlab-ci.yml"] {
            let problems = command::commands(&Source::new(path, text.as_str())).problems;
            assert_eq!(problems.len(), 1, "{}", &text[..20]);
        }
    }
}

#[test]
fn a_key_is_only_a_key() {
    for text in [
        "on: push\njobs: {d: {steps: [{npx prisma migrate deploy: 1}]}}\n",
        "on: push\njobs: {d: {steps: [{run: 1}, {run: true}, {run: }, {run: [x]}]}}\n",
        "# npx prisma migrate deploy\non: push\n",
        "- npx prisma migrate deploy\n",
        "npx prisma migrate deploy\n",
        "",
        "---\n---\n",
    ] {
        assert_eq!(findings(&[(FILE, text)]), [], "{text}");
        assert_eq!(problems(text), [], "{text}");
    }
}

proptest! {
    #[test]
    fn no_yaml_breaks_a_reader(
        text in "(\\PC|[-:?\\[\\]{}&*!|>'\"%@`#, \n\ta-cé0]|run: |steps: |- |<<: |jobs: |script: |\\$\\{\\{ ){0,60}"
    ) {
        for path in [
            FILE, "action.yml", "compose.yml", ".gitlab-ci.yml", ".circleci/config.yml", "render.yaml",
            "cloudbuild.yaml", "Taskfile.yml", "lefthook.yml", ".pre-commit-config.yaml", "heroku.yml",
            "azure-pipelines.yml", ".travis.yml", "package.yaml", "fly.yaml",
        ] {
            let reading = command::commands(&Source::new(path, text.as_str()));
            for problem in &reading.problems {
                prop_assert!(text.get(problem.span.range()).is_some());
            }
            for command in &reading.commands {
                prop_assert!(text.get(command.span.range()).is_some());
            }
        }
        commands(&[(FILE, &run(&text))]);
    }
}
