//! Other programs' files: what is added, what is refused, and that taking away leaves every byte.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use sprag::hooks::{Options, State, doctor, install};

use super::{Scene, executable, git, mode, snapshot, text};

/// husky 9 after `npx husky`: git runs stubs that run the tracked files.
fn husky() -> Scene {
    let scene = Scene::new();
    scene.git(&["config", "core.hooksPath", ".husky/_"]);
    fs::create_dir_all(scene.root.join(".husky/_")).unwrap();
    for name in ["pre-commit", "pre-merge-commit", "pre-push"] {
        let stub = "#!/usr/bin/env sh\ns=$(dirname \"$(dirname \"$0\")\")/$(basename \"$0\")\n\
                    [ ! -f \"$s\" ] && exit 0\nsh -e \"$s\" \"$@\"\n";
        executable(&scene.root.join(".husky/_").join(name), stub);
    }
    scene.write(".husky/_/.gitignore", "*");
    scene
}

impl Scene {
    /// Commits with the program in `PATH`, as files that are shared with others need it.
    fn commit_with_path(&self) -> bool {
        let path = format!("{}:/usr/bin:/bin", self.sprag.parent().unwrap().display());
        git(&self.root, &["commit", "-q", "--allow-empty", "-m", "x"], &path).status.success()
    }

    fn refused(&self) -> String {
        let before = snapshot(&self.root);
        let failure = install(&self.options()).unwrap_err();
        assert_eq!(snapshot(&self.root), before, "nothing is written when something is refused");
        format!("{failure}\n{}", failure.help.join("\n"))
    }

    /// Installs twice and takes away again; what the file said in between.
    fn there_and_back(&self, path: &str) -> String {
        let before = snapshot(&self.root);
        self.install();
        let between = self.read(path);
        assert!(self.install().up_to_date);
        self.uninstall();
        let after = snapshot(&self.root);
        let names = |files: &[(std::path::PathBuf, Vec<u8>)]| {
            files.iter().map(|(path, content)| (path.clone(), text(content))).collect::<Vec<_>>()
        };
        assert_eq!(names(&after), names(&before));
        between
    }
}

#[test]
fn husky_runs_sprag_before_the_script_and_hands_both_the_pushed_refs() {
    let scene = husky();
    let log = scene.sprag.with_file_name("log");
    scene.write(".husky/pre-commit", &format!("echo theirs >>'{}'\nexit 0\n", log.display()));
    scene.write(".husky/pre-push", &format!("sed 's/^/  /' >>'{}'", log.display()));
    scene.install();
    assert!(
        !scene.has(".git/hooks/pre-commit") && !scene.read(".husky/_/pre-commit").contains("sprag")
    );
    assert!(scene.commit_with_path());
    assert_eq!(scene.log(), "sprag hook pre-commit\ntheirs\n");
    let path = format!("{}:/usr/bin:/bin", scene.sprag.parent().unwrap().display());
    assert!(git(&scene.root, &["push", "-q", "origin", "HEAD:main"], &path).status.success());
    let log = scene.log();
    let lines = log.lines().collect::<Vec<_>>();
    assert!(lines.len() == 3 && lines[1] == lines[2], "{log}");
    let (done, said) = scene.commit();
    assert!(!done && said.contains("`sprag` is not in PATH"), "{said}");
    scene.refuse();
    assert!(!scene.commit_with_path());
}

#[test]
fn huskys_files_come_back_byte_for_byte() {
    for content in [
        "npm test\n",
        "npm test",
        "",
        "\n\n",
        "#!/bin/sh\n. \"$(dirname -- \"$0\")/_/husky.sh\"\n\nnpm test\n",
    ] {
        let scene = husky();
        scene.write(".husky/pre-commit", content);
        let between = scene.there_and_back(".husky/pre-commit");
        assert!(between.contains("sprag hook pre-commit"), "{between}");
    }
}

