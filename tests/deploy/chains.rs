//! Scripts that run scripts, and files that run files.

use super::{findings, findings_of_change, package};

#[test]
fn a_script_is_judged_by_what_it_calls() {
    for call in [
        "npm run c",
        "npm --prefix . run-script -s c",
        "npm run -s c",
        "npm rum c",
        "yarn c",
        "yarn run c",
        "pnpm c",
        "pnpm run c",
        "pnpm -r run c",
        "bun run c",
        "node --run c",
        "run-s a c",
        "run-p c",
        "npm-run-all c",
        "npm-run-all 'c*'",
        "npm-run-all -p \"c -- --flag\"",
        "concurrently \"npm:c\"",
        "concurrently npm:*",
        "turbo run c --filter=@acme/db",
        "nx run app:c",
        "npm run b",
        "npm run n",
        "dotenv -- npm run c",
        "cd . && npm run c",
        "npm run e migrate deploy",
        "npm run e -- migrate deploy",
        "yarn e migrate deploy",
        "npm run f -- prisma migrate deploy",
    ] {
        let scripts = [
            ("setup", call),
            ("a", "true"),
            ("b", "npm run c"),
            ("c", "prisma migrate deploy"),
            ("pren", "prisma migrate deploy"),
            ("n", "true"),
            ("e", "prisma"),
            ("f", "dotenv --"),
        ];
        let found = findings(&[("package.json", &package(&scripts))]);
        assert!(!found.is_empty(), "passes: {call}");
        let from = found[0].path.first().map(|it| it.text.as_str());
        assert!(matches!(from, None | Some("setup")), "{call}");
    }
}

#[test]
fn a_cycle_of_scripts_ends() {
    let scripts =
        [("setup", "npm run a"), ("a", "npm run b -- x"), ("b", "npm run a -- y && npm run setup")];
    assert_eq!(findings(&[("package.json", &package(&scripts))]), []);
}

#[test]
fn scripts_that_call_each_other_twice_are_read_once() {
    let names: Vec<String> = (0..200).map(|it| format!("s{it}")).collect();
    let texts: Vec<String> = (1..201).map(|it| format!("npm run s{it} && npm run s{it}")).collect();
    let mut scripts: Vec<(&str, &str)> =
        names.iter().zip(&texts).map(|(a, b)| (a.as_str(), b.as_str())).collect();
    scripts.extend([("setup", "npm run s0"), ("s200", "prisma db push")]);
    let found = findings(&[("package.json", &package(&scripts))]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].path.len(), 202);
}

#[test]
fn every_script_of_a_pattern_that_calls_itself_is_read_once() {
    let names: Vec<String> = (0..3000).map(|it| format!("deploy:{it}")).collect();
    let mut scripts: Vec<(&str, &str)> =
        names.iter().map(|it| (it.as_str(), "run-s deploy:*")).collect();
    assert_eq!(findings(&[("package.json", &package(&scripts))]), []);
    scripts.push(("deploy:x", "prisma migrate deploy"));
    assert!(!findings(&[("package.json", &package(&scripts))]).is_empty());
}

#[test]
fn fly_runs_the_scripts_beside_it() {
    let fly = "[deploy]\nrelease_command = \"npm run db:migrate\"\n";
    let json = package(&[("db:migrate", "prisma migrate deploy")]);
    let found = findings(&[("fly.toml", fly), ("package.json", &json)]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].subject.0, "package.json:scripts.db:migrate");
    assert_eq!(
        found[0].message,
        "`prisma migrate deploy` runs on every deployment: `release_command` -> `db:migrate`"
    );
    let steps: Vec<&str> = found[0].path.iter().map(|it| it.text.as_str()).collect();
    assert_eq!(steps, ["release_command", "db:migrate"]);
    assert_eq!(
        found[0].help,
        ["take `prisma migrate deploy` out of `db:migrate`; apply migrations by hand"]
    );
}

#[test]
fn a_script_of_another_package_is_found() {
    let root = package(&[("setup", "turbo run db:deploy --filter=@acme/db")]);
    let inner = package(&[("db:deploy", "prisma migrate deploy")]);
    let found = findings(&[("package.json", &root), ("packages/db/package.json", &inner)]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].span.path.to_string(), "packages/db/package.json");
    assert_eq!(found[0].path[0].span.path.to_string(), "package.json");
}

