//! What `git commit` records is judged, whichever way it was gathered.

use super::{WORDS, new, seed};
use crate::support::Sandbox;

const EDITED: &[&str] = &["error[edited-migration]", "db/migrations/V1__a.sql", "commit refused"];

#[test]
fn a_new_migration_is_committed() {
    seed().passes("new c >$M/V3__c.sql; git add -A; git commit -qm x");
}

#[test]
fn an_edit_of_a_merged_migration_is_refused() {
    seed().refuses("edit $M/V1__a.sql; git add -A; git commit -m x", EDITED);
}

#[test]
fn the_first_commit_of_all_is_judged_and_may_be_good() {
    let sandbox = Sandbox::new();
    sandbox.install();
    sandbox.write("policy.toml", super::POLICY).write("db/migrations/V1__a.sql", new("a"));
    sandbox.passes("git add -A; git commit -qm x");

    let sandbox = Sandbox::new();
    sandbox.install();
    sandbox
        .write("policy.toml", super::POLICY)
        .write("db/migrations/V1__a.sql", "create table a (id int primary key);\n");
    sandbox.refuses("git add -A; git commit -m x", &["table-without-rls", "V1__a.sql:1:14"]);
}

#[test]
fn commit_all_is_judged_by_the_index_that_git_makes_for_it() {
    let sandbox = seed();
    sandbox.refuses("edit $M/V1__a.sql; git commit -am x", EDITED);
    assert_eq!(sandbox.line(&["diff", "--cached", "--name-only"]), "", "the index is as it was");
}

#[test]
fn a_commit_of_some_paths_is_not_judged_by_what_else_is_staged() {
    let sandbox = seed();
    sandbox.does("edit $M/V2__b.sql; git add -A; new c >$M/V3__c.sql; git add $M/V3__c.sql");
    sandbox.passes("git commit -qm x -- $M/V3__c.sql");
    sandbox.refuses("git commit -m x", &["edited-migration", "V2__b.sql"]);
}

#[test]
fn a_commit_of_some_paths_is_judged_by_them_though_they_are_not_staged() {
    let sandbox = seed();
    sandbox.does("new c >$M/V3__c.sql; git add -A; edit $M/V1__a.sql");
    sandbox.refuses("git commit -m x -- $M/V1__a.sql", EDITED);
    sandbox.passes("git commit -qm x");
}

#[test]
fn a_commit_that_includes_paths_is_judged_by_them_too() {
    seed().refuses("edit $M/V1__a.sql; git commit -m x -i -- $M/V1__a.sql", EDITED);
}

#[test]
fn a_commit_of_hunks_is_judged() {
    seed().refuses("edit $M/V1__a.sql; printf 'y\\n' | git commit -p -m x", EDITED);
}

#[test]
fn what_is_staged_counts_and_not_what_lies_in_the_worktree() {
    let sandbox = seed();
    sandbox.does("new c >$M/V3__c.sql; git add -A; wrong >$M/V3__c.sql");
    sandbox.passes("git commit -qm x");

    let sandbox = seed();
    sandbox.does("cp $M/V1__a.sql ../kept; edit $M/V1__a.sql; git add -A; cp ../kept $M/V1__a.sql");
    sandbox.refuses("git commit -m x", EDITED);
}

#[test]
fn a_migration_that_nobody_has_yet_may_be_amended() {
    let sandbox = seed();
    sandbox.passes("new c >$M/V3__c.sql; git add -A; git commit -qm x");
    sandbox.passes("echo 'comment on table c is '\\''d'\\'';' >>$M/V3__c.sql; git add -A; git commit -q --amend -m x");
    // What the amended commit as a whole says is judged all the same.
    sandbox.refuses(
        "echo 'drop table a;' >>$M/V3__c.sql; git commit -a --amend -m x",
        &["drop-table"],
    );
}

#[test]
fn a_migration_that_was_pushed_to_main_may_not_be_amended_neither_here_nor_on_the_way_out() {
    let sandbox = seed();
    sandbox.passes("new c >$M/V3__c.sql; git add -A; git commit -qm x; git push -q");
    sandbox.does("edit $M/V3__c.sql; git add -A");
    sandbox.refuses("git commit --amend -m x", &["edited-migration", "V3__c.sql"]);
    sandbox.does("git commit -q --no-verify --amend -m x");
    sandbox.refuses(
        "git push -f",
        &["edited-migration", "V3__c.sql", "push of refs/heads/main refused"],
    );
}

