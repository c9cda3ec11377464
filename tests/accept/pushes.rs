//! What is about to leave, whatever is checked out.

use super::seed;
use crate::support::Sandbox;

const REFUSED: &[&str] = &["edited-migration", "V1__a.sql", "Nothing was sent"];

/// `feat` holds a commit that edits a migration and was never judged; `good` holds a good one. `main` is checked out.
fn prepared() -> Sandbox {
    let sandbox = seed();
    sandbox.does(
        "git checkout -qb good; new c >$M/V3__c.sql; git add -A; git commit -qm good
         git checkout -qb feat main; edit $M/V1__a.sql; git commit -qnam bad; echo >src/x; git add -A; git commit -qnm after
         git checkout -q main",
    );
    sandbox
}

#[test]
fn every_way_to_name_what_is_pushed_is_judged_by_what_it_names() {
    let refused = [
        "feat",
        "feat:main",
        "feat:refs/heads/elsewhere",
        "HEAD:x",
        "HEAD~1:refs/heads/x",
        "feat@{0}:refs/heads/x",
        "$(git rev-parse feat):refs/heads/x",
        "feat^{tree}:refs/tags/tree",
        "v1",
        "light",
        "good main feat",
        "--all",
        "--mirror",
        "--follow-tags feat",
    ];
    let sandbox = prepared();
    sandbox.does("git tag -a -m x v1 feat; git tag light feat");
    for what in refused {
        let at = if what.starts_with("HEAD") { "feat" } else { "main" };
        sandbox.does(&format!("git checkout -q {at}"));
        sandbox.refuses(&format!("git push origin {what}"), REFUSED);
        sandbox.does(&format!("git tag -d v1 light >/dev/null; git tag -a -m x v1 feat; git tag light feat; git push --dry-run --no-verify origin {what}"));
    }
}

#[test]
fn what_is_good_is_pushed_though_something_bad_is_checked_out() {
    let sandbox = prepared();
    sandbox.does("git checkout -q feat; git tag blob $(git rev-parse HEAD:src/main.rs); git tag -a -m x v1 good");
    for what in [
        "good",
        "good:x",
        "HEAD~2:refs/heads/y",
        "good@{0}:refs/heads/z",
        "blob",
        "v1",
        "good main",
        "--follow-tags good",
    ] {
        sandbox.passes(&format!("git push -q origin {what}"));
    }
}

#[test]
fn a_dry_run_is_judged_as_well() {
    prepared().refuses("git push --dry-run origin feat", REFUSED);
}

#[test]
fn a_push_of_nothing_and_a_deletion_pass() {
    let sandbox = prepared();
    sandbox.passes("git push -q origin main");
    sandbox.passes("git push -q origin good; git push -q origin :good");
    // That main goes is for the server to forbid: nothing that is here says what would be lost.
    sandbox.does("git --git-dir=../origin.git config receive.denyDeleteCurrent ignore");
    sandbox.passes("git push -q origin :main");
}

#[test]
fn what_is_added_and_then_edited_or_deleted_or_restored_before_anyone_has_it_passes() {
    let add = "new c >$M/V3__c.sql; git add -A; git commit -qnm add";
    for then in ["edit $M/V3__c.sql", "git rm -q $M/V3__c.sql"] {
        let sandbox = seed();
        sandbox.does(&format!("git checkout -qb feat; {add}; {then}; git commit -qnam then"));
        sandbox.passes("git push -q origin feat; git push -q origin feat:main");
    }
    let sandbox = seed();
    sandbox.does("git checkout -qb feat; edit $M/V1__a.sql; git commit -qnam edit; git checkout -q HEAD^ -- $M; git commit -qnm restore");
    sandbox.passes("git push -q origin feat");
}

#[test]
fn a_branch_that_was_amended_may_be_forced() {
    let sandbox = seed();
    sandbox.does("git checkout -qb feat; new c >$M/V3__c.sql; git add -A; git commit -qm add; git push -q origin feat");
    sandbox.passes("echo 'comment on table c is '\\''d'\\'';' >>$M/V3__c.sql; git add -A; git commit -q --amend -m add");
    sandbox.passes("git push -qf origin feat");
}

