//! Values as they are compared: without what means nothing, and which of them mean nothing at all.

use super::squeezed;
use crate::parse::command::tree::{Entry, Node, Tree};
use crate::source::Source;

/// Whether a variable of that name says which program runs, or what sprag and git see.
pub(super) fn decides(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "PATH",
        "ENV",
        "HOME",
        "SHELL",
        "IFS",
        "CI",
        "PS4",
        "PROMPT_COMMAND",
        "CDPATH",
        "RUBYOPT",
        "PERL5OPT",
        "PERL5LIB",
        "PYTHONPATH",
        "PYTHONHOME",
        "PYTHONSTARTUP",
        "NODE_OPTIONS",
        "NODE_PATH",
        "CARGO_HOME",
        "RUSTUP_HOME",
        "RUSTUP_TOOLCHAIN",
        "RUSTC_WRAPPER",
    ];
    const STARTS: &[&str] = &[
        "SPRAG",
        "GIT_",
        "BASH_",
        "LD_",
        "DYLD_",
        "NPM_CONFIG_",
        "YARN_",
        "PNPM_",
        "BUN_",
        "DENO_",
        "XDG_",
        "CI_",
        "GITHUB_",
        "BITBUCKET_",
        "BUILDKITE_",
        "CIRCLE_",
        "DRONE_",
        "TRAVIS_",
    ];
    let upper = name.to_ascii_uppercase();
    // A token is for whoever is asked with it, a version for whoever installs.
    let plain = upper.ends_with("_TOKEN") || upper.ends_with("_VERSION");
    let known = NAMES.contains(&upper.as_str()) || STARTS.iter().any(|it| upper.starts_with(it));
    known && (!plain || upper.starts_with("SPRAG"))
}

/// Whether a value says what is so without it.
pub(super) fn harmless(key: &str, value: &str) -> bool {
    let bare = value.trim_start_matches("${{").trim_end_matches("}}").trim();
    match key {
        "enabled" => bare == "true",
        "when" => matches!(bare, "on_success" | "always"),
        "trigger" => bare == "automatic",
        "failure" => bare == "fail",
        "if" | "condition" => {
            matches!(
                bare,
                "always()" | "success()" | "succeeded()" | "succeededOrFailed()" | "true"
            )
        }
        _ => matches!(bare, "false" | "[]" | ""),
    }
}

/// The inputs of an action, without those that say how much is fetched and which version of a tool is wanted.
pub(super) fn inputs(source: &Source, with: &Tree) -> String {
    const PLAIN: &[&str] = &[
        "fetch-depth",
        "fetch-tags",
        "persist-credentials",
        "show-progress",
        "lfs",
        "cache",
        "node-version",
        "python-version",
        "go-version",
        "version",
        "java-version",
        "distribution",
        "cache-dependency-path",
        "run_install",
        "check-latest",
    ];
    if with.entries().is_empty() {
        return canonical(source, with);
    }
    let mut entries: Vec<&Entry> = with.entries().iter().collect();
    entries.sort_by(|a, b| a.key.cmp(&b.key));
    let kept = entries.into_iter().filter(|it| !PLAIN.contains(&it.key.as_str()));
    let texts: Vec<String> =
        kept.map(|it| format!("{}: {}", it.key, canonical(source, &it.value))).collect();
    texts.join(", ")
}

/// `actions/checkout@v4` is `actions/checkout` in the version `v4`, `node:20` is `node` in `20`.
pub(super) fn versioned(value: &str) -> (String, Option<String>) {
    let name_end = value.rfind('/').map_or(0, |it| it + 1);
    let at = value
        .find('@')
        .or_else(|| value.get(name_end..).and_then(|it| it.find(':')).map(|it| name_end + it));
    let fits = !value.contains(['{', '[', '\n']);
    let at = at.or_else(|| {
        // A `rev` is nothing but a version.
        let number = value.trim_start_matches('v').starts_with(|it: char| it.is_ascii_digit());
        (number && !value.contains('/')).then_some(0)
    });
    match at.filter(|_| fits) {
        Some(0) => (String::new(), Some(value.to_owned())),
        Some(at) => (value[..at].to_owned(), value.get(at + 1..).map(str::to_owned)),
        None => (value.to_owned(), None),
    }
}

/// A value without comments, order and blanks that mean nothing. No deeper than the tree.
pub(super) fn canonical(source: &Source, tree: &Tree) -> String {
    match &tree.node {
        Node::Text(text) => {
            let text = text.to_string();
            let lines = text.lines().map(squeezed);
            let counts =
                |it: &String| !it.is_empty() && (!it.starts_with('#') || it.starts_with("#!"));
            lines.filter(counts).collect::<Vec<_>>().join("\n")
        }
        Node::Table(entries) => {
            let mut texts: Vec<String> = entries
                .iter()
                .map(|it| format!("{}: {}", it.key, canonical(source, &it.value)))
                .collect();
            texts.sort();
            format!("{{{}}}", texts.join(", "))
        }
        Node::List(items) => {
            let texts: Vec<String> = items.iter().map(|it| canonical(source, it)).collect();
            format!("[{}]", texts.join(", "))
        }
        Node::Other => source.text.get(tree.range.clone()).unwrap_or_default().trim().to_owned(),
    }
}
