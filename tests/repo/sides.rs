//! What is told of a side, and what a side may not be.

use std::io::Write;
use std::process::Stdio;

use sprag::repo::{Backend, Side, Wanted};
use sprag::source::{Mode, ObjectId};

use super::{BACKENDS, before, everything, open, open_with, seed};
use crate::support::Sandbox;

struct Migrations;

impl Wanted for Migrations {
    fn file(&self, path: &[u8]) -> bool {
        path.starts_with(b"prisma/migrations/") && path.ends_with(b"/migration.sql")
    }

    fn directory(&self, path: &[u8]) -> bool {
        let depth = path.split(|&byte| byte == b'/').count() - 1;
        path == b"prisma"
            || path == b"prisma/migrations"
            || (path.starts_with(b"prisma/migrations/") && depth == 2)
    }
}

fn prisma() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox
        .write("prisma/migrations/1_a/migration.sql", "select 1;")
        .write("prisma/schema.prisma", "x");
    sandbox.write("README.md", "x").commit_all("seed");
    sandbox
}

fn paths(sandbox: &Sandbox, backend: Backend) -> (Vec<String>, Vec<String>) {
    let repo = open_with(sandbox.path(), backend);
    let side = repo.staged().unwrap().side;
    let deltas = repo.diff(&before(&repo), &side, &Migrations).unwrap();
    let entries = repo.list(&side, &Migrations).unwrap();
    let deltas = deltas.iter().map(|it| it.path.to_string()).collect();
    (deltas, entries.iter().map(|it| it.path.to_string()).collect())
}

#[test]
fn only_wanted_files_are_told() {
    let sandbox = prisma();
    sandbox
        .write("prisma/schema.prisma", "y")
        .write("README.md", "y")
        .write("prisma/migrations/lock.toml", "y");
    sandbox.stage("prisma/migrations/2_b/migration.sql", "select 2;").git(&["add", "-A"]);
    for backend in BACKENDS {
        let (deltas, entries) = paths(&sandbox, backend);
        assert_eq!(deltas, ["prisma/migrations/2_b/migration.sql"], "{backend:?}");
        assert_eq!(
            entries,
            ["prisma/migrations/1_a/migration.sql", "prisma/migrations/2_b/migration.sql"],
            "{backend:?}"
        );
    }
}

#[test]
fn a_link_in_place_of_a_wanted_directory_is_told() {
    let sandbox = prisma();
    sandbox
        .run("git mv prisma elsewhere; ln -s elsewhere prisma; ln -s README.md OTHER; git add -A");
    for backend in BACKENDS {
        let (deltas, entries) = paths(&sandbox, backend);
        assert_eq!(deltas, ["prisma", "prisma/migrations/1_a/migration.sql"], "{backend:?}");
        assert_eq!(entries, ["prisma"], "{backend:?}");
    }
}

#[test]
fn a_submodule_among_migrations_is_told() {
    let sandbox = prisma();
    sandbox.run(
        "git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),prisma/migrations/2_b",
    );
    for backend in BACKENDS {
        let (deltas, entries) = paths(&sandbox, backend);
        assert_eq!(deltas, ["prisma/migrations/2_b"], "{backend:?}");
        assert_eq!(
            entries,
            ["prisma/migrations/1_a/migration.sql", "prisma/migrations/2_b"],
            "{backend:?}"
        );
    }
}

#[test]
fn a_file_in_place_of_a_wanted_directory_is_told() {
    let sandbox = prisma();
    sandbox.run(
        "git rm -rq prisma/migrations; mkdir -p prisma; echo x >prisma/migrations; git add -A",
    );
    for backend in BACKENDS {
        let (deltas, _) = paths(&sandbox, backend);
        assert_eq!(
            deltas,
            ["prisma/migrations", "prisma/migrations/1_a/migration.sql"],
            "{backend:?}"
        );
    }
}

#[test]
fn one_path_is_found_without_listing_the_rest() {
    let sandbox = prisma();
    sandbox.run("echo y >>README.md; ln -s README.md policy.toml; git add -A");
    for backend in BACKENDS {
        let repo = open_with(sandbox.path(), backend);
        for (side, link) in
            [(before(&repo), None), (repo.staged().unwrap().side, Some(Mode::Symlink))]
        {
            let mode = |path: &str| repo.entry(&side, path.as_bytes()).unwrap().map(|it| it.mode);
            assert_eq!(mode("README.md"), Some(Mode::Regular), "{backend:?}");
            assert_eq!(mode("prisma/migrations/1_a/migration.sql"), Some(Mode::Regular));
            assert_eq!(mode("policy.toml"), link);
            for absent in ["prisma", "prisma/migrations", "nothing", "README.md/x", "prism", ""] {
                assert_eq!(mode(absent), None, "{backend:?} {absent}");
            }
        }
        assert!(repo.entry(&Side::Empty, b"README.md").unwrap().is_none());
    }
}