#[test]
fn a_branch_that_took_main_in_brings_only_its_own() {
    for feat in ["echo >src/x", "new f >$M/V6__f.sql"] {
        let sandbox = seed();
        sandbox.does(&format!(
            "git checkout -qb feat; {feat}; git add -A; git commit -qm feat
             git checkout -q main; new e >$M/V5__e.sql; edit $M/V1__a.sql; git add -A; git commit -qnm approved
             git push -q --no-verify origin main; git checkout -q feat; git merge -qm merge origin/main"
        ));
        sandbox.passes("git push -q origin feat");
    }
}

#[test]
fn a_branch_that_has_not_yet_taken_main_in_edits_nothing_by_it() {
    let sandbox = seed();
    sandbox.does(
        "git checkout -qb feat; new f >$M/V6__f.sql; git add -A; git commit -qm feat
         git checkout -q main; edit $M/V1__a.sql; git commit -qnam approved; git push -q --no-verify origin main",
    );
    sandbox.passes("git push -q origin feat");
}

#[test]
fn a_merge_that_drops_or_edits_what_it_merged_is_refused() {
    let parted = "git checkout -qb feat; echo >src/x; git add -A; git commit -qm feat
                  git checkout -q main; new e >$M/V5__e.sql; git add -A; git commit -qm e; git push -q origin main; git checkout -q feat";
    let sandbox = seed();
    sandbox.does(&format!("{parted}; git merge -q --no-verify -s ours -m evil origin/main"));
    sandbox.refuses("git push origin feat", &["deleted-migration", "V5__e.sql"]);

    let sandbox = seed();
    sandbox.does(&format!(
        "{parted}; git merge -q --no-commit origin/main; edit $M/V1__a.sql; git commit -qnam evil"
    ));
    sandbox.refuses("git push origin feat", REFUSED);
}

#[test]
fn a_forced_push_that_drops_a_migration_from_main_is_refused() {
    let sandbox = seed();
    sandbox.does(
        "new e >$M/V5__e.sql; git add -A; git commit -qm e; git push -q origin main
         git reset -q --hard HEAD^; echo >src/x; git add -A; git commit -qm f",
    );
    sandbox.refuses(
        "git push -f origin main",
        &["deleted-migration", "V5__e.sql", "Nothing was sent"],
    );
}

#[test]
fn a_commit_that_no_hook_held_up_is_named_by_whatever_judges_next() {
    let sandbox = seed();
    sandbox.does(
        "git checkout -qb feat; wrong >$M/V3__c.sql; git add -A; git commit -qnm 'tidy up'; git tag wrong
         echo >src/x; git add -A; git commit -qnm after",
    );
    let id = sandbox.line(&["rev-parse", "--short=12", "wrong"]);
    let named = format!(
        "drop-table came with {id} \"tidy up\" by test@example.com, and no hook held it up"
    );
    let words = [named.as_str()];
    sandbox.refuses("git push origin feat", &words);
    sandbox.refuses("$SPRAG ci --base origin/main", &words);
    sandbox.refuses("new e >$M/V5__e.sql; git add -A; git commit -qm more", &words);
    sandbox
        .refuses("$SPRAG install --repo ../origin.git; git push --no-verify origin feat", &words);
    let (_, said) = sandbox.sprag(&["ci", "--base", "origin/main", "--format", "json"]);
    assert!(said.contains("\"subject\": \"tidy up\""), "{said}");
    // What is about to be committed came with no commit yet.
    sandbox.does("git reset -q --hard main; wrong >$M/V4__d.sql");
    let said = sandbox.refuses(
        "git add -A; git commit -qm x",
        &["drop-table", "advisory, by the policy of origin/main"],
    );
    assert!(!said.contains("came with"), "{said}");
}