#[test]
fn before_husky_9_git_runs_the_scripts_itself() {
    let scene = Scene::new();
    scene.git(&["config", "core.hooksPath", ".husky"]);
    scene.write(".husky/pre-commit", "echo husky\n");
    scene.install();
    let hook = scene.root.join(".husky/pre-commit");
    assert!(scene.read(".husky/pre-commit").ends_with("<<< sprag <<<\necho husky\n"));
    assert_eq!(mode(&hook) & 0o111, 0o111, "else git ignores it");
    assert!(scene.commit_with_path());
    assert_eq!(scene.log(), "sprag hook pre-commit\n");
    assert!(scene.read(".husky/pre-push").starts_with("#!/bin/sh\n# >>> sprag"));
    scene.uninstall();
    assert_eq!(scene.read(".husky/pre-commit"), "echo husky\n");
    assert!(!scene.has(".husky/pre-push"));
}

#[test]
fn scripts_that_are_no_shell_scripts_are_kept_beside_ours() {
    let scene = Scene::new();
    scene.git(&["config", "core.hooksPath", ".husky"]);
    scene.write(".husky/pre-commit", "#!/usr/bin/env node\n");
    scene.install();
    assert_eq!(scene.read(".husky/pre-commit.before-sprag"), "#!/usr/bin/env node\n");
}

#[test]
fn a_clone_where_husky_is_not_yet_active_gets_both() {
    let scene = Scene::new();
    scene.write(".husky/pre-commit", "npm test\n");
    scene.install();
    assert!(scene.commit().0);
    assert_eq!(scene.log(), "sprag hook pre-commit\n");
    assert!(scene.read(".husky/pre-commit").contains("sprag hook pre-commit"));
}

#[test]
fn a_line_written_by_hand_counts() {
    let scene = husky();
    for hook in ["pre-commit", "pre-merge-commit", "pre-push"] {
        scene.write(&format!(".husky/{hook}"), &format!("sprag hook {hook} \"$@\"\n"));
    }
    assert!(scene.install().up_to_date);
    scene.write(".husky/pre-commit", "# sprag hook pre-commit\n");
    assert!(!scene.install().up_to_date, "a comment runs nothing");
}

const LEFTHOOK_SHIM: &str =
    "#!/bin/sh\ncall_lefthook()\n{\n  true\n}\ncall_lefthook run \"pre-commit\" \"$@\"\n";

#[test]
fn lefthooks_file_gets_a_command_for_each_hook() {
    let layouts = [
        "",
        "# nothing yet\n",
        "pre-commit:\n  commands:\n    lint:\n      run: npm test\n",
        "pre-commit:\n  commands:\n    lint:\n      run: npm test",
        "---\npre-commit:\r\n  jobs:\r\n  - run: npm test\r\n",
        "pre-push:\n  parallel: true\n\n# end\n",
        "pre-commit:\n  jobs:\n    - run: |\n        npm test\n        # more\n\ncommit-msg:\n  commands: {}\n",
        "output: [meta]\n\"pre-commit\":   # ours\n    commands:\n        a: {run: b}\n",
    ];
    for layout in layouts {
        let scene = Scene::new();
        scene.write("lefthook.yml", layout);
        let between = scene.there_and_back("lefthook.yml");
        for hook in ["pre-commit", "pre-merge-commit", "pre-push"] {
            assert_eq!(between.matches(&format!("run: sprag hook {hook}")).count(), 1, "{between}");
            let keys = between.lines().filter(|it| it.trim_matches('"').starts_with(hook)).count();
            assert_eq!(keys, 1, "{between}");
        }
        assert!(
            between.contains("\"{1}\" \"{2}\"") && between.contains("use_stdin: true"),
            "{between}"
        );
    }
}

