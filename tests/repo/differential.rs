//! Every way to read the index says what `git diff-index` says, whatever is in it.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Stdio;

use sprag::repo::{Backend, Wanted};

use super::{BACKENDS, before, open_with, raw, rows, seed, staged_by_git};
use crate::support::Sandbox;

/// Numbers that look random and are the same in every run.
pub(crate) struct Dice(pub u64);

impl Dice {
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.roll(from.len())]
    }

    fn word(&mut self, from: &[&'static str]) -> &'static str {
        from[self.roll(from.len())]
    }
}

/// `**` is any number of directories, `*` one name, `*x` a name with this end.
struct Glob(&'static str);

impl Glob {
    fn parts(&self) -> Vec<&[u8]> {
        self.0.split('/').map(str::as_bytes).collect()
    }
}

fn part(glob: &[u8], name: &[u8]) -> bool {
    glob.strip_prefix(b"*").map_or(glob == name, |end| name.ends_with(end))
}

fn whole(glob: &[&[u8]], path: &[&[u8]]) -> bool {
    match (glob.split_first(), path.split_first()) {
        (None, None) => true,
        (Some((&b"**", rest)), _) => {
            (0..=path.len()).any(|skip| whole(rest, &path[skip..]))
                && (!rest.is_empty() || !path.is_empty())
        }
        (Some((glob, rest)), Some((name, below))) => part(glob, name) && whole(rest, below),
        _ => false,
    }
}

fn could(glob: &[&[u8]], path: &[&[u8]]) -> bool {
    match (glob.split_first(), path.split_first()) {
        (Some((&b"**", _)), _) | (Some(_), None) => true,
        (None, _) => false,
        (Some((glob, rest)), Some((name, below))) => part(glob, name) && could(rest, below),
    }
}

impl Wanted for Glob {
    fn file(&self, path: &[u8]) -> bool {
        whole(&self.parts(), &path.split(|&byte| byte == b'/').collect::<Vec<_>>())
    }

    fn directory(&self, path: &[u8]) -> bool {
        could(&self.parts(), &path.split(|&byte| byte == b'/').collect::<Vec<_>>())
    }
}

const GLOBS: [Glob; 7] = [
    Glob("**"),
    Glob("db/**"),
    Glob("**/*.sql"),
    Glob("a/*/c.sql"),
    Glob("a-b/**/c.sql"),
    Glob("a"),
    Glob("db/*"),
];

/// What of git's answer is wanted: the files, and what stands in place of a wanted directory.
fn expected(all: &[String], glob: &Glob) -> Vec<String> {
    let path = |row: &str| row.splitn(5, ' ').nth(4).unwrap().to_owned();
    let replaced = |it: &str| {
        let below = format!("{}/", path(it));
        let was = |row: &String| path(row).starts_with(&below) && !row.starts_with("000000");
        it.starts_with("000000") && it[9..].starts_with("100") && all.iter().any(was)
    };
    let elsewhere = |it: &str| {
        it.split(' ').step_by(2).take(2).any(|mode| mode == "120000" || mode == "160000")
    };
    all.iter()
        .filter(|it| {
            let path = path(it);
            glob.file(path.as_bytes())
                || (glob.directory(path.as_bytes()) && (replaced(it) || elsewhere(it)))
        })
        .cloned()
        .collect()
}

#[test]
fn every_way_to_read_the_index_agrees_with_git() {
    let sandbox = seed(&[]);
    let blobs: Vec<String> = (0..4)
        .map(|it| sandbox.run(&format!("echo {it} | git hash-object -w --stdin")).trim().to_owned())
        .collect();
    let commit = sandbox.line(&["rev-parse", "HEAD"]);
    let mut dice = Dice(20_260_102);
    let mut ways = [0; 3];
    for round in 0..60 {
        edit(&sandbox, &mut dice, &blobs, &commit);
        match dice.roll(8) {
            0 => drop(sandbox.try_git(&["write-tree"])),
            1 => {
                sandbox.try_git(&["write-tree"]);
                edit(&sandbox, &mut dice, &blobs[..1], &commit);
            }
            2 => drop(sandbox.try_git(&["commit", "-qm", "x"])),
            3 => drop(sandbox.git(&["update-index", "--index-version", dice.word(&["2", "4"])])),
            4 => intend(&sandbox, &mut dice),
            // While one is only intended, no tree is the whole index.
            5 => drop(sandbox.git(&[&["update-index", "--force-remove"], &INTENDED[..]].concat())),
            _ => {}
        }
        let all = staged_by_git(&sandbox, "HEAD");
        for backend in BACKENDS {
            let repo = open_with(sandbox.path(), backend);
            let staged = repo.staged().unwrap();
            let base = before(&repo);
            if backend == Backend::Auto {
                ways[staged.how as usize] += 1;
            }
            // A child for each is slow, so git is asked about one.
            let only = dice.roll(GLOBS.len());
            for (at, glob) in GLOBS.iter().enumerate() {
                if backend == Backend::GitOnly && at != only {
                    continue;
                }
                let found = rows(&repo.diff(&base, &staged.side, glob).unwrap());
                assert_eq!(found, expected(&all, glob), "round {round}, {backend:?}, {}", glob.0);
                let listed: Vec<_> = repo.list(&staged.side, glob).unwrap();
                assert!(listed.windows(2).all(|two| two[0].path < two[1].path));
                // A directory in place of a file is told by the files in it, so only the files are compared.
                let back = repo.diff(&staged.side, &base, glob).unwrap();
                let files = |it: &&String| glob.file(it.splitn(5, ' ').nth(4).unwrap().as_bytes());
                assert_eq!(
                    back.iter().filter(|it| glob.file(it.path.as_bytes())).count(),
                    found.iter().filter(files).count(),
                    "round {round}, {backend:?}, {} backwards",
                    glob.0
                );
            }
        }
    }
    assert!(ways[0] > 3 && ways[1] > 10, "the dice should have tried every way: {ways:?}");
}

/// Puts, changes and removes a few entries whose names sort next to each other.
fn edit(sandbox: &Sandbox, dice: &mut Dice, blobs: &[String], commit: &str) {
    let mut lines = String::new();
    for _ in 0..=dice.roll(6) {
        let mut path = String::new();
        for _ in 0..dice.roll(3) {
            path += dice.word(&["a/", "a-b/", "a.b/", "a0/", "db/", "db/m/"]);
        }
        path += dice.word(&["a", "a-b", "a.b", "a0", "c.sql", "db", "V1.sql", "m"]);
        let id = dice.pick(blobs);
        match dice.roll(8) {
            0 | 1 => writeln!(lines, "0 {}\t{path}", "0".repeat(40)),
            2 => writeln!(lines, "120000 {id}\t{path}"),
            3 => writeln!(lines, "160000 {commit}\t{path}"),
            4 => writeln!(lines, "100755 {id}\t{path}"),
            _ => writeln!(lines, "100644 {id}\t{path}"),
        }
        .unwrap();
    }
    let args = ["update-index", "--add", "--replace", "--index-info"];
    let mut child =
        sandbox.command_in(sandbox.path(), "git").args(args).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success(), "{lines}");
}

const INTENDED: [&str; 3] = ["db/m/ita.sql", "a0/ita.sql", "ita.sql"];

fn intend(sandbox: &Sandbox, dice: &mut Dice) {
    let name = dice.word(&INTENDED);
    // The directory may be a file in the index; git says so then.
    sandbox.write(name, "x").try_git(&["add", "-N", name]);
}

#[test]
fn two_trees_differ_as_git_says() {
    let sandbox = seed(&[]);
    let blobs: Vec<String> = (0..3)
        .map(|it| sandbox.run(&format!("echo {it} | git hash-object -w --stdin")).trim().to_owned())
        .collect();
    let commit = sandbox.line(&["rev-parse", "HEAD"]);
    let mut dice = Dice(7);
    let mut trees = vec![sandbox.line(&["rev-parse", "HEAD^{tree}"])];
    for _ in 0..12 {
        edit(&sandbox, &mut dice, &blobs, &commit);
        let tree = sandbox.try_git(&["write-tree"]);
        trees.push(String::from_utf8(tree.stdout).unwrap().trim().to_owned());
    }
    let git = [Backend::Auto, Backend::GitOnly].map(|it| open_with(sandbox.path(), it));
    for _ in 0..40 {
        let (old, new) = (dice.pick(&trees).clone(), dice.pick(&trees).clone());
        let args = ["diff-tree", "-r", "--raw", "-z", "--no-renames", "--no-abbrev", &old, &new];
        let all = raw(&sandbox.git(&args).stdout);
        let [old, new] = [old, new].map(|it| sprag::repo::Side::Tree(sprag::source::ObjectId(it)));
        for repo in &git {
            for glob in &GLOBS {
                assert_eq!(
                    rows(&repo.diff(&old, &new, glob).unwrap()),
                    expected(&all, glob),
                    "{}",
                    glob.0
                );
            }
        }
    }
}