#[test]
fn the_nearest_package_wins() {
    let outer = package(&[("go", "prisma migrate deploy")]);
    let inner = package(&[("start", "npm run go"), ("go", "node .")]);
    assert_eq!(findings(&[("package.json", &outer), ("web/package.json", &inner)]), []);
}

#[test]
fn only_a_chain_through_a_changed_file_is_judged() {
    let fly = "[deploy]\nrelease_command = \"npm run go\"\n";
    let json = package(&[("setup", "npm run go"), ("go", "prisma migrate deploy")]);
    let files = [("fly.toml", fly), ("package.json", json.as_str()), ("docs/x.md", "hi")];
    assert_eq!(findings_of_change(&files, &["docs/x.md"]), []);
    let ways = |changed: &[&str]| -> Vec<Vec<String>> {
        let found = findings_of_change(&files, changed).into_iter();
        found.map(|it| it.path.into_iter().map(|it| it.text).collect()).collect()
    };
    // What a platform runs is the better proof than a name.
    assert_eq!(ways(&["fly.toml"]), [["release_command", "go"]]);
    assert_eq!(ways(&["package.json"]), [["release_command", "go"]]);
}

#[test]
fn a_chain_through_another_one_is_told_once() {
    let scripts = [
        ("docker-start", "npm run setup && npm run start"),
        ("setup", "prisma migrate deploy"),
        ("start", "node ."),
    ];
    let found = findings(&[("package.json", &package(&scripts))]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].subject.0, "package.json:scripts.setup");
    assert_eq!(found[0].help, ["let `setup` be `npx prisma generate`; apply migrations by hand"]);
}

#[test]
fn the_seed_of_prisma_is_followed() {
    let json = r#"{"scripts":{"setup":"prisma db seed"},"prisma":{"seed":"prisma db push"}}"#;
    assert_eq!(findings(&[("package.json", json)]).len(), 1);
}

#[test]
fn a_script_of_any_package_is_no_target_of_a_makefile() {
    let root = package(&[("build", "turbo run compile")]);
    let files = [("package.json", root.as_str()), ("ops/Makefile", "compile:\n\tprisma db push\n")];
    assert_eq!(findings(&files), []);
}

#[test]
fn what_names_a_workspace_is_no_word_of_the_script() {
    let scripts =
        [("setup", "npm run c -w @acme/db migrate --workspace=x deploy"), ("c", "prisma")];
    let found = findings(&[("package.json", &package(&scripts))]);
    assert_eq!(found.len(), 1, "{found:#?}");
    let scripts = [("setup", "npm run c -- -w migrate deploy"), ("c", "prisma")];
    let found = findings(&[("package.json", &package(&scripts))]);
    assert_eq!(found.len(), 1, "{found:#?}");
}

/// Otherwise each name of a package would be another way through all of them, and a commit would wait for minutes.
#[test]
fn thousands_of_packages_that_run_each_other_come_to_an_end() {
    let files: Vec<(String, String)> = (0..1_000)
        .map(|it| {
            let near = format!("npm run b -w @acme/p{}", it * 7 % 1_000);
            let far = format!("pnpm --filter @acme/p{} run c --name p{it}", it / 2);
            let scripts = [("start", near.as_str()), ("b", &far), ("c", "node src/x.js")];
            (format!("packages/p{it}/package.json"), package(&scripts))
        })
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|it| (&*it.0, &*it.1)).collect();
    let found = findings(&files);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].message.contains("more scripts than are followed"), "{found:#?}");
}

#[test]
fn a_short_text_comes_to_few_commands() {
    let text = r#"M=generate; M="migrate deploy"; npx prism="migrata $M"#;
    let all = super::commands(&[("package.json", &package(&[("setup", text)]))]);
    assert!(all.len() < 100, "{}", all.len());
}

/// What is excused of a long script is excused only while all of it stays: one finding has its whole text.
#[test]
fn a_long_script_is_told_once() {
    let text = format!("{}npx prisma migrate deploy\n", "npx prisma db push\n".repeat(1_000));
    let found = findings(&[("scripts/deploy.sh", &text)]);
    assert_eq!(found.len(), 1_001);
    assert!(found[0].evidence.ends_with("migrate deploy"));
    assert_eq!(found[1_000].evidence, "prisma migrate deploy");
}
