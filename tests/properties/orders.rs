//! A verdict depends on what is judged and on nothing else.

use sprag::gate;
use sprag::policy::Date;
use sprag::rules::{self, History};
use sprag::source::{Content, File, FileChange, Mode, ObjectId, PathList, RepoPath};

use crate::rules::examples;
use crate::support::Sandbox;

fn file(path: &str, text: &str) -> File {
    File {
        path: path.into(),
        mode: Mode::Regular,
        id: ObjectId(format!("{:040x}", text.len())),
        content: Content::from_bytes(text.as_bytes().to_vec(), usize::MAX),
    }
}

/// Fingerprint and outcome of everything that is found.
fn verdict(files: &[File]) -> Vec<String> {
    let Ok(outcome) = gate::files(None, files, Date::from_unix_seconds(0)) else { panic!() };
    let told = outcome.verdict.judged.iter();
    let mut told: Vec<String> = told
        .map(|it| format!("{} {:?} {}", it.fingerprint.0, it.outcome, it.finding.message))
        .collect();
    told.sort();
    told
}

#[test]
fn the_order_of_the_files_does_not_matter() {
    let texts: Vec<String> =
        examples().into_iter().filter(crate::rules::Example::is_sql).map(|it| it.text).collect();
    for (at, three) in texts.windows(3).enumerate() {
        let name = |n: usize| format!("prisma/migrations/{n}_x/migration.sql");
        let [a, b, c] = [0, 1, 2].map(|n| file(&name(n), &three[n]));
        let package = file("package.json", r#"{"scripts":{"setup":"prisma migrate deploy"}}"#);
        let first = verdict(&[a.clone(), b.clone(), c.clone(), package.clone()]);
        assert!(!first.is_empty(), "{at}");
        for order in [
            [&c, &b, &a, &package],
            [&package, &b, &c, &a],
            [&b, &package, &a, &c],
            [&a, &c, &package, &b],
        ] {
            assert_eq!(verdict(&order.map(Clone::clone)), first, "{three:?}");
        }
    }
}

#[test]
fn a_file_compared_with_itself_has_no_history() {
    let path = "prisma/migrations/1_x/migration.sql";
    let same = file(path, "drop table users;\n");
    let changes = [FileChange { path: path.into(), before: Some(same.clone()), after: Some(same) }];
    let target = PathList::new(&[RepoPath::from(path)]);
    assert!(rules::found(&History::new(&changes, &target, &[])).is_empty());
}

#[test]
fn a_revision_compared_with_itself_has_nothing_to_refuse() {
    let repo = Sandbox::new();
    for it in examples().iter().filter(|it| it.fails && it.is_sql()) {
        repo.write(
            format!("prisma/migrations/{}_{}/migration.sql", it.number, it.rule.name),
            &it.text,
        );
    }
    repo.write("package.json", r#"{"scripts":{"setup":"prisma migrate deploy"}}"#);
    repo.commit_all("Begin");
    assert_eq!(repo.sprag(&["check", "--range", "HEAD..HEAD"]).0, 0);
    assert_eq!(repo.sprag(&["check", "--base", "HEAD"]).0, 0);
    assert_eq!(repo.sprag(&["audit"]).0, 1);
}
