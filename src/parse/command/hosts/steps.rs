//! The steps of GitHub's jobs and composite actions.

use std::collections::{BTreeMap, BTreeSet};

use super::{program, values};
use crate::parse::command::tree::{Node, Tree};
use crate::parse::command::{Call, Host, Kind, Reading, Spot, Text, Variables, Word};

/// Inputs by which actions take commands, as far as their names tell.
const COMMANDS: &[&str] = &[
    "args",
    "build",
    "build-command",
    "buildcommand",
    "cmd",
    "command",
    "commands",
    "deploy",
    "inlinescript",
    "install",
    "install-command",
    "post-commands",
    "postcommands",
    "pre-commands",
    "precommands",
    "run",
    "script",
    "start",
];
/// Actions that surely hand an input to a shell, so that what cannot be resolved in it is told.
const SHELLS: &[&str] = &[
    "appleboy/ssh-action",
    "azure/cli",
    "azure/powershell",
    "nick-fields/retry",
    "nick-invision/retry",
];
/// Actions that put a program before an input.
const PROGRAMS: &[(&str, &str)] = &[
    ("superfly/flyctl-actions", "flyctl"),
    ("borales/actions-yarn", "yarn"),
    ("cloudflare/wrangler-action", "wrangler"),
];
/// Inputs that people read.
const SAID: &[&str] =
    &["name", "title", "description", "message", "body", "comment", "text", "summary", "label"];

/// What is in force for the steps of a job or an action.
#[derive(Clone, Default)]
pub(super) struct Scope {
    pub(super) variables: Variables,
    /// From the top of the repository.
    pub(super) folder: String,
    pub(super) shell: Option<Text>,
    /// What `matrix.NAME` stands for, one after the other, where all of it is written there.
    matrix: BTreeMap<String, Vec<Text>>,
}

impl Scope {
    /// What `env` and `defaults.run` of a workflow or job change.
    pub(super) fn under(&self, tree: &Tree) -> Scope {
        let mut scope = self.clone();
        if let Some(env) = tree.get("env") {
            values::set(&mut scope.variables, env);
        }
        let default = |key: &str| tree.at(&["defaults", "run", key]).and_then(Tree::text);
        scope.shell = default("shell").cloned().or(scope.shell);
        if let Some(folder) = default("working-directory").map(Text::to_string) {
            scope.folder = folder;
        }
        if let Some(matrix) = tree.at(&["strategy", "matrix"]) {
            scope.matrix = values_of(matrix);
        }
        scope
    }

    /// The texts that a text becomes for each value of the matrix in it. Of two lists there are too many pairs.
    fn variants(&self, text: &Text) -> Vec<Text> {
        let written = text.to_string();
        let named = self.matrix.iter().filter(|it| written.contains(&format!("matrix.{}", it.0)));
        let counts: Vec<usize> = named.map(|it| it.1.len()).filter(|it| *it > 1).collect();
        if counts.len() > 1 {
            return vec![filled(text, &self.variables)];
        }
        let most = counts.first().copied().unwrap_or(1);
        let variant = |at: usize| {
            filled_by(text, &|name| match name.split_once('.')? {
                ("env", name) => self.variables.get(name)?.as_ref(),
                ("matrix", name) => {
                    let values = self.matrix.get(name)?;
                    values.get(at.min(values.len().saturating_sub(1)))
                }
                _ => None,
            })
        };
        (0..most).map(variant).collect()
    }
}

/// Reads one step.
pub(super) fn read(reading: &mut Reading, host: &Host, step: &Tree, outer: &Scope) {
    let mut scope = outer.clone();
    if let Some(env) = step.get("env") {
        values::set(&mut scope.variables, env);
    }
    if let Some(folder) = step.get("working-directory").and_then(Tree::text) {
        scope.folder = folder.to_string();
    }
    if let Some(run) = step.get("run") {
        let folder = values::folder(&scope.folder).unwrap_or_default();
        let host = host.clone().in_folder(folder);
        let shell = step.get("shell").and_then(Tree::text).or(scope.shell.as_ref());
        if let Some(text) = run.text() {
            for text in scope.variants(text) {
                script(reading, &host, run, &text, shell, &scope);
            }
        }
    }
    if let Some(uses) = step.get("uses") {
        action(reading, host, uses, step, &scope);
    }
}

