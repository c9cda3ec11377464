//! The same verdicts, whichever way git is read.

use sprag::gate;
use sprag::repo::{Backend, Caller, Place, Repo, Side, updates};
use sprag::source::Time;

use super::{committed, seed};
use crate::repo::BACKENDS;
use crate::support::Sandbox;

fn then() -> Time {
    Time(1_800_000_000)
}

/// The rules and subjects of what was found, or why there is no verdict.
fn told(judged: gate::Judged) -> Vec<String> {
    match judged {
        Ok(outcome) => {
            let found = outcome.verdict.judged.iter();
            let mut told: Vec<String> =
                found.map(|it| format!("{} {}", it.rule.name, it.finding.subject.0)).collect();
            told.sort();
            told
        }
        Err(gate::Stop::Failure(_)) => vec!["no verdict".to_owned()],
        Err(gate::Stop::Policy(_)) => vec!["no policy".to_owned()],
    }
}

fn open(sandbox: &Sandbox, index: Option<&str>, backend: Backend) -> Repo {
    let index = index.map(|it| sandbox.path().join(it));
    let place = Place { directory: Some(sandbox.path().to_owned()), index };
    Repo::open_with(place, Caller::Command, backend).unwrap()
}

/// What every way finds, which has to be the same.
fn each(mut judged: impl FnMut(Backend) -> Vec<String>) -> Vec<String> {
    let auto = judged(Backend::Auto);
    for backend in BACKENDS {
        // The second time, what the first has kept is there.
        for _ in 0..2 {
            assert_eq!(judged(backend), auto, "{backend:?}");
        }
    }
    auto
}

#[test]
fn what_is_staged_gets_one_verdict() {
    let changes = [
        ("new c >$M/V3__c.sql", ""),
        ("edit $M/V1__a.sql", "edited-migration db/migrations/V1__a.sql"),
        ("rm $M/V2__b.sql", "deleted-migration db/migrations/V2__b.sql"),
        ("chmod +x $M/V1__a.sql", ""),
        ("wrong >$M/V3__c.sql", "drop-table public.a"),
        (
            "rm $M/V1__a.sql; ln -s V2__b.sql $M/V1__a.sql",
            "edited-migration db/migrations/V1__a.sql unreadable-file db/migrations/V1__a.sql",
        ),
        ("echo >src/x", ""),
        (
            "mkdir -p prisma/migrations/2_x; echo 'create table x (id int primary key);' >prisma/migrations/2_x/migration.sql",
            "",
        ),
        ("echo '{\"scripts\":{\"deploy\":\"prisma migrate deploy\"}}' >package.json", "?"),
        ("rm -rf db; echo >db", "?"),
        ("sed -i s/db/other/ policy.toml", "?"),
        ("echo 'x y z' >$M/V3__c.sql", "?"),
    ];
    for (change, expected) in changes {
        for args in [&[][..], &["--object-format=sha256"], &["--ref-format=reftable"]] {
            let sandbox = committed(args);
            sandbox.does(&format!("{change}; git add -A"));
            let found =
                each(|backend| told(gate::staged(&open(&sandbox, None, backend), &[], then())));
            if expected != "?" {
                assert_eq!(found.join(" "), expected, "{change} {args:?}");
            }
        }
    }
}

#[test]
fn an_index_that_is_named_gets_one_verdict() {
    // As `git commit -a` and `git commit -- path` have it: the index that counts is another file.
    let sandbox = committed(&[]);
    sandbox
        .does("cp .git/index .git/other; edit $M/V1__a.sql; GIT_INDEX_FILE=.git/other git add -A");
    let found = each(|backend| {
        told(gate::staged(&open(&sandbox, Some(".git/other"), backend), &[], then()))
    });
    assert_eq!(found, ["edited-migration db/migrations/V1__a.sql"]);
    let found = each(|backend| told(gate::staged(&open(&sandbox, None, backend), &[], then())));
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn every_form_of_the_index_gets_one_verdict() {
    for form in [
        "git update-index --split-index",
        "git update-index --index-version 4",
        "git config index.skipHash true; git update-index --force-write-index",
        "git sparse-checkout set --cone --sparse-index db",
    ] {
        let sandbox = committed(&[]);
        sandbox.does(&format!("{form}; edit $M/V1__a.sql; new c >$M/V3__c.sql; git add -A"));
        let found = each(|backend| told(gate::staged(&open(&sandbox, None, backend), &[], then())));
        assert_eq!(found, ["edited-migration db/migrations/V1__a.sql"], "{form}");
    }
}

#[test]
fn ranges_pushes_and_audits_get_one_verdict() {
    for args in [&[][..], &["--object-format=sha256"]] {
        let sandbox = committed(args);
        sandbox.does(
            "git update-ref refs/remotes/origin/main HEAD; git checkout -qb feat; edit $M/V1__a.sql; git rm -q $M/V2__b.sql
             new c >$M/V3__c.sql; git add -A; git commit -qm x; git checkout -q main; echo >src/x; git add -A; git commit -qm y
             git update-ref refs/remotes/origin/main HEAD; git checkout -q feat; git merge -qm z main",
        );
        let expected = [
            "deleted-migration db/migrations/V2__b.sql",
            "edited-migration db/migrations/V1__a.sql",
        ];
        let found = each(|backend| {
            let repo = open(&sandbox, None, backend);
            let (from, to) = (repo.commit("main").unwrap(), repo.commit("HEAD").unwrap());
            let since = gate::since(&repo, &from, &to).unwrap();
            told(gate::change(&since.to(&repo, Side::Tree(to.tree)), then()))
        });
        assert_eq!(found, expected);
        let head = sandbox.line(&["rev-parse", "HEAD"]);
        let line = format!("feat {head} refs/heads/feat {}\n", "0".repeat(head.len()));
        let found = each(|backend| {
            let repo = open(&sandbox, None, backend);
            let pushed = gate::pushed(&repo, &updates(line.as_bytes()).unwrap(), then()).unwrap();
            pushed.into_iter().flat_map(|it| told(it.1)).collect()
        });
        assert_eq!(found, expected);
        let found = each(|backend| {
            let repo = open(&sandbox, None, backend);
            let tree = Side::Tree(repo.commit("HEAD").unwrap().tree);
            told(gate::audit(&repo, &tree, then()))
        });
        assert!(found.is_empty(), "{found:?}");
    }
}

#[test]
fn a_commit_is_refused_by_git_where_git_alone_can_read_it() {
    // Nothing switches the way of reading; the extensions of the repository do.
    let sandbox = seed();
    sandbox.does(
        "git config core.repositoryFormatVersion 1; git config extensions.partialClone origin",
    );
    sandbox.refuses("edit $M/V1__a.sql; git commit -am x", &["edited-migration"]);
}