#[test]
fn a_path_with_a_conflict_is_not_absent() {
    let sandbox = prisma();
    sandbox.run(
        "git checkout -qb feat; echo x >README.md; git commit -qam x; git checkout -q main
         echo y >README.md; git commit -qam y; git merge -q feat >/dev/null || true",
    );
    for backend in BACKENDS {
        let repo = open_with(sandbox.path(), backend);
        let side = repo.staged().unwrap().side;
        let failure = repo.entry(&side, b"README.md").unwrap_err();
        assert!(failure.message.contains("`README.md` has a conflict"), "{}", failure.message);
        assert!(repo.entry(&side, b"prisma/schema.prisma").unwrap().is_some());
    }
}

/// Writes a tree that git would not write.
fn literal_tree(sandbox: &Sandbox, entries: &[(&str, &[u8], &str)]) -> Side {
    let mut tree = Vec::new();
    for (mode, name, id) in entries {
        tree.extend([mode.as_bytes(), b" ", name, b"\0"].concat());
        tree.extend((0..20).map(|at| u8::from_str_radix(&id[at * 2..at * 2 + 2], 16).unwrap()));
    }
    let mut child = sandbox
        .command_in(sandbox.path(), "git")
        .args(["hash-object", "-w", "-t", "tree", "--literally", "--stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&tree).unwrap();
    let id = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    Side::Tree(ObjectId(id.trim().to_owned()))
}

#[test]
fn a_tree_that_answers_twice_is_not_judged() {
    let sandbox = prisma();
    let file = sandbox.line(&["rev-parse", "HEAD:README.md"]);
    let other = sandbox.line(&["rev-parse", "HEAD:prisma/schema.prisma"]);
    let tree = sandbox.line(&["rev-parse", "HEAD:prisma"]);
    let (file, other, tree) = (file.as_str(), other.as_str(), tree.as_str());
    for entries in [
        &[("100644", &b"policy.toml"[..], file), ("100644", b"policy.toml", other)][..],
        &[("100644", b"prisma", file), ("40000", b"prisma", tree)],
        &[("100644", b"prisma", file), ("100644", b"prisma-x", file), ("40000", b"prisma", tree)],
        &[("100644", b"z", file), ("100644", b"policy.toml", file)],
        &[("100644", b"prisma/x", file)],
        &[("40000", b"..", tree)],
        &[("100644", b"", file)],
        &[("777777", b"x", file)],
        &[("1x0644", b"x", file)],
    ] {
        let side = literal_tree(&sandbox, entries);
        for backend in [Backend::Auto, Backend::GitOnly] {
            let repo = open_with(sandbox.path(), backend);
            let failure = repo.entry(&side, b"policy.toml").unwrap_err();
            assert!(failure.message.contains("cannot be judged"), "{}", failure.message);
            assert!(repo.diff(&before(&repo), &side, &everything).is_err());
            assert!(repo.list(&side, &everything).is_err());
        }
    }
}

#[test]
fn a_tree_that_ends_early_is_not_judged() {
    let sandbox = prisma();
    sandbox.run("printf '100644 x\\0short' | git hash-object -w -t tree --literally --stdin >id");
    let id = std::fs::read_to_string(sandbox.path().join("id")).unwrap();
    let repo = open(sandbox.path());
    assert!(repo.list(&Side::Tree(ObjectId(id.trim().to_owned())), &everything).is_err());
}

#[test]
fn a_missing_tree_is_an_error_that_names_the_directory() {
    let sandbox = prisma();
    let id = sandbox.line(&["rev-parse", "HEAD:prisma"]);
    let (directory, file) = id.split_at(2);
    std::fs::remove_file(sandbox.path().join(".git/objects").join(directory).join(file)).unwrap();
    for backend in [Backend::Auto, Backend::GitOnly] {
        let repo = open_with(sandbox.path(), backend);
        let failure = repo.list(&before(&repo), &everything).unwrap_err();
        assert!(
            failure.message.contains("prisma") && failure.message.contains(&id),
            "{}",
            failure.message
        );
    }
}

#[test]
fn listing_and_diff_are_in_order_of_the_paths() {
    let sandbox = seed(&[]);
    for path in ["a/x", "a-b", "a.b/x", "a0", "b/c/d/e", "b/c-d"] {
        sandbox.write(path, "x");
    }
    sandbox.git(&["add", "-A"]);
    for backend in BACKENDS {
        let repo = open_with(sandbox.path(), backend);
        let side = repo.staged().unwrap().side;
        let listed = repo.list(&side, &everything).unwrap();
        let deltas = repo.diff(&before(&repo), &side, &everything).unwrap();
        assert!(listed.windows(2).all(|two| two[0].path < two[1].path), "{backend:?}");
        assert!(deltas.windows(2).all(|two| two[0].path < two[1].path), "{backend:?}");
        assert_eq!((listed.len(), deltas.len()), (9, 6));
    }
}
