//! What the installed hooks do when git runs them.

use std::fs;
use std::process::{Command, Stdio};

use sprag::hooks::{Kind, Options, install};

use super::{Scene, executable, git, text};

#[test]
fn each_hook_asks_sprag() {
    let scene = Scene::new();
    scene.install();
    assert!(scene.commit().0);
    assert_eq!(scene.log(), "sprag hook pre-commit\n");
    assert!(scene.push().0);
    let id = scene.git(&["rev-parse", "HEAD"]);
    let zeros = "0".repeat(40);
    let expected = format!(
        "sprag hook pre-push origin ../origin.git\n  HEAD {} refs/heads/main {zeros}\n",
        id.trim()
    );
    assert_eq!(scene.log(), expected);
}

#[test]
fn a_merge_asks_sprag() {
    let scene = Scene::new();
    scene.commit();
    scene.git(&["checkout", "-q", "-b", "side"]);
    scene.commit();
    scene.git(&["checkout", "-q", "main"]);
    scene.install();
    scene.git(&["merge", "-q", "--no-ff", "-m", "x", "side"]);
    assert_eq!(scene.log(), "sprag hook pre-merge-commit\n");
}

#[test]
fn a_refusal_stops_git() {
    let scene = Scene::new();
    scene.commit();
    scene.install();
    scene.refuse();
    let (done, said) = scene.commit();
    assert!(!done && said.contains("sprag: refused"), "{said}");
    assert!(!scene.push().0);
}

#[test]
fn a_missing_program_refuses_and_says_what_mends_it() {
    let scene = Scene::named("it's a repository", "my tools'");
    scene.commit();
    scene.install();
    let shown = scene.sprag.display().to_string();
    let mend =
        format!("./install.sh '{}'", scene.root.display().to_string().replace('\'', r"'\''"));
    fs::remove_file(&scene.sprag).unwrap();
    let (done, said) = scene.commit();
    assert!(!done);
    for part in ["could not be judged", &shown, &mend, "git commit --no-verify", "CI will see"] {
        assert!(said.contains(part), "no `{part}` in {said}");
    }
    let (done, said) = scene.push();
    assert!(!done && said.contains("git push --no-verify"), "{said}");
}

