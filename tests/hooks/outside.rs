//! What git's configuration outside the repository, and git's own variables, do to an install.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use sprag::hooks::{Options, install};

use super::{Scene, executable, git, text};

/// Installs in a process of its own, because the environment belongs to a whole process.
#[test]
fn child() {
    let Some(binary) = std::env::var_os("SPRAG_TEST_BINARY") else { return };
    let options = Options {
        repository: std::env::var_os("SPRAG_TEST_REPOSITORY").map(PathBuf::from),
        binary: binary.into(),
        force: std::env::var_os("SPRAG_TEST_FORCE").is_some(),
        ..Options::default()
    };
    let said = match install(&options) {
        Ok(report) => format!("installed {}\n{}", report.changes.len(), report.notes.join("\n")),
        Err(failure) => format!("{failure}\n{}", failure.help.join("\n")),
    };
    fs::write(std::env::var_os("SPRAG_TEST_OUTPUT").unwrap(), said).unwrap();
}

fn in_child(scene: &Scene, variables: &[(&str, &str)]) -> (Command, PathBuf) {
    let output = scene.sprag.with_file_name("said");
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "hooks::outside::child"]).current_dir(&scene.root);
    command.env("SPRAG_TEST_BINARY", &scene.sprag).env("SPRAG_TEST_OUTPUT", &output);
    command
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .envs(variables.iter().copied());
    (command, output)
}

fn install_with(scene: &Scene, variables: &[(&str, &str)]) -> String {
    let (mut command, output) = in_child(scene, variables);
    assert!(command.output().unwrap().status.success());
    fs::read_to_string(output).unwrap()
}

fn with_global_hooks() -> (Scene, PathBuf, String) {
    let scene = Scene::new();
    let hooks = scene.sprag.with_file_name("global hooks");
    fs::create_dir(&hooks).unwrap();
    let config = scene.sprag.with_file_name("gitconfig");
    fs::write(&config, format!("[core]\n\thooksPath = {}\n", hooks.display())).unwrap();
    (scene, hooks, config.display().to_string())
}

#[test]
fn hooks_set_for_all_repositories_are_left_alone() {
    let (scene, hooks, config) = with_global_hooks();
    let said = install_with(&scene, &[("GIT_CONFIG_GLOBAL", &config)]);
    assert!(
        said.starts_with(
            "no hooks were installed: `core.hooksPath` is set outside this repository\n"
        ),
        "{said}"
    );
    for part in [
        "git config --global --unset-all core.hooksPath",
        "git config --local core.hooksPath '",
        "--force",
    ] {
        assert!(said.contains(part), "{said}");
    }
    assert_eq!(fs::read_dir(hooks).unwrap().count(), 0);
    assert!(!scene.has(".git/hooks/pre-commit"));
}

#[test]
fn forced_they_go_into_the_repository_and_a_hook_for_all_can_call_them() {
    let (scene, hooks, config) = with_global_hooks();
    let said = install_with(&scene, &[("GIT_CONFIG_GLOBAL", &config), ("SPRAG_TEST_FORCE", "1")]);
    assert!(said.starts_with("installed 3\ngit does not run these hooks yet"), "{said}");
    // The lines that it tells to add, added.
    let lines = said.lines().filter(|it| it.starts_with("  ")).collect::<Vec<_>>().join("\n");
    executable(&hooks.join("pre-commit"), &format!("#!/bin/sh\n{lines}\n"));
    let output = Command::new("git")
        .args([
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@example.com",
            "commit",
            "-q",
            "--allow-empty",
            "-m",
            "x",
        ])
        .current_dir(&scene.root)
        .env("GIT_CONFIG_GLOBAL", &config)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(scene.log(), "sprag hook pre-commit\n");
}

#[test]
fn a_setting_of_the_repository_goes_before_one_for_all() {
    let (scene, _, config) = with_global_hooks();
    scene.git(&["config", "core.hooksPath", ".git/mine"]);
    assert!(install_with(&scene, &[("GIT_CONFIG_GLOBAL", &config)]).starts_with("installed 3"));
    assert!(scene.has(".git/mine/pre-commit"));
}

/// As from a hook of another repository, or from a program that one starts.
#[test]
fn gits_variables_for_another_repository_do_not_lead_astray() {
    let (scene, other) = (Scene::new(), Scene::new());
    let directory = other.root.join(".git").display().to_string();
    let repository = scene.root.display().to_string();
    let variables = [
        ("GIT_DIR", directory.as_str()),
        ("GIT_WORK_TREE", "/"),
        ("GIT_INDEX_FILE", "/nowhere"),
        ("SPRAG_TEST_REPOSITORY", &repository),
    ];
    assert!(install_with(&scene, &variables).starts_with("installed 3"));
    assert!(scene.has(".git/hooks/pre-commit") && !other.has(".git/hooks/pre-commit"));
}

#[test]
fn it_may_be_started_in_any_folder_of_the_repository() {
    let scene = Scene::new();
    scene.write("some where/file", "");
    scene.git(&["config", "core.hooksPath", ".hooks"]);
    let (mut command, output) = in_child(&scene, &[]);
    assert!(command.current_dir(scene.root.join("some where")).output().unwrap().status.success());
    assert!(fs::read_to_string(output).unwrap().starts_with("installed 3"));
    assert!(scene.has(".hooks/pre-commit"));
}

/// The kill comes at another moment each time; whatever it leaves, the former hook is there and the next install mends it.
#[test]
fn killed_at_any_moment_nothing_is_lost() {
    let theirs = "#!/bin/sh\necho mine\n";
    for pause in 0..15 {
        let scene = Scene::new();
        scene.hook("pre-commit", theirs);
        let (mut command, _) = in_child(&scene, &[]);
        let mut child = command.stdout(std::process::Stdio::null()).spawn().unwrap();
        let until = std::time::Instant::now() + std::time::Duration::from_millis(3 * pause);
        while std::time::Instant::now() < until {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let kept = scene.root.join(".git/hooks/pre-commit.before-sprag");
        let hook = if kept.exists() { kept } else { scene.root.join(".git/hooks/pre-commit") };
        assert_eq!(fs::read_to_string(hook).unwrap(), theirs, "{pause}");
        scene.install();
        assert!(scene.commit().1.contains("mine"), "{pause}");
        assert_eq!(scene.log(), "sprag hook pre-commit\n", "{pause}");
    }
}

#[test]
fn gits_hooks_run_from_a_worktree_with_git_dir_set() {
    let scene = Scene::new();
    scene.install();
    scene.write("elsewhere/file", "");
    let work = scene.root.join("elsewhere");
    let args = ["--git-dir=../.git", "--work-tree=.", "commit", "-q", "--allow-empty", "-m", "x"];
    assert!(git(&work, &args, "/usr/bin:/bin").status.success());
    assert_eq!(scene.log(), "sprag hook pre-commit\n");
}
