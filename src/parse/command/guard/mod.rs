//! Where a file runs sprag, and everything beside it that says whether a refusal has a consequence.
//!
//! A gate is only as good as what runs it: a job that may fail, a hook that ends with `|| true` and a workflow without
//! `pull_request` refuse nothing. What is read here is compared by whoever judges a change of such a file, and shown by
//! whoever says which gates there are.

mod bearing;
mod circle;
mod github;
mod gitlab;
mod helpers;
mod layout;
mod place;
mod status;
mod tokens;
mod values;
mod walk;

use std::ops::Range;
use std::slice;

use super::tree::{self, Format};
use super::{Command, Kind, Reading, Text};
use crate::source::{RepoPath, Source, Span};

pub use bearing::Bearing;
pub use github::{Filter, Trigger};
pub use helpers::Helpers;
pub use status::{How, Slip};

use status::Shell;

/// One command of sprag, and what bears on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guard {
    /// The part of the file that runs as one: `jobs.gate`, `scripts.check`; empty for the file as a whole.
    pub unit: String,
    /// What people know it by, where that is another name.
    pub name: Option<String>,
    /// The words: `sprag ci --base main`.
    pub words: String,
    /// The line that it stands in, as a shell sees it.
    pub line: String,
    pub span: Span,
    /// What makes its failure nothing within its own text.
    pub slip: Option<Slip>,
    /// What else bears on it, in the order of the file.
    pub facts: Vec<Fact>,
    /// The events it is run on, where the file says them: workflows of GitHub.
    pub triggers: Option<Vec<Trigger>>,
}

/// A value in a file that bears on a command in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub bearing: Bearing,
    /// The key, without what stands above it: `continue-on-error`.
    pub key: String,
    /// The key with all above it, by which it is found again.
    pub path: String,
    /// Without comments, and blanks that mean nothing; what has a version, without it.
    pub value: String,
    pub version: Option<String>,
    /// The first line of it.
    pub shown: String,
    pub range: Range<usize>,
}

/// What a file says.
#[derive(Clone, Debug, Default)]
pub struct Guards {
    pub guards: Vec<Guard>,
    /// Why the file cannot be read to its end.
    pub problem: Option<(Range<usize>, String)>,
    /// Whether a system runs the file by itself, so that all that comes before a command bears on it.
    pub automatic: bool,
}

/// Commands of sprag that judge nothing.
const TALKS: &[&str] = &[
    "--version",
    "-V",
    "--help",
    "-h",
    "help",
    "explain",
    "rules",
    "init",
    "doctor",
    "uninstall",
    "install",
    "approvals",
    "approve",
    "deploy-graph",
    "status",
    "kit",
    "completions",
];

/// What a file is to those who ask for what guards; nothing of one that is no such file by its name.
pub fn kind(path: &RepoPath) -> Option<Kind> {
    if is_hook(path) {
        return Some(Kind::Shell);
    }
    let kind = Kind::by_name(path)?;
    let holds = kind.is_automation()
        || kind.is_hook()
        || matches!(
            kind,
            Kind::PackageJson
                | Kind::Makefile
                | Kind::Justfile
                | Kind::Taskfile
                | Kind::Shell
                | Kind::Amplify
        );
    holds.then_some(kind)
}

/// A script that git runs, kept in the repository: `.githooks/pre-commit`.
pub fn is_hook(path: &RepoPath) -> bool {
    const HOOKS: &[&[u8]] = &[
        b"pre-commit",
        b"pre-merge-commit",
        b"pre-push",
        b"pre-receive",
        b"update",
        b"commit-msg",
        b"prepare-commit-msg",
        b"pre-rebase",
        b"post-checkout",
        b"post-merge",
    ];
    let folder = path.parent().map(|it| it.to_str_lossy().to_ascii_lowercase());
    let folder = folder.unwrap_or_default();
    let last = folder.rsplit('/').next().unwrap_or_default();
    HOOKS.contains(&path.file_name()) && (last.contains("hook") || last.contains("husky"))
}

/// Whether a text can run sprag at all.
pub fn names(text: &str) -> bool {
    text.contains("sprag")
}

/// Whether a line looks as if it ran sprag, whoever would understand how: `docker run acme/sprag:1 ci`.
pub fn looks_like(line: &str) -> bool {
    const VERBS: &[&str] = &[" ci", " check", " audit", " hook ", "uses:"];
    let line = line.trim();
    !line.starts_with(['#', '/']) && names(line) && VERBS.iter().any(|it| line.contains(it))
}

/// Where a file runs sprag, or one of these that do so for it.
pub fn guards(source: &Source, helpers: &Helpers) -> Guards {
    let asked = |_: &Kind| names(&source.text) || helpers.are_named(&source.text);
    let Some(kind) = kind(&source.path).filter(asked) else {
        return Guards::default();
    };
    let reading = super::commands_as(source, kind);
    let helps = |it: &&Command| judges(it, kind) || helpers.run(&it.calls(), &it.host);
    let runs: Vec<&Command> = reading.commands.iter().filter(helps).collect();
    let linked = reading.links.iter().filter(|it| helpers.run(slice::from_ref(&it.call), &it.host));
    let linked: Vec<usize> = linked.map(|it| it.span.start).collect();
    let mut guards = Guards { automatic: kind.is_automation(), ..Guards::default() };
    match layout::of(kind) {
        Some(layout) => {
            let mut read = Reading::default();
            let format = if kind.is_hook() { Format::of(source) } else { Format::Yaml };
            let trees = tree::read(source, format, &mut read);
            guards.problem =
                read.problems.into_iter().next().map(|it| (it.span.range(), it.message));
            for tree in &trees {
                let walk = walk::Walk { source, layout, kind };
                guards.guards.extend(walk.guards(tree, &runs, &linked));
            }
        }
        None => guards.guards.extend(runs.iter().map(|it| plain(source, kind, it))),
    }
    guards
}

