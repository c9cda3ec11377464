//! What a hook sees is what git commits.

use super::hook::{agrees, agrees_in};
use super::{BACKENDS, before, everything, open_with, rows, seed, staged_by_git};
use crate::support::Sandbox;
use sprag::repo::How;

const TREE: &str = "CacheTree";
const SCAN: &str = "Scan";

#[test]
fn a_plain_commit_is_the_tree_that_git_wrote() {
    assert_eq!(agrees("echo x >$M/V3.sql; git add -A; git commit -qm x"), TREE);
}

#[test]
fn the_first_commit_adds_everything() {
    let sandbox = Sandbox::new();
    let how = agrees_in(
        &sandbox,
        sandbox.path(),
        "mkdir -p $M; echo x >$M/V1.sql; git add -A; git commit -qm x",
    );
    assert_eq!(how, TREE);
}

#[test]
fn commit_all_is_read_from_the_index_that_git_names() {
    agrees("echo x >>$M/V1__a.sql; git commit -qam x");
}

#[test]
fn a_commit_of_paths_leaves_out_what_else_is_staged() {
    let how = agrees(
        "echo x >>$M/V2__b.sql; git add -A; echo x >>$M/V1__a.sql; git commit -qm x -- $M/V1__a.sql",
    );
    assert_eq!(how, SCAN);
}

#[test]
fn a_commit_that_includes_paths_has_both() {
    agrees(
        "echo x >>$M/V2__b.sql; git add -A; echo x >>$M/V1__a.sql; git commit -qm x -i -- $M/V1__a.sql",
    );
}

#[test]
fn a_commit_of_hunks_has_the_hunks() {
    agrees("echo x >>$M/V1__a.sql; printf 'y\\n' | git commit -qpm x >/dev/null");
}

#[test]
fn an_amended_commit_is_compared_with_the_one_it_replaces() {
    let sandbox = seed(&[]);
    sandbox.commit("db/migrations/V3.sql", "x");
    agrees_in(&sandbox, sandbox.path(), "echo y >>$M/V3.sql; git commit -qa --amend -m y");
}

#[test]
fn what_is_staged_counts_and_not_the_worktree() {
    agrees(
        "echo x >>$M/V1__a.sql; git add -A; git show HEAD:$M/V1__a.sql >$M/V1__a.sql; git commit -qm x",
    );
}

#[test]
fn a_merge_is_what_it_changes_here() {
    agrees(
        "git checkout -qb feat; echo x >$M/V3.sql; git add -A; git commit -qm x; git checkout -q main
         echo y >$M/V4.sql; git add -A; git commit -qm y; git merge -q --no-edit feat",
    );
}

#[test]
fn a_resolved_conflict_is_what_it_was_resolved_to() {
    agrees(
        "git checkout -qb feat; echo x >$M/V1__a.sql; git commit -qam x; git checkout -q main
         echo y >$M/V1__a.sql; git commit -qam y; git merge -q feat >/dev/null || true
         echo z >$M/V1__a.sql; git add -A; git commit -qm z",
    );
}

#[test]
fn renames_modes_links_and_deletions_are_named_each() {
    agrees(
        "git mv $M/V1__a.sql $M/V3.sql; chmod +x src/main.rs; ln -s nowhere $M/link; git rm -q $M/V2__b.sql
         git add -A; git commit -qm x",
    );
}

#[test]
fn a_file_or_a_link_in_place_of_a_directory_is_named() {
    agrees("git rm -rqf db; echo x >db; git add db; git commit -qm x");
    agrees("git rm -rqf db; ln -s src db; git add db; git commit -qm x");
    agrees(
        "git rm -qf src/main.rs; mkdir -p src/main.rs; echo x >src/main.rs/x; git add -A; git commit -qm x",
    );
}

#[test]
fn a_submodule_in_place_of_migrations_is_named_even_if_git_was_told_to_ignore_it() {
    agrees(
        "git rm -rqf db; git init -q db; git -C db commit -q --allow-empty -m x
         printf '[submodule \"db\"]\\n\\tpath = db\\n\\turl = ./db\\n\\tignore = all\\n' >.gitmodules
         git config diff.ignoreSubmodules all; git add .gitmodules; git add db 2>/dev/null
         git update-index --add --cacheinfo 160000,$(git -C db rev-parse HEAD),db; git commit -qm x",
    );
}

#[test]
fn a_file_that_is_only_intended_is_not_there() {
    let how = agrees(
        "echo x >$M/V3.sql; git add -N $M/V3.sql; echo y >>$M/V1__a.sql; git add $M/V1__a.sql; git commit -qm x",
    );
    assert_eq!(how, SCAN);
    agrees("git rm -q --cached $M/V1__a.sql; git add -N $M/V1__a.sql; git commit -qm x");
}

