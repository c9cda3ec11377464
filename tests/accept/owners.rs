//! Repositories of others, and homes that cannot be read.

use super::seed;
use crate::support::Sandbox;

const EDITED: &[&str] = &["edited-migration", "V1__a.sql"];

/// Whether this process may become somebody else. The reason is printed where it may not.
fn others() -> bool {
    let output = std::process::Command::new("setpriv")
        .args(["--reuid=65534", "--clear-groups", "true"])
        .output();
    let able = output.is_ok_and(|it| it.status.success());
    if !able {
        #[allow(clippy::print_stderr, reason = "a skipped test says why")]
        {
            eprintln!("skipped: only root can make a repository that belongs to somebody else");
        }
    }
    able
}

/// A repository that belongs to somebody else, with an edit staged.
fn foreign() -> Sandbox {
    let sandbox = seed();
    sandbox.does("edit $M/V1__a.sql; git add -A; chown -R 65534:65534 .");
    sandbox
}

#[test]
fn git_decides_whether_the_owner_is_trusted_and_its_hooks_ask_no_more() {
    if !others() {
        return;
    }
    let sandbox = foreign();
    sandbox.refuses("git -c safe.directory='*' commit -m x", EDITED);
    sandbox.refuses("export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'; git commit -m x", EDITED);
    sandbox.does("git config --global safe.directory \"$(dirname \"$PWD\")/*\"");
    sandbox.refuses("git commit -m x", EDITED);
    let (code, said) = sandbox.sprag(&["check", "--staged"]);
    assert!(code == 1 && said.contains("edited-migration"), "{said}");
}

#[test]
fn a_command_in_a_repository_that_is_not_trusted_says_what_git_says() {
    if !others() {
        return;
    }
    let sandbox = foreign();
    for args in [&["check", "--staged"][..], &["audit"], &["ci"], &["baseline"], &["init"]] {
        let (code, said) = sandbox.sprag(args);
        assert_eq!(code, 2, "{args:?}: {said}");
        assert!(said.contains("dubious ownership"), "{args:?}: {said}");
        assert!(said.contains("git config --global --add safe.directory"), "{args:?}: {said}");
    }
}

#[test]
fn a_home_that_cannot_be_read_hides_nothing() {
    if !others() {
        return;
    }
    let sandbox = foreign();
    // The program and the way to it have to be readable for somebody else; those of a build need not be.
    sandbox.does(
        "chmod 755 ..; cp \"$SPRAG\" ../program; chmod 755 ../program; mkdir -m 700 ../closed
         chown -R 65534 ../origin.git; sed -i \"s|^sprag=.*|sprag='$PWD/../program'|\" .git/hooks/*",
    );
    let script = "export HOME=\"$PWD/../closed\" XDG_CONFIG_HOME=\"$PWD/../closed/x\"
        export GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x@x GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x@x
        setpriv --reuid=65534 --regid=65534 --clear-groups git commit -m x";
    let before = sandbox.does("cat .git/refs/heads/main");
    let (code, said) = sandbox.try_in(sandbox.path(), script);
    assert!(code != 0 && said.contains("refused"), "{said}");
    assert!(said.contains("edited-migration"), "{said}");
    assert_eq!(sandbox.does("cat .git/refs/heads/main"), before);
}

#[test]
fn a_configuration_that_git_cannot_read_stops_git_itself() {
    let sandbox = seed();
    sandbox.does("edit $M/V1__a.sql; git add -A; echo '[broken' >>../home/.gitconfig");
    let (code, said) = sandbox.try_in(sandbox.path(), "git commit -m x");
    assert!(code == 128 && said.contains("bad config"), "{said}");
    let (code, said) = sandbox.sprag(&["check"]);
    assert!(code == 2 && said.contains("bad config"), "{said}");
    // A hook that is run all the same reads what is staged, or says that it cannot.
    let (code, said) = sandbox.sprag(&["hook", "pre-commit"]);
    assert!(code != 0 && said.contains("refused"), "{said}");
}