#[test]
fn a_path_that_was_only_announced_is_not_reported() {
    let sandbox = seed();
    sandbox.does("wrong >$M/V3__c.sql; git add -N $M/V3__c.sql; echo >src/x; git add src/x");
    sandbox.passes("git commit -qm x");
}

#[test]
fn a_migration_that_is_only_announced_anew_was_deleted() {
    let sandbox = seed();
    sandbox.does("git rm -q --cached $M/V1__a.sql; git add -N $M/V1__a.sql");
    sandbox.refuses("git commit -m x", &["deleted-migration", "V1__a.sql"]);
}

#[test]
fn a_renamed_migration_is_a_deleted_one() {
    let said = seed().refuses(
        "git mv $M/V1__a.sql $M/V1__b.sql; git commit -m x",
        &["deleted-migration", "V1__a.sql"],
    );
    assert!(said.contains("V1__b.sql"), "the new name is told as well: {said}");
}

#[test]
fn a_commit_that_only_deletes_a_migration_is_refused() {
    seed().refuses("git rm -q $M/V2__b.sql; git commit -m x", &["deleted-migration", "V2__b.sql"]);
}

#[test]
fn a_migration_that_is_made_executable_is_not_edited() {
    seed().passes("chmod +x $M/V1__a.sql; git add -A; git commit -qm x");
}

#[test]
fn a_migration_that_is_replaced_by_a_link_is_refused() {
    seed().refuses(
        "rm $M/V1__a.sql; ln -s V2__b.sql $M/V1__a.sql; git add -A; git commit -m x",
        &["V1__a.sql", "symbolic link"],
    );
}

#[test]
fn a_file_or_a_link_where_the_folder_of_migrations_was_is_refused() {
    let gone: &[&str] = &["deleted-migration", "V1__a.sql", "V2__b.sql"];
    seed().refuses("git rm -rq db; echo x >db; git add db; git commit -m x", gone);
    let said = seed().refuses("git rm -rq db; ln -s src db; git add db; git commit -m x", gone);
    assert!(said.contains("`db` is a symbolic link"), "{said}");
}

#[test]
fn a_submodule_where_the_folder_of_migrations_was_is_refused_even_if_git_is_told_to_ignore_it() {
    let sandbox = seed();
    sandbox.does(
        "git init -q ../other; git -C ../other commit -q --allow-empty -m x
         git rm -rq $M
         git -c protocol.file.allow=always submodule --quiet add ../other $M
         git config -f .gitmodules submodule.$M.ignore all; git config diff.ignoreSubmodules all; git add .gitmodules",
    );
    let said = sandbox.refuses("git commit -m x", &["deleted-migration", "V1__a.sql", "V2__b.sql"]);
    assert!(said.contains("`db/migrations` is a submodule"), "{said}");
}

#[test]
fn a_mode_that_old_git_wrote_is_no_change() {
    let sandbox = seed();
    sandbox.does(
        "tree=$(git ls-tree HEAD:$M | sed s/^100644/100664/ | git mktree)
         git cat-file tree $tree | grep -aq ^100664
         tree=$(printf '040000 tree %s\\tmigrations\\n' $tree | git mktree)
         top=$( (git ls-tree HEAD | grep -v '\\sdb$'; printf '040000 tree %s\\tdb\\n' $tree) | git mktree)
         git update-ref HEAD $(git commit-tree -p HEAD -m old $top); git push -q --no-verify origin HEAD:main
         git rm -q --cached src/main.rs; git add src/main.rs; echo >src/x; git add src/x",
    );
    sandbox.passes("git commit -qm x");
    sandbox.refuses("edit $M/V1__a.sql; git commit -am x", EDITED);
}

#[test]
fn the_words_of_the_scripts_do_what_they_say() {
    let sandbox = Sandbox::new();
    assert!(WORDS.contains("new()"));
    assert_eq!(sandbox.does("new c"), new("c"));
}
