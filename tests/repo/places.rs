//! Which repository is meant, and whether it may be read: asked in a process of its own, since the environment says it.

use std::fmt::Write;
use std::path::Path;
use std::process::Output;

use sprag::failure::Result;
use sprag::repo::{Backend, Caller, Place, Repo, received};

use super::{before, everything, open, open_with, program, rows, seed};
use crate::support::Sandbox;

/// Not a claim by itself: another test starts it with a question and reads what it writes.
#[test]
fn another_process_answers() {
    let Some(path) = std::env::var_os("SPRAG_TEST_ANSWER") else { return };
    let question = std::env::var("SPRAG_TEST_QUESTION").unwrap();
    let answer = match answer(&question) {
        Ok(text) => text,
        Err(failure) => {
            format!("failure: {}\nhelp: {}\n", failure.message, failure.help.join("\nhelp: "))
        }
    };
    std::fs::write(path, answer).unwrap();
}

fn answer(question: &str) -> Result<String> {
    let caller = if question.contains("command") { Caller::Command } else { Caller::Hook };
    let backend = if question.contains("git only") { Backend::GitOnly } else { Backend::Auto };
    let repo = Repo::open_with(Place::default(), caller, backend)?;
    let mut text = String::new();
    if question.contains("receive") {
        let input = std::io::read_to_string(std::io::stdin()).unwrap();
        for update in received(input.as_bytes())? {
            let [old, new] =
                [update.old, update.new].map(|it| repo.commit(&it.unwrap().0).unwrap());
            let [old, new] = [old, new].map(|it| sprag::repo::Side::Tree(it.tree));
            let deltas = repo.diff(&old, &new, &everything)?;
            let ids: Vec<_> =
                deltas.iter().filter_map(|it| it.after.clone()).map(|it| it.1).collect();
            writeln!(
                text,
                "{} {} {}",
                update.remote_ref,
                rows(&deltas).len(),
                repo.read(&ids, 1 << 20)?.len()
            )
            .unwrap();
        }
        writeln!(text, "{:?} {}", repo.head_branch()?, repo.is_bare()?).unwrap();
        return Ok(text);
    }
    if question.contains("merge base") {
        let head = repo.commit("HEAD~1")?;
        writeln!(text, "{:?}", repo.is_ancestor(&head, &repo.commit("HEAD")?)?).unwrap();
    }
    let staged = repo.staged()?;
    let deltas = repo.diff(&before(&repo), &staged.side, &everything)?;
    writeln!(text, "staged {}", deltas.len()).unwrap();
    if question.contains("worktree") {
        writeln!(text, "{}", repo.worktree()?.display()).unwrap();
    }
    Ok(text)
}

/// Asks in `directory`, with more variables.
fn ask(sandbox: &Sandbox, directory: &Path, question: &str, variables: &[(&str, &str)]) -> String {
    let path = sandbox.outside().join("answer");
    let output: Output = sandbox
        .command_in(directory, program())
        .args(["--exact", "repo::places::another_process_answers"])
        .env("SPRAG_TEST_ANSWER", &path)
        .env("SPRAG_TEST_QUESTION", question)
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn a_command_works_from_any_directory_of_the_worktree() {
    let sandbox = seed(&[]);
    sandbox.stage("db/migrations/V3.sql", "x");
    for question in ["command", "command git only"] {
        assert_eq!(
            ask(&sandbox, &sandbox.path().join("db/migrations"), question, &[]),
            "staged 1\n"
        );
    }
    let said = ask(&sandbox, &sandbox.path().join("db"), "command worktree", &[]);
    let top = sandbox.path().canonicalize().unwrap();
    assert_eq!(said, format!("staged 1\n{}\n", top.display()));
}

#[test]
fn an_index_of_another_name_counts_from_the_top_of_the_worktree() {
    let sandbox = seed(&[]);
    sandbox.run("cp .git/index other; echo x >>src/main.rs; GIT_INDEX_FILE=other git add src");
    for directory in ["", "db/migrations"] {
        for question in ["command", "command git only"] {
            let directory = sandbox.path().join(directory);
            assert_eq!(
                ask(&sandbox, &directory, question, &[("GIT_INDEX_FILE", "other")]),
                "staged 1\n"
            );
            assert_eq!(ask(&sandbox, &directory, question, &[]), "staged 0\n");
        }
    }
}

#[test]
fn outside_of_a_repository_there_is_nothing_to_judge() {
    let sandbox = seed(&[]);
    for question in ["hook", "command", "command git only"] {
        let said = ask(&sandbox, sandbox.outside(), question, &[]);
        assert!(said.starts_with("failure: there is no git repository here\nhelp: "), "{said}");
    }
}

#[test]
fn a_command_lets_git_decide_about_the_owner() {
    let sandbox = seed(&[]);
    let other = [("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")];
    let said = ask(&sandbox, sandbox.path(), "command", &other);
    assert!(said.contains("dubious ownership"), "{said}");
    assert!(said.contains("`git config --global --add safe.directory "), "{said}");
    assert_eq!(
        ask(&sandbox, sandbox.path(), "hook", &other),
        "staged 0\n",
        "git asked before it started the hook"
    );
}

#[test]
fn a_repository_that_git_cannot_read_is_not_read() {
    let sandbox = seed(&[]);
    sandbox
        .run("git config core.repositoryFormatVersion 1; git config extensions.fromTheFuture true");
    for question in ["hook", "command"] {
        let said = ask(&sandbox, sandbox.path(), question, &[]);
        assert!(said.contains("fromthefuture"), "{said}");
    }
}

#[test]
fn the_home_of_somebody_else_does_not_matter_to_a_hook() {
    let sandbox = seed(&[]);
    let home = sandbox.outside().join("broken");
    std::fs::create_dir(&home).unwrap();
    std::fs::write(home.join(".gitconfig"), "[[[").unwrap();
    let said = ask(&sandbox, sandbox.path(), "hook", &[("HOME", home.to_str().unwrap())]);
    assert_eq!(said, "staged 0\n");
}

#[test]
fn without_git_the_error_says_so() {
    let sandbox = seed(&[]);
    sandbox.commit("a", "1");
    let said = ask(&sandbox, sandbox.path(), "command", &[("PATH", "/nowhere")]);
    assert!(said.contains("could not run `git`: there is no such program on PATH"), "{said}");
    assert_eq!(ask(&sandbox, sandbox.path(), "hook", &[("PATH", "/nowhere")]), "staged 0\n");
}

#[test]
fn a_program_that_only_pretends_to_be_git_is_not_believed() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = seed(&["--object-format=sha256"]);
    sandbox.commit("a", "1");
    let fake = sandbox.outside().join("bin");
    std::fs::create_dir(&fake).unwrap();
    std::fs::write(fake.join("git"), "#!/bin/sh\nexit 0\n").unwrap();
    std::fs::set_permissions(fake.join("git"), std::fs::Permissions::from_mode(0o755)).unwrap();
    for question in ["hook", "command", "hook merge base", "hook git only"] {
        let said = ask(&sandbox, sandbox.path(), question, &[("PATH", fake.to_str().unwrap())]);
        assert!(said.starts_with("failure: ") && said.contains("check that the `git`"), "{said}");
    }
    let sandbox = seed(&[]);
    sandbox.commit("a", "1");
    for question in ["command", "hook merge base", "hook git only"] {
        let said = ask(&sandbox, sandbox.path(), question, &[("PATH", fake.to_str().unwrap())]);
        assert!(said.starts_with("failure: "), "{question}: {said}");
    }
}

