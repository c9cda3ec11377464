//! `install.sh`, with a `cargo` that builds at once and a program that says what it was asked.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::{Scene, executable, text};

const CARGO: &str = r#"#!/bin/sh
while [ $# -gt 0 ]; do
  case $1 in --target-dir) target=$2 ;; --features) echo "with [$2]" ;; esac
  shift
done
[ ! -e "$target-broken" ] || exit 101
mkdir -p "$target/release"
cp "$target-program" "$target/release/sprag"
"#;

const PROGRAM: &str = r#"#!/bin/sh
echo "sprag $* in $(pwd)"
case $1 in
  init) echo policy >policy.toml ;;
  audit) exit "${AUDIT:-0}" ;;
esac
"#;

struct Clone {
    scene: Scene,
    home: PathBuf,
    directory: PathBuf,
}

impl Clone {
    fn new() -> Clone {
        let scene = Scene::named("it's a repository", "tools");
        let home = scene.root.with_file_name("my home's");
        let directory = scene.root.with_file_name("clone of 'sprag'");
        fs::create_dir_all(&home).unwrap();
        fs::create_dir_all(&directory).unwrap();
        executable(&scene.sprag.with_file_name("cargo"), CARGO);
        executable(&directory.join("target-program"), PROGRAM);
        fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/install.sh"), directory.join("install.sh"))
            .unwrap();
        fs::remove_file(&scene.sprag).unwrap();
        Clone { scene, home, directory }
    }

    /// Runs it in a folder of the repository; its exit code and what it said.
    fn run(&self, args: &[&str], audit: &str) -> (Option<i32>, String) {
        let folder = self.scene.root.join("a folder");
        fs::create_dir_all(&folder).unwrap();
        let output = Command::new("/bin/sh")
            .arg(self.directory.join("install.sh"))
            .args(args)
            .current_dir(folder)
            .env("PATH", format!("{}:/usr/bin:/bin", self.scene.sprag.parent().unwrap().display()))
            .env("HOME", &self.home)
            .env_remove("CARGO_HOME")
            .env("AUDIT", audit)
            .env("GIT_DIR", "/nowhere")
            .output()
            .unwrap();
        (output.status.code(), text(&output.stdout) + &text(&output.stderr))
    }
}

#[test]
fn it_builds_installs_and_audits() {
    let clone = Clone::new();
    let (code, said) = clone.run(&[], "0");
    assert_eq!(code, Some(0), "{said}");
    let root = clone.scene.root.display();
    for part in ["sprag install in", "sprag init in", "sprag audit in"] {
        assert!(said.contains(&format!("{part} {root}\n")), "{said}");
    }
    let program = clone.home.join(".local/bin/sprag");
    assert_eq!(fs::read_to_string(&program).unwrap(), PROGRAM);
    assert!(
        said.contains("is not in PATH") && said.contains("commit it: git add policy.toml"),
        "{said}"
    );
    let (code, said) = clone.run(&[], "0");
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("sprag is up to date") && !said.contains("sprag init"), "{said}");
    assert_eq!(fs::read_dir(program.parent().unwrap()).unwrap().count(), 1);
}

#[test]
fn old_findings_do_not_fail_it_and_an_audit_that_cannot_judge_does() {
    let clone = Clone::new();
    let (code, said) = clone.run(&[], "1");
    assert!(code == Some(0) && said.contains("sprag baseline"), "{said}");
    let (code, said) = clone.run(&[], "2");
    assert!(code == Some(2) && said.contains("could not judge"), "{said}");
    let (code, said) = clone.run(&["--no-audit"], "2");
    assert!(code == Some(0) && !said.contains("sprag audit"), "{said}");
}

#[test]
fn a_postgres_is_built_in_where_that_is_asked_for() {
    let clone = Clone::new();
    let (code, said) = clone.run(&["--with-postgres"], "0");
    assert!(code == Some(0) && said.contains("with [embedded-postgres]\n"), "{said}");
    let (_, said) = clone.run(&[], "0");
    assert!(said.contains("with []\n"), "{said}");
}

#[test]
fn it_takes_a_prefix_and_a_repository_and_takes_the_hooks_out_again() {
    let clone = Clone::new();
    let other = Scene::named("other", "tools");
    let root = other.root.display().to_string();
    let (code, said) = clone.run(&["--prefix", "my tools", &root], "0");
    assert!(code == Some(0) && said.contains(&format!("sprag install in {root}\n")), "{said}");
    assert!(clone.scene.root.join("a folder/my tools/bin/sprag").exists(), "{said}");
    let (code, said) = clone.run(&["--uninstall", "--prefix=my tools", &root], "0");
    assert!(code == Some(0) && said.contains(&format!("sprag uninstall in {root}\n")), "{said}");
    assert!(clone.scene.root.join("a folder/my tools/bin/sprag").exists());
    let bare = clone.scene.root.with_file_name("origin.git").display().to_string();
    let (code, said) = clone.run(&[&bare], "2");
    assert!(code == Some(0) && said.contains(&format!("sprag install in {bare}\n")), "{said}");
    assert!(!said.contains("sprag init"), "{said}");
}

#[test]
fn what_cannot_be_done_is_said() {
    let clone = Clone::new();
    let nowhere = clone.home.display().to_string();
    let cases: [(&[&str], &str); 6] = [
        (&["--bogus"], "there is no option --bogus"),
        (&["--prefix"], "--prefix needs a directory"),
        (&["a", "b"], "only one repository"),
        (&["/does/not/exist"], "there is no directory /does/not/exist"),
        (&[&nowhere], "is not in a git repository"),
        (&["--prefix", "/dev/null"], "choose another place"),
    ];
    for (args, expected) in cases {
        let (code, said) = clone.run(args, "0");
        assert!(code == Some(2) && said.contains(expected), "{args:?}: {code:?} {said}");
    }
    fs::write(clone.directory.join("target-broken"), "").unwrap();
    let (code, said) = clone.run(&[], "0");
    assert!(code == Some(2) && said.contains("could not be built"), "{said}");
    fs::remove_file(clone.scene.sprag.with_file_name("cargo")).unwrap();
    let (code, said) = clone.run(&[], "0");
    // Where cargo is installed for everybody, it is found and has nothing to build.
    assert!(
        code == Some(2)
            && (said.contains("cargo is missing") || said.contains("could not be built")),
        "{said}"
    );
    assert_eq!(clone.run(&["--help"], "0").0, Some(0));
}