/// What `run` says to the shell of the step.
fn script(
    reading: &mut Reading,
    host: &Host,
    run: &Tree,
    text: &Text,
    shell: Option<&Text>,
    scope: &Scope,
) {
    let shell = shell.map(Text::to_string).unwrap_or_default();
    let name = shell.split_whitespace().next().unwrap_or_default();
    match name {
        "" | "bash" | "sh" | "zsh" | "ksh" | "dash" => {
            values::add_text(reading, host, &run.range, text, &scope.variables);
        }
        "pwsh" | "powershell" | "cmd" => {
            let text = continued(text, if name == "cmd" { '^' } else { '`' });
            values::add_text(reading, host, &run.range, &text, &scope.variables);
        }
        "python" | "python3" => program::read_text(reading, host, &run.range, text, Kind::Python),
        "node" | "deno" | "bun" | "tsx" | "zx" => {
            program::read_text(reading, host, &run.range, text, Kind::JavaScript);
        }
        // Any command can be a shell; `{0}` is the file it is given.
        _ => {
            values::add_text(reading, host, &run.range, text, &scope.variables);
            let line = Text::within(&shell.replace("{0}", ""), &run.range);
            values::add_text(reading, host, &run.range, &line, &scope.variables);
        }
    }
}

/// What an action is, and what it is told to run.
fn action(reading: &mut Reading, host: &Host, uses: &Tree, step: &Tree, scope: &Scope) {
    let Some(text) = uses.text() else { return };
    let name = text.to_string();
    let range = uses.range.clone();
    if name.starts_with("./") || name.starts_with("../") {
        reading.link(host, range, Call::file_as(Word::new(text.clone()), Kind::Action));
    }
    let Some(with) = step.get("with") else { return };
    let bare = name.split('@').next().unwrap_or_default().to_ascii_lowercase();
    if bare == "actions/github-script" {
        if let Some((tree, text)) = with.get("script").and_then(|it| Some((it, it.text()?))) {
            program::read_text(reading, host, &tree.range, text, Kind::JavaScript);
        }
        return;
    }
    if bare == "docker/build-push-action" {
        image(reading, host, with);
        return;
    }
    inputs(reading, host, &bare, with, scope);
}

/// The inputs of an action or a called workflow that are, or may be, commands.
pub(super) fn inputs(reading: &mut Reading, host: &Host, bare: &str, with: &Tree, scope: &Scope) {
    let local = bare.starts_with('.');
    let sure = SHELLS.contains(&bare);
    let before = PROGRAMS.iter().find(|it| bare.starts_with(it.0)).map(|it| it.1);
    for entry in with.entries() {
        let key = entry.key.to_ascii_lowercase();
        let Some(text) = values::lines(&entry.value) else { continue };
        let known = COMMANDS.contains(&key.as_str());
        if SAID.contains(&key.as_str()) || !(known || local) {
            continue;
        }
        let text = filled(&text, &scope.variables);
        let range = &entry.value.range;
        if sure {
            values::add_text(reading, host, range, &text, &scope.variables);
        } else {
            values::guess_text(reading, host, range, &text, &scope.variables);
        }
        if let Some(program) = before {
            let mut line = Text::within(&format!("{program} "), &text.range().unwrap_or_default());
            line.extend(text.spots());
            values::guess_text(reading, host, range, &line, &scope.variables);
        }
    }
}

/// The image that `docker/build-push-action` builds.
fn image(reading: &mut Reading, host: &Host, with: &Tree) {
    let text = |key: &str| with.get(key).and_then(Tree::text);
    let Some(path) = text("file").or(text("context")) else { return };
    let range = path.range().unwrap_or_default();
    let part = text("target").map(|it| Word::new(it.clone()));
    let kind = Some(Kind::Dockerfile);
    reading.link(host, range, Call::File { path: Some(Word::new(path.clone())), kind, part });
}

