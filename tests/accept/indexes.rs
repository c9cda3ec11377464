//! Every form of the index that git can be told to write.

use super::{seed, seeded};
use crate::support::Sandbox;

const EDITED: &[&str] = &["edited-migration", "db/migrations/V1__a.sql", "commit refused"];

/// A good change and bad ones, in each of the ways in which git gathers a commit.
fn is_judged_as_ever(sandbox: &Sandbox) {
    sandbox.passes("new c >$M/V3__c.sql; git add -A; git commit -qm x");
    sandbox.does("edit $M/V1__a.sql");
    sandbox.refuses("git commit -am x", EDITED);
    sandbox.refuses("git commit -m x -- $M/V1__a.sql", EDITED);
    sandbox.does("git add -A");
    sandbox.refuses("git commit -m x", EDITED);
    sandbox.does("git reset -q; git checkout -q .; new d >$M/V4__d.sql; git add -A");
    sandbox.does("edit $M/V1__a.sql");
    sandbox.refuses("git commit -m x -- $M/V1__a.sql", EDITED);
    sandbox.passes("git commit -qm x");
}

#[test]
fn a_split_index_is_read() {
    let sandbox = seed();
    sandbox.does("git update-index --split-index; ls .git/sharedindex.* >/dev/null");
    is_judged_as_ever(&sandbox);
}

#[test]
fn every_version_of_the_index_is_read() {
    for version in ["2", "3", "4"] {
        let sandbox = seed();
        sandbox.does(&format!(
            "git config index.version {version}; git update-index --index-version {version}"
        ));
        is_judged_as_ever(&sandbox);
    }
}

#[test]
fn an_index_for_many_files_without_a_checksum_is_read() {
    let sandbox = seed();
    sandbox.does("git config feature.manyFiles true; git config index.skipHash true; git update-index --force-write-index");
    is_judged_as_ever(&sandbox);
}

#[test]
fn an_index_with_an_untracked_cache_and_a_file_monitor_is_read() {
    let sandbox = seed();
    sandbox.does("git update-index --force-untracked-cache; git status >/dev/null");
    // A monitor that says of everything that it may have changed.
    sandbox.does(
        "printf '#!/bin/sh\\nprintf \"token\\\\0/\\\\0\"\\n' >../monitor; chmod +x ../monitor",
    );
    sandbox.does("git config core.fsmonitor \"$PWD/../monitor\"; git config core.fsmonitorHookVersion 2; git status >/dev/null");
    is_judged_as_ever(&sandbox);
}

#[test]
fn an_index_that_leaves_folders_out_is_read() {
    let sandbox = seed();
    sandbox.does("git sparse-checkout set --cone --sparse-index src; test ! -e db; git ls-files --sparse | grep -qx db/");
    sandbox.passes("echo >src/x; git add src; git commit -qm x");
    sandbox.does("id=$( (git cat-file blob HEAD:$M/V1__a.sql; echo 'select 1;') | git hash-object -w --stdin)
                  git update-index --cacheinfo 100644,$id,$M/V1__a.sql");
    sandbox.refuses("git commit -m x", EDITED);
}

#[test]
fn an_index_that_leaves_other_folders_out_is_read() {
    let sandbox = seed();
    sandbox.does("mkdir docs; echo x >docs/x; git add docs; git commit -qm docs
                  git sparse-checkout set --cone --sparse-index db; git ls-files --sparse | grep -qx docs/");
    sandbox.does("edit $M/V1__a.sql");
    sandbox.refuses("git commit -m x -- db", EDITED);
    sandbox.refuses("git commit -am x", EDITED);
    sandbox.passes("git checkout -q db; new c >$M/V3__c.sql; git add db; git commit -qm x -- db");
}

#[test]
fn repositories_with_other_object_names_and_other_refs_are_judged() {
    let forms: [&[&str]; 3] = [
        &["--object-format=sha256"],
        &["--ref-format=reftable"],
        &["--object-format=sha256", "--ref-format=reftable"],
    ];
    for args in forms {
        let sandbox = seeded_like(args);
        is_judged_as_ever(&sandbox);
        sandbox.passes("git push -q origin main");
        sandbox.does("git checkout -q .; edit $M/V1__a.sql; git commit -qnam x");
        let on_push = &["edited-migration", "V1__a.sql", "push of refs/heads/main refused"];
        sandbox.refuses("git push origin main", on_push);
        sandbox.does("git --git-dir=../origin.git config receive.denyNonFastForwards false; $SPRAG install --repo ../origin.git");
        let on_receipt =
            &["remote: ", "edited-migration", "V1__a.sql", "refused", "pre-receive hook declined"];
        sandbox.refuses("git push --no-verify origin main", on_receipt);
    }
}

#[test]
fn the_first_commit_of_a_repository_of_any_form_is_judged() {
    let both = ["--object-format=sha256", "--ref-format=reftable"];
    for args in [&both[..1], &both[1..], &both] {
        let sandbox = Sandbox::init(args);
        sandbox.install();
        sandbox.write("policy.toml", super::POLICY);
        sandbox.does(
            "mkdir -p $M; echo 'create table a (id int primary key);' >$M/V1__a.sql; git add -A",
        );
        sandbox.refuses("git commit -m x", &["table-without-rls"]);
        sandbox.passes("new a >$M/V1__a.sql; git add -A; git commit -qm x");
    }
}

/// The origin has to have the same object names.
fn seeded_like(args: &[&str]) -> Sandbox {
    if args.iter().any(|it| it.contains("sha256")) {
        let sandbox = super::committed(args);
        sandbox.does("git init -q --bare --object-format=sha256 ../origin.git");
        let sandbox = sandbox.with_origin();
        sandbox.install();
        sandbox
    } else {
        seeded(args)
    }
}
