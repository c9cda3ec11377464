//! Commands that write: a policy, a baseline, hooks.

use insta::assert_snapshot;

use super::{plain, shown};
use crate::accept::{committed, new, seed};
use crate::support::Sandbox;

fn several_tools() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("prisma/schema.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n");
    sandbox.write("prisma/migrations/20250101000000_a/migration.sql", new("a"));
    sandbox.write("prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n");
    sandbox.write("supabase/migrations/20250102000000_b.sql", new("b"));
    sandbox.write("package.json", "{}\n").commit_all("seed");
    sandbox
}

#[test]
fn init_writes_a_policy_that_fits_and_that_passes_its_own_judgement() {
    let sandbox = several_tools();
    assert_snapshot!(shown(&sandbox, &["init"]), @r#"
    policy.toml: written for Prisma, Supabase, package.json
    commit it: from then on it is the policy
    [exit 0]
    "#);
    sandbox.commit_all("policy");
    assert_snapshot!(shown(&sandbox, &["audit"]), @r#"
    warning[rls-without-policy]: nobody who comes through the API sees a row of `public.a`: it has row level security and no policy
     --> prisma/migrations/20250101000000_a/migration.sql:1:14
      |
    1 | create table a (id int primary key);
      |              ^
      |
      = policy.toml:9:1  preset = "supabase"
      = help: add policies, or say that it is meant so: `comment on table public.a is 'rls: service-only';`
      = explain: sprag explain rls-without-policy

    warning[rls-without-policy]: nobody who comes through the API sees a row of `public.b`: it has row level security and no policy
     --> supabase/migrations/20250102000000_b.sql:1:14
      |
    1 | create table b (id int primary key);
      |              ^
      |
      = policy.toml:9:1  preset = "supabase"
      = help: add policies, or say that it is meant so: `comment on table public.b is 'rls: service-only';`
      = explain: sprag explain rls-without-policy

    HEAD passes: 2 warnings in 2 of 4 files (4 statements judged by policy.toml).
    [exit 0]
    "#);
}

#[test]
fn init_writes_over_nothing() {
    let sandbox = several_tools();
    sandbox.sprag(&["init"]);
    let before = std::fs::read(sandbox.path().join("policy.toml")).unwrap();
    assert_snapshot!(shown(&sandbox, &["init"]), @r#"
    error: could not judge: there is a policy.toml already, and it stays as it is
     |
     = help: edit it; `sprag rules` lists what it can speak of
    [exit 2]
    "#);
    assert_eq!(std::fs::read(sandbox.path().join("policy.toml")).unwrap(), before);
}

#[test]
fn a_baseline_is_written_once_and_only_gets_shorter() {
    let sandbox = committed(&[]);
    let open = "create table c (id int primary key);\ncreate table d (id int primary key);\n";
    sandbox.commit("db/migrations/V3__c.sql", open);
    assert_snapshot!(shown(&sandbox, &["baseline"]), @r#"
    .sprag/baseline.toml: 2 findings, 0 fewer than before
    [exit 0]
    "#);
    let written = std::fs::read_to_string(sandbox.path().join(".sprag/baseline.toml")).unwrap();
    assert_snapshot!(plain(&sandbox, &written), @r#"
    # Findings that were there before sprag was. Each is excused as long as it stays what it is.
    #
    # Written by `sprag baseline`. This list may only shrink: whoever adds to it needs an owner's consent.

    version = 1

    [[finding]]
    fingerprint = "(32 digits)"
    rule = "table-without-rls"
    path = "db/migrations/V3__c.sql"
    subject = "public.c"

    [[finding]]
    fingerprint = "(32 digits)"
    rule = "table-without-rls"
    path = "db/migrations/V3__c.sql"
    subject = "public.d"
    "#);
    sandbox.commit_all("baseline");
    assert_snapshot!(shown(&sandbox, &["audit"]), @"
    HEAD passes: nothing found, 2 excused in 3 files (6 statements judged by policy.toml).
    [exit 0]
    ");

    // One is mended, another one comes: the first goes, the second does not come in.
    sandbox.commit("db/migrations/V4__d.sql", "alter table d enable row level security;\n");
    sandbox.commit("db/migrations/V5__e.sql", "create table e (id int primary key);\n");
    assert_snapshot!(shown(&sandbox, &["baseline"]), @r#"
    .sprag/baseline.toml: 1 finding, 1 fewer than before
    1 new finding was not added: a baseline only gets shorter. `sprag audit` shows it.
    [exit 0]
    "#);
    let shorter = std::fs::read_to_string(sandbox.path().join(".sprag/baseline.toml")).unwrap();
    assert!(
        shorter.contains("public.c")
            && !shorter.contains("public.d")
            && !shorter.contains("public.e"),
        "{shorter}"
    );
    assert_snapshot!(shown(&sandbox, &["baseline"]), @r#"
    .sprag/baseline.toml: 1 finding, 0 fewer than before
    1 new finding was not added: a baseline only gets shorter. `sprag audit` shows it.
    [exit 0]
    "#);
    sandbox.commit_all("baseline");
    let (code, said) = sandbox.sprag(&["audit"]);
    assert!(code == 1 && said.contains("public.e") && !said.contains("public.c"), "{code} {said}");
}

#[test]
fn hooks_are_put_in_place_and_taken_away() {
    let sandbox = committed(&[]);
    assert_snapshot!(shown(&sandbox, &["install"]), @r#"
    .git/hooks/pre-commit: written
    .git/hooks/pre-merge-commit: written
    .git/hooks/pre-push: written
    [exit 0]
    "#);
    assert_snapshot!(shown(&sandbox, &["install"]), @r#"
    already up to date
    [exit 0]
    "#);
    assert_snapshot!(shown(&sandbox, &["uninstall"]), @r#"
    .git/hooks/pre-commit: removed
    .git/hooks/pre-merge-commit: removed
    .git/hooks/pre-push: removed
    [exit 0]
    "#);
    assert_snapshot!(shown(&sandbox, &["uninstall"]), @r#"
    already up to date
    [exit 0]
    "#);
}

#[test]
fn the_hook_of_a_server_is_put_in_place() {
    let sandbox = seed();
    assert_snapshot!(shown(&sandbox, &["install", "--repo", "../origin.git"]), @r#"
    hooks/pre-receive: written
    [exit 0]
    "#);
}

#[test]
fn hooks_are_of_no_use_in_ci() {
    let sandbox = committed(&[]);
    let output = sandbox
        .command_in(sandbox.path(), env!("CARGO_BIN_EXE_sprag"))
        .env("CI", "true")
        .arg("install")
        .output()
        .unwrap();
    assert_snapshot!(String::from_utf8(output.stdout).unwrap(), @"note: this is a CI job: hooks have no use here and none were installed; `--force` installs them");
    assert!(!sandbox.path().join(".git/hooks/pre-commit").exists());
}

#[test]
fn a_directory_of_hooks_for_all_repositories_is_left_alone() {
    let sandbox = committed(&[]);
    sandbox.git(&["config", "--global", "core.hooksPath", "/nowhere/hooks"]);
    assert_snapshot!(shown(&sandbox, &["install"]), @r#"
    error: could not judge: no hooks were installed: `core.hooksPath` is set outside this repository
     |
     = help: git runs the hooks in `/nowhere/hooks` (global setting) and none of this repository; that directory serves other repositories too, so it is left alone
     = help: to take the setting away:
               git config --global --unset-all core.hooksPath
               sprag install
     = help: to give this repository its own hooks, so that those in `/nowhere/hooks` no longer run here:
               git config --local core.hooksPath '(outside)/repo/.git/hooks'
               sprag install
     = help: to keep both:
               sprag install --force
               then let the hooks in `/nowhere/hooks` end with the lines
               hook=$(git rev-parse --git-common-dir)/hooks/$(basename "$0")
               [ ! -x "$hook" ] || exec "$hook" "$@"
    [exit 2]
    "#);
}

#[test]
fn a_doctor_says_what_is_there_and_what_is_not() {
    let sandbox = seed();
    let shown = |args: &[&str]| {
        let path = format!("{}:/usr/bin:/bin", sandbox.outside().join("bin").display());
        let mut command = sandbox.command_in(sandbox.path(), env!("CARGO_BIN_EXE_sprag"));
        let output = command.env("PATH", path).args(args).output().unwrap();
        let said = plain(&sandbox, &crate::support::both(&output));
        let said: Vec<&str> = said
            .lines()
            .map(|it| if it.contains("git: version") { "ok    git: (version)" } else { it })
            .collect();
        let said = said.join("\n") + "\n";
        format!("{said}[exit {}]", output.status.code().unwrap())
    };
    assert_snapshot!(shown(&["doctor"]), @r###"
    ok    git: (version)
    ok    repository: sha1 objects, refs in files
    ok    hooks directory: `.git/hooks`
    ok    pre-commit: `.git/hooks/pre-commit`
    ok    pre-merge-commit: `.git/hooks/pre-merge-commit`
    ok    pre-push: `.git/hooks/pre-push`
    warn  PATH: has no `sprag`: the hooks here do not need it, people do
          ln -s '(sprag)' ~/.local/bin/sprag, and have that directory in PATH
    ok    policy: `policy.toml`
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
    ?     gate: required check: nobody can be asked whether `main` needs it: `(outside)/origin.git` is no GitHub or GitLab
    [exit 0]
    "###);
    sandbox.does("rm .git/hooks/pre-push policy.toml; chmod -x .git/hooks/pre-commit");
    assert_snapshot!(shown(&["doctor"]), @r###"
    ok    git: (version)
    ok    repository: sha1 objects, refs in files
    ok    hooks directory: `.git/hooks`
    FAIL  pre-commit: `.git/hooks/pre-commit` is not executable: git ignores it
          chmod +x '(outside)/repo/.git/hooks/pre-commit'
    ok    pre-merge-commit: `.git/hooks/pre-merge-commit`
    FAIL  pre-push: `.git/hooks/pre-push` is not there: nothing is judged
          sprag install
    warn  PATH: has no `sprag`: the hooks here do not need it, people do
          ln -s '(sprag)' ~/.local/bin/sprag, and have that directory in PATH
    warn  policy: there is none: the built-in one is used
          sprag init
    warn  gate: local hooks: do not stop everything: see above
          sprag install
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
    ?     gate: required check: nobody can be asked whether `main` needs it: `(outside)/origin.git` is no GitHub or GitLab
    [exit 1]
    "###);
    let json = shown(&["doctor", "--format", "json"]);
    assert!(json.ends_with("[exit 1]") && json.contains("\"state\": \"fail\""), "{json}");
}