#[test]
fn a_list_of_jobs_gets_one_more() {
    let scene = Scene::new();
    scene.write(
        "lefthook.yml",
        "pre-commit:\n  jobs:\n    - run: |\n        npm test\n        # more\n\npre-push:\n",
    );
    let said = scene.refused();
    assert!(
        said.contains("`lefthook.yml` is laid out"),
        "an empty hook says nothing about its layout: {said}"
    );
    scene.write(
        "lefthook.yml",
        "pre-commit:\n  jobs:\n    - run: |\n        npm test\n        # more\n\n",
    );
    scene.install();
    let expected = "pre-commit:\n  jobs:\n    - run: |\n        npm test\n        # more\n    \
                    # >>> sprag pre-commit, version 1 >>>\n    - name: sprag\n      run: sprag hook pre-commit\n    \
                    # <<< sprag <<<\n\n";
    assert!(scene.read("lefthook.yml").starts_with(expected), "{}", scene.read("lefthook.yml"));
}

#[test]
fn what_lefthook_holds_is_left_to_it_and_the_rest_is_ours() {
    let scene = Scene::new();
    scene.write("lefthook.yml", "pre-commit:\n  commands:\n    lint:\n      run: npm test\n");
    scene.hook("pre-commit", LEFTHOOK_SHIM);
    scene.install();
    assert_eq!(scene.read(".git/hooks/pre-commit"), LEFTHOOK_SHIM);
    assert!(scene.read(".git/hooks/pre-push").contains("sprag hook"));
}

#[test]
fn layouts_that_are_not_understood_are_refused_with_the_lines_to_add() {
    let cases = [
        ("lefthook.yml", "pre-commit: {jobs: [{run: a}]}\n"),
        ("lefthook.yml", "pre-commit:\n  commands: {a: {run: b}}\n"),
        ("lefthook.yml", "pre-commit: *shared\n"),
        ("lefthook.yml", "{}\n"),
        ("lefthook.yml", "a: 1\n---\nb: 2\n"),
        ("lefthook.yml", "a: 1\na: 2\n"),
        ("lefthook.json", "{}"),
        ("lefthook.toml", "pre-commit = {}\n"),
        (".pre-commit-config.yaml", "repos: []\n"),
        (".pre-commit-config.yaml", "- repo: local\n"),
        (".pre-commit-config.yaml", ""),
        (".pre-commit-config.yaml", "repos: [\n  {repo: local, hooks: []}\n]\n"),
        (".pre-commit-config.yaml", "repos: &all\n- repo: local\n"),
        ("prek.toml", "repos = []\n"),
        ("prek.toml", "not toml"),
    ];
    for (path, content) in cases {
        let scene = Scene::new();
        scene.write(path, content);
        let said = scene.refused();
        assert!(said.contains(path) && said.contains("sprag hook pre-push"), "{content}: {said}");
    }
}

#[test]
fn a_toml_file_gets_tables() {
    for content in [
        "",
        "[pre-commit]\nparallel = true",
        "[pre-commit.commands.a]\nrun = \"b\"\n[[pre-push.jobs]]\nrun = \"c\"\n",
    ] {
        let scene = Scene::new();
        scene.write("lefthook.toml", content);
        let table = scene.there_and_back("lefthook.toml").parse::<toml::Table>().unwrap();
        assert_eq!(table["pre-push"]["commands"]["sprag"]["use_stdin"].as_bool(), Some(true));
    }
    let scene = Scene::new();
    scene.write("prek.toml", "[[repos]]\nrepo = \"meta\"\nhooks = []");
    let table = scene.there_and_back("prek.toml").parse::<toml::Table>().unwrap();
    assert_eq!(table["repos"][1]["hooks"][1]["entry"].as_str(), Some("sprag hook pre-push"));
}

#[test]
fn pre_commits_file_gets_an_entry_in_its_list() {
    let layouts = [
        "repos:\n- repo: meta\n  hooks:\n  - id: identity\n",
        "repos:\n  - repo: meta\n    hooks:\n      - id: identity\n        args:\n          - |\n            a\n            # b\n\n# end\nfail_fast: true\n",
        "# top\n---\nci: {skip: [a]}\nrepos:\n- repo: meta",
        "exclude: |\n  (?x)^(\n    a\n  )$\nrepos:\r\n-   repo: meta\r\n    hooks: []\r\n",
    ];
    for layout in layouts {
        let scene = Scene::new();
        scene.write(".pre-commit-config.yaml", layout);
        let between = scene.there_and_back(".pre-commit-config.yaml");
        assert!(
            between.contains("- repo: local") && between.contains("stages: [pre-push]"),
            "{between}"
        );
    }
}