#[test]
fn names_are_bytes() {
    use std::os::unix::ffi::OsStrExt;
    let sandbox = seed(&[]);
    for name in [
        &b"caf\xe9/V1.sql"[..],
        b"a\nb.sql",
        b"a\"b.sql",
        b"a\tb.sql",
        b"-x.sql",
        b":x.sql",
        b"*[.sql",
        b"e\xcc\x81.sql",
        b"\xc3\xa9.sql",
    ] {
        sandbox.write(std::ffi::OsStr::from_bytes(&[b"db/", name].concat()), "x");
    }
    super::hook::watch(&sandbox);
    sandbox.run("git add -A; git commit -qm x");
    for it in super::hook::seen(&sandbox) {
        assert_eq!(
            it.rows,
            super::between(&sandbox, sandbox.path(), "HEAD^", "HEAD"),
            "{}",
            it.backend
        );
    }
}

#[test]
fn directories_may_be_nine_hundred_deep() {
    let sandbox = seed(&[]);
    let id = sandbox.run("echo x | git hash-object -w --stdin");
    let deep = format!("{}V1.sql", "d/".repeat(900));
    for version in ["2", "4"] {
        sandbox.git(&["update-index", "--index-version", version]);
        sandbox.git(&[
            "update-index",
            "--add",
            "--cacheinfo",
            &format!("100644,{},{deep}", id.trim()),
        ]);
        for backend in BACKENDS {
            let repo = open_with(sandbox.path(), backend);
            let staged = repo.staged().unwrap();
            let deltas = repo.diff(&before(&repo), &staged.side, &everything).unwrap();
            assert_eq!(rows(&deltas), staged_by_git(&sandbox, "HEAD"), "{backend:?}");
            assert_eq!(deltas.len(), 1);
        }
    }
    sandbox.git(&["commit", "-qm", "deep"]);
    for backend in BACKENDS {
        let repo = open_with(sandbox.path(), backend);
        assert_eq!(repo.list(&before(&repo), &everything).unwrap().len(), 4);
        assert!(repo.entry(&before(&repo), deep.as_bytes()).unwrap().is_some());
    }
}

#[test]
fn modes_of_old_repositories_are_no_change() {
    let sandbox = seed(&[]);
    sandbox.run(
        "blob=$(git rev-parse HEAD:src/main.rs); tree=$(printf '100664 blob %s\\tmain.rs\\n' $blob | git mktree)
         git update-ref HEAD $(git commit-tree -m x $tree)
         git rm -rq --cached .; git update-index --add --cacheinfo 100644,$blob,main.rs",
    );
    for backend in BACKENDS {
        let repo = open_with(sandbox.path(), backend);
        let deltas = repo.diff(&before(&repo), &repo.staged().unwrap().side, &everything).unwrap();
        assert!(deltas.is_empty(), "{backend:?} {deltas:?}");
        assert_eq!(
            repo.list(&before(&repo), &everything).unwrap()[0].mode,
            sprag::source::Mode::Regular
        );
    }
}

#[test]
fn conflicts_are_named_and_are_no_deltas() {
    let sandbox = seed(&[]);
    sandbox.run(
        "git checkout -qb feat; echo x >db/migrations/V1__a.sql; git commit -qam x; git checkout -q main
         echo y >db/migrations/V1__a.sql; git commit -qam y; git merge -q feat >/dev/null || true",
    );
    for backend in BACKENDS {
        let repo = open_with(sandbox.path(), backend);
        let staged = repo.staged().unwrap();
        assert_eq!(staged.conflicted, ["db/migrations/V1__a.sql".into()], "{backend:?}");
        assert!(
            repo.diff(&before(&repo), &staged.side, &everything).unwrap().is_empty(),
            "{backend:?}"
        );
    }
}

#[test]
fn replaced_objects_are_not_believed() {
    agrees(
        "git replace $(git rev-parse HEAD:$M/V1__a.sql) $(git rev-parse HEAD:$M/V2__b.sql)
         git replace HEAD $(git commit-tree -m other $(git hash-object -t tree -w /dev/null))
         echo x >>$M/V1__a.sql; git add -A; git commit -qm x",
    );
}

#[test]
fn without_an_index_nothing_is_staged() {
    let sandbox = seed(&[]);
    sandbox.run("rm .git/index");
    for backend in BACKENDS {
        let repo = open_with(sandbox.path(), backend);
        let staged = repo.staged().unwrap();
        let deltas = repo.diff(&before(&repo), &staged.side, &everything).unwrap();
        assert_eq!(deltas.len(), 3, "{backend:?}");
        assert!(deltas.iter().all(|it| it.after.is_none()), "{backend:?}");
    }
}

#[test]
fn reading_changes_nothing() {
    let sandbox = seed(&[]);
    sandbox.run("echo x >>db/migrations/V1__a.sql; git add -A");
    let state = "cksum .git/index; find .git -type f | sort; git count-objects -v";
    let was = sandbox.run(state);
    for backend in BACKENDS {
        let repo = open_with(sandbox.path(), backend);
        let staged = repo.staged().unwrap();
        assert_ne!(staged.how, How::CacheTree, "`git add` made the tree of the index invalid");
        repo.diff(&before(&repo), &staged.side, &everything).unwrap();
    }
    assert_eq!(sandbox.run(state), was);
}
