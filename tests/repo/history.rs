//! What HEAD, a revision and a tag name, and where histories parted.

use sprag::repo::{Backend, Caller, Commit, Head, Peeled, Repo};
use sprag::source::ObjectId;

use super::differential::Dice;
use super::{open, open_with, seed};
use crate::support::Sandbox;

const BOTH: [Backend; 2] = [Backend::Auto, Backend::GitOnly];
const FORMATS: [&[&str]; 3] = [&[], &["--ref-format=reftable"], &["--object-format=sha256"]];

#[test]
fn a_branch_without_a_commit_is_unborn() {
    for args in FORMATS {
        let sandbox = Sandbox::init(args);
        for backend in BOTH {
            let repo = open_with(sandbox.path(), backend);
            assert_eq!(repo.head().unwrap(), Head::Unborn);
            assert_eq!(repo.head_branch().unwrap().as_deref(), Some("refs/heads/main"));
            assert!(repo.commit("HEAD").is_err());
            assert_eq!(repo.target().unwrap(), None);
        }
    }
}

#[test]
fn head_is_what_is_checked_out() {
    for args in FORMATS {
        let sandbox = seed(args);
        for detach in [false, true] {
            if detach {
                sandbox.git(&["checkout", "-q", "--detach"]);
            }
            for backend in BOTH {
                let repo = open_with(sandbox.path(), backend);
                let Head::Commit(commit) = repo.head().unwrap() else { panic!("it has a commit") };
                assert_eq!(commit.id.0, sandbox.line(&["rev-parse", "HEAD"]));
                assert_eq!(commit.tree.0, sandbox.line(&["rev-parse", "HEAD^{tree}"]));
                assert_eq!(repo.head_branch().unwrap().is_none(), detach);
            }
        }
    }
}

#[test]
fn a_broken_head_is_never_unborn() {
    let missing = "1234567890123456789012345678901234567890\n";
    for (file, text) in [
        ("refs/heads/main", missing),
        ("refs/heads/main", ""),
        ("refs/heads/main", "garbage\n"),
        ("HEAD", missing),
    ] {
        let sandbox = seed(&[]);
        std::fs::write(sandbox.path().join(".git").join(file), text).unwrap();
        for backend in BOTH {
            let failure = open_with(sandbox.path(), backend).head().unwrap_err();
            assert!(!failure.help.is_empty(), "{file} {text:?} {backend:?}: {}", failure.message);
        }
    }
    let sandbox = seed(&[]);
    std::fs::write(sandbox.path().join(".git/HEAD"), "").unwrap();
    assert!(Repo::open_at(sandbox.path(), Caller::Hook).and_then(|it| it.head()).is_err());
}

#[test]
fn a_revision_is_anything_git_understands() {
    for args in FORMATS {
        let sandbox = seed(args);
        sandbox.commit("a", "1").commit("a", "2").git(&["tag", "-a", "v1", "-m", "x", "HEAD~1"]);
        sandbox.git(&["tag", "-a", "v2", "-m", "x", "v1"]);
        let tag = sandbox.line(&["rev-parse", "v2"]);
        for backend in BOTH {
            let repo = open_with(sandbox.path(), backend);
            let parent = sandbox.line(&["rev-parse", "HEAD~1"]);
            for revision in [
                "HEAD~1",
                "main^",
                "v1",
                "v2",
                "refs/tags/v1",
                &parent,
                &parent[..9],
                &tag,
                "main@{1}",
            ] {
                assert_eq!(repo.commit(revision).unwrap().id.0, parent, "{revision}");
            }
            for unknown in [
                "",
                "nothing",
                "--all",
                "HEAD..main",
                "HEAD:a",
                "HEAD^{tree}",
                "a\0b",
                &"1".repeat(40),
            ] {
                let failure = repo.commit(unknown).unwrap_err();
                assert!(
                    failure.message.contains("names no commit"),
                    "{unknown}: {}",
                    failure.message
                );
            }
        }
    }
}