#[test]
fn the_mode_of_a_managers_file_and_a_link_to_it_stay() {
    let scene = Scene::new();
    let real = scene.write("config/lefthook.yml", "output: [meta]\n");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o600)).unwrap();
    std::os::unix::fs::symlink("config/lefthook.yml", scene.root.join("lefthook.yml")).unwrap();
    scene.install();
    assert!(scene.root.join("lefthook.yml").is_symlink());
    assert_eq!(mode(&real), 0o600);
    assert!(scene.read("config/lefthook.yml").contains("sprag hook pre-commit"));
}

#[test]
fn damaged_lines_are_not_guessed_at() {
    let scene = Scene::new();
    scene.write("lefthook.yml", "# >>> sprag pre-commit, version 1 >>>\npre-commit:\n");
    assert!(scene.refused().contains("have no end"));
}

#[test]
fn lines_of_another_version_are_renewed() {
    let scene = Scene::new();
    scene.write("lefthook.yml", "output: [meta]\n");
    scene.install();
    let now = scene.read("lefthook.yml");
    scene.write(
        "lefthook.yml",
        &now.replace("version 1", "version 0").replace("use_stdin: true", "use_stdin: false"),
    );
    assert!(!scene.install().up_to_date);
    assert_eq!(scene.read("lefthook.yml"), now);
}

#[test]
fn what_a_manager_moved_aside_goes_with_the_rest() {
    let scene = Scene::new();
    scene.install();
    fs::rename(
        scene.root.join(".git/hooks/pre-commit"),
        scene.root.join(".git/hooks/pre-commit.legacy"),
    )
    .unwrap();
    fs::rename(scene.root.join(".git/hooks/pre-push"), scene.root.join(".git/hooks/pre-push.old"))
        .unwrap();
    scene.uninstall();
    assert!(!scene.has(".git/hooks/pre-commit.legacy") && !scene.has(".git/hooks/pre-push.old"));
}

/// `pre-commit install` after ours: it moves our hook aside and runs it from there.
#[test]
fn a_manager_that_came_later_gets_the_former_hook_and_is_told_about_sprag() {
    let theirs = "#!/bin/sh\n# File generated by pre-commit: https://pre-commit.com\n";
    let later = || {
        let scene = Scene::new();
        scene.hook("pre-commit", "#!/bin/sh\necho former\n");
        scene.install();
        let hook = scene.root.join(".git/hooks/pre-commit");
        fs::rename(&hook, hook.with_file_name("pre-commit.legacy")).unwrap();
        scene.hook("pre-commit", theirs);
        scene.write(".pre-commit-config.yaml", "repos:\n- repo: meta\n");
        scene
    };
    let scene = later();
    let path = scene.sprag.parent().unwrap().to_owned();
    let options = Options { path: Some(path.into()), ..scene.options() };
    let check = || doctor(&options, None).unwrap().checks[3].clone();
    assert!(check().text.contains("runs it as a hook that was there before"), "{:?}", check());
    scene.install();
    assert_eq!(check().state, State::Ok);
    assert_eq!(scene.read(".git/hooks/pre-commit.legacy"), "#!/bin/sh\necho former\n");
    assert!(!scene.has(".git/hooks/pre-commit.before-sprag") && scene.install().up_to_date);

    let scene = later();
    scene.uninstall();
    assert_eq!(scene.read(".git/hooks/pre-commit"), theirs);
    assert_eq!(scene.read(".git/hooks/pre-commit.legacy"), "#!/bin/sh\necho former\n");
    assert!(!scene.has(".git/hooks/pre-commit.before-sprag"));
}