/// A text with its `${{ env.NAME }}` replaced by what is known of them. The others stay, for nobody knows them.
fn filled(text: &Text, variables: &Variables) -> Text {
    filled_by(text, &|name| variables.get(name.strip_prefix("env.")?)?.as_ref())
}

fn filled_by<'a>(text: &Text, known: &dyn Fn(&str) -> Option<&'a Text>) -> Text {
    let spots = text.spots();
    let mut filled = Text::default();
    let mut at = 0;
    while let Some(rest) = spots.get(at..).filter(|it| !it.is_empty()) {
        let found = expression(rest).and_then(|(name, length)| Some((known(&name)?, length)));
        match found {
            Some((value, length)) => {
                filled.extend(value.spots());
                at += length;
            }
            None => {
                filled.extend(rest.get(..1).unwrap_or_default());
                at += 1;
            }
        }
    }
    filled
}

/// The `env.NAME` or `matrix.NAME` in the `${{ … }}` that begins here, and how long that is.
fn expression(rest: &[Spot]) -> Option<(String, usize)> {
    const LONGEST: usize = 100;
    if !rest.iter().take(3).map(|it| it.c).eq("${{".chars()) {
        return None;
    }
    let text: String = rest.iter().take(LONGEST).map(|it| it.c).collect();
    let (inside, _) = text.get(3..)?.split_once("}}")?;
    let name = inside.trim();
    let plain = |it: char| matches!(it, '_' | '-' | '.') || it.is_ascii_alphanumeric();
    let length = 3 + inside.chars().count() + 2;
    name.chars().all(plain).then(|| (name.to_owned(), length))
}

/// The values of a matrix by their names; none of a name that has one which is not written there.
fn values_of(matrix: &Tree) -> BTreeMap<String, Vec<Text>> {
    const MOST: usize = 10;
    const CHARACTERS: usize = 1024;
    let include = matrix.get("include");
    let mut values: BTreeMap<String, Vec<Text>> = BTreeMap::new();
    if include.is_some_and(|it| it.text().is_some()) {
        return values;
    }
    let included = include.map(Tree::items).unwrap_or_default().iter().flat_map(Tree::entries);
    let included = included.map(|it| (&it.key, std::slice::from_ref(&it.value)));
    let listed =
        matrix.entries().iter().filter(|it| !matches!(it.key.as_str(), "include" | "exclude"));
    let mut unknown = BTreeSet::new();
    for (key, items) in listed.map(|it| (&it.key, it.value.items())).chain(included) {
        let texts: Vec<Text> = items.iter().filter_map(Tree::text).cloned().collect();
        let literal = |it: &Text| !it.spots().iter().any(|it| it.c == '$');
        if texts.is_empty() || texts.len() < items.len() || !texts.iter().all(literal) {
            unknown.insert(key.clone());
        }
        values.entry(key.clone()).or_default().extend(texts);
    }
    let size = |it: &[Text]| it.iter().map(|it| it.spots().len()).sum::<usize>();
    values.retain(|key, it| !unknown.contains(key) && it.len() <= MOST && size(it) <= CHARACTERS);
    if values.len() > MOST { BTreeMap::new() } else { values }
}

/// A text in which lines go on behind another sign than a backslash.
fn continued(text: &Text, sign: char) -> Text {
    let mut continued = Text::default();
    for (at, spot) in text.spots().iter().enumerate() {
        let ends = text.spots().get(at + 1).is_some_and(|it| it.c == '\n');
        let c = if spot.c == sign && ends { '\\' } else { spot.c };
        continued.push(Spot { c, ..*spot });
    }
    continued
}

/// Every text of a tree with its key, for those who look for words wherever they stand. No deeper than the tree.
pub(super) fn texts<'a>(tree: &'a Tree, key: &'a str, found: &mut Vec<(&'a str, &'a Text)>) {
    match &tree.node {
        Node::Text(text) => found.push((key, text)),
        Node::List(items) => items.iter().for_each(|it| texts(it, key, found)),
        Node::Table(entries) => entries.iter().for_each(|it| texts(&it.value, &it.key, found)),
        Node::Other => {}
    }
}
