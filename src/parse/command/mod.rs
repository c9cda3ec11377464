//! What somebody or something will run: the commands of deployment files.

mod argv;
mod call;
mod expand;
mod fly;
mod lexer;
mod literals;
mod package_json;
mod packages;
mod program;
mod shell;
mod text;
mod word;
mod wrappers;

use std::ops::Range;
use std::sync::Arc;

use crate::source::{RepoPath, Source, Span};

pub use call::Call;
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

/// Where a command is written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Host {
    pub kind: Kind,
    pub path: RepoPath,
    /// As the file's reader would name it: `scripts.setup`, `[deploy] release_command`. Empty: the file as a whole.
    pub key: Arc<str>,
    pub weight: Weight,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Fly,
    PackageJson,
}

/// Whether a deployment runs what is written there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    Deploys,
    /// Only if something that deploys calls it.
    Maybe,
}

/// What a file says, and what of it could not be read.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    pub commands: Vec<Command>,
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

/// The commands of a file, by its name; none of a file that holds none.
pub fn commands(source: &Source) -> Reading {
    match kind(&source.path) {
        Some(File::FlyToml) => fly::read_toml(source),
        Some(File::FlyJson) => fly::read_json(source),
        Some(File::PackageJson) => package_json::read(source),
        None => Reading::default(),
    }
}

/// Whether commands are read from files of that name.
pub fn is_read(path: &RepoPath) -> bool {
    kind(path).is_some()
}

enum File {
    FlyToml,
    FlyJson,
    PackageJson,
}

fn kind(path: &RepoPath) -> Option<File> {
    // Files of the same name in another case are the same file on half of all machines.
    let name = String::from_utf8_lossy(path.file_name()).to_ascii_lowercase();
    if path.as_bytes().split(|&it| it == b'/').any(|it| it == b"node_modules") {
        return None;
    }
    if name == "package.json" {
        return Some(File::PackageJson);
    }
    match name.strip_prefix("fly.")?.rsplit('.').next()? {
        "toml" => Some(File::FlyToml),
        "json" => Some(File::FlyJson),
        _ => None,
    }
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
        self.add(host, whole, &text.to_string().into(), argv::of_shell(text));
    }

    /// Adds a command that is written as a list of words.
    fn add_words(&mut self, host: &Host, whole: &Range<usize>, words: Vec<Word>) {
        let text = words.iter().map(|it| it.text.as_str()).collect::<Vec<_>>().join(" ");
        self.add(host, whole, &text.into(), argv::unwrapped(words, Input::default()));
    }

    fn add(&mut self, host: &Host, whole: &Range<usize>, text: &Arc<str>, found: Vec<argv::Found>) {
        self.commands.extend(found.into_iter().map(|it| it.command(host, whole, text)));
    }

    fn problem(&mut self, path: &RepoPath, range: Range<usize>, message: impl Into<String>) {
        let span = Span::new(path.clone(), range);
        self.problems.push(Problem { span, message: message.into() });
    }
}
