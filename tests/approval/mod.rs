//! What somebody has signed for passes, and nothing else does. Keys are made by the real `ssh-keygen`.

mod bits;
mod commands;
mod formats;
mod lists;
mod order;
mod people;
mod replay;
mod settings;
mod waiting;

use std::path::PathBuf;

use sprag::approval::{Letter, NO_CONTENT};
use sprag::source::Time;
use sprag::source::sha256;

use crate::support::Sandbox;

pub(crate) const MIGRATION: &str = "db/2_total.sql";
pub(crate) const SQL: &str = "alter table private.orders alter column total type numeric(12,2);\n";
pub(crate) const FILE: &str = ".sprag/approvals/total";
pub(crate) const POLICY: &str = "version = 1\n[paths]\nmigrations = [\"db/*.sql\"]\n[rules]\nalter-column-type = \"approve\"\ndrop-table = \"deny\"\n[approvals]\n";

/// A repository whose main branch has a list of signers, and a branch that changes a type. `ceo` and `dba` are on the list,
/// `mallory` has a key.
pub(crate) struct Office {
    pub(crate) repo: Sandbox,
}

#[allow(clippy::print_stderr, reason = "who runs the tests has to know what was not run")]
fn skipped(why: &str) {
    eprintln!("skipped: {why}");
}

/// Without `ssh-keygen` nobody can sign, and there is nothing to test.
fn has_keygen() -> bool {
    let found = std::process::Command::new("ssh-keygen").arg("-?").output().is_ok();
    if !found {
        skipped("there is no ssh-keygen on PATH");
    }
    found
}

impl Office {
    /// With these lines under `[approvals]`.
    pub(crate) fn with(lines: &str) -> Option<Office> {
        if !has_keygen() {
            return None;
        }
        let office = Office { repo: Sandbox::new() };
        let keys = office.repo.outside().join("keys");
        std::fs::create_dir(&keys).unwrap();
        for name in ["ceo", "dba", "mallory"] {
            office.make_key(name, &["-t", "ed25519"]);
        }
        let repo = &office.repo;
        let create = "create table private.orders (id bigint primary key, total numeric(10,2));\n";
        repo.write("db/1_orders.sql", create);
        repo.write("policy.toml", format!("{POLICY}{lines}"));
        office.list(&["ceo", "dba"]);
        repo.commit_all("base");
        let mut office = office;
        office.repo = office.repo.with_origin();
        office.repo.git(&["checkout", "-q", "-b", "work"]);
        office.repo.write(MIGRATION, SQL);
        Some(office)
    }

    pub(crate) fn new() -> Option<Office> {
        Office::with("")
    }

    pub(crate) fn key(&self, name: &str) -> PathBuf {
        self.repo.outside().join("keys").join(name)
    }

    pub(crate) fn make_key(&self, name: &str, kind: &[&str]) {
        let mut command = self.repo.command_in(self.repo.outside(), "ssh-keygen");
        let file = self.key(name);
        let made =
            command.args(["-q", "-N", "", "-C", name]).args(kind).arg("-f").arg(file).output();
        assert!(made.unwrap().status.success());
    }

    pub(crate) fn public(&self, name: &str) -> String {
        let text = std::fs::read_to_string(self.key(name).with_extension("pub")).unwrap();
        text.split_whitespace().take(2).collect::<Vec<_>>().join(" ")
    }

    /// A line of the list for each.
    pub(crate) fn lines(&self, names: &[&str]) -> String {
        let line =
            |it: &&str| format!("{it}@x namespaces=\"sprag-approval\" {}\n", self.public(it));
        names.iter().map(line).collect()
    }

    pub(crate) fn list(&self, names: &[&str]) {
        self.repo.write(".sprag/allowed_signers", self.lines(names));
    }

    /// Puts files on the main branch, and the work on top of it.
    pub(crate) fn merged(&self, files: &[(&str, &str)]) {
        self.repo.run("git stash -qu && git checkout -q main");
        for (path, text) in files {
            self.repo.write(path, text);
        }
        self.repo.commit_all("more");
        self.repo.run("git push -q origin main; git checkout -q work; git merge -q --ff-only main; git stash pop -q");
    }

    /// An approval of the migration as it lies there, by the ceo.
    pub(crate) fn letter(&self) -> Letter {
        Letter {
            repo: "acme/shop".to_owned(),
            rule: "alter-column-type".to_owned(),
            path: MIGRATION.into(),
            sha256: self.hash(MIGRATION),
            replaces: None,
            findings: Vec::new(),
            not_before: Time::parse("2025-01-01T00:00:00Z").unwrap(),
            expires: Time::parse("2099-01-01T00:00:00Z").unwrap(),
            approver: "ceo@x".to_owned(),
            reason: "DATA-42".to_owned(),
        }
    }

    pub(crate) fn hash(&self, path: &str) -> String {
        match std::fs::read(self.repo.path().join(path)) {
            Ok(bytes) => sha256(&bytes),
            Err(_) => NO_CONTENT.to_owned(),
        }
    }

    /// The consent of somebody to a file of the gate as it lies there, in place of that of the main branch.
    pub(crate) fn consent(&self, file: &str, path: &str, approver: &str) -> Letter {
        let trusted = self.repo.try_git(&["show", &format!("origin/main:{path}")]);
        let replaces =
            if trusted.status.success() { sha256(&trusted.stdout) } else { NO_CONTENT.to_owned() };
        let letter = Letter {
            rule: "policy-change".to_owned(),
            path: path.into(),
            sha256: self.hash(path),
            replaces: Some(replaces),
            approver: format!("{approver}@x"),
            reason: format!("for {file}"),
            ..self.letter()
        };
        self.post(&format!(".sprag/approvals/{file}"), &letter.text(), approver);
        letter
    }

    /// Puts everything there is on the main branch, whatever anybody says of it.
    pub(crate) fn lands(&self) {
        self.repo.run("git add -A; git commit -qnm more; git push -q --no-verify origin work:main");
    }

    /// Judges what is committed against the main branch.
    pub(crate) fn committed(&self) -> (i32, String) {
        self.repo.sprag(&["check", "--base", "origin/main"])
    }

    /// Writes an approval and signs it.
    pub(crate) fn post(&self, file: &str, text: &str, key: &str) {
        self.post_for(file, text, key, "sprag-approval");
    }

    pub(crate) fn post_for(&self, file: &str, text: &str, key: &str, namespace: &str) {
        self.repo.write(file, text);
        let path = self.repo.path().join(file);
        let _ = std::fs::remove_file(
            path.with_file_name(format!("{}.sig", path.file_name().unwrap().to_str().unwrap())),
        );
        let mut command = self.repo.command_in(self.repo.path(), "ssh-keygen");
        let key = self.key(key);
        let signed =
            command.args(["-q", "-Y", "sign", "-n", namespace, "-f"]).arg(key).arg(path).output();
        assert!(signed.unwrap().status.success());
    }

    /// Judges everything there is, as if it was about to be committed.
    pub(crate) fn check(&self) -> (i32, String) {
        self.repo.git(&["add", "-A"]);
        self.repo.sprag(&["check"])
    }

    #[track_caller]
    pub(crate) fn passes(&self) {
        let (code, said) = self.check();
        assert_eq!(code, 0, "{said}");
    }

    /// Refused, with this among what is said.
    #[track_caller]
    pub(crate) fn refused(&self, why: &str) {
        let (code, said) = self.check();
        assert_eq!(code, 1, "{said}");
        assert!(said.contains(why), "{why}\n{said}");
    }
}