#[test]
fn a_main_branch_may_have_a_slash_in_its_name() {
    let sandbox = prepared();
    sandbox.does(
        "git push -q --no-verify origin main:release/main; git -C ../origin.git symbolic-ref HEAD refs/heads/release/main
         git push -q --no-verify origin :main; git fetch -qp; git remote set-head origin -a >/dev/null
         git checkout -qb x --no-track origin/release/main; new z >$M/V9__z.sql; git add -A; git commit -qm z
         git push -q origin x:release/main; git reset -q --hard HEAD^; git commit -q --allow-empty -m other",
    );
    sandbox.refuses(
        "git push -f origin x:release/main",
        &["deleted-migration", "push of refs/heads/release/main refused"],
    );
}

#[test]
fn a_history_of_its_own_takes_nothing_away_from_the_main_branch() {
    let sandbox = prepared();
    sandbox.does("git checkout -q --orphan gh-pages; git rm -rqf .; echo hi >index.html; git add -A; git commit -qm pages");
    sandbox.passes(
        "git push -q origin gh-pages; git notes add -m seen; git push -q origin refs/notes/commits",
    );
    // What is in it is judged all the same.
    sandbox
        .does("mkdir -p $M; wrong >$M/V1__x.sql; git add -A; git commit -q --no-verify -m wrong");
    sandbox.refuses("git push origin gh-pages", &["drop-table"]);
}

#[test]
fn what_was_pushed_past_the_hook_is_found_by_the_next_push() {
    let sandbox = prepared();
    sandbox.does("git push -q --no-verify origin feat; git checkout -q feat; new c >$M/V9__c.sql; git add -A; git commit -qnm innocent");
    sandbox.refuses("git push origin feat", REFUSED);
}

#[test]
fn published_history_is_not_refused_for_the_way_that_it_is_pushed() {
    // An edit that was approved is in main, and everybody has it.
    let sandbox = seed();
    sandbox
        .does("edit $M/V1__a.sql; git commit -qnam approved; git push -q --no-verify origin main");
    sandbox.does("git init -q --bare ../fork.git; git remote add fork ../fork.git");
    sandbox.does("git init -q --bare ../other.git; git remote add third ../nowhere.git; git remote set-url --push third ../other.git");
    sandbox.passes("git checkout -qb feat; new c >$M/V3__c.sql; git add -A; git commit -qm c");
    for what in [
        "../origin.git feat",
        "\"file://$PWD/../origin.git\" feat:url",
        "fork feat",
        "fork main",
        "third feat",
    ] {
        sandbox.passes(&format!("git push -q {what}"));
    }
    sandbox.does("git checkout -q main");
    for what in ["../origin.git main:other", "fork main:again", "third main"] {
        sandbox.passes(&format!("git push -q {what}"));
    }
}

#[test]
fn a_bare_mirror_may_push_what_is_published_and_nothing_else() {
    let sandbox = seed();
    sandbox.does(
        "git clone -q --mirror ../origin.git ../mirror.git; git init -q --bare ../backup.git",
    );
    // A mirror is where people push to; who pushes from it has to say so.
    sandbox.does("printf '#!/bin/sh\\nexec \"%s\" hook pre-push \"$@\"\\n' \"$SPRAG\" >../mirror.git/hooks/pre-push; chmod +x ../mirror.git/hooks/pre-push");
    let mirror = sandbox.outside().join("mirror.git");
    sandbox.passes_in(&mirror, "git push -q --mirror ../backup.git");
    sandbox.passes_in(&mirror, "git push -q --mirror ../backup.git");
}

#[test]
fn a_forced_push_over_what_was_never_fetched_has_no_verdict() {
    let sandbox = seed();
    sandbox.does(
        "git clone -q ../origin.git ../colleague; cd ../colleague; new d >$M/V4__d.sql; git add -A; git commit -qm d; git push -q",
    );
    sandbox.passes("new c >$M/V3__c.sql; git add -A; git commit -qm c");
    sandbox.cannot(
        "git push -f origin main",
        &["refs/heads/main", "which is not here", "git fetch", "Nothing was sent"],
    );
    sandbox.does("git fetch -q");
    sandbox.refuses("git push -f origin main", &["deleted-migration", "V4__d.sql"]);
}

