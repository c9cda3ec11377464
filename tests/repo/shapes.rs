//! Repositories and indexes come in many shapes; what is staged is read from all of them.

use super::hook::{agrees, agrees_in};
use super::{BACKENDS, before, everything, open, open_with, rows, seed, staged_by_git};
use crate::support::Sandbox;

const TREE: &str = "CacheTree";
const PLUMBING: &str = "Plumbing";

#[test]
fn the_format_of_the_index_changes_nothing() {
    for setup in [
        "git update-index --index-version 4",
        "git config index.threads 4; git config index.version 4",
        "git config index.threads 4",
        "git config feature.manyFiles true; git config index.skipHash true",
        "git update-index --untracked-cache",
        "git update-index --assume-unchanged src/main.rs; git update-index --skip-worktree src/main.rs",
        "git config core.ignoreCase true",
        "git config diff.renames copies; git config diff.external /bin/false; git config diff.relative true",
    ] {
        agrees(&format!(
            "{setup}; echo x >>$M/V1__a.sql; echo x >$M/V3.sql; git add -A; git commit -qm x"
        ));
        agrees(&format!(
            "{setup}; echo x >>$M/V1__a.sql; echo x >$M/V3.sql; git add -A; git commit -qm x -- $M"
        ));
    }
}

#[test]
fn a_split_index_is_read() {
    let split = "git update-index --split-index; echo x >>$M/V1__a.sql;";
    assert_eq!(agrees(&format!("{split} git commit -qam x")), TREE);
    assert_eq!(agrees(&format!("{split} git commit -qm x -- $M/V1__a.sql")), PLUMBING);
}

#[test]
fn a_split_index_without_its_tree_is_read_through_git() {
    let sandbox = seed(&[]);
    sandbox.run("git update-index --split-index; echo x >>db/migrations/V1__a.sql; git add -A");
    let repo = open(sandbox.path());
    let staged = repo.staged().unwrap();
    assert_eq!(format!("{:?}", staged.how), PLUMBING);
    let deltas = repo.diff(&before(&repo), &staged.side, &everything).unwrap();
    assert_eq!(rows(&deltas), staged_by_git(&sandbox, "HEAD"));
}

#[test]
fn a_sparse_index_is_read() {
    let sparse = "git sparse-checkout set --cone --sparse-index src;";
    agrees(&format!("{sparse} echo x >>src/main.rs; git commit -qam x"));
    agrees(&format!(
        "{sparse} id=$(echo x | git hash-object -w --stdin)
         git update-index --cacheinfo 100644,$id,$M/V1__a.sql; git commit -qm x"
    ));
    agrees(
        "git sparse-checkout set --cone --sparse-index db; echo x >>$M/V1__a.sql; git commit -qm x -- db",
    );
}

#[test]
fn sha256_and_reftable_are_read() {
    for args in [
        &["--object-format=sha256"][..],
        &["--ref-format=reftable"],
        &["--object-format=sha256", "--ref-format=reftable"],
    ] {
        for script in [
            "git add -A; git commit -qm x",
            "git commit -qam x",
            "git commit -qm x -- $M/V1__a.sql",
        ] {
            let sandbox = seed(args);
            agrees_in(&sandbox, sandbox.path(), &format!("echo x >>$M/V1__a.sql; {script}"));
        }
        let sandbox = Sandbox::init(args);
        agrees_in(
            &sandbox,
            sandbox.path(),
            "mkdir -p $M; echo x >$M/V1.sql; git add -A; git commit -qm x",
        );
    }
}

#[test]
fn linked_worktrees_have_their_own_index() {
    let sandbox = seed(&[]);
    let tree = sandbox.outside().join("tree");
    sandbox.git(&["worktree", "add", "-q", tree.to_str().unwrap()]);
    agrees_in(&sandbox, &tree, "echo x >>$M/V1__a.sql; git commit -qam x");
    agrees_in(
        &sandbox,
        &tree,
        "mkdir -p a/b; cd a/b; echo x >../../$M/V3.sql; git add ../..; git commit -qm x",
    );
}

#[test]
fn every_layout_of_a_repository_is_found() {
    let sandbox = seed(&[]);
    sandbox.run("git init -q --separate-git-dir=../apart");
    agrees_in(&sandbox, sandbox.path(), "echo x >>$M/V1__a.sql; git commit -qam x");
    let sandbox = seed(&[]);
    sandbox.run("mv .git ../dot");
    // The hooks moved with it, and were written for where it is now.
    sandbox.run("ln -s ../dot .git");
    super::hook::watch(&sandbox);
    sandbox.run("rm .git");
    let commit =
        "echo x >>db/migrations/V1__a.sql; git --git-dir=../dot --work-tree=. commit -qam x";
    sandbox.run(commit);
    for it in super::hook::seen(&sandbox) {
        assert_eq!(it.rows.len(), 1, "{} {:?}", it.backend, it.rows);
    }
}

#[test]
fn a_submodule_is_its_own_repository() {
    let sandbox = seed(&[]);
    let parent = sandbox.outside().join("parent");
    let from = sandbox.path().to_str().unwrap();
    sandbox.run(&format!(
        "git init -q '{0}'; cd '{0}'; git submodule --quiet add '{from}' sub",
        parent.display()
    ));
    let sub = parent.join("sub");
    sandbox.run(&format!("mkdir -p '{}/.git/modules/sub/hooks'", parent.display()));
    super::hook::watch(&sandbox);
    sandbox
        .run(&format!("cp .git/hooks/pre-commit '{}/.git/modules/sub/hooks/'", parent.display()));
    agrees_in(&sandbox, &sub, "echo x >>$M/V1__a.sql; git commit -qam x");
}

#[test]
fn an_index_may_be_large_and_its_names_long() {
    let sandbox = seed(&[]);
    let id = sandbox.run("echo x | git hash-object -w --stdin").trim().to_owned();
    let long = "n".repeat(180);
    let names = (0..6000).map(|it| format!("many/{:02}/{long}{it}", it % 70));
    // Longer than its length can be written, in one directory and in many.
    let longer = ["d/", &long].map(|it| format!("long/{}x", it.repeat(5100 / it.len())));
    let lines: Vec<String> = names.chain(longer).map(|it| format!("100644 {id}\t{it}\n")).collect();
    sandbox.write("../info", lines.concat());
    sandbox.run("git update-index --add --index-info <../info");
    for version in ["2", "4"] {
        sandbox.git(&["update-index", "--index-version", version]);
        for script in
            ["true", "git write-tree", "git update-index --force-remove db/migrations/V1__a.sql"]
        {
            sandbox.run(script);
            let expected = staged_by_git(&sandbox, "HEAD");
            for backend in BACKENDS {
                let repo = open_with(sandbox.path(), backend);
                let staged = repo.staged().unwrap();
                let deltas = repo.diff(&before(&repo), &staged.side, &everything).unwrap();
                assert!(rows(&deltas) == expected, "version {version}, {script}, {backend:?}");
            }
        }
        sandbox.run("git update-index --add --cacheinfo 100644,$(git rev-parse HEAD:db/migrations/V1__a.sql),db/migrations/V1__a.sql");
    }
}
