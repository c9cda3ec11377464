//! pre-commit and prek: a local entry in their list of repositories.

use std::path::Path;

use super::yaml::{Entries, entries, sections};
use crate::failure::Result;
use crate::hooks::block::{Block, indented};
use crate::hooks::file::text;

const LABEL: &str = "hooks";

/// A push is an entry of its own: it is not told on standard input what is pushed.
/// `always_run`, because a commit that only deletes has no files for them.
const YAML: &str = "\
- repo: local
  hooks:
  - id: sprag
    name: sprag
    entry: sprag hook pre-commit
    language: system
    always_run: true
    pass_filenames: false
    stages: [pre-commit, pre-merge-commit]
  - id: sprag-push
    name: sprag
    entry: sprag hook pre-push
    language: system
    always_run: true
    pass_filenames: false
    stages: [pre-push]
";

pub(super) const TOML: &str = r#"
[[repos]]
repo = "local"

[[repos.hooks]]
id = "sprag"
name = "sprag"
entry = "sprag hook pre-commit"
language = "system"
always_run = true
pass_filenames = false
stages = ["pre-commit", "pre-merge-commit"]

[[repos.hooks]]
id = "sprag-push"
name = "sprag"
entry = "sprag hook pre-push"
language = "system"
always_run = true
pass_filenames = false
stages = ["pre-push"]
"#;

/// The file with our entry at the end of `repos`.
pub(super) fn joined_yaml(_: &Path, text: &str) -> Option<String> {
    let sections = sections(text)?;
    let repos = *sections.iter().find(|it| it.key == "repos").filter(|it| it.value.is_empty())?;
    let (indent, kind) = entries(text, repos)?;
    (kind == Entries::List).then(|| Block::new(LABEL, YAML, indent).insert(text, repos.end))
}

/// Appends our entry, and takes it back unless the file then says exactly that much more.
pub(super) fn joined_toml(_: &Path, text: &str) -> Option<String> {
    let after = Block::new(LABEL, TOML.trim_start(), 0).insert(text, usize::MAX);
    let mut expected = text.parse::<toml::Table>().ok()?;
    let entry = TOML.parse::<toml::Table>().ok()?["repos"].as_array()?.clone();
    let repos =
        expected.entry("repos").or_insert_with(|| toml::Value::Array(Vec::new())).as_array_mut()?;
    repos.extend(entry);
    (after.parse::<toml::Table>().ok()? == expected).then_some(after)
}

/// The entry for writing by hand.
pub(super) fn yaml(indent: usize) -> String {
    indented(YAML.lines(), indent, "\n")
}

/// What a colleague's `pre-commit install` would leave out.
pub(super) fn note(config: &Path) -> Result<Option<String>> {
    let told = text(config)?.is_some_and(|it| it.contains("default_install_hook_types"));
    Ok((!told).then(|| {
        "`pre-commit install` puts only the hook for commits in place; `sprag install` adds those for merges and \
         pushes, or set `default_install_hook_types: [pre-commit, pre-merge-commit, pre-push]`"
            .to_owned()
    }))
}
