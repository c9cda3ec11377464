//! Clones that left something out.

use std::path::PathBuf;

use super::seed;
use crate::support::Sandbox;

/// A clone without blobs, as CI systems make them, next to the repository.
fn partial_of(sandbox: &Sandbox) -> PathBuf {
    sandbox.does(
        "git -C ../origin.git config uploadpack.allowFilter true; git -C ../origin.git config uploadpack.allowAnySHA1InWant true
         git clone -q --filter=blob:none --no-checkout file://\"$PWD\"/../origin.git ../partial",
    );
    sandbox.outside().join("partial")
}

#[test]
fn an_audit_of_a_clone_without_blobs_fetches_by_kind_and_not_file_by_file() {
    let sandbox = seed();
    for at in 3..30 {
        sandbox.write(format!("db/migrations/V{at}__t.sql"), super::new(&format!("t{at}")));
        sandbox.write(format!("packages/p{at}/package.json"), format!("{{\"name\": \"p{at}\"}}\n"));
    }
    sandbox.does("git add -A; git commit -qm many; git push -q");
    let partial = partial_of(&sandbox);
    let said = sandbox.do_in(
        &partial,
        "export GIT_TRACE=\"$PWD/../trace\"; $SPRAG audit; unset GIT_TRACE; echo fetches: $(grep -c 'built-in: git fetch' ../trace)",
    );
    assert!(said.contains("HEAD passes: nothing found in 56 files"), "{said}");
    // One for the policy, one for the migrations, one for the files with commands, one for all that may hold a password.
    assert!(said.contains("fetches: 4\n"), "{said}");
}

#[test]
fn an_audit_of_a_clone_whose_blobs_cannot_be_fetched_has_no_verdict() {
    let sandbox = seed();
    let partial = partial_of(&sandbox);
    let (code, said) = sandbox.try_in(&partial, "mv ../origin.git ../away; $SPRAG audit");
    assert_eq!(code, 2, "{said}");
    assert!(
        said.contains("could not judge") && said.contains("left objects at `origin`"),
        "{said}"
    );
}

#[test]
fn a_partial_clone_of_the_old_form_is_judged() {
    let sandbox = seed();
    sandbox.does(
        "git config core.repositoryFormatVersion 1; git config extensions.partialClone origin",
    );
    sandbox.refuses("edit $M/V1__a.sql; git commit -am x", &["edited-migration", "V1__a.sql"]);
    sandbox.passes("git checkout -q .; new c >$M/V3__c.sql; git add -A; git commit -qm x");
}

#[test]
fn a_base_that_a_shallow_clone_does_not_have_is_told_and_not_taken_for_nothing() {
    let sandbox = seed();
    let old = sandbox.line(&["rev-parse", "HEAD"]);
    sandbox.does(
        "new c >$M/V3__c.sql; git add -A; git commit -qm x; git push -q
         git clone -q --depth 1 file://\"$PWD\"/../origin.git ../shallow",
    );
    let shallow = sandbox.outside().join("shallow");
    for asked in [format!("--range {old}..HEAD"), format!("--base {old}"), "--rev HEAD".to_owned()]
    {
        let (code, said) = sandbox.try_in(&shallow, &format!("$SPRAG check {asked}"));
        assert_eq!(code, 2, "{asked}: {said}");
        assert!(said.contains("could not judge") && said.contains("fetch"), "{asked}: {said}");
        assert!(said.contains("git fetch --unshallow"), "{asked}: {said}");
    }
}

#[test]
fn a_shallow_clone_may_be_pushed_from() {
    let sandbox = seed();
    sandbox.does(
        "new c >$M/V3__c.sql; git add -A; git commit -qm x; git push -q
         git clone -q --depth 1 file://\"$PWD\"/../origin.git ../shallow; cd ../shallow; $SPRAG install >/dev/null",
    );
    let shallow = sandbox.outside().join("shallow");
    sandbox.passes_in(
        &shallow,
        "new d >$M/V4__d.sql; git add -A; git commit -qm x; git push -q origin main",
    );
    sandbox.passes_in(&shallow, "git checkout -qb feat; new e >$M/V5__e.sql; git add -A; git commit -qm x; git push -q origin feat");
    sandbox.do_in(&shallow, "edit $M/V1__a.sql; git commit -qnam x");
    sandbox.refuses_in(&shallow, "git push origin feat", &["edited-migration", "V1__a.sql"]);
}
