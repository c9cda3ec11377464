//! Which gates there are, and how they can be passed by.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use insta::assert_snapshot;

use crate::support::{Sandbox, both};

const WORKFLOW: &str = "\
on: [pull_request, push]
jobs:
  gate:
    name: Migrations
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: sprag ci
";

/// What the doctor says of gates. `forge` is the script of a program `gh` or `glab`.
fn gates(sandbox: &Sandbox, args: &[&str], forge: Option<(&str, &str)>) -> String {
    let tools = sandbox.outside().join("tools");
    fs::create_dir_all(&tools).unwrap();
    if let Some((name, script)) = forge {
        let path = tools.join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let path = format!("{}:/usr/bin:/bin", tools.display());
    let mut command = sandbox.command_in(sandbox.path(), env!("CARGO_BIN_EXE_sprag"));
    let output = command.env("PATH", path).arg("doctor").args(args).output().unwrap();
    let said = both(&output);
    let from = said.find("ok    gate").or(said.find("warn  gate")).or(said.find("?     gate"));
    let code = output.status.code().unwrap();
    format!("{}[exit {code}]", from.map_or(&*said, |at| &said[at..]))
}

/// The same of one line, with what mends it.
fn gate(said: &str, name: &str) -> String {
    let mut lines = said.lines().skip_while(|it| !it.contains(&format!("gate: {name}")));
    let first = lines.next().unwrap_or_default().to_owned();
    lines.take_while(|it| it.starts_with("      ")).fold(first, |all, it| all + "\n" + it)
}

fn hooked() -> Sandbox {
    let sandbox = Sandbox::new();
    let (code, said) = sandbox.sprag(&["install"]);
    assert_eq!(code, 0, "{said}");
    sandbox
}

#[test]
fn nothing_but_hooks() {
    let sandbox = hooked();
    assert_snapshot!(gates(&sandbox, &[], None), @r###"
    ok    gate: local hooks: stop commits, merges and pushes made here; `--no-verify` passes them by
    ?     gate: server hook: cannot be seen from a clone; it stops every push, and nobody who pushes can pass it by
          where git serves the repository: sprag doctor --server
    warn  gate: CI: no file here makes CI run sprag: who skips the hooks is not stopped
          write this into .github/workflows/sprag.yml:
          on: [pull_request, merge_group]
          permissions: { contents: read }
          jobs:
            sprag:
              runs-on: ubuntu-latest
              steps:
                - uses: actions/checkout@v4
                  with: { fetch-depth: 2, persist-credentials: false }
                - run: sprag ci    # after bringing the program onto the runner
    ?     gate: required check: nobody can be asked whether `main` needs it: there is no remote
    [exit 0]
    "###);
    sandbox.git(&["remote", "add", "origin", "https://gitlab.com/acme/db/shop.git"]);
    let said = gates(&sandbox, &[], None);
    assert!(gate(&said, "CI").contains(".gitlab-ci.yml"), "{said}");
    assert!(gate(&said, "required").contains("`sprag doctor --ask-forge` asks GitLab"), "{said}");
}

#[test]
fn a_workflow_that_stops_what_it_should() {
    let sandbox = hooked();
    sandbox.git(&["remote", "add", "origin", "git@github.com:acme/shop.git"]);
    sandbox.stage(".github/workflows/gate.yml", WORKFLOW);
    assert_snapshot!(gates(&sandbox, &[], None), @r###"
    ok    gate: local hooks: stop commits, merges and pushes made here; `--no-verify` passes them by
    ?     gate: server hook: cannot be seen from a clone; it stops every push, and nobody who pushes can pass it by
          where git serves the repository: sprag doctor --server
    ok    gate: CI: `.github/workflows/gate.yml:8` runs `sprag ci` as `Migrations` on pull_request, push; whoever commits cannot pass it by
    ?     gate: required check: unknown: whether `main` takes what CI has refused is set at GitHub
          `sprag doctor --ask-forge` asks GitHub
    [exit 0]
    "###);
    sandbox.git(&["commit", "-q", "--no-verify", "-m", "CI"]);
    assert_snapshot!(gate(&gates(&sandbox, &[], None), "CI"), @"ok    gate: CI: `.github/workflows/gate.yml:8` runs `sprag ci` as `Migrations` on pull_request, push; whoever commits cannot pass it by");
    let json = gates(&sandbox, &["--format", "json"], None);
    for part in
        ["\"name\": \"gate: CI\"", "\"state\": \"unknown\"", "\"name\": \"gate: required check\""]
    {
        assert!(json.contains(part), "{part}: {json}");
    }
}

#[test]
fn a_workflow_with_ways_past_it() {
    let sandbox = hooked();
    sandbox.stage("prisma/migrations/20260101000000_a/migration.sql", "CREATE TABLE a (id int);\n");
    let weak = WORKFLOW
        .replace(
            "[pull_request, push]",
            "\n  pull_request:\n    paths: [src/**]\n    branches: [release]\n    types: [opened]",
        )
        .replace("    name", "    if: github.actor != 'bot'\n    name")
        .replace("sprag ci", "sprag ci || true\n        continue-on-error: true");
    sandbox.stage(".github/workflows/gate.yml", weak);
    assert_snapshot!(gates(&sandbox, &[], None), @r###"
    ok    gate: local hooks: stop commits, merges and pushes made here; `--no-verify` passes them by
    ?     gate: server hook: cannot be seen from a clone; it stops every push, and nobody who pushes can pass it by
          where git serves the repository: sprag doctor --server
    warn  gate: CI: `.github/workflows/gate.yml:13` runs `sprag ci` as `Migrations` on pull_request; it can be passed by:
    warn  gate: CI: `.github/workflows/gate.yml:13`: it counts as passed whatever it finds: `|| true`
          let it fail
    warn  gate: CI: `.github/workflows/gate.yml:8`: it does not always run: `if: github.actor != 'bot'`
          take that out, or be sure that it holds for every change
    warn  gate: CI: `.github/workflows/gate.yml:14`: it may fail without consequence: `continue-on-error: true`
          take that out
    warn  gate: CI: `.github/workflows/gate.yml:3`: `paths: src/**` leaves out `prisma/migrations/20260101000000_a/migration.sql`
          take `paths` out: sprag is quick where there is nothing to judge
    warn  gate: CI: `.github/workflows/gate.yml:4`: `branches: release` leaves out what is for `main`
          take `branches` out: sprag is quick where there is nothing to judge
    warn  gate: CI: `.github/workflows/gate.yml:5`: `types: opened` leaves out what is pushed to a pull request later
          take `types` out: sprag is quick where there is nothing to judge
    ?     gate: required check: nobody can be asked whether `main` needs it: there is no remote
    [exit 0]
    "###);
    sandbox.stage(".github/workflows/gate.yml", WORKFLOW.replace("[pull_request, push]", "push"));
    assert_snapshot!(gates(&sandbox, &[], None), @r###"
    ok    gate: local hooks: stop commits, merges and pushes made here; `--no-verify` passes them by
    ?     gate: server hook: cannot be seen from a clone; it stops every push, and nobody who pushes can pass it by
          where git serves the repository: sprag doctor --server
    warn  gate: CI: `.github/workflows/gate.yml:8` runs `sprag ci` as `Migrations` on push; it can be passed by:
    warn  gate: CI: `.github/workflows/gate.yml:1`: it does not run on pull requests
          add `pull_request:` below `on:`
    ?     gate: required check: nobody can be asked whether `main` needs it: there is no remote
    [exit 0]
    "###);
}

#[test]
fn other_systems_are_seen_as_well() {
    let sandbox = hooked();
    sandbox.stage(".gitlab-ci.yml", "gate:\n  script: [sprag ci]\n  when: manual\n");
    sandbox
        .stage("ci/.woodpecker/a.yml", "steps: { a: { commands: [sprag ci], failure: ignore } }\n");
    sandbox.stage(".github/workflows/x.yml", "on: [push\n# sprag\n");
    assert_snapshot!(gates(&sandbox, &[], None), @r###"
    ok    gate: local hooks: stop commits, merges and pushes made here; `--no-verify` passes them by
    ?     gate: server hook: cannot be seen from a clone; it stops every push, and nobody who pushes can pass it by
          where git serves the repository: sprag doctor --server
    warn  gate: CI: `.github/workflows/x.yml` names sprag, and cannot be read: this is not YAML: while parsing a flow sequence, expected ',' or ']'
          look whether it fails where sprag does
    warn  gate: CI: `.gitlab-ci.yml:2` runs `sprag ci` as `gate`; it can be passed by:
    warn  gate: CI: `.gitlab-ci.yml:3`: nobody has to start it: `when: manual`
          take that out
    warn  gate: CI: `ci/.woodpecker/a.yml:1` runs `sprag ci` as `a`; it can be passed by:
    warn  gate: CI: `ci/.woodpecker/a.yml:1`: it may fail without consequence: `failure: ignore`
          take that out
    ?     gate: required check: nobody can be asked whether `main` needs it: there is no remote
    [exit 0]
    "###);
}

#[test]
fn a_repository_that_people_push_to() {
    let sandbox = Sandbox::init(&["--bare"]);
    let said = gates(&sandbox, &[], None);
    assert!(gate(&said, "server").starts_with("warn") && said.ends_with("[exit 1]"), "{said}");
    sandbox.sprag(&["install"]);
    let said = gates(&sandbox, &[], None);
    assert!(
        gate(&said, "server").contains("stops every push") && said.ends_with("[exit 0]"),
        "{said}"
    );
}

#[test]
fn whether_github_requires_it_is_asked_only_where_somebody_wants_it() {
    let sandbox = hooked();
    sandbox.stage(".github/workflows/gate.yml", WORKFLOW);
    sandbox.git(&["remote", "add", "origin", "ssh://git@github.com/acme/shop.git"]);
    let asked = sandbox.outside().join("asked");
    let gh = |rules: &str, branch: &str| {
        format!(
            "echo \"$@\" >>'{}'\ncase $4 in */rules/*) echo '{rules}' ;; *) echo '{branch}' ;; esac",
            asked.display()
        )
    };
    let required =
        |script: &str| gate(&gates(&sandbox, &["--ask-forge"], Some(("gh", script))), "required");
    let open = gh(
        "[]",
        r#"{"name": "main", "protected": false, "protection": {"required_status_checks": {"contexts": []}}}"#,
    );
    gates(&sandbox, &[], Some(("gh", &open)));
    assert!(!asked.exists(), "nobody asked for it");
    assert_snapshot!(required(&open), @r###"
    warn  gate: required check: `main` requires no check that runs sprag, none at all
          require `Migrations` for `main`: https://github.com/acme/shop/settings/rules
    "###);
    assert_snapshot!(fs::read_to_string(&asked).unwrap(), @r###"
    api --hostname github.com repos/acme/shop/rules/branches/main
    api --hostname github.com repos/acme/shop/branches/main
    "###);
    let ruled = gh(
        r#"[{"type": "deletion"}, {"type": "required_status_checks", "parameters": {"required_status_checks": [{"context": "lint"}, {"context": "Migrations"}]}}]"#,
        "{}",
    );
    assert_snapshot!(required(&ruled), @"ok    gate: required check: GitHub merges into `main` only what has passed `Migrations`");
    let workflow = gh(
        r#"[{"type": "workflows", "parameters": {"workflows": [{"path": ".github/workflows/gate.yml"}]}}]"#,
        "{}",
    );
    assert!(required(&workflow).starts_with("ok"), "{}", required(&workflow));
    let branch = |name: &str| {
        let contexts = format!(
            r#"{{"protection": {{"required_status_checks": {{"contexts": ["{name}"]}}}}}}"#
        );
        required(&gh("[]", &contexts))
    };
    assert!(branch("Migrations").starts_with("ok"), "{}", branch("Migrations"));
    assert!(branch("all / Migrations (20, linux)").starts_with("ok"));
    for other in ["gate", "Migrations of others", "sprag"] {
        assert!(
            branch(other).starts_with("warn") && branch(other).contains(&format!("only `{other}`"))
        );
    }
    for (script, said) in [
        (
            "echo 'To get started with GitHub CLI, please run:  gh auth login' >&2; exit 4",
            "gh auth login --hostname github.com",
        ),
        ("echo 'gh: Not Found (HTTP 404)' >&2; exit 1", "ask somebody who may see `acme/shop`"),
        ("echo 'error connecting to api.github.com' >&2; exit 1", "failed: error connecting"),
        ("echo 'no JSON at all'", "answers what is no JSON"),
    ] {
        let told = required(script);
        assert!(told.starts_with("warn") && told.contains(said), "{script}: {told}");
    }
    fs::remove_file(sandbox.outside().join("tools/gh")).unwrap();
    let told = gates(&sandbox, &["--ask-forge"], None);
    assert!(gate(&told, "required").contains("`gh` is not in PATH"), "{told}");
    assert!(told.ends_with("[exit 0]"), "a question that nobody answers is no failure: {told}");
}

#[test]
fn whether_gitlab_requires_it() {
    let sandbox = hooked();
    sandbox.stage(".gitlab-ci.yml", "gate:\n  script: [sprag ci]\n");
    sandbox.git(&["remote", "add", "origin", "https://token@gitlab.example.com:8443/acme/db/shop"]);
    let told = |project: &str, branch: &str| {
        let script = format!(
            "[ \"$3\" = gitlab.example.com ] || exit 9\ncase $4 in */protected_branches/main) {branch} ;; \
             projects/acme%2Fdb%2Fshop) echo '{project}' ;; esac"
        );
        gate(&gates(&sandbox, &["--ask-forge"], Some(("glab", &script))), "required")
    };
    let strict = r#"{"only_allow_merge_if_pipeline_succeeds": true, "allow_merge_on_skipped_pipeline": false}"#;
    assert_snapshot!(told(strict, "echo '{}'"), @"ok    gate: required check: GitLab merges into `main` only what its pipeline has passed");
    assert_snapshot!(told(strict, "echo '404 Not found' >&2; exit 1"), @r###"
    warn  gate: required check: `main` is not protected: whoever may push to it needs no pipeline
          protect it: https://gitlab.example.com/acme/db/shop/-/settings/repository
    "###);
    assert_snapshot!(told(&strict.replace("false", "true"), "echo '{}'"), @r###"
    warn  gate: required check: GitLab merges into `main` what its pipeline has refused, or skipped
          switch on "Pipelines must succeed", without "Skipped pipelines are considered successful": https://gitlab.example.com/acme/db/shop/-/settings/merge_requests
    "###);
    sandbox.git(&["remote", "set-url", "origin", "https://me:secret@git.example.com/acme/shop"]);
    let said = gates(&sandbox, &["--ask-forge"], None);
    assert!(
        gate(&said, "required").contains("`https://git.example.com/acme/shop` is no"),
        "{said}"
    );
    assert!(!said.contains("secret"), "{said}");
}

/// What `sprag check` says of a staged change of one file.
fn staged(sandbox: &Sandbox, path: &str, text: &str) -> (i32, String) {
    sandbox.stage(path, text);
    let (code, said) = sandbox.sprag(&["check", "--staged"]);
    sandbox.git(&["reset", "-q", "--hard"]);
    (code, said)
}

#[test]
fn a_commit_that_weakens_the_workflow_is_refused_at_the_line() {
    let sandbox = Sandbox::new();
    sandbox.commit(".github/workflows/gate.yml", WORKFLOW);
    let sandbox = sandbox.with_origin();
    let weak = WORKFLOW.replace("    name", "    continue-on-error: true\n    name");
    let (code, said) = staged(&sandbox, ".github/workflows/gate.yml", &weak);
    assert_eq!(code, 1, "{said}");
    assert_snapshot!(said, @r###"
    error[policy-tampered]: `.github/workflows/gate.yml` runs sprag, and after this it may fail without consequence: `continue-on-error: true`
     --> .github/workflows/gate.yml:4:5
      |
    4 |     continue-on-error: true
      |     ^^^^^^^^^^^^^^^^^^^^^^^
      |
      = policy.toml (built in):85:1  policy-tampered = { level = "approve", reason = "a weaker policy needs the owner's word" }
      = help: make it a change of its own, for an owner to merge past the gate
      = help: whoever answers for it: sprag approve .github/workflows/gate.yml --rule policy-change --reason "..."
      = explain: sprag explain policy-tampered

    note: there is no policy.toml, so the built-in policy was used; `sprag init` writes one
    change against HEAD refused: 1 error in 1 file (0 statements judged by policy.toml (built in)).
    "###);
    let renamed = WORKFLOW.replace("- uses: actions/checkout@v4", "- uses: actions/checkout@v5");
    let (code, said) = staged(&sandbox, ".github/workflows/gate.yml", &renamed);
    assert_eq!(code, 0, "{said}");
    sandbox.git(&["mv", ".github/workflows/gate.yml", ".github/workflows/off.yml.txt"]);
    let (code, said) = sandbox.sprag(&["check", "--staged"]);
    assert!(code == 1 && said.contains("and this deletes it: `sprag ci`"), "{said}");
}

#[test]
fn a_workflow_may_run_it_through_a_script_a_target_or_an_action() {
    let sandbox = hooked();
    sandbox.stage(
        "package.json",
        "{\"scripts\": {\"check:db\": \"sprag ci\", \"all\": \"npm run check:db\"}}\n",
    );
    sandbox.stage("Makefile", "gate:\n\tsprag ci\n");
    sandbox.stage("scripts/ci.sh", "set -e\nsprag ci\n");
    sandbox.stage(
        ".github/actions/gate/action.yml",
        "runs:\n  using: composite\n  steps: [{run: sprag ci, shell: bash}]\n",
    );
    sandbox.git(&["commit", "-q", "--no-verify", "-m", "Scripts"]);
    let sandbox = sandbox.with_origin();
    for step in [
        "run: npm run check:db",
        "run: pnpm all",
        "run: make gate",
        "run: bash scripts/ci.sh",
        "run: ./scripts/ci.sh",
        "uses: ./.github/actions/gate",
    ] {
        let flow = WORKFLOW.replace("run: sprag ci", step);
        sandbox.stage(".github/workflows/gate.yml", &flow);
        sandbox.git(&["commit", "-q", "--no-verify", "--allow-empty", "-m", step]);
        sandbox.git(&["push", "-q", "--no-verify", "origin", "main"]);
        let said = gate(&gates(&sandbox, &[], None), "CI");
        assert!(
            said.starts_with("ok    gate: CI: `.github/workflows/gate.yml:8` runs `"),
            "{step}: {said}"
        );
        for weak in
            [flow.replace("    name", "    if: false\n    name"), flow.replace(step, "run: echo")]
        {
            let (code, said) = staged(&sandbox, ".github/workflows/gate.yml", &weak);
            assert!(
                code == 1 && said.contains("gate.yml` runs sprag, and after this"),
                "{step}: {said}"
            );
        }
        let other = flow.replace(
            "jobs:",
            "jobs:\n  lint:\n    runs-on: x\n    steps: [{run: make lint || true}]",
        );
        let (code, said) = staged(&sandbox, ".github/workflows/gate.yml", &other);
        assert_eq!(code, 0, "{step}: {said}");
    }
    let (code, said) = staged(
        &sandbox,
        "package.json",
        "{\"scripts\": {\"check:db\": \"true\", \"all\": \"npm run check:db\"}}\n",
    );
    assert!(code == 1 && said.contains("`package.json` runs sprag, and after this"), "{said}");
}
