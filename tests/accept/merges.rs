//! Merges, and the rewriting of history that no hook of `git commit` sees.

use super::seed;
use crate::support::Sandbox;

/// `feat` and `main` have parted; the script is what `feat` does. Ends on `main`.
fn parted(feat: &str, main: &str) -> Sandbox {
    let sandbox = seed();
    sandbox.does(&format!(
        "git checkout -qb feat; {feat}; git add -A; git commit -qnm feat
         git checkout -q main; {main}; git add -A; git commit -qnm main"
    ));
    sandbox
}

#[test]
fn a_merge_of_a_branch_that_adds_a_migration_is_committed() {
    let sandbox = parted("new c >$M/V3__c.sql", "echo >src/x");
    sandbox.passes("git merge -q -m x feat; git push -q");
}

#[test]
fn a_clean_merge_of_a_branch_that_edits_a_migration_is_refused() {
    let sandbox = parted("edit $M/V1__a.sql", "echo >src/x");
    sandbox.refuses("git merge -m x feat", &["edited-migration", "V1__a.sql", "merge refused"]);
}

#[test]
fn what_a_merge_brings_that_was_not_published_is_judged_once_more_in_the_merge() {
    // Each side passed alone; the merge has them both.
    let sandbox = parted("new c >$M/3_c.sql", "new d >$M/3_d.sql");
    sandbox.refuses("git merge -m x feat", &["duplicate-timestamp", "merge refused"]);
}

#[test]
fn a_conflict_that_is_resolved_by_a_third_text_is_refused() {
    let sandbox = parted("edit $M/V1__a.sql", "echo 'select 2;' >>$M/V1__a.sql");
    let (code, said) = sandbox.try_in(sandbox.path(), "git merge -m x feat");
    assert!(code == 1 && said.contains("CONFLICT"), "{said}");
    sandbox.does("new a >$M/V1__a.sql; echo 'select 3;' >>$M/V1__a.sql; git add -A");
    sandbox.refuses("git commit -m x", &["edited-migration", "V1__a.sql"]);
    sandbox.does("new a >$M/V1__a.sql; git add -A");
    sandbox.passes("git commit -qm x");
}

#[test]
fn an_unmerged_migration_has_no_verdict() {
    let sandbox = parted("edit $M/V1__a.sql", "echo 'select 2;' >>$M/V1__a.sql");
    sandbox.try_in(sandbox.path(), "git merge -m x feat");
    let (code, said) = sandbox.sprag(&["check", "--staged"]);
    assert_eq!(code, 2, "{said}");
    assert!(
        said.contains("`db/migrations/V1__a.sql` has a conflict that is not resolved"),
        "{said}"
    );
}

#[test]
fn a_conflict_elsewhere_is_none_of_our_business() {
    let sandbox = parted("echo 1 >src/x", "echo 2 >src/x");
    sandbox.try_in(sandbox.path(), "git merge -m x feat");
    let (code, said) = sandbox.sprag(&["check", "--staged"]);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn a_rebase_whose_conflict_was_resolved_badly_is_not_pushed() {
    let sandbox = parted("new d >$M/V3__c.sql", "echo >src/x");
    sandbox.does("new c >$M/V3__c.sql; git add -A; git commit -qm c; git push -q origin main; git checkout -q feat");
    let (code, said) = sandbox.try_in(sandbox.path(), "git rebase main");
    assert!(code != 0 && said.contains("CONFLICT"), "{said}");
    sandbox.does(
        "edit $M/V1__a.sql; new c >$M/V3__c.sql; git add -A; GIT_EDITOR=true git rebase --continue",
    );
    sandbox.refuses(
        "git push origin feat",
        &["edited-migration", "V1__a.sql", "push of refs/heads/feat refused"],
    );
}

#[test]
fn a_cherry_pick_or_a_revert_that_edits_a_migration_is_not_pushed() {
    let sandbox = parted("edit $M/V1__a.sql", "echo >src/x");
    sandbox.does("git cherry-pick feat");
    sandbox.refuses("git push origin main", &["edited-migration", "V1__a.sql"]);

    let sandbox = seed();
    sandbox.passes("new c >$M/V3__c.sql; git add -A; git commit -qm c; git push -q");
    sandbox.does("git revert --no-edit HEAD");
    sandbox.refuses("git push", &["deleted-migration", "V3__c.sql"]);
}

#[test]
fn a_fast_forward_that_no_hook_sees_is_judged_on_the_way_out() {
    let sandbox = seed();
    sandbox.does("git checkout -qb feat; edit $M/V1__a.sql; git commit -qnam x; git checkout -q main; git merge -q feat");
    sandbox.refuses("git push", &["edited-migration", "V1__a.sql"]);
}

#[test]
fn patches_applied_with_am_are_judged_on_the_way_out() {
    let sandbox = seed();
    sandbox.does(
        "git checkout -qb feat; edit $M/V1__a.sql; git commit -qnam x; git format-patch -q -1 -o ..
         git checkout -q main; git am -q ../0001-x.patch",
    );
    sandbox.refuses("git push", &["edited-migration", "V1__a.sql"]);
}

#[test]
fn a_merge_of_what_the_remote_has_meanwhile_is_no_change_of_ours() {
    // The owner had an edit of V1 merged on purpose; merging it into a branch says nothing new.
    let sandbox = seed();
    sandbox.does(
        "git checkout -qb feat; new c >$M/V3__c.sql; git add -A; git commit -qm c
         git checkout -q main; edit $M/V1__a.sql; git commit -qnam approved; git push -q --no-verify
         git checkout -q feat",
    );
    sandbox.passes("git merge -q -m x origin/main; git push -q origin feat");
}

#[test]
fn a_merge_of_many_branches_is_judged() {
    for (sql, good) in [("new d", true), ("wrong", false)] {
        let sandbox = parted("new c >$M/V3__c.sql", "echo >src/x");
        sandbox.does(&format!("git checkout -qb other HEAD^; {sql} >$M/V4__d.sql; git add -A; git commit -qnm d; git checkout -q main"));
        if good {
            sandbox.passes("git merge -q -m x feat other");
        } else {
            sandbox.refuses(
                "git merge -m x feat other",
                &["drop-table", "V4__d.sql", "merge refused"],
            );
        }
    }
}

#[test]
fn a_squashed_merge_is_judged_as_a_commit() {
    let sandbox = parted("edit $M/V1__a.sql", "echo >src/x");
    sandbox.does("git merge -q --squash feat");
    sandbox.refuses("git commit -m x", &["edited-migration", "V1__a.sql", "commit refused"]);
}
