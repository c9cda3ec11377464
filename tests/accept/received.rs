//! A server that people push to.

use super::seed;
use crate::support::Sandbox;

const REFUSED: &[&str] = &["remote: ", "pre-receive hook declined", "No ref was changed"];

/// The origin judges by itself; nobody here does.
fn served() -> Sandbox {
    let sandbox = seed();
    sandbox.does("$SPRAG install --repo ../origin.git >/dev/null; $SPRAG uninstall >/dev/null; test ! -e .git/hooks/pre-push");
    sandbox
}

#[test]
fn a_server_takes_a_new_migration() {
    served().passes("new c >$M/V3__c.sql; git add -A; git commit -qm x; git push -q origin main");
}

#[test]
fn a_server_refuses_an_edit_however_the_objects_come() {
    for limit in ["100", "1"] {
        let sandbox = served();
        sandbox.does(&format!("git -C ../origin.git config receive.unpackLimit {limit}; edit $M/V1__a.sql; git commit -qam x"));
        let said = sandbox.refuses("git push origin main", REFUSED);
        assert!(said.contains("edited-migration") && said.contains("V1__a.sql"), "{said}");
        sandbox.refuses("git push origin HEAD:refs/heads/other", REFUSED);
    }
}

#[test]
fn a_server_that_borrows_objects_refuses_an_edit() {
    let sandbox = served();
    sandbox.does("git clone -q --bare --shared ../origin.git ../fork.git; $SPRAG install --repo ../fork.git; edit $M/V1__a.sql; git commit -qam x");
    let said = sandbox.refuses("git push ../fork.git main", REFUSED);
    assert!(said.contains("edited-migration"), "{said}");
    assert_eq!(
        sandbox.line(&["ls-remote", "../fork.git", "main"]),
        sandbox.line(&["ls-remote", "../origin.git", "refs/heads/main"])
    );
}

#[test]
fn a_server_refuses_a_forced_push_that_drops_a_migration_from_main() {
    let sandbox = served();
    sandbox.does("new c >$M/V3__c.sql; git add -A; git commit -qm x; git push -q origin main; git reset -q --hard HEAD^; echo >src/x; git add -A; git commit -qm y");
    let said = sandbox.refuses("git push -f origin main", REFUSED);
    assert!(said.contains("deleted-migration") && said.contains("V3__c.sql"), "{said}");
}

#[test]
fn a_server_that_has_nothing_yet_judges_the_whole() {
    let sandbox = served();
    sandbox.does("git init -q --bare ../empty.git; $SPRAG install --repo ../empty.git");
    sandbox.does(
        "echo 'create table c (id int primary key);' >$M/V3__c.sql; git add -A; git commit -qm x",
    );
    sandbox.refuses("git push ../empty.git main", REFUSED);
    sandbox.passes("git reset -q --hard HEAD^; git push -q ../empty.git main");
}

#[test]
fn one_bad_ref_of_many_refuses_the_push() {
    let sandbox = served();
    sandbox.does(
        "git checkout -qb good; new c >$M/V3__c.sql; git add -A; git commit -qm x
         git checkout -qb bad main; edit $M/V1__a.sql; git commit -qam x",
    );
    let said = sandbox.refuses("git push origin good bad", REFUSED);
    assert!(said.contains("refs/heads/bad") && !said.contains("push to refs/heads/good"), "{said}");
}

#[test]
fn a_server_lets_a_branch_be_deleted() {
    served().passes("git push -q origin main:old; git push -q origin :old");
}

#[test]
fn a_server_keeps_main_though_nobody_forbids_git_to_delete_it() {
    let sandbox = served();
    sandbox.does("git -C ../origin.git config receive.denyDeleteCurrent ignore");
    // A ref is no migration: that a main branch goes is for the server's own settings to forbid.
    sandbox.passes("git push -q origin :main 2>/dev/null");
}

#[test]
fn a_server_whose_head_names_a_branch_that_nobody_has_judges_by_the_one_that_everybody_has() {
    let sandbox = served();
    sandbox.does("git -C ../origin.git symbolic-ref HEAD refs/heads/trunk; edit $M/V1__a.sql; git commit -qam x");
    sandbox.refuses("git push origin main", REFUSED);
    sandbox.refuses("git push origin HEAD:refs/heads/other", REFUSED);
    sandbox.does("git reset -q --hard HEAD^");
    sandbox.passes("new c >$M/V3__c.sql; git add -A; git commit -qm c; git push -q origin main");
    // A branch with any other name is compared with itself.
    sandbox.does("git push -q origin main:trunk; git -C ../origin.git update-ref -d refs/heads/main; git -C ../origin.git symbolic-ref HEAD refs/heads/gone");
    sandbox.does("edit $M/V1__a.sql; git commit -qam x");
    sandbox.refuses("git push origin main:trunk", REFUSED);
}
