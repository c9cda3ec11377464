//! Installing and taking away, also when it was cut short.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use sprag::hooks::{Options, install, uninstall};

use super::{Scene, executable, mode, snapshot};

const THEIRS: &str = "#!/bin/sh\necho mine\n";

#[test]
fn a_second_install_changes_nothing() {
    let scene = Scene::new();
    scene.hook("pre-commit", THEIRS);
    assert!(!scene.install().up_to_date);
    let before = snapshot(&scene.root);
    let report = scene.install();
    assert!(
        report.up_to_date && report.changes.is_empty() && report.notes.is_empty(),
        "{report:?}"
    );
    assert_eq!(snapshot(&scene.root), before);
}

#[test]
fn it_says_what_it_changed() {
    let scene = Scene::new();
    scene.hook("pre-commit", THEIRS);
    let report = scene.install();
    let said = report
        .changes
        .iter()
        .map(|it| format!("{}: {}", it.path.display(), it.what))
        .collect::<Vec<_>>();
    assert_eq!(
        said,
        [
            ".git/hooks/pre-commit: kept as `pre-commit.before-sprag`, which runs first",
            ".git/hooks/pre-commit: written",
            ".git/hooks/pre-merge-commit: written",
            ".git/hooks/pre-push: written",
        ]
    );
}

#[test]
fn a_dry_run_changes_nothing() {
    let scene = Scene::new();
    scene.hook("pre-commit", THEIRS);
    let before = snapshot(&scene.root);
    let planned = install(&Options { dry_run: true, ..scene.options() }).unwrap();
    assert_eq!(snapshot(&scene.root), before);
    assert_eq!(planned, scene.install());
}

#[test]
fn taking_away_leaves_everything_as_it_was() {
    let scene = Scene::new();
    scene.hook("pre-commit", THEIRS);
    scene.write(".git/hooks/pre-push", "not executable");
    let before = snapshot(&scene.root);
    scene.install();
    assert!(!scene.uninstall().up_to_date);
    assert_eq!(snapshot(&scene.root), before);
    assert_eq!(mode(&scene.root.join(".git/hooks/pre-commit")), 0o755);
    assert!(scene.uninstall().up_to_date);
}

#[test]
fn taking_away_leaves_what_is_not_ours() {
    let scene = Scene::new();
    scene.hook("pre-commit", THEIRS);
    scene.install();
    scene.hook("pre-commit", "#!/bin/sh\necho third\n");
    let report = scene.uninstall();
    assert_eq!(scene.read(".git/hooks/pre-commit"), "#!/bin/sh\necho third\n");
    assert_eq!(scene.read(".git/hooks/pre-commit.before-sprag"), THEIRS);
    assert_eq!(report.notes.len(), 1, "{report:?}");
}

/// Every state that a kill can leave: the steps are a second name, then each hook written aside and renamed.
#[test]
fn an_interrupted_install_is_mended_by_the_next() {
    let whole = Scene::new();
    whole.hook("pre-commit", THEIRS);
    whole.install();
    let states: [fn(&Scene); 4] = [
        |scene| {
            let hook = scene.root.join(".git/hooks/pre-commit");
            fs::hard_link(&hook, scene.root.join(".git/hooks/pre-commit.before-sprag")).unwrap();
        },
        |scene| drop(scene.write(".git/hooks/.sprag-new-abc", "#!/bin/sh\n# spr")),
        |scene| {
            scene.install();
            fs::remove_file(scene.root.join(".git/hooks/pre-merge-commit")).unwrap();
            fs::remove_file(scene.root.join(".git/hooks/pre-push")).unwrap();
        },
        |scene| {
            scene.install();
            let hook = scene.root.join(".git/hooks/pre-push");
            fs::set_permissions(hook, fs::Permissions::from_mode(0o644)).unwrap();
        },
    ];
    for (number, state) in states.iter().enumerate() {
        let scene = Scene::new();
        scene.hook("pre-commit", THEIRS);
        state(&scene);
        assert!(!scene.install().up_to_date, "{number}");
        let (done, said) = scene.commit();
        assert!(done && said.contains("mine"), "{number}: {said}");
        assert_eq!(scene.log(), "sprag hook pre-commit\n", "{number}");
        for name in ["pre-commit", "pre-commit.before-sprag", "pre-merge-commit", "pre-push"] {
            let path = scene.root.join(".git/hooks").join(name);
            assert_eq!(mode(&path), 0o755, "{number} {name}");
        }
        assert!(scene.install().up_to_date, "{number}");
        scene.uninstall();
        assert_eq!(scene.read(".git/hooks/pre-commit"), THEIRS, "{number}");
    }
}

