//! What must hold, through the real git, the built program, and the hooks that `sprag install` writes.

mod backends;
mod clones;
mod commits;
mod content;
mod damage;
mod demo;
mod gates;
mod indexes;
mod managers;
mod merges;
mod names;
mod owners;
mod places;
mod providers;
mod pushes;
mod received;
mod schemas;
mod untouched;

use std::path::{Path, PathBuf};

use crate::support::{Sandbox, both};

/// Every script may use these: `M`, where the migrations are; `new c`, a good migration; `edit FILE`; `wrong`, a bad one.
pub(crate) const WORDS: &str = r#"
M=db/migrations
new() { printf 'create table %s (id int primary key);\nalter table %s enable row level security;\n' "$1" "$1"; }
edit() { echo 'select 1;' >>"$1"; }
wrong() { echo 'drop table a;'; }
"#;

pub(crate) const POLICY: &str = "version = 1\n\n[paths]\nmigrations = [\"db/migrations/**\"]\n";

pub(crate) fn new(table: &str) -> String {
    format!(
        "create table {table} (id int primary key);\nalter table {table} enable row level security;\n"
    )
}

/// Two migrations that everybody has, a policy, and the hooks.
pub(crate) fn seed() -> Sandbox {
    seeded(&[])
}

pub(crate) fn seeded(args: &[&str]) -> Sandbox {
    let sandbox = committed(args).with_origin();
    sandbox.install();
    sandbox
}

/// The same, without a remote and without hooks.
pub(crate) fn committed(args: &[&str]) -> Sandbox {
    let sandbox = Sandbox::init(args);
    sandbox.write("policy.toml", POLICY);
    sandbox.write("db/migrations/V1__a.sql", new("a"));
    sandbox.write("db/migrations/V2__b.sql", new("b"));
    sandbox.write("src/main.rs", "fn main() {}\n").commit_all("seed");
    sandbox
}

impl Sandbox {
    pub(crate) fn install(&self) {
        let (code, said) = self.sprag(&["install"]);
        assert_eq!(code, 0, "{said}");
    }

    pub(crate) fn origin(&self) -> PathBuf {
        self.outside().join("origin.git")
    }

    /// Prepares: every line of the script has to go well.
    pub(crate) fn do_in(&self, at: &Path, script: &str) -> String {
        let (code, said) = self.try_in(at, &format!("set -e\n{script}"));
        assert_eq!(code, 0, "{script}\n{said}");
        said
    }

    pub(crate) fn try_in(&self, at: &Path, script: &str) -> (i32, String) {
        let output = self
            .command_in(at, "sh")
            .env("SPRAG", env!("CARGO_BIN_EXE_sprag"))
            .args(["-c", &format!("{WORDS}\n{script}")])
            .output()
            .unwrap();
        (output.status.code().unwrap(), both(&output))
    }

    pub(crate) fn does(&self, script: &str) -> String {
        self.do_in(self.path(), script)
    }

    /// The last command of the script goes through, and nothing is said about it.
    pub(crate) fn passes(&self, script: &str) {
        self.passes_in(self.path(), script);
    }

    pub(crate) fn passes_in(&self, at: &Path, script: &str) {
        let said = self.do_in(at, script);
        for word in ["refused", "could not", "error["] {
            assert!(!said.contains(word), "{script}\n{said}");
        }
    }

    /// The script is refused, in all of these words, and neither the branch nor the remote has moved.
    pub(crate) fn refuses(&self, script: &str, words: &[&str]) -> String {
        self.refuses_in(self.path(), script, words)
    }

    pub(crate) fn refuses_in(&self, at: &Path, script: &str, words: &[&str]) -> String {
        let said = self.stops(at, script, words);
        assert!(said.contains("error["), "{script}\n{said}");
        assert!(!said.contains("could not judge"), "{script}\n{said}");
        said
    }

    /// The script is stopped because there is no verdict, and it says why.
    pub(crate) fn cannot(&self, script: &str, words: &[&str]) -> String {
        self.cannot_in(self.path(), script, words)
    }

    pub(crate) fn cannot_in(&self, at: &Path, script: &str, words: &[&str]) -> String {
        let said = self.stops(at, script, words);
        assert!(said.contains("could not judge"), "{script}\n{said}");
        assert!(said.contains("refused"), "{script}\n{said}");
        said
    }

    fn stops(&self, at: &Path, script: &str, words: &[&str]) -> String {
        let before = self.standing(at);
        let (code, said) = self.try_in(at, script);
        assert_ne!(code, 0, "this has gone through: {script}\n{said}");
        for word in words.iter().chain(&["refused"]) {
            assert!(said.contains(word), "`{word}` is not said by {script}\n{said}");
        }
        assert!(!said.contains("panicked") && !said.contains("sprag itself failed"), "{said}");
        assert_eq!(self.standing(at), before, "something moved: {script}\n{said}");
        said
    }

    /// Where HEAD is, and every ref of the remote.
    fn standing(&self, at: &Path) -> String {
        let script = format!(
            "git rev-parse -q --verify HEAD\ngit --git-dir='{}' for-each-ref 2>/dev/null\n:",
            self.origin().display()
        );
        self.try_in(at, &script).1
    }
}
