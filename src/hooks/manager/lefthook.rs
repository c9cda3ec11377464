//! lefthook: a command for each hook in its file.

use std::path::Path;

use super::yaml::{Entries, Section, children, entries, sections};
use crate::failure::Result;
use crate::hooks::Hook;
use crate::hooks::block::{Block, indented, mentions};
use crate::hooks::file::text;

/// The file with a command for each hook that has none, or nothing when its layout is not understood.
pub(super) fn joined(config: &Path, text: &str) -> Option<String> {
    let join = match kind(config) {
        "toml" => joined_toml,
        "json" => return None,
        _ => joined_yaml,
    };
    let missing = Hook::LOCAL.into_iter().filter(|it| !mentions(text, &format!("sprag hook {it}")));
    missing.into_iter().try_fold(text.to_owned(), |text, hook| join(&text, hook))
}

fn joined_yaml(text: &str, hook: Hook) -> Option<String> {
    let sections = sections(text)?;
    let Some(&section) = sections.iter().find(|it| it.key == hook.name()) else {
        let block =
            Block::new(hook.name(), &format!("{hook}:\n  commands:\n{}", command(hook, 4)), 0);
        return Some(block.insert(text, usize::MAX));
    };
    if !section.value.is_empty() {
        return None;
    }
    let (indent, children) = children(text, section)?;
    let child = |key| children.iter().find(|it: &&Section<'_>| it.key == key).copied();
    if let Some(commands) = child("commands") {
        let (depth, kind) = entries(text, commands)?;
        let fits = commands.value.is_empty() && kind == Entries::Mapping && depth > indent;
        return fits
            .then(|| Block::new(hook.name(), &command(hook, 0), depth).insert(text, commands.end));
    }
    if let Some(jobs) = child("jobs") {
        let (depth, kind) = entries(text, jobs)?;
        let fits = jobs.value.is_empty() && kind == Entries::List;
        return fits.then(|| Block::new(hook.name(), &job(hook), depth).insert(text, jobs.end));
    }
    let block = Block::new(hook.name(), &format!("commands:\n{}", command(hook, 2)), indent);
    Some(block.insert(text, section.end))
}

/// Appends a table, and takes it back unless the file then says exactly that much more.
fn joined_toml(text: &str, hook: Hook) -> Option<String> {
    let lines = toml_lines(hook);
    let after = Block::new(hook.name(), &lines, 0).insert(text, usize::MAX);
    let mut expected = text.parse::<toml::Table>().ok()?;
    let entry = lines.parse::<toml::Table>().ok()?[hook.name()]["commands"]["sprag"].clone();
    let mut table = &mut expected;
    for key in [hook.name(), "commands"] {
        table = table
            .entry(key)
            .or_insert_with(|| toml::Value::Table(toml::Table::new()))
            .as_table_mut()?;
    }
    table.insert("sprag".to_owned(), entry);
    (after.parse::<toml::Table>().ok()? == expected).then_some(after)
}

/// What to write by hand.
pub(super) fn by_hand(config: &Path) -> String {
    match kind(config) {
        "toml" => Hook::LOCAL.map(toml_lines).concat(),
        "json" => {
            let hooks = Hook::LOCAL.map(|hook| {
                let stdin = if hook == Hook::PrePush { ", \"use_stdin\": true" } else { "" };
                format!(
                    "  \"{hook}\": {{ \"commands\": {{ \"sprag\": {{ \"run\": {:?}{stdin} }} }} }}",
                    run(hook)
                )
            });
            hooks.join(",\n") + "\n"
        }
        _ => Hook::LOCAL.map(|hook| format!("{hook}:\n  commands:\n{}", command(hook, 4))).concat(),
    }
}

/// Settings that leave sprag out together with everything else.
pub(super) fn note(config: &Path, name: &str) -> Result<Option<String>> {
    let text = text(config)?.unwrap_or_default();
    let skips = |text: &str| {
        text.lines().any(|it| {
            it.starts_with(' ') && it.trim_start().starts_with(['s', 'o']) && {
                let key = it.trim_start().split(':').next().unwrap_or_default();
                key == "skip" || key == "only"
            }
        })
    };
    Ok(skips(&text).then(|| {
        format!("`{name}` has `skip` or `only`: where they stand on a whole hook, sprag is left out as well")
    }))
}

fn command(hook: Hook, indent: usize) -> String {
    let stdin = if hook == Hook::PrePush { "  use_stdin: true\n" } else { "" };
    let lines = format!("sprag:\n  run: {}\n{stdin}", run(hook));
    indented(lines.lines(), indent, "\n")
}

fn job(hook: Hook) -> String {
    let stdin = if hook == Hook::PrePush { "  use_stdin: true\n" } else { "" };
    format!("- name: sprag\n  run: {}\n{stdin}", run(hook))
}

fn toml_lines(hook: Hook) -> String {
    let stdin = if hook == Hook::PrePush { "use_stdin = true\n" } else { "" };
    format!("[{hook}.commands.sprag]\nrun = '{}'\n{stdin}", run(hook))
}

/// No list of files: it would leave out a commit that only deletes.
fn run(hook: Hook) -> String {
    match hook {
        Hook::PrePush => format!("sprag hook {hook} \"{{1}}\" \"{{2}}\""),
        Hook::PreCommit | Hook::PreMergeCommit | Hook::PreReceive => format!("sprag hook {hook}"),
    }
}

fn kind(config: &Path) -> &str {
    config.extension().and_then(|it| it.to_str()).unwrap_or_default()
}
