//! What a command makes run that is written somewhere else.

use super::packages::{self, Run};
use super::program;
use super::text::Text;
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
    /// A file, as the command names it.
    File { path: Word },
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
                (None, Some(path)) => calls.push(Call::File { path: path.clone() }),
                (None, None) => {}
            }
        }
        "prisma" if arguments.iter().any(|it| it.is("seed")) => {
            let name = Word::new(Text::within("prisma.seed", &first.range().unwrap_or_default()));
            calls.push(Call::Script { name, arguments: Vec::new(), elsewhere: false });
        }
        _ if first.text.contains('/') => calls.push(Call::File { path: first.clone() }),
        _ => {}
    }
    calls
}
