//! Repositories that are damaged: there is no verdict, and never a good one.

use super::seed;

#[test]
fn a_branch_that_names_a_missing_commit_has_no_verdict() {
    let sandbox = seed();
    sandbox.does("edit $M/V1__a.sql; git add -A; git rev-parse HEAD | tr 0-9a-f 1-9a-f0 >.git/refs/heads/main");
    for args in [&["hook", "pre-commit"][..], &["check"], &["audit"], &["ci"]] {
        let (code, said) = sandbox.sprag(args);
        assert_eq!(code, 2, "{args:?}: {said}");
        assert!(said.contains("could not judge"), "{args:?}: {said}");
    }
}

#[test]
fn an_index_that_was_cut_off_has_no_verdict() {
    let sandbox = seed();
    sandbox.does("edit $M/V1__a.sql; git add -A; cp .git/index ../whole");
    for bytes in ["0", "11", "12", "31", "100", "200"] {
        sandbox.does(&format!("head -c {bytes} ../whole >.git/index"));
        for args in [&["hook", "pre-commit"][..], &["check"]] {
            let (code, said) = sandbox.sprag(args);
            assert_eq!(code, 2, "{args:?} {bytes}: {said}");
            assert!(said.contains("could not judge"), "{args:?} {bytes}: {said}");
        }
    }
}

#[test]
fn an_object_with_the_content_of_another_has_no_verdict() {
    let sandbox = seed();
    sandbox.does(
        "wrong >$M/V3__c.sql; git add -A; file() { echo $1 | sed 's|^..|.git/objects/&/|'; }
         bad=$(file $(git rev-parse :$M/V3__c.sql)); chmod +w $bad; cp -f $(file $(new z | git hash-object -w --stdin)) $bad",
    );
    let (code, said) = sandbox.sprag(&["check"]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("db/migrations/V3__c.sql"), "{said}");
    sandbox.cannot("git commit -m x", &["V3__c.sql"]);
}

#[test]
fn a_migration_whose_content_is_missing_has_no_verdict() {
    let sandbox = seed();
    sandbox.does("wrong >$M/V3__c.sql; git add -A; rm -f $(git rev-parse :$M/V3__c.sql | sed 's|^..|.git/objects/&/|')");
    let (code, said) = sandbox.sprag(&["check"]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("db/migrations/V3__c.sql") && said.contains("missing"), "{said}");
}

#[test]
fn lines_that_git_does_not_write_have_no_verdict() {
    let sandbox = seed();
    for (hook, line) in
        [("pre-push", "main 1234"), ("pre-receive", "x"), ("pre-push", "\\033[2J a b c")]
    {
        let (code, said) =
            sandbox.try_in(sandbox.path(), &format!("printf '{line}\\n' | $SPRAG hook {hook}"));
        assert_eq!(code, 2, "{said}");
        assert!(
            said.contains("a line that git does not write") && !said.contains('\u{1b}'),
            "{said}"
        );
    }
}