#[test]
fn an_install_cut_short_before_ours_is_written_can_be_taken_away() {
    let scene = Scene::new();
    let hook = scene.hook("pre-commit", THEIRS);
    fs::hard_link(&hook, scene.root.join(".git/hooks/pre-commit.before-sprag")).unwrap();
    scene.uninstall();
    assert_eq!(scene.read(".git/hooks/pre-commit"), THEIRS);
    assert!(!scene.has(".git/hooks/pre-commit.before-sprag"));
}

#[test]
fn old_litter_is_swept() {
    let scene = Scene::new();
    let litter = scene.write(".git/hooks/.sprag-new-abc", "half");
    let hour = std::time::Duration::from_hours(1);
    let file = fs::File::options().write(true).open(&litter).unwrap();
    file.set_modified(std::time::SystemTime::now() - hour).unwrap();
    scene.install();
    assert!(!litter.exists());
}

#[test]
fn a_hook_that_took_our_place_is_kept_too_and_so_is_the_first() {
    let scene = Scene::new();
    scene.hook("pre-commit", THEIRS);
    scene.install();
    scene.hook("pre-commit", "#!/bin/sh\necho third\n");
    scene.install();
    assert!(scene.read(".git/hooks/pre-commit.before-sprag").contains("third"));
    assert_eq!(scene.read(".git/hooks/pre-commit.before-sprag.1"), THEIRS);
    assert!(scene.commit().1.contains("third"));
}

#[test]
fn another_program_or_version_brings_the_hook_up_to_date() {
    let scene = Scene::new();
    scene.install();
    let report =
        install(&Options { binary: "/elsewhere/sprag".into(), ..scene.options() }).unwrap();
    assert_eq!(report.changes.len(), 3);
    let old =
        scene.read(".git/hooks/pre-commit").replace("version 1", "version 0").replace("exec ", "");
    scene.hook("pre-commit", &old);
    let report =
        install(&Options { binary: "/elsewhere/sprag".into(), ..scene.options() }).unwrap();
    assert_eq!(report.changes[0].what, "brought from version 0 to version 1");
    assert!(!scene.has(".git/hooks/pre-commit.before-sprag"));
}

#[test]
fn what_was_written_into_our_hook_is_kept() {
    let scene = Scene::new();
    scene.install();
    let edited = scene.read(".git/hooks/pre-commit") + "git lfs pre-commit\n";
    scene.hook("pre-commit", &edited);
    let report = scene.install();
    assert!(report.notes[0].contains("had been edited"), "{report:?}");
    assert_eq!(scene.read(".git/hooks/pre-commit.edited.1"), edited);
}

#[test]
fn worktrees_and_submodules_have_their_hooks_where_git_looks() {
    let scene = Scene::new();
    scene.commit();
    scene.git(&["worktree", "add", "-q", "../tree"]);
    let tree = scene.root.join("../tree").canonicalize().unwrap();
    let from_tree = Options { repository: Some(tree.join("")), ..scene.options() };
    install(&from_tree).unwrap();
    assert!(scene.has(".git/hooks/pre-commit"));
    assert!(scene.install().up_to_date, "the same hooks from every working tree");
    let output = super::git(&tree, &["commit", "-q", "--allow-empty", "-m", "x"], "/usr/bin:/bin");
    assert!(output.status.success());
    assert_eq!(scene.log(), "sprag hook pre-commit\n");

    let outer = Scene::new();
    let url = scene.root.display().to_string();
    outer.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", &url, "inner"]);
    install(&Options { repository: Some(outer.root.join("inner")), ..outer.options() }).unwrap();
    assert!(
        outer.has(".git/modules/inner/hooks/pre-commit") && !outer.has(".git/hooks/pre-commit")
    );
    uninstall(&Options { repository: Some(outer.root.join("inner")), ..outer.options() }).unwrap();
    assert!(!outer.has(".git/modules/inner/hooks/pre-commit"));
}

#[test]
fn the_hooks_directory_may_be_missing_or_a_link() {
    let scene = Scene::new();
    fs::remove_dir_all(scene.root.join(".git/hooks")).unwrap();
    scene.install();
    assert!(scene.commit().0);
    assert_eq!(scene.log(), "sprag hook pre-commit\n");
    for target in ["../../shared", "../shared"] {
        let scene = Scene::new();
        fs::remove_dir_all(scene.root.join(".git/hooks")).unwrap();
        fs::create_dir(scene.root.join(".git").join(target)).unwrap();
        std::os::unix::fs::symlink(target, scene.root.join(".git/hooks")).unwrap();
        scene.install();
        assert!(scene.root.join(".git/hooks").is_symlink());
        let path = format!("{}:/usr/bin:/bin", scene.sprag.parent().unwrap().display());
        let output = super::git(&scene.root, &["commit", "-q", "--allow-empty", "-m", "x"], &path);
        assert!(output.status.success());
        assert_eq!(scene.log(), "sprag hook pre-commit\n");
    }
}

