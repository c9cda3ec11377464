//! What is read of each kind of file, and what is said where it cannot be read.

use proptest::prelude::*;
use sprag::parse::command::{self, Problem};
use sprag::source::{RepoPath, Source};

use super::{commands, findings, package, setup};

fn problems(path: &str, text: &str) -> Vec<Problem> {
    command::commands(&Source::new(path, text)).problems
}

#[test]
fn files_are_known_by_their_names() {
    for (path, read) in [
        ("fly.toml", true),
        ("apps/web/fly.toml", true),
        ("fly.production.toml", true),
        ("Fly.toml", true),
        ("fly.json", true),
        ("package.json", true),
        ("services/api/package.json", true),
        ("tests/fixtures/bad/fly.toml.txt", false),
        ("butterfly.toml", false),
        ("package-lock.json", false),
        ("node_modules/x/package.json", false),
        ("policy.toml", false),
        ("docs/db.md", false),
    ] {
        assert_eq!(command::is_read(&RepoPath::from(path)), read, "{path}");
    }
}

#[test]
fn every_way_to_give_fly_a_command_is_read() {
    for text in [
        "[deploy]\n  release_command = \"npx prisma migrate deploy\"\n",
        "[deploy]\nrelease_command = 'npx prisma migrate deploy'\n",
        "deploy = { strategy = \"rolling\", release_command = \"npx prisma migrate deploy\" }\n",
        "deploy.release_command = \"npx prisma migrate deploy\"\n",
        "\"deploy\".\"release_\\u0063ommand\" = \"npx \\u0070risma migrate deploy\"\n",
        "[deploy]\nrelease_command = \"\"\"npx prisma \\\n    migrate \\\n    deploy\"\"\"\n",
        "[deploy]\nrelease_command = '''\nnpx prisma migrate deploy'''\n",
        "[Deploy]\nRelease_Command = \"npx prisma migrate deploy\"\n",
        "[deploy]\n\"relea\u{17f}e_command\" = \"npx prisma migrate deploy\"\n",
        "[deploy]\nseed_command = \"npx prisma migrate deploy\"\n",
        "[processes]\napp = \"sh -c 'npx prisma migrate deploy && npm start'\"\n",
        "[[processes]]\nweb = \"npx prisma migrate deploy\"\n",
        "[experimental]\ncmd = [\"npx\", \"prisma\", \"migrate\", \"deploy\"]\n",
        "[experimental]\nentrypoint = \"npx prisma migrate deploy\"\n",
        "[experimental]\nentrypoint = [\"npx\", \"prisma\"]\ncmd = [\"migrate\", \"deploy\"]\n",
        "[experimental]\nexec = [\"sh\", \"-c\", \"npx prisma migrate deploy\"]\n",
        "[[http_service.machine_checks]]\ncommand = [\"npx\", \"prisma\", \"migrate\", \"deploy\"]\n",
        "[[files]]\nguest_path = \"/r.sh\"\nraw_value = \"#!/bin/sh\\nnpx prisma migrate deploy\"\n",
        "machine_config = '''{\"containers\":[{\"init\":{\"cmd\":[\"npx\",\"prisma\",\"migrate\",\"deploy\"]}}]}'''\n",
        "\u{feff}[deploy]\r\nrelease_command = \"npx prisma migrate deploy\"\r\n",
    ] {
        assert_eq!(findings(&[("fly.toml", text)]).len(), 1, "{text}");
        assert_eq!(problems("fly.toml", text), [], "{text}");
    }
    let json = r#"{"deploy":{"release_command":"npx prisma migrate deploy"}}"#;
    assert_eq!(findings(&[("fly.json", json)]).len(), 1);
}

#[test]
fn what_fly_does_not_run_passes() {
    for text in [
        "app = \"shop\"\n\n[deploy]\n  release_command = \"npx prisma generate\"\n",
        "# never: release_command = \"npx prisma migrate deploy\"\n",
        "[env]\ncommand = \"npx prisma migrate deploy\"\n",
        "[http_service]\nprocesses = [\"app\"]\n",
        "[[files]]\nguest_path = \"/etc/x.conf\"\nraw_value = \"$x = 1\\n$y;\"\n",
        "machine_config = \"cli-config.json\"\n",
        "[build]\ndockerfile = \"Dockerfile\"\n",
    ] {
        assert_eq!(findings(&[("fly.toml", text)]), [], "{text}");
        assert_eq!(problems("fly.toml", text), [], "{text}");
    }
}

#[test]
fn what_npm_cannot_read_is_a_problem() {
    for text in [
        "{\"name\":\"a\",\"scripts\":{\"setup\":\"prisma migrate deploy\"\n",
        "{\n  // hi\n  \"scripts\": { \"setup\": \"prisma migrate deploy\" }\n}\n",
        "{\"scripts\":[\"prisma migrate deploy\"]}",
        "{\"scripts\":{\"setup\":{\"x\":1},\"a\":7}}",
        "{\"scripts\":{\"setup\":\"prisma generate\",\"setup\":\"true\"}}",
        "{\"scripts\":{},\"scripts\":{}}",
        "[]",
        "",
        "{} {}",
    ] {
        assert!(!problems("package.json", text).is_empty(), "{text}");
    }
    assert_eq!(problems("package.json", "\u{feff}{\"scripts\":{\"a\":\"b\"}}\n"), []);
    assert_eq!(problems("package.json", "{\"name\":\"x\"}"), []);
}