#[test]
fn tags_are_opened_whatever_they_name() {
    let sandbox = seed(&[]);
    sandbox.run(
        "git tag -a c -m x; git tag -a cc -m x c; git tag -a ccc -m x cc
         git tag -a t -m x HEAD:db; git tag -a b -m x HEAD:src/main.rs",
    );
    for backend in BOTH {
        let repo = open_with(sandbox.path(), backend);
        let peel = |it: &str| repo.peel(&sandbox.line(&["rev-parse", it])).unwrap();
        let Peeled::Commit(commit) = peel("ccc") else { panic!("a commit") };
        assert_eq!(commit.id.0, sandbox.line(&["rev-parse", "HEAD"]));
        assert_eq!(peel("t"), Peeled::Tree(ObjectId(sandbox.line(&["rev-parse", "HEAD:db"]))));
        assert_eq!(
            peel("b"),
            Peeled::Blob(ObjectId(sandbox.line(&["rev-parse", "HEAD:src/main.rs"])))
        );
        assert_eq!(peel("HEAD"), Peeled::Commit(commit));
        assert!(repo.peel("x").is_err());
        assert!(repo.peel(&"1".repeat(40)).is_err());
    }
}

#[test]
fn histories_part_where_git_says() {
    let sandbox = seed(&[]);
    let mut dice = Dice(3);
    let tree = sandbox.line(&["rev-parse", "HEAD^{tree}"]);
    let mut commits = vec![sandbox.line(&["rev-parse", "HEAD"])];
    // Lines and merges between the youngest few, and now and then a root.
    for number in 0..60 {
        let young = commits.len().saturating_sub(7);
        let mut args =
            vec!["commit-tree".to_owned(), tree.clone(), "-m".to_owned(), number.to_string()];
        let parents = [1, 1, 1, 2, 2, 0][dice.roll(if number % 20 == 19 { 6 } else { 5 })];
        for _ in 0..parents {
            let parent = commits[young + dice.roll(commits.len() - young)].clone();
            args.extend(["-p".to_owned(), parent]);
        }
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        commits.push(sandbox.line(&args));
    }
    let repo = open(sandbox.path());
    for _ in 0..120 {
        let [a, b] = [dice.pick(&commits), dice.pick(&commits)].map(|it| repo.commit(it).unwrap());
        let found = repo.merge_bases(&a, &b).unwrap();
        let all = sandbox.try_git(&["merge-base", "--all", &a.id.0, &b.id.0]);
        let all = String::from_utf8(all.stdout).unwrap();
        let found: Vec<&str> = found.iter().map(|it| it.id.0.as_str()).collect();
        assert_eq!(found, all.lines().collect::<Vec<_>>(), "{} {}", a.id.0, b.id.0);
        let status = sandbox.try_git(&["merge-base", "--is-ancestor", &a.id.0, &b.id.0]).status;
        assert_eq!(repo.is_ancestor(&a, &b).unwrap(), status.success());
    }
}

#[test]
fn a_branch_far_behind_still_has_its_base() {
    let sandbox = seed(&[]);
    sandbox.run(
        "tree=$(git rev-parse HEAD^{tree}); at=$(git rev-parse HEAD)
         for i in $(seq 90); do at=$(git commit-tree -m $i -p $at $tree); done; git branch far $at
         at=$(git rev-parse HEAD); for i in $(seq 90); do at=$(git commit-tree -m x$i -p $at $tree); done; git branch off $at",
    );
    let repo = open(sandbox.path());
    let [far, off, main] = ["far", "off", "main"].map(|it| repo.commit(it).unwrap());
    assert_eq!(repo.merge_bases(&far, &off).unwrap(), std::slice::from_ref(&main));
    assert_eq!(repo.merge_bases(&far, &main).unwrap(), std::slice::from_ref(&main));
    assert_eq!(repo.merge_bases(&main, &far).unwrap(), [main]);
}

fn shallow() -> (Sandbox, std::path::PathBuf) {
    let sandbox = seed(&[]);
    sandbox.commit("a", "1").git(&["checkout", "-qb", "feat"]);
    sandbox.commit("b", "1").commit("b", "2").git(&["checkout", "-q", "main"]);
    sandbox.commit("a", "2");
    let clone = sandbox.outside().join("clone");
    let url = format!("file://{}", sandbox.path().display());
    sandbox.git(&["clone", "-q", "--depth=1", "--no-single-branch", &url, clone.to_str().unwrap()]);
    (sandbox, clone)
}

#[test]
fn the_end_of_a_shallow_clone_is_not_a_root() {
    let (origin, clone) = shallow();
    for backend in BOTH {
        let repo = open_with(&clone, backend);
        assert!(repo.is_shallow());
        let Head::Commit(head) = repo.head().unwrap() else { panic!("it has a commit") };
        assert_eq!(repo.parents(&head).unwrap(), [ObjectId(origin.line(&["rev-parse", "main^"]))]);
    }
    assert!(!open(origin.path()).is_shallow());
}

