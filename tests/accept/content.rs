//! What a file holds is what git would store.

use super::{committed, seed};
use crate::support::Sandbox;

fn with_attributes(attributes: &str) -> Sandbox {
    let sandbox = committed(&[]);
    sandbox.commit(".gitattributes", format!("{attributes}\n"));
    let sandbox = sandbox.with_origin();
    sandbox.install();
    sandbox
}

#[test]
fn line_ends_that_git_turns_back_are_no_edit() {
    let sandbox = with_attributes("*.sql text eol=crlf");
    sandbox.does("git config core.autocrlf true; printf '%s\\r\\n' \"$(sed 1q $M/V1__a.sql)\" \"$(sed 1d $M/V1__a.sql)\" >$M/V1__a.sql");
    sandbox.does("git add -A; git diff --cached --quiet HEAD");
    sandbox.passes("git commit -q --allow-empty -m x");
}

#[test]
fn line_ends_that_git_stores_are_an_edit_by_default() {
    let sandbox = with_attributes("*.sql -text");
    sandbox.does("printf '%s\\r\\n' \"$(sed 1q $M/V1__a.sql)\" \"$(sed 1d $M/V1__a.sql)\" >$M/V1__a.sql; git add -A");
    sandbox.refuses("git commit -m x", &["edited-migration", "V1__a.sql"]);
}

#[test]
fn a_file_that_is_utf16_in_the_worktree_only_is_read_as_git_stores_it() {
    let sandbox = with_attributes("*.sql working-tree-encoding=UTF-16LE-BOM");
    sandbox.passes("new c | iconv -t UTF-16LE | (printf '\\377\\376'; cat) >$M/V3__c.sql; git add $M/V3__c.sql; git commit -qm x");
    sandbox.refuses(
        "wrong | iconv -t UTF-16LE | (printf '\\377\\376'; cat) >$M/V4__d.sql; git add $M/V4__d.sql; git commit -m x",
        &["drop-table", "V4__d.sql:1:1"],
    );
}

#[test]
fn a_pointer_to_a_large_file_is_no_migration() {
    let sandbox = with_attributes("*.sql filter=lfs");
    sandbox.does(
        "git config filter.lfs.clean 'printf \"version https://git-lfs.github.com/spec/v1\\noid sha256:%064d\\nsize 12\\n\" 7'
         git config filter.lfs.smudge cat; new c >$M/V3__c.sql; git add $M/V3__c.sql",
    );
    let said = sandbox.refuses("git commit -m x", &["V3__c.sql"]);
    assert!(said.contains("LFS"), "{said}");
}

#[test]
fn content_that_is_no_text_is_refused() {
    let sandbox = seed();
    sandbox.refuses(
        "printf '\\377\\376\\0x' >$M/V3__c.sql; git add -A; git commit -m x",
        &["unreadable-file", "V3__c.sql"],
    );
}