#[test]
fn of_a_key_written_twice_the_last_one_counts() {
    for text in [
        r#"{"scripts":{"setup":"prisma generate","setup":"prisma migrate deploy"}}"#,
        r#"{"scripts":{"setup":"prisma generate"},"scripts":{"setup":"prisma migrate deploy"}}"#,
    ] {
        assert_eq!(findings(&[("package.json", text)]).len(), 1);
        assert_eq!(problems("package.json", text).len(), 1);
    }
    let text = r#"{"scripts":{"setup":"prisma migrate deploy","setup":"prisma generate"}}"#;
    assert_eq!(findings(&[("package.json", text)]), []);
    assert_eq!(&text[problems("package.json", text)[0].span.range()], "\"setup\"");
}

#[test]
fn what_is_not_toml_is_a_problem() {
    for text in [
        "[deploy\nrelease_command = \"npx prisma migrate deploy\"\n",
        "[deploy]\nrelease_command = \"a\"\n[deploy]\nrelease_command = \"npx prisma migrate deploy\"\n",
        "[deploy]\nrelease_command = \"a\"\nrelease_command = \"b\"\n",
    ] {
        assert_eq!(problems("fly.toml", text).len(), 1, "{text}");
    }
}

#[test]
fn nesting_without_end_is_a_problem_and_no_crash() {
    let deep = |open: &str, close: &str, n: usize| format!("{}{}", open.repeat(n), close.repeat(n));
    for text in [deep("[", "]", 100_000), deep("{\"a\":", "}", 100_000), "[".repeat(100_000)] {
        assert_eq!(problems("package.json", &text).len(), 1);
        assert_eq!(problems("fly.json", &text).len(), 1);
    }
    for text in
        [format!("a = {}", deep("[", "]", 100_000)), format!("a = {}", "{b=".repeat(100_000))]
    {
        assert!(!problems("fly.toml", &text).is_empty());
    }
    assert_eq!(problems("fly.toml", &format!("a{} = 1", ".a".repeat(50))), []);
}

#[test]
fn commands_nested_without_end_are_refused_and_no_crash() {
    for text in [
        format!("{}{}", "$(".repeat(50_000), ")".repeat(50_000)),
        format!("{}true{}", "$(echo ".repeat(50_000), ")".repeat(50_000)),
        format!("{}npx prisma migrate deploy", "sudo ".repeat(50_000)),
        format!("{}true", "( ".repeat(50_000)),
        "`".repeat(50_001),
        "\"$(".repeat(50_000),
        "${".repeat(50_000),
        "npx ".repeat(50_000),
        "a | ".repeat(50_000),
        "yarn ".repeat(50_000),
    ] {
        let start = &text[..text.len().min(12)];
        let problems = problems("package.json", &package(&[("setup", &text)]));
        let told = !setup(&text).is_empty() || !problems.is_empty();
        let harmless =
            ["( ( ", "npx npx", "a | a", "yarn yarn"].iter().any(|it| text.starts_with(it));
        assert!(told || harmless, "passes: {start}");
    }
}

#[test]
fn thirty_megabytes_are_read() {
    let text = format!(
        "{{\"scripts\":{{\"setup\":\"prisma generate\"}},\"x\":\"{}\"}}\n",
        "abcdefghij".repeat(3_000_000)
    );
    assert_eq!(problems("package.json", &text), []);
    assert_eq!(commands(&[("package.json", &text)]).len(), 1);
}

#[test]
fn a_command_too_long_to_follow_is_a_problem() {
    let text = format!("{}prisma migrate deploy", "true; ".repeat(300_000));
    assert_eq!(problems("package.json", &package(&[("setup", &text)])).len(), 1);
    assert_eq!(problems("fly.toml", &format!("[deploy]\nrelease_command = '{text}'")).len(), 1);
    let text = format!("{}prisma migrate deploy", "true; ".repeat(30_000));
    assert_eq!(problems("package.json", &package(&[("setup", &text)])).len(), 1);
}

proptest! {
    #[test]
    fn no_text_breaks_a_reader(text in "\\PC*|[\\\\'\"`$(){}|&;<> \n#!=*\\[\\]a-c]{0,80}") {
        for path in ["package.json", "fly.toml", "fly.json"] {
            let reading = command::commands(&Source::new(path, text.as_str()));
            for problem in reading.problems {
                prop_assert!(text.get(problem.span.range()).is_some());
            }
        }
        setup(&text);
    }

    #[test]
    fn every_command_lies_in_its_file(script in "[\\\\'\"`$(){}|&;<> \n#!=*\\[\\]a-cé]{0,60}") {
        let text = package(&[("setup", &format!("sh -c {script} prisma migrate deploy"))]);
        for command in commands(&[("package.json", &text)]) {
            prop_assert!(text.get(command.span.range()).is_some());
        }
        for finding in findings(&[("package.json", &text)]) {
            prop_assert!(text.get(finding.span.range()).is_some());
        }
    }
}

#[test]
fn a_quote_without_an_end_has_its_place() {
    let text = package(&[("setup", "sh -c `$#\"\né|\\\\` prisma migrate deploy")]);
    for command in commands(&[("package.json", &text)]) {
        assert!(text.get(command.span.range()).is_some());
    }
}
