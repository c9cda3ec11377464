//! Terminals, pipes that close, disks that are full: the verdict stays what it is.

use crate::accept::{committed, new};
use crate::support::Sandbox;

/// Staged: something good, or something bad.
fn with(text: &str) -> Sandbox {
    let sandbox = committed(&[]);
    sandbox.stage("db/migrations/V3__c.sql", text);
    sandbox
}

#[test]
fn a_reader_that_is_not_there_changes_no_exit_code() {
    let good = with(&new("c"));
    let bad = with("drop table a;\n");
    for (sandbox, code) in [(&good, 0), (&bad, 1)] {
        for format in ["human", "json", "github"] {
            for end in [">&-", ">/dev/full", ">&- 2>&-", ">/dev/full 2>/dev/full", "2>&-", "<&-"] {
                let (it, said) = sandbox
                    .try_in(sandbox.path(), &format!("$SPRAG check --format {format} {end}"));
                assert_eq!(it, code, "{format} {end}: {said}");
            }
            let (it, said) = sandbox.try_in(
                sandbox.path(),
                &format!(
                    "( $SPRAG check --format {format}; echo $? >../code ) | head -c0; cat ../code"
                ),
            );
            assert_eq!((it, said.trim()), (0, code.to_string().as_str()), "{format} | head -c0");
        }
        let (it, said) = sandbox.try_in(sandbox.path(), "$SPRAG hook pre-commit 2>&- >&-");
        assert_eq!(it, code, "a hook: {said}");
        let (it, _) = sandbox.try_in(sandbox.path(), "$SPRAG hook pre-commit 2>/dev/full");
        assert_eq!(it, code);
    }
    for end in [">&-", ">/dev/full", "2>&-", "2>/dev/full"] {
        assert_eq!(
            good.try_in(good.path(), &format!("$SPRAG check --rev nothing {end}")).0,
            2,
            "{end}"
        );
        assert_eq!(good.try_in(good.path(), &format!("$SPRAG rules {end}")).0, 0, "{end}");
        assert_eq!(good.try_in(good.path(), &format!("$SPRAG --help {end}")).0, 0, "{end}");
        assert_eq!(good.try_in(good.path(), &format!("$SPRAG --nope {end}")).0, 2, "{end}");
    }
}

#[test]
fn colours_come_when_they_are_asked_for_and_never_into_a_pipe() {
    let sandbox = with("drop table a;\n");
    let said = |variables: &str| {
        let (code, said) =
            sandbox.try_in(sandbox.path(), &format!("unset NO_COLOR; {variables} $SPRAG check"));
        assert_eq!(code, 1, "{variables}");
        said
    };
    assert!(!said("").contains('\u{1b}'));
    assert!(said("CLICOLOR_FORCE=1").contains("\u{1b}["));
    assert!(said("CLICOLOR_FORCE=1 TERM=dumb").contains("\u{1b}["), "who forces it gets it");
    assert!(!said("CLICOLOR_FORCE=0").contains('\u{1b}'));
    assert!(!said("CLICOLOR_FORCE=1 NO_COLOR=1").contains('\u{1b}'));
    assert!(!said("TERM=dumb").contains('\u{1b}'));
    let (_, json) = sandbox
        .try_in(sandbox.path(), "unset NO_COLOR; CLICOLOR_FORCE=1 $SPRAG check --format json");
    assert!(!json.contains('\u{1b}') && json.starts_with('{'), "{json}");
}

#[test]
fn a_terminal_gets_colours_unless_it_is_dumb() {
    let sandbox = with("drop table a;\n");
    let has_script = sandbox.try_in(sandbox.path(), "script -qec true /dev/null </dev/null").0 == 0;
    if !has_script {
        #[allow(clippy::print_stderr, reason = "a skipped test says why")]
        {
            eprintln!("skipped: there is no `script` to make a terminal with");
        }
        return;
    }
    let said = |variables: &str| {
        let line = format!(
            "unset NO_COLOR; {variables} script -qec \"$SPRAG check\" /dev/null </dev/null"
        );
        let (code, said) = sandbox.try_in(sandbox.path(), &line);
        assert_eq!(code, 1, "{variables}: {said}");
        said
    };
    assert!(said("TERM=xterm").contains("\u{1b}["));
    assert!(!said("TERM=dumb").contains('\u{1b}'));
    assert!(!said("TERM=xterm NO_COLOR=1").contains('\u{1b}'));
}

#[test]
fn a_terminal_of_one_column_and_a_locale_of_ascii_change_only_the_drawing() {
    let sandbox = with("drop table a;\n");
    for variables in [
        "COLUMNS=1",
        "COLUMNS=0",
        "COLUMNS=x",
        "COLUMNS=99999999999999999999",
        "LC_ALL=C",
        "LC_ALL=C.UTF-8",
        "LC_ALL=C.UTF-8 COLUMNS=1",
        "LANG=",
    ] {
        let (code, said) = sandbox.try_in(sandbox.path(), &format!("{variables} $SPRAG check"));
        assert_eq!(code, 1, "{variables}: {said}");
        assert!(
            said.contains("drop-table") && said.contains("db/migrations/V3__c.sql:1:12"),
            "{variables}: {said}"
        );
    }
    assert!(sandbox.try_in(sandbox.path(), "LC_ALL=C $SPRAG check").1.is_ascii());
    assert!(!sandbox.try_in(sandbox.path(), "LC_ALL=C.UTF-8 $SPRAG check").1.is_ascii());
}

#[test]
fn a_git_directory_that_cannot_be_written_changes_no_verdict() {
    let good = with(&new("c"));
    let bad = with("drop table a;\n");
    for (sandbox, code) in [(&good, 0), (&bad, 1)] {
        // Root may write everywhere: a file where the folder would be stops it as well.
        sandbox.does("chmod -R a-w .git; chmod u+w .git; rm -rf .git/sprag; echo >.git/sprag; chmod u-w .git");
        for _ in 0..2 {
            let (it, said) = sandbox.sprag(&["check"]);
            assert_eq!(it, code, "{said}");
            assert_eq!(sandbox.sprag(&["audit"]).0, 0);
        }
        if let (0, said) = sandbox.try_in(sandbox.path(), "chmod -R a+rX ..; cp $SPRAG ../program; setpriv --reuid=65534 --clear-groups git -c safe.directory='*' -C . status >/dev/null && setpriv --reuid=65534 --clear-groups sh -c 'GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0=\"*\" ../program check; echo code $?'") {
            assert!(said.contains(&format!("code {code}")), "{said}");
        }
        sandbox.does("chmod -R u+w .git");
    }
}
