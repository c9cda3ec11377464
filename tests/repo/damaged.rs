//! A damaged index is an error or shows what git shows. It never looks like "nothing is staged".

use std::path::Path;

use sprag::failure::Result;
use sprag::repo::{Backend, Caller, Place, Repo};

use super::differential::Dice;
use super::{before, everything, rows, seed};
use crate::support::Sandbox;

/// Reads indexes that are not the repository's own.
struct Reader {
    repo: Repo,
    file: std::path::PathBuf,
}

impl Reader {
    fn new(sandbox: &Sandbox, backend: Backend) -> Reader {
        let file = sandbox.outside().join(format!("index-{backend:?}"));
        let place = Place { directory: Some(sandbox.path().to_owned()), index: Some(file.clone()) };
        Reader { repo: Repo::open_with(place, Caller::Hook, backend).unwrap(), file }
    }

    fn rows(&self, index: &[u8]) -> Result<Vec<String>> {
        std::fs::write(&self.file, index).unwrap();
        let staged = self.repo.staged()?;
        let found = self.repo.diff(&before(&self.repo), &staged.side, &everything)?;
        Ok(rows(&found))
    }
}

fn index_of(path: &Path) -> Vec<u8> {
    std::fs::read(path.join(".git/index")).unwrap()
}

/// Repositories whose indexes are written differently. All have one staged change and a valid cache-tree but the last.
fn samples() -> Vec<(&'static str, Sandbox)> {
    let change = "echo x >>db/migrations/V1__a.sql; git add db; git write-tree >/dev/null";
    [
        ("version 2", &[][..], change.to_owned()),
        ("version 4", &[], format!("git update-index --index-version 4; {change}")),
        ("an end-of-entries extension", &[], format!("git config index.threads 4; {change}")),
        ("sha256", &["--object-format=sha256"], change.to_owned()),
        ("sparse", &[], format!("git sparse-checkout set --cone --sparse-index db; {change}")),
        ("split", &[], format!("git update-index --split-index; {change}")),
        ("no cache-tree", &[], "echo x >>db/migrations/V1__a.sql; git add db".to_owned()),
    ]
    .into_iter()
    .map(|(name, args, script)| {
        let sandbox = seed(args);
        sandbox.run(&script);
        (name, sandbox)
    })
    .collect()
}

#[test]
fn a_truncated_index_is_an_error_or_still_shows_the_change() {
    for (name, sandbox) in samples() {
        let index = index_of(sandbox.path());
        for backend in [Backend::Auto, Backend::ScanOnly] {
            let reader = Reader::new(&sandbox, backend);
            let sound = reader.rows(&index).unwrap();
            assert!(sound.len() == 1, "{name} {sound:?}");
            let step = if name == "split" { 9 } else { 1 };
            for length in (0..index.len()).step_by(step) {
                match reader.rows(&index[..length]) {
                    Ok(rows) => assert!(
                        !rows.is_empty(),
                        "{name}, {backend:?}, cut at {length} of {}",
                        index.len()
                    ),
                    Err(failure) => assert!(!failure.message.is_empty()),
                }
            }
        }
    }
}

#[test]
fn flipped_bits_do_no_harm() {
    let mut dice = Dice(71);
    let mut refused = 0;
    for (_, sandbox) in samples() {
        let index = index_of(sandbox.path());
        let readers =
            [Backend::Auto, Backend::Guided, Backend::ScanOnly].map(|it| Reader::new(&sandbox, it));
        for _ in 0..200 {
            let mut damaged = index.clone();
            for _ in 0..=dice.roll(3) {
                let at = dice.roll(damaged.len());
                damaged[at] ^= 1 << dice.roll(8);
            }
            let reader = dice.pick(&readers);
            refused += usize::from(reader.rows(&damaged).is_err());
        }
    }
    assert!(refused > 50, "{refused}");
}

#[test]
fn garbage_is_an_error_that_says_how_to_go_on() {
    let sandbox = seed(&[]);
    for backend in [Backend::Auto, Backend::ScanOnly] {
        let reader = Reader::new(&sandbox, backend);
        for garbage in [
            &b""[..],
            b"DIRC",
            b"DIRCxxxx",
            b"DIRC\0\0\0\x02",
            b"DIRC\0\0\0\x02\0\0\0\x01",
            b"hello, world",
        ] {
            let failure = reader.rows(garbage).unwrap_err();
            assert!(
                failure.message.contains("damaged") || failure.message.contains("git"),
                "{}",
                failure.message
            );
            assert!(
                !failure.help.is_empty() || failure.message.contains("bad index version"),
                "{failure:?}"
            );
        }
    }
}

#[test]
fn a_cache_tree_whose_tree_is_gone_is_not_believed() {
    let sandbox = seed(&[]);
    sandbox.run("echo x >>db/migrations/V1__a.sql; git add db");
    let tree = sandbox.line(&["write-tree"]);
    let (directory, file) = tree.split_at(2);
    std::fs::remove_file(sandbox.path().join(".git/objects").join(directory).join(file)).unwrap();
    let repo = super::open(sandbox.path());
    let staged = repo.staged().unwrap();
    let found = repo.diff(&before(&repo), &staged.side, &everything).unwrap();
    assert_eq!(rows(&found), super::staged_by_git(&sandbox, "HEAD"));
    assert_eq!(found.len(), 1);
}
