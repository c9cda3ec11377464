//! Clones that left something out.

use super::seed;
use crate::support::Sandbox;

/// A clone without blobs, as CI systems make them, next to the repository.
fn partial() -> (Sandbox, std::path::PathBuf) {
    let sandbox = seed();
    sandbox.does(
        "git -C ../origin.git config uploadpack.allowFilter true; git -C ../origin.git config uploadpack.allowAnySHA1InWant true
         git clone -q --filter=blob:none --no-checkout file://\"$PWD\"/../origin.git ../partial",
    );
    let partial = sandbox.outside().join("partial");
    (sandbox, partial)
}

#[test]
fn an_audit_of_a_clone_without_blobs_fetches_once() {
    let (sandbox, partial) = partial();
    let said = sandbox.do_in(
        &partial,
        "export GIT_TRACE=\"$PWD/../trace\"; $SPRAG audit; unset GIT_TRACE
         echo fetches: $(grep -c 'built-in: git fetch\\|exec: git fetch\\|run_command: .*git fetch' ../trace)
         echo asked: $(find .git/objects/pack -name '*.pack' | wc -l)",
    );
    assert!(said.contains("HEAD passes: nothing found in 2 files"), "{said}");
    // One pack from the clone; one for the policy and at most one for the migrations.
    let packs: usize =
        said.lines().find_map(|it| it.strip_prefix("asked: ")).unwrap().trim().parse().unwrap();
    assert!(packs <= 3, "{said}");
}

#[test]
fn an_audit_of_a_clone_whose_blobs_cannot_be_fetched_has_no_verdict() {
    let (sandbox, partial) = partial();
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
