//! What the doctor sees.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use sprag::hooks::{Check, Diagnosis, Options, State, doctor, install};

use super::Scene;

impl Scene {
    fn doctor(&self) -> Diagnosis {
        let path = format!("{}:/usr/bin:/bin", self.sprag.parent().unwrap().display());
        doctor(&Options { path: Some(path.into()), ..self.options() }, Some("policy.toml".as_ref()))
            .unwrap()
    }

    /// What is not well with the hooks, as `name state: text`. What other gates there are is no matter of theirs.
    fn complaints(&self) -> Vec<String> {
        let said = |it: &Check| {
            assert!(it.fix.is_some(), "{it:?}");
            format!("{} {:?}: {}", it.name, it.state, it.text)
        };
        let hooks = self.doctor().checks.into_iter().filter(|it| !it.name.starts_with("gate: "));
        hooks.filter(|it| it.state != State::Ok).map(|it| said(&it)).collect()
    }
}

#[test]
fn a_fresh_install_is_well() {
    let scene = Scene::new();
    assert!(!scene.doctor().healthy());
    scene.install();
    assert_eq!(scene.complaints(), <[String; 0]>::default());
    let names = scene.doctor().checks.into_iter().map(|it| it.name).collect::<Vec<_>>();
    let expected = [
        "git",
        "repository",
        "hooks directory",
        "pre-commit",
        "pre-merge-commit",
        "pre-push",
        "PATH",
        "policy",
        "gate: local hooks",
        "gate: server hook",
        "gate: CI",
        "gate: required check",
    ];
    assert_eq!(names, expected);
    let json = serde_json::to_value(scene.doctor()).unwrap();
    assert_eq!(json["checks"][3]["state"], "ok");
}

#[test]
fn what_is_wrong_is_said() {
    type Damage = fn(&Scene);
    let cases: [(Damage, &str, State); 11] = [
        (
            |it| fs::remove_file(it.root.join(".git/hooks/pre-commit")).unwrap(),
            "is not there",
            State::Fail,
        ),
        (
            |it| {
                let hook = it.root.join(".git/hooks/pre-commit");
                fs::set_permissions(hook, fs::Permissions::from_mode(0o644)).unwrap();
            },
            "not executable: git ignores it",
            State::Fail,
        ),
        (
            |it| drop(it.hook("pre-commit", "#!/bin/sh\n")),
            "the hook there is not sprag's",
            State::Fail,
        ),
        (
            |it| {
                let hook = it.root.join(".git/hooks/pre-push");
                fs::rename(&hook, hook.with_file_name("pre-push.old")).unwrap();
                it.hook("pre-push", "#!/bin/sh\n");
            },
            "another hook has taken the place of sprag's",
            State::Fail,
        ),
        (
            |it| drop(it.git(&["config", "core.hooksPath", ".nowhere"])),
            "git runs no hooks at all",
            State::Fail,
        ),
        (
            |it| {
                it.write(".husky/_/.gitignore", "*");
                it.git(&["config", "core.hooksPath", ".husky/_"]);
            },
            "is not there",
            State::Fail,
        ),
        (
            |it| {
                let text = it.read(".git/hooks/pre-commit").replace("version 1", "version 0");
                it.hook("pre-commit", &text);
            },
            "is of version 0, not 1",
            State::Warn,
        ),
        (
            |it| {
                let text = it.read(".git/hooks/pre-commit") + "true\n";
                it.hook("pre-commit", &text);
            },
            "has been edited",
            State::Warn,
        ),
        (
            |it| drop(install(&Options { binary: "/bin/true".into(), ..it.options() })),
            "runs another copy: `/bin/true`",
            State::Warn,
        ),
        (
            |it| drop(install(&Options { binary: "/nowhere/sprag".into(), ..it.options() })),
            "names `/nowhere/sprag`, which is gone",
            State::Warn,
        ),
        (
            |it| {
                install(&Options { binary: "/nowhere/sprag".into(), ..it.options() }).unwrap();
                fs::remove_file(&it.sprag).unwrap();
            },
            "it refuses everything",
            State::Fail,
        ),
    ];
    for (damage, expected, state) in cases {
        let scene = Scene::new();
        scene.install();
        damage(&scene);
        let said = scene.complaints();
        let state = format!("{state:?}: ");
        assert!(
            said.iter().any(|it| it.contains(expected) && it.contains(&state)),
            "{expected}: {said:?}"
        );
    }
}

#[test]
fn a_manager_must_have_been_told() {
    let scene = Scene::new();
    scene.write("lefthook.yml", "output: [meta]\n");
    scene.hook("pre-commit", "#!/bin/sh\ncall_lefthook run \"pre-commit\"\n");
    assert!(scene.complaints()[0].contains("lefthook does not run it"), "{:?}", scene.complaints());
    scene.install();
    assert_eq!(scene.complaints(), <[String; 0]>::default());
}

#[test]
fn other_formats_are_named() {
    let scene = Scene::new();
    scene.git(&["init", "-q", "--object-format=sha256", "--ref-format=reftable", "inner"]);
    let options = Options { repository: Some(scene.root.join("inner")), ..scene.options() };
    install(&options).unwrap();
    let diagnosis = doctor(&options, None).unwrap();
    assert!(
        diagnosis.checks[1].text.starts_with("sha256 objects, refs in reftable"),
        "{diagnosis:?}"
    );
    assert!(diagnosis.healthy());
}