#[test]
fn a_shallow_clone_says_that_history_is_missing() {
    let (origin, clone) = shallow();
    for backend in BOTH {
        let repo = open_with(&clone, backend);
        let [main, feat] = ["origin/main", "origin/feat"].map(|it| repo.commit(it).unwrap());
        let root = origin.line(&["rev-parse", "main~2"]);
        let failures = [
            repo.merge_bases(&main, &feat).unwrap_err(),
            repo.is_ancestor(&main, &feat).unwrap_err(),
            repo.commit("HEAD^").unwrap_err(),
            repo.commit(&root).unwrap_err(),
        ];
        for failure in failures {
            assert!(failure.help.iter().any(|it| it.contains("--unshallow")), "{failure:?}");
        }
        assert!(repo.is_ancestor(&main, &main).unwrap());
    }
}

#[test]
fn histories_that_never_met_have_no_base() {
    let sandbox = seed(&[]);
    sandbox.run("git checkout -q --orphan other; git commit -qm other");
    let repo = open(sandbox.path());
    let [main, other] = ["main", "other"].map(|it| repo.commit(it).unwrap());
    assert_eq!(repo.merge_bases(&main, &other).unwrap(), []);
    assert!(!repo.is_ancestor(&main, &other).unwrap());
}

fn target(sandbox: &Sandbox) -> Option<(String, Commit)> {
    let found = BOTH.map(|it| open_with(sandbox.path(), it).target().unwrap());
    assert_eq!(found[0], found[1]);
    let [found, _] = found;
    found.map(|it| (it.name, it.commit))
}

#[test]
fn changes_end_up_in_the_main_branch_of_the_remote() {
    for args in [&[][..], &["--ref-format=reftable"]] {
        let sandbox = seed(args).with_origin();
        let main = open(sandbox.path()).commit("main").unwrap();
        let expected = Some(("refs/remotes/origin/main".to_owned(), main));
        assert_eq!(target(&sandbox), expected);
        sandbox.git(&["checkout", "-qb", "feat"]);
        sandbox.commit("x", "x").git(&["push", "-q", "-u", "origin", "feat"]);
        assert_eq!(target(&sandbox), expected);
        sandbox.git(&["checkout", "-q", "--detach"]);
        assert_eq!(target(&sandbox), expected);
        sandbox.git(&["remote", "set-head", "origin", "--delete"]);
        assert_eq!(target(&sandbox), expected);
    }
}

#[test]
fn a_branch_of_a_fork_ends_up_in_the_origin() {
    let sandbox = seed(&[]).with_origin();
    let expected = target(&sandbox);
    sandbox.run(
        "git init -q --bare ../fork.git; git remote add fork ../fork.git; git checkout -qb feat
         git commit -q --allow-empty -m x; git push -q -u fork feat",
    );
    assert_eq!(target(&sandbox), expected);
}

#[test]
fn a_remote_of_another_name_is_found_by_the_upstream() {
    let sandbox = seed(&[]).with_origin();
    sandbox.run("git remote rename origin company; git checkout -qb feat; git config branch.feat.remote company");
    assert_eq!(target(&sandbox).unwrap().0, "refs/remotes/company/main");
}

#[test]
fn without_a_main_branch_the_upstream_counts() {
    let sandbox = seed(&[]).with_origin();
    sandbox.run(
        "git checkout -qb trunk/one; git push -q -u origin trunk/one; git remote set-head origin -d
         git -C ../origin.git symbolic-ref HEAD refs/heads/trunk/one; git push -q origin :main",
    );
    assert_eq!(target(&sandbox).unwrap().0, "refs/remotes/origin/trunk/one");
}

#[test]
fn without_a_remote_branch_there_is_no_target() {
    let sandbox = seed(&[]);
    assert_eq!(target(&sandbox), None);
    sandbox.run(
        "git remote add origin ../nowhere; git config branch.main.remote https://example.com/x.git",
    );
    assert_eq!(target(&sandbox), None);
    sandbox.run("git config branch.main.remote .; git config branch.main.merge refs/heads/main");
    assert_eq!(target(&sandbox), None);
    sandbox.run("git symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/gone");
    assert_eq!(target(&sandbox), None);
}
