//! The library inside a real hook: this test program is what the hook starts.

use std::fmt::Write;
use std::path::Path;

use sprag::repo::{Backend, Caller, Place, Repo};

use super::{BACKENDS, before, between, everything, program, rows, seed};
use crate::support::Sandbox;

/// What one way of reading saw while git was committing.
pub(crate) struct Seen {
    pub backend: String,
    pub how: String,
    pub base: String,
    pub rows: Vec<String>,
    pub listed: usize,
}

/// Not a claim by itself: in a hook it writes down what is staged. Anywhere else it has nothing to do.
#[test]
fn the_hook_writes_down_what_it_sees() {
    let Some(path) = std::env::var_os("SPRAG_TEST_SEEN") else { return };
    let mut report = String::new();
    for backend in BACKENDS {
        match look(backend) {
            Ok(text) => report += &text,
            Err(failure) => writeln!(report, "== {backend:?} failed - 0\n{failure}").unwrap(),
        }
    }
    std::fs::write(path, report).unwrap();
}

fn look(backend: Backend) -> sprag::failure::Result<String> {
    let repo = Repo::open_with(Place::default(), Caller::Hook, backend)?;
    let staged = repo.staged()?;
    let deltas = repo.diff(&before(&repo), &staged.side, &everything)?;
    let listed = repo.list(&staged.side, &everything)?.len();
    let base = match repo.head()? {
        sprag::repo::Head::Unborn => "unborn".to_owned(),
        sprag::repo::Head::Commit(commit) => commit.id.0,
    };
    let mut text = format!("== {backend:?} {:?} {base} {listed}\n", staged.how);
    for row in rows(&deltas) {
        writeln!(text, "{row}").unwrap();
    }
    Ok(text)
}

/// Makes every commit write down what a hook sees of it.
pub(crate) fn watch(sandbox: &Sandbox) {
    let script = format!(
        "SPRAG_TEST_SEEN='{}' exec '{}' --exact repo::hook::the_hook_writes_down_what_it_sees >/dev/null",
        sandbox.outside().join("seen").display(),
        program().display()
    );
    sandbox.hook("pre-commit", &script).hook("pre-merge-commit", &script);
}

pub(crate) fn seen(sandbox: &Sandbox) -> Vec<Seen> {
    let report =
        std::fs::read_to_string(sandbox.outside().join("seen")).expect("a hook should have run");
    report
        .split("== ")
        .skip(1)
        .map(|part| {
            let mut lines = part.lines();
            let words: Vec<&str> = lines.next().unwrap().split(' ').collect();
            Seen {
                backend: words[0].to_owned(),
                how: words[1].to_owned(),
                base: words[2].to_owned(),
                listed: words[3].parse().unwrap(),
                rows: lines.map(str::to_owned).collect(),
            }
        })
        .collect()
}

/// Runs `script`, which ends with a commit, and compares what the hook saw with the commit that git made. Says how the
/// index was read.
pub(crate) fn agrees_in(sandbox: &Sandbox, at: &Path, script: &str) -> String {
    watch(sandbox);
    let output = sandbox
        .command_in(at, "sh")
        .args(["-ec", &format!("M=db/migrations\n{script}")])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{script}\n{said}");
    let git = |args: &[&str]| {
        let output = sandbox.command_in(at, "git").args(args).output().unwrap();
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    };
    let all = seen(sandbox);
    assert_eq!(all.len(), BACKENDS.len());
    for it in &all {
        assert_ne!(it.how, "failed", "{}: {:?} after {script}", it.backend, it.rows);
        let base = if it.base == "unborn" {
            git(&["hash-object", "-t", "tree", "/dev/null"])
        } else {
            it.base.clone()
        };
        let made = between(sandbox, at, &base, "HEAD");
        assert_eq!(it.rows, made, "{} {} after {script}\n{said}", it.backend, it.how);
        let files = git(&["ls-tree", "-r", "--name-only", "--full-tree", "HEAD"]).lines().count();
        assert_eq!(it.listed, files, "{} lists other files after {script}", it.backend);
    }
    all[0].how.clone()
}

/// The same, in a repository with two migrations.
pub(crate) fn agrees(script: &str) -> String {
    let sandbox = seed(&[]);
    agrees_in(&sandbox, sandbox.path(), script)
}
