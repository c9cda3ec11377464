//! What agents and editors may run by themselves. Nothing of it is on the way of a deployment.

use super::values;
use crate::parse::command::tree::{self, Format, Tree};
use crate::parse::command::{Host, Kind, Reading, Spot, Text, Variables, Weight, Word};
use crate::source::Source;

pub(super) fn read(source: &Source) -> Reading {
    let mut reading = Reading::default();
    // What their programs cannot read allows nothing, so that its problems are nobody's.
    let trees = tree::read(source, Format::Json5, &mut Reading::default());
    for tree in &trees {
        for task in tree.get("tasks").map(Tree::items).unwrap_or_default() {
            run_task(source, &mut reading, task);
        }
        allow(source, &mut reading, "permissions.allow", tree.at(&["permissions", "allow"]));
        allow(source, &mut reading, "terminalAllowlist", tree.get("terminalAllowlist"));
    }
    reading
}

/// Claude Code: `Bash(command)`, `Bash(beginning:*)`, `Bash(with * in it)`
/// (<https://code.claude.com/docs/en/permissions>). Cursor: `Shell(command)`, `Shell(command:arguments)`, in
/// `permissions.json` without the parentheses (<https://cursor.com/docs/cli/reference/permissions>,
/// <https://cursor.com/docs/reference/permissions>).
fn allow(source: &Source, reading: &mut Reading, list: &str, tree: Option<&Tree>) {
    for item in tree.map(Tree::items).unwrap_or_default() {
        let Some(text) = item.text() else { continue };
        let entry = text.to_string();
        let inside = |name: &str| {
            let body = entry.strip_prefix(name)?.strip_suffix(')')?;
            let from = name.chars().count();
            let spots = text.spots().get(from..from + body.chars().count())?;
            Some(Text::from(spots))
        };
        let command = match (inside("Bash("), inside("Shell(")) {
            (Some(text), _) => claude(&text),
            (None, Some(text)) => cursor(&text),
            (None, None) if list == "terminalAllowlist" => cursor(text),
            (None, None) => continue,
        };
        let key = format!("{list} {}", values::short(&entry));
        let host = Host::new(Kind::Agent, source, key, Weight::Maybe);
        reading.add_shell(&host, &item.range, &command);
    }
}

/// `:*` at the end stands for any words. A `*` elsewhere is one to a shell too.
fn claude(text: &Text) -> Text {
    let spots = text.spots();
    let at = spots.len().saturating_sub(2);
    let mut command = Text::from(spots);
    if spots.get(at..).is_some_and(|it| it.iter().map(|it| it.c).eq(":*".chars())) {
        command = Text::from(spots.get(..at).unwrap_or_default());
        any_words(&mut command);
    }
    command
}

/// The first `:` is between a command and its arguments. Whatever begins so is allowed.
fn cursor(text: &Text) -> Text {
    let mut command = Text::default();
    let mut parted = false;
    for spot in text.spots() {
        let parts = spot.c == ':' && !parted;
        parted |= parts;
        command.push(if parts { Spot { c: ' ', ..*spot } } else { *spot });
    }
    any_words(&mut command);
    command
}

fn any_words(command: &mut Text) {
    let Some(last) = command.spots().last().copied() else { return };
    for c in [' ', '*'] {
        command.push(Spot { c, start: last.end, end: last.end });
    }
}

/// `command` is for a shell, `args` are words behind it; each system may have its own
/// (<https://code.visualstudio.com/docs/debugtest/tasks>).
fn run_task(source: &Source, reading: &mut Reading, task: &Tree) {
    let name = ["label", "taskName"].iter().find_map(|it| task.get(it)?.text());
    let name = name.map(Text::to_string).unwrap_or_default();
    let host =
        Host::new(Kind::Agent, source, format!("tasks {}", values::short(&name)), Weight::Maybe);
    let systems = ["windows", "osx", "linux"].iter().filter_map(|it| task.get(it));
    for variant in std::iter::once(task).chain(systems) {
        let Some(command) = variant.get("command").or_else(|| task.get("command")) else {
            continue;
        };
        let text = command.text().or_else(|| command.get("value")?.text());
        let Some(text) = text else { continue };
        let arguments = variant.get("args").or_else(|| task.get("args"));
        let arguments = arguments.map(Tree::items).unwrap_or_default().iter();
        let arguments = arguments.filter_map(|it| it.text().or_else(|| it.get("value")?.text()));
        let arguments: Vec<Word> = arguments.map(values::argument).collect();
        if arguments.is_empty() {
            reading.add_shell(&host, &command.range, text);
        } else {
            let mut words = crate::parse::command::split(text, &Variables::new());
            words.extend(arguments);
            reading.add_words(&host, &command.range, words);
        }
    }
}