#[test]
fn a_moved_program_is_found_in_path() {
    let scene = Scene::new();
    scene.install();
    let elsewhere = scene.root.join("../elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    fs::rename(&scene.sprag, elsewhere.join("sprag")).unwrap();
    let path = format!("{}:/usr/bin:/bin", elsewhere.display());
    let output = git(&scene.root, &["commit", "--allow-empty", "-qm", "x"], &path);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(fs::read_to_string(elsewhere.join("log")).unwrap(), "sprag hook pre-commit\n");
}

#[test]
fn blanks_quotes_and_dollars_in_names_do_not_matter() {
    for name in ["a b", "it's", "\"x\" $HOME `id`", "back\\slash", "new\nline", "@mend@ '@sprag@'"]
    {
        let scene = Scene::named(&format!("repository {name}"), &format!("tools {name}"));
        scene.install();
        let (done, said) = scene.commit();
        assert!(done, "{name}: {said}");
        assert_eq!(scene.log(), "sprag hook pre-commit\n", "{name}");
        assert!(scene.install().up_to_date, "{name}");
    }
}

#[test]
fn the_former_hook_runs_first_and_both_may_refuse() {
    for (former, sprag, done) in [(0, 0, true), (3, 0, false), (0, 1, false), (3, 1, false)] {
        let scene = Scene::new();
        let log = scene.sprag.with_file_name("log");
        scene.hook(
            "pre-commit",
            &format!("#!/bin/sh\necho former >>'{}'\nexit {former}\n", log.display()),
        );
        scene.install();
        if sprag == 1 {
            scene.refuse();
        }
        assert_eq!(scene.commit().0, done, "{former} {sprag}");
        assert_eq!(scene.log(), "former\nsprag hook pre-commit\n", "{former} {sprag}");
    }
}

#[test]
fn both_read_what_is_pushed() {
    for (former, refuses, done) in
        [("exit 0", false, true), ("exit 1", false, false), ("exit 0", true, false)]
    {
        let scene = Scene::new();
        scene.commit();
        let log = scene.sprag.with_file_name("log");
        let script = format!(
            "#!/bin/sh\n{{ echo \"former $*\"; sed 's/^/  /'; }} >>'{}'\n{former}\n",
            log.display()
        );
        scene.hook("pre-push", &script);
        scene.install();
        if refuses {
            scene.refuse();
        }
        scene.git(&["tag", "one"]);
        let output = scene.run_git(&["push", "-q", "origin", "HEAD:main", "one"]);
        assert_eq!(output.status.success(), done);
        let log = scene.log();
        let (first, second) = log.split_once("sprag hook pre-push ").unwrap();
        assert_eq!(
            first.strip_prefix("former "),
            Some(second),
            "the same arguments and lines for both"
        );
        assert_eq!(first.lines().count(), 3, "{first}");
    }
}

/// Runs a script that was just written, again where the file is still held open by what another test starts (execve(2),
/// `ETXTBSY`).
fn output_of(command: &mut Command) -> std::process::Output {
    for _ in 0..100 {
        match command.output() {
            Err(it) if it.kind() == std::io::ErrorKind::ExecutableFileBusy => {
                std::thread::sleep(std::time::Duration::from_millis(10));
            }
            ran => return ran.unwrap(),
        }
    }
    command.output().unwrap()
}

#[test]
fn a_former_hook_that_reads_nothing_does_no_harm_and_an_empty_list_stays_empty() {
    let scene = Scene::new();
    scene.hook("pre-push", "#!/bin/sh\nexit 0\n");
    let hook = scene.root.join(".git/hooks/pre-push");
    scene.install();
    let output = output_of(Command::new(&hook).args(["origin", "url"]).stdin(Stdio::null()));
    assert!(output.status.success() && output.stderr.is_empty());
    assert_eq!(scene.log(), "sprag hook pre-push origin url\n");
    let large = "refs/heads/x 1 refs/heads/x 2\n".repeat(20_000);
    let input = scene.write("input", &large);
    let output = output_of(Command::new(&hook).stdin(fs::File::open(input).unwrap()));
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(text(&output.stderr), "");
    assert_eq!(scene.log().lines().count(), 20_001);
}

#[test]
fn a_former_hook_may_be_a_link_or_a_program_and_one_that_git_ignored_stays_ignored() {
    let scene = Scene::new();
    let log = scene.sprag.with_file_name("log");
    executable(
        &scene.root.join("shared.sh"),
        &format!("#!/bin/sh\necho linked >>'{}'\n", log.display()),
    );
    fs::create_dir_all(scene.root.join(".git/hooks")).unwrap();
    std::os::unix::fs::symlink("../../shared.sh", scene.root.join(".git/hooks/pre-commit"))
        .unwrap();
    fs::copy("/bin/true", scene.root.join(".git/hooks/pre-push")).unwrap();
    scene.write(".git/hooks/pre-merge-commit", "#!/bin/sh\nexit 1\n");
    scene.install();
    assert!(scene.root.join(".git/hooks/pre-commit.before-sprag").is_symlink());
    assert!(scene.commit().0 && scene.push().0);
    assert!(scene.log().starts_with("linked\nsprag hook pre-commit\nsprag hook pre-push"));
    scene.git(&["checkout", "-qb", "side", "HEAD"]);
    scene.commit();
    scene.git(&["checkout", "-q", "main"]);
    scene.git(&["merge", "-q", "--no-ff", "-m", "x", "side"]);
    scene.uninstall();
    assert!(scene.root.join(".git/hooks/pre-commit").is_symlink());
    assert_eq!(
        fs::read(scene.root.join(".git/hooks/pre-push")).unwrap(),
        fs::read("/bin/true").unwrap()
    );
}

#[test]
fn a_bare_repository_asks_before_it_receives() {
    let scene = Scene::new();
    scene.commit();
    let origin = scene.root.join("../origin.git").canonicalize().unwrap();
    let report = install(&Options { repository: Some(origin.clone()), ..scene.options() }).unwrap();
    assert_eq!(report.changes.len(), 1);
    assert!(scene.push().0);
    let log = scene.log();
    assert!(
        log.starts_with("sprag hook pre-receive\n  0000") && log.ends_with(" refs/heads/main\n"),
        "{log}"
    );
    scene.refuse();
    scene.commit();
    let (done, said) = scene.push();
    assert!(!done && said.contains("remote: sprag: refused"), "{said}");
    fs::remove_file(&scene.sprag).unwrap();
    let (done, said) = scene.push();
    assert!(!done && said.contains("remote: sprag: this push is refused"), "{said}");
    let options = Options { kind: Kind::Server, ..scene.options() };
    let report = install(&options).unwrap();
    assert_eq!(report.changes[0].path.to_str(), Some(".git/hooks/pre-receive"));
}

#[test]
fn without_a_former_hook_nothing_but_sprag_is_started() {
    let scene = Scene::new();
    scene.install();
    // With no other program in reach, the hook still gets to sprag.
    executable(&scene.sprag, "#!/bin/sh\nread -r line\necho \"$0 $* $line\"\n");
    let hook = scene.root.join(".git/hooks/pre-push");
    let input = scene.write("input", "one\n");
    let output = Command::new("/bin/sh")
        .args([hook.as_os_str(), "origin".as_ref()])
        .env("PATH", "/nowhere")
        .stdin(fs::File::open(input).unwrap())
        .output()
        .unwrap();
    assert_eq!(
        text(&output.stdout),
        format!("{} hook pre-push origin one\n", scene.sprag.display())
    );
}
