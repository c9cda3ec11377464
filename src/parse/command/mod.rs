//! What somebody or something will run: the commands of deployment files.

mod argv;
mod assign;
mod call;
mod containers;
mod environment;
mod expand;
mod functions;
pub mod guard;
mod host;
mod hosts;
mod jsonc;
mod kind;
mod lexer;
mod lines;
mod literals;
mod may_run;
mod names;
mod packages;
mod path;
mod program;
mod readers;
mod redirect;
mod scope;
mod shell;
mod text;
mod tools;
mod tree;
mod word;
mod wrappers;
mod written;
mod yaml;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::source::{RepoPath, Source, Span};

pub use call::Call;
pub use host::{Host, Weight};
pub use kind::Kind;
pub use may_run::may_run;
pub use text::{Spot, Text};
pub use word::Word;

/// A command someone or something will run, taken out of what wraps it: `sudo`, `npx`, `sh -c`, `dotenv --`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    pub words: Vec<Word>,
    /// What it reads from its standard input.
    pub input: Input,
    pub host: Host,
    pub span: Span,
    /// The text it came from: the whole script, the whole `release_command`.
    pub text: Arc<str>,
    /// Found behind a program nobody knows, which may or may not run it.
    pub guessed: bool,
}

/// Where a command's standard input comes from, as far as it matters to somebody who reads programs from it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Input {
    #[default]
    Inherited,
    File(Word),
    /// The words of the command before the `|`.
    Pipe(Vec<Word>),
    Text(Text),
}

/// Something a file makes run without a command: the `Dockerfile` of a `fly.toml`, a stage that another builds on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub host: Host,
    pub call: Call,
    pub span: Span,
}

/// What a file says, and what of it could not be read.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    pub commands: Vec<Command>,
    pub links: Vec<Link>,
    pub problems: Vec<Problem>,
}

/// A place that could not be read, so nobody can vouch for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub span: Span,
    /// Lower case, no full stop.
    pub message: String,
}

/// How many bytes a command may be written with.
const LONGEST: usize = 1 << 20;

/// Variables that are set where a command runs. None: set to what nobody can tell.
type Variables = BTreeMap<String, Option<Text>>;

/// The commands of a file, by its name and its text; none of a file that holds none.
pub fn commands(source: &Source) -> Reading {
    let kind = kind(&source.path, &source.text);
    kind.map_or_else(Reading::default, |it| commands_as(source, it))
}

fn kind(path: &RepoPath, text: &str) -> Option<Kind> {
    Kind::by_name(path).or_else(|| Kind::by_text(path, text))
}

/// Whether a file is one of those that hold commands, by its name or its text.
pub fn holds(path: &RepoPath, text: &str) -> bool {
    kind(path, text).is_some()
}

/// The commands of a file that somebody runs as that kind of file, whatever its name.
pub fn commands_as(source: &Source, kind: Kind) -> Reading {
    // A manifest may be long; each of its scripts is measured.
    if source.text.len() > LONGEST && kind != Kind::PackageJson {
        let mut reading = Reading::default();
        let message = format!("this is longer than the {LONGEST} bytes that are read of it");
        reading.problem(&source.path, 0..0, message);
        return reading;
    }
    hosts::read(source, kind)
}

/// Whether commands are read from every file of that name.
pub fn is_read(path: &RepoPath) -> bool {
    Kind::by_name(path).is_some()
}

