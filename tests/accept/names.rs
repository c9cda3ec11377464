//! Whatever files are called.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::{committed, new, seed};

#[test]
fn odd_names_are_each_told_and_none_of_them_writes_on_the_terminal() {
    let names: [(&[u8], &str); 9] = [
        (b"a\nb.sql", "a\\nb.sql"),
        (b"a\"b.sql", "a\"b.sql"),
        (b"a\tb.sql", "a\\tb.sql"),
        (b"a\xe9b.sql", "a\\xe9b.sql"),
        ("caf\u{e9}.sql".as_bytes(), "caf\\u{e9}.sql"),
        ("cafe\u{301}.sql".as_bytes(), "cafe\\u{301}.sql"),
        (b"-x.sql", "-x.sql"),
        (b":x.sql", ":x.sql"),
        (b"*[.sql", "*[.sql"),
    ];
    let sandbox = committed(&[]);
    for (at, (name, _)) in names.iter().enumerate() {
        sandbox.stage(
            Path::new("db/migrations").join(OsStr::from_bytes(name)),
            new(&format!("t{at}")),
        );
    }
    sandbox.git(&["commit", "-qm", "names"]);
    let sandbox = sandbox.with_origin();
    sandbox.install();
    for (name, _) in names {
        let path = Path::new("db/migrations").join(OsStr::from_bytes(name));
        let text = std::fs::read_to_string(sandbox.path().join(&path)).unwrap();
        sandbox.write(path, format!("{text}select 1;\n"));
    }
    let said = sandbox.refuses("git commit -am x", &["edited-migration", "9 errors"]);
    for (_, shown) in names {
        assert!(said.contains(&format!("db/migrations/{shown}`")), "{shown} is not told:\n{said}");
    }
    assert!(said.chars().all(|it| it == '\n' || !it.is_control()), "{said:?}");
}

#[test]
fn a_folder_whose_name_is_no_utf8_hides_nothing() {
    let sandbox = committed(&[]);
    let folder = Path::new("db/migrations").join(OsStr::from_bytes(b"caf\xe9"));
    sandbox.stage(folder.join("V3__c.sql"), new("c"));
    sandbox.git(&["commit", "-qm", "names"]);
    let sandbox = sandbox.with_origin();
    sandbox.install();
    sandbox.write(folder.join("V3__c.sql"), new("c") + "select 1;\n");
    let said = sandbox.refuses(
        "edit $M/V1__a.sql; git commit -am x",
        &["caf\\xe9/V3__c.sql", "db/migrations/V1__a.sql"],
    );
    assert!(said.contains("2 errors"), "{said}");
}

#[test]
fn a_path_longer_than_the_index_can_count_is_read() {
    // The index counts 4,095 bytes of a name; git goes on to its end.
    let folders = vec!["d".repeat(250); 20].join("/");
    for version in ["2", "4"] {
        let sandbox = seed();
        sandbox.does(&format!("git update-index --index-version {version}"));
        let add = format!(
            "id=$(new z | git hash-object -w --stdin)
             printf '100644 %s 0\\t%s\\n' $id $M/{folders}/V9__z.sql | git update-index --add --index-info
             new c >$M/V3__c.sql; git add $M/V3__c.sql"
        );
        sandbox.does(&add);
        sandbox.passes("git commit -qm x");
        sandbox.refuses(
            "edit $M/V1__a.sql; git commit -m x -i -- $M/V1__a.sql",
            &["edited-migration"],
        );
        sandbox.does("git push -q --no-verify origin main; git reset -q --mixed");
        sandbox.does(&format!(
            "id=$( (new z; echo 'select 1;') | git hash-object -w --stdin)
             printf '100644 %s 0\\t%s\\n' $id $M/{folders}/V9__z.sql | git update-index --index-info"
        ));
        sandbox.refuses("git commit -m x", &["edited-migration", "1 error in 1 file"]);
    }
}

#[test]
fn another_case_is_another_name() {
    let sandbox = seed();
    sandbox.does("git config core.ignoreCase true; git mv -f $M/V1__a.sql $M/v1__A.sql");
    sandbox.refuses("git commit -m x", &["deleted-migration", "db/migrations/V1__a.sql"]);
}
