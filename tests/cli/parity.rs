//! One change gets one verdict, whoever asks: the same findings at commit, push, receipt, in CI and by hand.

use crate::accept::{committed, seed};
use crate::support::Sandbox;

/// The fingerprints that a report in JSON has.
fn fingerprints(said: &str) -> Vec<String> {
    let mut found: Vec<String> = said
        .lines()
        .filter_map(|it| it.trim().strip_prefix("\"fingerprint\": \""))
        .map(|it| it.trim_end_matches("\",").to_owned())
        .collect();
    found.sort();
    found
}

/// The rules and places of a report for people.
fn told(said: &str) -> Vec<String> {
    let said = said.replace("remote: ", "");
    let mut lines = said.lines().map(str::trim_end);
    let mut told = Vec::new();
    while let Some(line) = lines.next() {
        if line.starts_with("error[") {
            told.push(format!("{line} {}", lines.next().unwrap_or_default().trim()));
        }
    }
    told.sort();
    told
}

const CHANGES: [(&str, bool); 5] = [
    ("new c >$M/V3__c.sql", true),
    ("echo 'drop table a; alter table b add column \"X\" int;' >$M/V3__c.sql", false),
    ("edit $M/V1__a.sql; rm $M/V2__b.sql", false),
    ("echo '{\"scripts\":{\"start\":\"prisma migrate deploy\"}}' >package.json", false),
    ("printf '[rules]\\ndrop-table = \"allow\"\\n' >>policy.toml; wrong >$M/V3__c.sql", false),
];

fn prepared(change: &str) -> Sandbox {
    let sandbox = seed();
    sandbox.does("$SPRAG install --repo ../origin.git");
    sandbox.does(&format!("git checkout -qb feat; {change}; git add -A"));
    sandbox
}

#[test]
fn every_gate_says_the_same_of_the_same_change() {
    for (change, good) in CHANGES {
        let sandbox = prepared(change);
        let code = i32::from(!good);
        let ask = |script: &str| {
            let (it, said) = sandbox.try_in(sandbox.path(), script);
            assert_eq!(it, code, "{change}: {script}\n{said}");
            said
        };
        let staged = fingerprints(&ask("$SPRAG check --format json"));
        let at_commit = told(&ask("$SPRAG hook pre-commit"));
        let at_merge = told(&ask("$SPRAG hook pre-merge-commit"));
        sandbox.does("git commit -qnm x");
        assert_eq!(staged.is_empty(), good, "{change}");
        for asked in [
            "check --base main",
            "check --base origin/main",
            "check --range main..HEAD",
            "check --range main...feat",
            "check --rev HEAD",
            "ci --base main",
            "ci",
        ] {
            let found = fingerprints(&ask(&format!("$SPRAG {asked} --format json")));
            assert_eq!(found, staged, "{change}: {asked}");
        }
        let zeros = "0".repeat(40);
        let at_push = told(&ask(&format!(
            "echo \"refs/heads/feat $(git rev-parse feat) refs/heads/feat {zeros}\" | $SPRAG hook pre-push"
        )));
        let to_main = told(&ask(
            "echo \"refs/heads/feat $(git rev-parse feat) refs/heads/main $(git rev-parse main)\" | $SPRAG hook pre-push",
        ));
        let at_server = told(&ask("git push -q --no-verify origin feat"));
        let to_main_there = told(&ask("git push -q --no-verify origin feat:main"));
        assert_eq!(at_commit.len(), staged.len(), "{change}");
        for other in [at_merge, at_push, to_main, at_server, to_main_there] {
            assert_eq!(other, at_commit, "{change}");
        }
    }
}

#[test]
fn one_change_in_two_commits_is_the_change_in_one() {
    for (change, good) in CHANGES {
        let sandbox = prepared(change);
        let one = fingerprints(&sandbox.try_in(sandbox.path(), "$SPRAG check --format json").1);
        sandbox.does("git reset -q; for file in $(git ls-files -mo --exclude-standard); do git add -A -- $file; git commit -qnm $file; done; git status --porcelain | (! grep .)");
        let (code, said) = sandbox.try_in(sandbox.path(), "$SPRAG check --base main --format json");
        assert_eq!(code, i32::from(!good), "{change}: {said}");
        assert_eq!(fingerprints(&said), one, "{change}");
    }
}

#[test]
fn the_worktree_of_a_command_makes_no_difference() {
    let sandbox = committed(&[]);
    sandbox.does("wrong >$M/V3__c.sql; git add -A; mkdir -p src/deep");
    let top = sandbox.try_in(sandbox.path(), "$SPRAG check --format json");
    for folder in ["src/deep", "db/migrations", ".git"] {
        let (code, said) =
            sandbox.try_in(&sandbox.path().join(folder), "$SPRAG check --format json");
        assert_eq!((code, fingerprints(&said)), (top.0, fingerprints(&top.1)), "{folder}: {said}");
    }
}
