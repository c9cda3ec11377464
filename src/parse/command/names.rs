//! What the names of scripts say about who runs them.

use super::Weight;
use crate::source::RepoPath;

/// Names that `npm` or a platform runs without being asked, and those that a deployment is known by.
const DEPLOYS: &[&str] = &[
    "install",
    "prepare",
    "prepublish",
    "prepublishOnly",
    "pack",
    "dependencies",
    "build",
    "start",
    "restart",
    "deploy",
    "release",
    "setup",
    "heroku-build",
    "heroku-postbuild",
    "vercel-build",
    "now-build",
    "gcp-build",
    "docker-start",
    "docker:start",
    "docker-entrypoint",
];
/// Words of a name that make it a thing of the machine it is typed on.
const LOCAL: &[&str] = &[
    "dev",
    "development",
    "local",
    "localhost",
    "test",
    "tests",
    "testing",
    "spec",
    "specs",
    "e2e",
    "integration",
    "fixture",
    "fixtures",
    "mock",
    "mocks",
    "example",
    "examples",
    "preview",
    "dry",
    "check",
    "help",
    "override",
    "devcontainer",
    "jest",
    "vitest",
    "cypress",
    "playwright",
];

/// Whether a script of that name runs when the project is installed, built, started or deployed.
pub(super) fn deploys(name: &str) -> bool {
    const FAMILIES: &[&str] = &["deploy", "predeploy", "postdeploy", "release"];
    const LIVE: &[&str] = &["prod", "production", "live", "staging", "fly", "docker"];
    let bare = name.strip_prefix("pre").or_else(|| name.strip_prefix("post")).unwrap_or(name);
    if DEPLOYS.contains(&name) || DEPLOYS.contains(&bare) {
        return true;
    }
    let mut parts = words(name);
    let first = parts.next().unwrap_or_default();
    let rest: Vec<&str> = parts.collect();
    let live = FAMILIES.contains(&first)
        || (DEPLOYS.contains(&first) && rest.iter().any(|it| LIVE.contains(it)));
    live && !rest.iter().any(|it| LOCAL.contains(it))
}

/// Whether a name says that it is meant for the machine of the one who types it.
pub(super) fn is_local(name: &str) -> bool {
    words(name).any(|it| LOCAL.contains(&it.to_ascii_lowercase().as_str()))
}

/// Whether the name of a file, or of a folder it lies in, says that.
pub(super) fn is_local_file(path: &RepoPath) -> bool {
    path.to_str_lossy().split('/').any(|it| is_local(it.trim_matches('_')))
}

/// Folders of tasks that people call by `mise run`.
const MISE: &[&str] = &[".mise", "mise-tasks", ".mise-tasks"];

/// The weight of a script that is a file of its own, by its name and its folders.
pub(super) fn weight_of_file(path: &RepoPath) -> Weight {
    let local = is_local_file(path);
    let path = path.to_str_lossy();
    let name = path.rsplit('/').next().unwrap_or_default();
    let stem = name.rsplit_once('.').map_or(name, |it| it.0);
    if local
        || path.split(['/', '.']).flat_map(words).any(sets_up)
        || path.split('/').any(|it| MISE.contains(&it))
    {
        Weight::Maybe
    } else if words(stem).any(|it| matches!(it, "deploy" | "release" | "entrypoint")) {
        Weight::Named
    } else {
        Weight::Alone
    }
}

/// Whether a file of that name is there to set up the machine it is run on. Of a script in a `package.json` the same
/// name says nothing: `setup` is what many an image runs.
fn sets_up(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "setup",
        "bootstrap",
        "seed",
        "onboard",
        "onboarding",
        "codespace",
        "codespaces",
        "gitpod",
        "worktree",
        "teardown",
        "playground",
        "sandbox",
        "demo",
        "benchmark",
        "bench",
        "codex",
        "claude",
        "cursor",
        "copilot",
    ];
    WORDS.contains(&word)
}

fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split([':', '-', '_', '.', ' '])
}