#[test]
fn a_hooks_directory_that_cannot_be_written_is_an_error_with_its_name() {
    let scene = Scene::new();
    fs::remove_dir_all(scene.root.join(".git/hooks")).unwrap();
    scene.write(".git/hooks", "a file");
    let failure = install(&scene.options()).unwrap_err();
    assert!(failure.message.contains(".git/hooks"), "{failure}");
    assert!(!failure.help.is_empty());
    let scene = Scene::new();
    fs::create_dir_all(scene.root.join(".git/hooks/pre-commit")).unwrap();
    assert_eq!(
        install(&scene.options()).unwrap_err().message,
        "`.git/hooks/pre-commit` is a directory"
    );
}

#[test]
fn a_shared_repository_gets_hooks_that_the_others_can_run() {
    for (setting, hook, directory) in
        [("group", 0o775, 0o775), ("all", 0o775, 0o775), ("0600", 0o700, 0o700)]
    {
        let scene = Scene::new();
        scene.git(&["config", "core.sharedRepository", setting]);
        fs::remove_dir_all(scene.root.join(".git/hooks")).unwrap();
        scene.install();
        assert_eq!(mode(&scene.root.join(".git/hooks/pre-commit")), hook, "{setting}");
        assert_eq!(mode(&scene.root.join(".git/hooks")) & 0o777, directory, "{setting}");
    }
}

#[test]
fn in_ci_nothing_is_installed_unless_forced() {
    let scene = Scene::new();
    let before = snapshot(&scene.root);
    let report = install(&Options { ci: true, ..scene.options() }).unwrap();
    assert!(report.changes.is_empty() && !report.notes.is_empty());
    assert_eq!(snapshot(&scene.root), before);
    assert_eq!(
        install(&Options { ci: true, force: true, ..scene.options() }).unwrap().changes.len(),
        3
    );
}

#[test]
fn a_directory_of_the_repository_itself_gets_hooks_without_a_machines_paths() {
    let scene = Scene::new();
    scene.git(&["config", "core.hooksPath", ".githooks"]);
    fs::create_dir(scene.root.join(".githooks")).unwrap();
    executable(&scene.root.join(".githooks/pre-commit"), THEIRS);
    let report = scene.install();
    let hook = scene.read(".githooks/pre-commit");
    assert!(
        hook.contains("\nsprag=''\n") && !hook.contains(&scene.root.display().to_string()),
        "{hook}"
    );
    assert!(report.notes[0].contains("not in PATH"), "{report:?}");
    let (done, said) = scene.commit();
    assert!(!done && said.contains("looked for:  `sprag` in PATH"), "{said}");
    let path = format!("{}:/usr/bin:/bin", scene.sprag.parent().unwrap().display());
    assert!(
        super::git(&scene.root, &["commit", "-q", "--allow-empty", "-m", "x"], &path)
            .status
            .success()
    );
    scene.uninstall();
    assert_eq!(scene.read(".githooks/pre-commit"), THEIRS);

    let ignored = Scene::new();
    ignored.write(".gitignore", ".githooks\n");
    ignored.git(&["config", "core.hooksPath", ".githooks"]);
    ignored.install();
    assert!(ignored.commit().0, "a directory that nobody else gets names the program");
}

#[test]
fn no_repository_is_an_error() {
    let scene = Scene::new();
    let options =
        Options { repository: Some(scene.root.parent().unwrap().to_path_buf()), ..scene.options() };
    assert!(install(&options).unwrap_err().message.contains("not a git repository"));
    let inside = Options { repository: Some(scene.root.join(".git")), ..scene.options() };
    assert!(!install(&inside).unwrap_err().message.is_empty());
}

#[test]
fn hooks_that_are_turned_off_are_an_error() {
    for value in ["/dev/null", ""] {
        let scene = Scene::new();
        scene.git(&["config", "core.hooksPath", value]);
        let failure = install(&scene.options()).unwrap_err();
        assert!(failure.message.contains("git runs no hooks here"), "{failure}");
        assert!(failure.help[0].contains("git config --local --unset-all core.hooksPath"));
    }
}

#[test]
fn a_manager_that_keeps_nothing_is_named() {
    let scene = Scene::new();
    scene.write("package.json", "{\"devDependencies\": {\"simple-git-hooks\": \"2\"}}");
    assert!(scene.install().notes[0].starts_with("simple-git-hooks writes its hooks over these"));
}