/// Whether a file of that name may hold commands: it is read for its name, or is no document, picture or data.
pub fn may_hold(path: &RepoPath) -> bool {
    const NEVER: &[&str] = &[
        "md", "mdx", "rst", "adoc", "sql", "lock", "css", "scss", "less", "svg", "png", "jpg",
        "jpeg", "gif", "webp", "avif", "ico", "pdf", "woff", "woff2", "ttf", "otf", "eot", "mp3",
        "mp4", "mov", "webm", "wasm", "zip", "gz", "tgz", "snap", "csv", "tsv", "po", "map",
    ];
    let name = path.file_name();
    let extension = name.rsplit(|&it| it == b'.').next().unwrap_or_default();
    let never = NEVER.iter().any(|it| extension.eq_ignore_ascii_case(it.as_bytes()));
    // Names of packages that are programs too, by the thousand.
    let lock = matches!(name, b"package-lock.json" | b"npm-shrinkwrap.json" | b"pnpm-lock.yaml");
    !(never || lock || Kind::is_foreign(path))
}

/// The words of a text that is split as a shell splits it, with no shell to run it.
fn split(text: &Text, variables: &Variables) -> Vec<Word> {
    shell::read(text, &scope::of(variables)).commands.into_iter().flat_map(|it| it.0).collect()
}

impl Command {
    /// The name of the program without folders, versions and suffixes: `prisma` for `./node_modules/.bin/prisma`.
    pub fn program(&self) -> Option<String> {
        program::name(self.words.first()?)
    }

    /// What else this makes run: scripts of a `package.json`, files.
    pub fn calls(&self) -> Vec<Call> {
        call::of(&self.words)
    }

    /// The command with further words at its end, as `npm run script -- words` makes it.
    #[must_use]
    pub fn with_arguments(&self, arguments: &[Word]) -> Vec<Command> {
        let words = self.words.iter().chain(arguments).cloned().collect();
        argv::unwrapped(words, self.input.clone())
            .into_iter()
            .map(|found| {
                let span = self.span.clone();
                Command { span, ..found.command(&self.host, &self.span.range(), &self.text) }
            })
            .collect()
    }
}

impl Reading {
    /// Adds what a shell would run of `text`. `whole` is the value's place in the file.
    fn add_shell(&mut self, host: &Host, whole: &Range<usize>, text: &Text) {
        self.add_shell_with(host, whole, text, &Variables::new());
    }

    /// As `add_shell`, where these variables are set.
    fn add_shell_with(
        &mut self,
        host: &Host,
        whole: &Range<usize>,
        text: &Text,
        variables: &Variables,
    ) {
        let variables = environment::named(variables, [text]);
        self.add(host, whole, &text.to_string().into(), argv::of_shell(text, &variables));
    }

    /// Adds a command that is written as a list of words.
    fn add_words(&mut self, host: &Host, whole: &Range<usize>, words: Vec<Word>) {
        self.add_words_with(host, whole, words, &Variables::new());
    }

    /// As `add_words`, where these variables are set.
    fn add_words_with(
        &mut self,
        host: &Host,
        whole: &Range<usize>,
        words: Vec<Word>,
        variables: &Variables,
    ) {
        let text = words.iter().map(|it| it.text.as_str()).collect::<Vec<_>>().join(" ");
        let variables = environment::named(variables, words.iter().map(|it| &it.spots));
        let found = argv::of_words(words, Input::default(), &variables);
        self.add(host, whole, &text.into(), found);
    }

    fn add(&mut self, host: &Host, whole: &Range<usize>, text: &Arc<str>, found: Vec<argv::Found>) {
        for command in found.into_iter().map(|it| it.command(host, whole, text)) {
            if command.words.first().is_some_and(|it| it.text == argv::TOO_MUCH) {
                self.problem(&host.path, command.span.range(), argv::TOO_MUCH);
            } else {
                self.commands.push(command);
            }
        }
    }

    /// Notes that a file makes something run, and where it says so.
    fn link(&mut self, host: &Host, range: Range<usize>, call: Call) {
        let span = Span::new(host.path.clone(), range);
        self.links.push(Link { host: host.clone(), call, span });
    }

    fn problem(&mut self, path: &RepoPath, range: Range<usize>, message: impl Into<String>) {
        let span = Span::new(path.clone(), range);
        self.problems.push(Problem { span, message: message.into() });
    }
}
