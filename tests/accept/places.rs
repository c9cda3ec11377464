//! Wherever the repository is, and however git was told of it.

use super::{POLICY, committed, new, seed};
use crate::support::Sandbox;

const EDITED: &[&str] = &["edited-migration", "db/migrations/V1__a.sql"];

#[test]
fn a_linked_worktree_is_judged_from_any_folder_of_it() {
    let sandbox = seed();
    sandbox.does("git worktree add -q ../linked -b linked");
    let linked = sandbox.outside().join("linked");
    sandbox.do_in(&linked, "edit $M/V1__a.sql; mkdir -p src/deep");
    sandbox.refuses_in(&linked.join("src/deep"), "git commit -am x", EDITED);
    sandbox.do_in(&linked, "git checkout -q .");
    sandbox
        .passes_in(&linked.join("db"), "new c >migrations/V3__c.sql; git add .; git commit -qm x");
}

#[test]
fn a_worktree_of_a_bare_repository_is_judged() {
    let sandbox = committed(&[]).with_origin();
    sandbox.does("git clone -q --bare ../origin.git ../bare.git; cd ../bare.git; git worktree add -q ../linked main");
    let linked = sandbox.outside().join("linked");
    sandbox.do_in(
        &linked,
        "git config remote.origin.fetch '+refs/heads/*:refs/remotes/origin/*'; git fetch -q",
    );
    // In a bare repository the hooks of a server are installed; a worktree wants those of a person.
    sandbox.do_in(&linked, "$SPRAG install >/dev/null");
    sandbox.refuses_in(&linked, "edit $M/V1__a.sql; git commit -am x", EDITED);
    sandbox
        .passes_in(&linked, "git checkout -q .; new c >$M/V3__c.sql; git add -A; git commit -qm x");
}

#[test]
fn a_separate_git_directory_is_judged() {
    let sandbox = seed();
    sandbox.does("git init -q --separate-git-dir ../elsewhere; test -f .git");
    sandbox.refuses("edit $M/V1__a.sql; git commit -am x", EDITED);
    sandbox.passes("git checkout -q .; new c >$M/V3__c.sql; git add -A; git commit -qm x");
}

#[test]
fn a_git_directory_named_on_the_command_line_is_judged() {
    let sandbox = seed();
    sandbox.does("mv .git ../dot");
    let git = "git --git-dir=../dot --work-tree=.";
    sandbox.does("edit $M/V1__a.sql");
    let before = sandbox.does("cat ../dot/refs/heads/main");
    sandbox.refuses(&format!("{git} commit -am x"), EDITED);
    assert_eq!(sandbox.does("cat ../dot/refs/heads/main"), before);
    sandbox.passes(&format!(
        "{git} checkout -q .; new c >$M/V3__c.sql; {git} add -A; {git} commit -qm x"
    ));
}

#[test]
fn a_git_directory_named_in_the_environment_with_a_worktree_in_its_configuration_is_judged() {
    let sandbox = seed();
    sandbox.does("mv .git ../dot; git --git-dir=../dot config core.worktree \"$PWD\"");
    sandbox.does("edit $M/V1__a.sql");
    let elsewhere = sandbox.outside().to_owned();
    let before = sandbox.does("cat ../dot/refs/heads/main");
    sandbox.refuses_in(&elsewhere, "export GIT_DIR=\"$PWD/dot\"; git commit -am x", EDITED);
    assert_eq!(sandbox.does("cat ../dot/refs/heads/main"), before);
    sandbox.does("git --git-dir=../dot checkout -q .; new c >$M/V3__c.sql");
    sandbox.passes_in(
        &elsewhere,
        "export GIT_DIR=\"$PWD/dot\"; cd repo; git add -A; git commit -qm x",
    );
}

#[test]
fn a_submodule_is_judged_where_it_is_committed_and_not_where_it_is_named() {
    let sandbox = seed();
    sandbox.does("git init -q ../library; cd ../library; git commit -q --allow-empty -m x");
    sandbox.does("git submodule --quiet add ../library library; git commit -qm library");
    let library = sandbox.path().join("library");
    sandbox.do_in(&library, "$SPRAG install >/dev/null; mkdir -p $M");
    std::fs::write(library.join("policy.toml"), POLICY).unwrap();
    std::fs::write(library.join("db/migrations/V1__a.sql"), new("a")).unwrap();
    sandbox.passes_in(&library, "git add -A; git commit -qm seed; git push -q origin HEAD:library; git push -q origin HEAD:topic");
    sandbox.do_in(&library, "git update-ref refs/remotes/origin/HEAD HEAD");
    sandbox.refuses_in(&library, "edit $M/V1__a.sql; git commit -am x", EDITED);
    sandbox.do_in(&library, "git commit -qnam x");
    sandbox.passes("git add library; git commit -qm bump");
}

#[test]
fn no_setting_of_git_changes_what_is_seen() {
    let sandbox = seed();
    sandbox.does(
        "git config core.hooksPath .githooks; git config diff.relative true; git config diff.external /bin/false
         git config diff.renames copies; git config core.quotePath false; git config diff.noprefix true
         git config diff.ignoreSubmodules all; git config color.ui always; git config core.fsmonitor false
         git config status.showUntrackedFiles no; git config core.pager 'exit 3'",
    );
    sandbox.install();
    sandbox.does("test -x .githooks/pre-commit; edit $M/V1__a.sql; git add $M; git mv $M/V2__b.sql $M/V9__b.sql");
    let db = sandbox.path().join("db");
    let said = sandbox.refuses_in(&db, "git commit -m x", EDITED);
    assert!(said.contains("deleted-migration") && said.contains("V2__b.sql"), "{said}");
}

#[test]
fn a_clone_that_borrows_its_objects_is_judged() {
    let sandbox = seed();
    sandbox.does("git clone -q --shared . ../borrower; cd ../borrower; $SPRAG install >/dev/null");
    let borrower = sandbox.outside().join("borrower");
    sandbox.refuses_in(&borrower, "edit $M/V1__a.sql; git commit -am x", EDITED);
    sandbox.passes_in(
        &borrower,
        "git checkout -q .; new c >$M/V3__c.sql; git add -A; git commit -qm x",
    );
}

#[test]
fn an_index_of_ones_own_is_what_is_committed() {
    let sandbox: Sandbox = seed();
    sandbox.does("edit $M/V1__a.sql; cp .git/index ../own; GIT_INDEX_FILE=../own git add -A; git checkout -q .");
    sandbox.refuses("export GIT_INDEX_FILE=\"$PWD/../own\"; git commit -m x", EDITED);
    sandbox.passes("echo >src/x; git add -A; git commit -qm x");
}