#[test]
fn a_refusal_of_one_ref_is_told_though_another_has_no_verdict() {
    let sandbox = prepared();
    sandbox.does("git clone -q ../origin.git ../colleague; cd ../colleague; echo >src/y; git add -A; git commit -qm d; git push -q");
    sandbox.does("echo >src/x; git add -A; git commit -qm c");
    let (code, said) = sandbox.try_in(sandbox.path(), "git push -f origin main feat");
    assert_ne!(code, 0, "{said}");
    assert!(
        said.contains("could not judge the push of refs/heads/main")
            && said.contains("push of refs/heads/feat refused"),
        "{said}"
    );
}

#[test]
fn a_replaced_object_hides_nothing() {
    let sandbox = seed();
    sandbox.does(
        "old=$(git rev-parse HEAD:$M/V1__a.sql); edit $M/V1__a.sql; git commit -qnam x
         git replace $(git rev-parse HEAD:$M/V1__a.sql) $old; test $(git cat-file blob HEAD:$M/V1__a.sql | wc -l) = 2",
    );
    sandbox.refuses("git push origin main", REFUSED);
}

#[test]
fn a_commit_that_was_replaced_hides_nothing() {
    let sandbox = seed();
    sandbox.does("edit $M/V1__a.sql; git commit -qnam x; git replace HEAD HEAD^");
    sandbox.refuses("git push -f origin main", REFUSED);
}

#[test]
fn a_push_by_url_from_where_no_remote_was_ever_fetched_is_compared_with_what_is_there() {
    let sandbox = super::committed(&[]);
    sandbox.does("git init -q --bare ../origin.git; git push -q ../origin.git main");
    sandbox.install();
    sandbox.passes(
        "new c >$M/V3__c.sql; git add -A; git commit -qm c; git push -q ../origin.git main",
    );
    sandbox.does("edit $M/V1__a.sql; git commit -qnam x");
    sandbox.refuses("git push ../origin.git main", REFUSED);
    sandbox.does("git reset -q --hard HEAD^^; echo >src/x; git add -A; git commit -qnm x");
    sandbox.refuses("git push -f ../origin.git main", &["deleted-migration", "V3__c.sql"]);
}

#[test]
fn what_was_pushed_by_url_to_a_branch_of_ones_own_may_be_amended() {
    let sandbox = super::committed(&[]);
    sandbox.does("git init -q --bare ../origin.git; git push -q ../origin.git main");
    sandbox.install();
    sandbox.passes("git checkout -qb feat; new c >$M/V3__c.sql; git add -A; git commit -qm c; git push -q ../origin.git feat");
    sandbox.does("edit $M/V3__c.sql; git commit -qna --amend -m c");
    sandbox.passes("git push -qf ../origin.git feat");
}

#[test]
fn a_remote_whose_path_is_no_utf8_is_pushed_to() {
    let sandbox = seed();
    sandbox.passes("git clone -q --bare ../origin.git \"$(printf '../caf\\351.git')\"; git checkout -qb good; echo >src/x; git add -A; git commit -qm x; git push -q \"$(printf '../caf\\351.git')\" good");
    sandbox.does("edit $M/V1__a.sql; git commit -qnam x");
    sandbox.refuses("git push \"$(printf '../caf\\351.git')\" good", REFUSED);
}

#[test]
fn a_policy_that_was_loosened_past_the_hook_judges_nothing_on_the_way_out() {
    let sandbox = seed();
    sandbox.does("git checkout -qb feat; sed -i 's|db/migrations|elsewhere|' policy.toml; git commit -qnam loosen; wrong >$M/V3__c.sql; git add -A; git commit -qnm drop");
    let said =
        sandbox.refuses("git push origin feat", &["error[policy-tampered]", "Nothing was sent"]);
    assert!(said.contains("error[drop-table]"), "{said}");
}
