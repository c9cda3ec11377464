//! What a command makes run that is written somewhere else.

use super::Kind;
use super::packages::{self, Run};
use super::program;
use super::text::Text;
use super::tools;
use super::word::Word;

/// Something written in another place that a command runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// A script of a `package.json`; `*` in its name stands for anything.
    Script {
        name: Word,
        /// Words that are added to the script's end.
        arguments: Vec<Word>,
        /// Whether the command names another folder, or all of them, instead of the one it stands in.
        elsewhere: bool,
    },
    /// A file, or a part of it: a target of a `Makefile`, a stage of a `Dockerfile`.
    File {
        /// As the command names it. None: the file that a tool looks for by itself, or the very file this stands in.
        path: Option<Word>,
        /// How it is read, whatever its name says.
        kind: Option<Kind>,
        part: Option<Word>,
    },
}

impl Call {
    /// A file that is run for what it says itself to be.
    pub(super) fn file(path: Word) -> Call {
        Call::File { path: Some(path), kind: None, part: None }
    }

    pub(super) fn file_as(path: Word, kind: Kind) -> Call {
        Call::File { path: Some(path), kind: Some(kind), part: None }
    }

    /// Another place in the file that the caller stands in.
    pub(super) fn part(name: Word) -> Call {
        Call::File { path: None, kind: None, part: Some(name) }
    }

    /// The file of that kind that a tool looks for by itself.
    pub(super) fn usual(kind: Kind, part: Option<Word>) -> Call {
        Call::File { path: None, kind: Some(kind), part }
    }
}

pub(super) fn of(words: &[Word]) -> Vec<Call> {
    let Some((first, arguments)) = words.split_first() else { return Vec::new() };
    let Some(program) = program::name(first) else { return Vec::new() };
    let runs = packages::runs(&program, arguments).unwrap_or_default();
    let mut calls: Vec<Call> = runs
        .into_iter()
        .filter_map(|it| match it {
            Run::Script(call) => Some(call),
            Run::Words(_) | Run::Shell(_) => None,
        })
        .collect();
    calls.extend(tools::calls(&program, arguments).unwrap_or_default());
    match program.as_str() {
        "sh" | "bash" | "zsh" | "dash" | "ash" | "ksh" | "." | "source" | "node" | "tsx"
        | "ts-node" | "python" | "python3" | "bun" => {
            let run = arguments
                .iter()
                .find_map(|it| it.text.strip_prefix("--run=").map(|_| it.after("--run=".len())));
            let run = run.or_else(|| {
                arguments.windows(2).find(|it| it[0].is("--run")).map(|it| it[1].clone())
            });
            match (run, arguments.iter().find(|it| !it.is_flag())) {
                (Some(name), _) => {
                    calls.push(Call::Script { name, arguments: Vec::new(), elsewhere: false });
                }
                (None, Some(path)) => calls.push(Call::file(path.clone())),
                (None, None) => {}
            }
        }
        "prisma" if arguments.iter().any(|it| it.is("seed")) => {
            let name = Word::new(Text::within("prisma.seed", &first.range().unwrap_or_default()));
            calls.push(Call::Script { name, arguments: Vec::new(), elsewhere: false });
        }
        _ if first.text.contains('/') => calls.push(Call::file(first.clone())),
        _ => {}
    }
    calls
}
