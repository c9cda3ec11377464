//! A hook leaves everything as it was: index, worktree, objects, refs.

use super::{seed, seeded};
use crate::support::Sandbox;

/// All that git would notice, and the bytes of the index.
fn state(sandbox: &Sandbox) -> String {
    sandbox.does(
        "git --no-optional-locks status --porcelain=v2 --ignored; sha256sum .git/index; stat -c '%i %Y %Z %s' .git/index
         git count-objects -v; git for-each-ref; find . -path ./.git/sprag -prune -o -type f -print | sort | xargs -d '\\n' sha256sum",
    )
}

#[test]
fn hooks_and_commands_change_nothing() {
    for args in [&[][..], &["--object-format=sha256"]] {
        let sandbox = if args.is_empty() {
            seeded(args)
        } else {
            let sandbox = super::committed(args);
            sandbox.install();
            sandbox
        };
        // What lies about must not be refreshed: its times are not what the index says.
        sandbox.does("new c >$M/V3__c.sql; git add -A; new d >$M/V4__d.sql; touch -d 2001-01-01 src/main.rs; edit $M/V1__a.sql");
        let before = state(&sandbox);
        let head = sandbox.line(&["rev-parse", "HEAD"]);
        let zeros = "0".repeat(head.len());
        for script in [
            "$SPRAG hook pre-commit".to_owned(),
            "$SPRAG hook pre-merge-commit".to_owned(),
            format!("echo 'refs/heads/main {head} refs/heads/x {zeros}' | $SPRAG hook pre-push"),
            format!("echo '{zeros} {head} refs/heads/x' | $SPRAG hook pre-receive"),
            "$SPRAG check".to_owned(),
            "$SPRAG check --rev HEAD".to_owned(),
            "$SPRAG check $M/V1__a.sql || :".to_owned(),
            "$SPRAG audit".to_owned(),
            "$SPRAG ci".to_owned(),
            "$SPRAG doctor || :".to_owned(),
        ] {
            sandbox.does(&script);
            assert_eq!(state(&sandbox), before, "{script}");
        }
    }
}

#[test]
fn a_refused_commit_leaves_the_index_byte_for_byte() {
    let sandbox = seed();
    sandbox.does(
        "edit $M/V1__a.sql; git add -A; git status >/dev/null; sha256sum .git/index >../before",
    );
    let objects = sandbox.does("git count-objects");
    sandbox.refuses("$SPRAG hook pre-commit", &["edited-migration"]);
    sandbox.does("sha256sum --status -c ../before");
    assert_eq!(sandbox.does("git count-objects"), objects);
    // git itself writes the trees of a commit before it runs the hook.
    sandbox.refuses("git commit -m x", &["edited-migration"]);
    assert_eq!(sandbox.does("git status --porcelain"), "M  db/migrations/V1__a.sql\n");
}