/// Whether a command of a file is one of sprag that can refuse, or that puts in place what does.
fn judges(command: &Command, kind: Kind) -> bool {
    if command.program().as_deref() != Some("sprag") {
        return false;
    }
    let verb = command.words.get(1).map(|it| it.text.as_str()).unwrap_or_default();
    let installs = verb == "install" && kind == Kind::PackageJson;
    installs || !(verb.is_empty() || TALKS.contains(&verb))
}

/// A command in a file that is no table: a script, a target.
fn plain(source: &Source, kind: Kind, command: &Command) -> Guard {
    let at = command.span.start;
    let (line, start) = logical_line(&source.text, at);
    let slip = match kind {
        Kind::Shell => {
            let husky = source.path.to_str_lossy().contains(".husky");
            let first = source.text.lines().next().unwrap_or_default();
            let strict = first.starts_with("#!") && first.split_whitespace().any(|it| it == "-e");
            let shell = Shell { errexit: husky || strict, pipefail: false };
            status::slip(&Text::plain(&source.text, 0), at, shell)
        }
        Kind::Makefile | Kind::Justfile => {
            let bare = line.trim_start();
            let prefix: String = bare.chars().take_while(|it| "@-+".contains(*it)).collect();
            let from = start + line.len() - bare.len();
            if prefix.contains('-') {
                let range = from..from + prefix.len();
                Some(Slip { how: How::Swallowed, text: first_line(bare), range })
            } else {
                let text = Text::plain(&bare[prefix.len()..], from + prefix.len());
                status::slip(&text, at, Shell { errexit: false, pipefail: false })
            }
        }
        Kind::PackageJson => {
            let trees = tree::read(source, Format::of(source), &mut Reading::default());
            let text = trees.iter().find_map(|it| walk::text_at(it, at));
            text.and_then(|it| status::slip(it, at, Shell { errexit: false, pipefail: false }))
        }
        _ => None,
    };
    Guard {
        unit: command.host.key.to_string(),
        name: None,
        words: words(command),
        line: squeezed(&line),
        span: command.span.clone(),
        slip,
        facts: Vec::new(),
        triggers: None,
    }
}

fn words(command: &Command) -> String {
    let words: Vec<&str> = command.words.iter().map(|it| it.text.as_str()).collect();
    let words = words.join(" ");
    if command.program().as_deref() != Some("sprag") {
        return words;
    }
    let tail = words.split_once(' ').map_or("", |it| it.1);
    let sure = if command.guessed { "what may be " } else { "" };
    format!("{sure}sprag {tail}").trim_end().to_owned()
}

/// The line that a byte of a text is in, with those that a backslash joins to it, and where it begins.
fn logical_line(text: &str, at: usize) -> (String, usize) {
    let mut start = 0;
    let mut joined = String::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if joined.is_empty() {
            start = offset;
        }
        joined.push_str(line);
        offset += line.len();
        if line.trim_end_matches(['\r', '\n']).ends_with('\\') {
            continue;
        }
        if at < offset {
            break;
        }
        joined.clear();
    }
    (joined.trim_end_matches(['\r', '\n']).to_owned(), start)
}

/// A line with one blank where there were several, its continuations joined.
fn squeezed(line: &str) -> String {
    line.replace("\\\r\n", " ")
        .replace("\\\n", " ")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// What is shown of a value.
fn first_line(text: &str) -> String {
    const SHOWN: usize = 70;
    let lines = || text.lines().map(str::trim).filter(|it| !it.is_empty());
    let line = lines().next().unwrap_or_default();
    let cut = line.len() > SHOWN || lines().nth(1).is_some();
    let kept = line.get(..line.floor_char_boundary(SHOWN)).unwrap_or_default();
    if cut { format!("{} …", kept.trim_end()) } else { kept.to_owned() }
}

/// How a text is run by the shell that its system takes.
fn shell_of(kind: Kind, layout: &layout::Layout, named: Option<&str>) -> Shell {
    let (errexit, pipefail) = layout.shell;
    match named {
        Some("bash") if kind == Kind::Workflow || kind == Kind::Action => {
            Shell { errexit: true, pipefail: true }
        }
        Some("sh") | None => Shell { errexit, pipefail },
        Some(other) => {
            let flag = |c: char| {
                let flags = other.split_whitespace().skip(1).filter(|it| !it.starts_with("--"));
                flags.into_iter().any(|it| it.starts_with('-') && it.contains(c))
            };
            Shell { errexit: flag('e'), pipefail: other.contains("pipefail") }
        }
    }
}