#[test]
fn a_server_sees_what_is_being_pushed() {
    for (setup, args) in [
        ("", &[][..]),
        ("git -C ../origin.git config receive.unpackLimit 1", &[]),
        (
            "git -C ../origin.git config core.repositoryFormatVersion 1; git -C ../origin.git config extensions.noop x",
            &[],
        ),
    ] {
        for question in ["receive", "receive git only"] {
            let sandbox = seed(args).with_origin();
            let seen = sandbox.outside().join("seen");
            let hook = format!(
                "#!/bin/sh\nSPRAG_TEST_ANSWER='{}' SPRAG_TEST_QUESTION='{question}' exec '{}' \
                 --exact repo::places::another_process_answers >/dev/null\n",
                seen.display(),
                program().display()
            );
            let path = sandbox.outside().join("origin.git/hooks/pre-receive");
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, hook).unwrap();
            sandbox.run(&format!("chmod +x '{}'; {setup}", path.display()));
            sandbox.run("echo x >>db/migrations/V1__a.sql; echo x >db/migrations/V3.sql; git add -A; git commit -qm x");
            sandbox.git(&["push", "-q", "origin", "main"]);
            let said = std::fs::read_to_string(seen).unwrap();
            assert_eq!(said, "refs/heads/main 2 2\nSome(\"refs/heads/main\") true\n", "{setup}");
        }
    }
}

#[test]
fn configuration_is_what_git_says_it_is() {
    let sandbox = seed(&[]);
    sandbox
        .run("printf '[x]\\n\\ty = \"two\\\\nlines\"\\n' >.git/more; git config include.path more");
    for backend in [Backend::Auto, Backend::GitOnly] {
        let repo = open_with(sandbox.path(), backend);
        assert_eq!(repo.config("x.y").unwrap().as_deref(), Some("two\nlines"));
        assert_eq!(repo.config("x.z").unwrap(), None);
        assert!(repo.config("not a key").is_err() || repo.config("not a key").unwrap().is_none());
    }
}

#[test]
fn a_repository_knows_its_directories() {
    let sandbox = seed(&[]);
    let tree = sandbox.outside().join("tree");
    sandbox.git(&["worktree", "add", "-q", tree.to_str().unwrap()]);
    for backend in [Backend::Auto, Backend::GitOnly] {
        let real = |path: &Path| path.canonicalize().unwrap();
        let main = real(&sandbox.path().join(".git"));
        let repo = open_with(sandbox.path(), backend);
        assert_eq!((real(repo.git_dir()), real(repo.common_dir())), (main.clone(), main.clone()));
        assert_eq!(real(&repo.worktree().unwrap()), real(sandbox.path()));
        let repo = open_with(&tree, backend);
        assert_eq!(
            (real(repo.git_dir()), real(repo.common_dir())),
            (main.join("worktrees/tree"), main)
        );
        assert_eq!(real(&repo.worktree().unwrap()), real(&tree));
        assert!(!repo.is_bare().unwrap());
    }
    let bare = Sandbox::init(&["--bare"]);
    assert!(open(bare.path()).is_bare().unwrap());
    assert!(open(bare.path()).worktree().is_err());
}
