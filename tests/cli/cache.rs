//! What was kept from earlier runs saves time and decides nothing.

use std::path::PathBuf;

use crate::accept::{committed, new};
use crate::support::Sandbox;

/// A change whose verdict hangs on what the migrations before it made.
fn staged() -> Sandbox {
    let sandbox = committed(&[]);
    sandbox.stage(
        "db/migrations/V3__c.sql",
        "alter table a disable row level security;\nalter table b drop column id;\n",
    );
    sandbox
}

fn kept(sandbox: &Sandbox) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(sandbox.path().join(".git/sprag")) else {
        return Vec::new();
    };
    let mut kept: Vec<PathBuf> = entries.map(|it| it.unwrap().path()).collect();
    kept.sort();
    kept
}

/// What is done to the bytes of a file, in words and in fact.
type Damage = (&'static str, fn(Vec<u8>) -> Vec<u8>);

/// What three commands say, each of which keeps something.
fn said(sandbox: &Sandbox) -> Vec<(i32, String)> {
    [&["check", "--format", "json"][..], &["audit", "--format", "json"], &["hook", "pre-commit"]]
        .map(|it| sandbox.sprag(it))
        .to_vec()
}

#[test]
fn nothing_that_happens_to_the_cache_changes_a_verdict() {
    let sandbox = staged();
    let fresh = said(&sandbox);
    assert_eq!(fresh[0].0, 1, "{}", fresh[0].1);
    assert!(!kept(&sandbox).is_empty(), "something is kept");
    assert_eq!(said(&sandbox), fresh, "recalled");
    let damages: [Damage; 8] = [
        ("emptied", |_| Vec::new()),
        ("cut off", |bytes| bytes[..bytes.len() / 2].to_vec()),
        ("its last byte", |bytes| bytes[..bytes.len() - 1].to_vec()),
        ("a bit of the first", |mut bytes| {
            bytes[9] ^= 1;
            bytes
        }),
        ("a bit of the middle", |mut bytes| {
            let at = bytes.len() / 2;
            bytes[at] ^= 0x10;
            bytes
        }),
        ("another length", |mut bytes| {
            bytes[12..16].copy_from_slice(&u32::MAX.to_le_bytes());
            bytes
        }),
        ("garbage", |bytes| {
            (0..bytes.len()).map(|it| u8::try_from(it * 7 % 251).unwrap()).collect()
        }),
        ("more", |mut bytes| {
            bytes.extend([0; 100]);
            bytes
        }),
    ];
    for (what, damage) in damages {
        for path in kept(&sandbox) {
            let bytes = std::fs::read(&path).unwrap();
            std::fs::write(path, damage(bytes)).unwrap();
        }
        assert_eq!(said(&sandbox), fresh, "{what}");
        assert_eq!(said(&sandbox), fresh, "{what}, then mended");
    }
    // Files that say they are each other.
    let files = kept(&sandbox);
    std::fs::copy(&files[0], &files[files.len() - 1]).unwrap();
    assert_eq!(said(&sandbox), fresh, "mixed up");
    sandbox.does("rm -rf .git/sprag");
    assert_eq!(said(&sandbox), fresh, "deleted");
    sandbox.does(
        "rm -rf .git/sprag; mkdir -p .git/sprag; for f in a b c; do mkdir .git/sprag/past-$f; done",
    );
    assert_eq!(said(&sandbox), fresh, "full of folders");
    sandbox.does("rm -rf .git/sprag; ln -s /dev/null .git/sprag");
    assert_eq!(said(&sandbox), fresh, "no folder");
    sandbox.does("rm -rf .git/sprag; mkdir .git/sprag; chmod a-w .git/sprag");
    assert_eq!(said(&sandbox), fresh, "read-only");
}

#[test]
fn a_policy_that_names_other_migrations_is_not_judged_by_what_was_kept() {
    let sandbox = committed(&[]);
    sandbox.does("mkdir -p other; mv $M/V2__b.sql other/; sed -i 's|\\[\"db|[\"other/**\", \"db|' policy.toml; git add -A; git commit -qm both");
    sandbox.stage(
        "other/V3__c.sql",
        "alter table a disable row level security;\nalter table a add column \"X\" int;\n",
    );
    let (code, both) = sandbox.sprag(&["check", "--format", "json"]);
    assert_eq!(code, 1, "{both}");
    // From now on only `other` has migrations: nobody knows of `a` any more.
    sandbox.does("git reset -q; git checkout -q .; sed -i 's|, \"db/migrations/\\*\\*\"||' policy.toml; git add policy.toml; git commit -qm other; git add -A");
    let kept_before = sandbox.sprag(&["check", "--format", "json"]);
    sandbox.does("rm -rf .git/sprag");
    assert_eq!(sandbox.sprag(&["check", "--format", "json"]), kept_before);
}

#[test]
fn each_commit_is_judged_on_top_of_its_own_past() {
    // The same text is refused or not, depending on what the branch that is checked out has made before it.
    let sandbox = committed(&[]);
    sandbox.does("git checkout -qb one; new c >$M/V3__c.sql; git add -A; git commit -qm c; git checkout -qb two main; echo >src/x; git add -A; git commit -qm x");
    sandbox.does("echo 'alter table c drop column id;' >../text");
    let verdict = |branch: &str| {
        sandbox.does(&format!("git checkout -q {branch}"));
        let first = sandbox.try_in(sandbox.path(), "$SPRAG check - --format json <../text");
        sandbox.does("rm -rf .git/sprag");
        assert_eq!(
            sandbox.try_in(sandbox.path(), "$SPRAG check - --format json <../text"),
            first,
            "{branch}"
        );
        first
    };
    let (one, two) = (verdict("one"), verdict("two"));
    assert_eq!(verdict("one"), one);
    assert_eq!(verdict("two"), two);
    // An edited, a deleted and an inserted migration make another past.
    for change in [
        "git rm -q $M/V2__b.sql",
        "new z >$M/V0__z.sql",
        "echo 'drop table b;' >>$M/V2__b.sql",
        "git mv $M/V2__b.sql $M/V0__b.sql",
    ] {
        sandbox.does(&format!(
            "git checkout -q one; git checkout -qB other; {change}; git add -A; git commit -qnm x"
        ));
        sandbox.does("echo 'alter table b disable row level security;' >../text");
        let first = sandbox.try_in(
            sandbox.path(),
            "$SPRAG check - --format json <../text; $SPRAG audit --format json",
        );
        sandbox.does("rm -rf .git/sprag");
        let fresh = sandbox.try_in(
            sandbox.path(),
            "$SPRAG check - --format json <../text; $SPRAG audit --format json",
        );
        assert_eq!(first, fresh, "{change}");
    }
}

#[test]
fn two_runs_at_once_say_what_one_says() {
    let sandbox = staged();
    let (code, alone) = sandbox.sprag(&["check", "--format", "json"]);
    assert_eq!(code, 1);
    for _ in 0..3 {
        sandbox.does("rm -rf .git/sprag");
        let said = sandbox.does(
            "for i in 1 2 3 4 5 6; do ( code=0; $SPRAG check --format json >../said.$i || code=$?; echo $code >>../said.$i ) & done; wait; cat ../said.[1-6]",
        );
        assert!(said == format!("{alone}1\n").repeat(6), "{said}");
    }
    assert!(
        kept(&sandbox).iter().all(|it| !it.file_name().unwrap().to_string_lossy().contains("tmp")),
        "{:?}",
        kept(&sandbox)
    );
}

#[test]
fn the_number_of_files_that_are_kept_stays_small() {
    let sandbox = committed(&[]);
    sandbox.install();
    for at in 3..33 {
        sandbox.does(&format!(
            "new t{at} >$M/V{at}__t.sql; git add -A; git commit -qm x; $SPRAG audit >/dev/null"
        ));
    }
    let kept = kept(&sandbox);
    assert!(kept.len() <= 16, "{}: {kept:?}", kept.len());
    sandbox.stage("db/migrations/V99__c.sql", new("t3"));
    let before = sandbox.sprag(&["check", "--format", "json"]);
    sandbox.does("rm -rf .git/sprag");
    assert_eq!(sandbox.sprag(&["check", "--format", "json"]), before);
}
