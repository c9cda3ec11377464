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
    calls.extend(run_files(&program, arguments));
    match program.as_str() {
        "node" | "bun" => calls.extend(node_run(arguments)),
        "prisma" => {
            let place = first.range().unwrap_or_default();
            let named = |text| Word::new(Text::within(text, &place));
            if arguments.iter().any(|it| it.is("seed")) {
                let name = named("prisma.seed");
                calls.push(Call::Script { name, arguments: Vec::new(), elsewhere: false });
            }
            // Whatever it is asked to do, it loads its configuration, which is a program.
            let config = valued(arguments, &["--config"]).next();
            let config = config.unwrap_or_else(|| named("prisma.config"));
            calls.push(Call::file_as(config, Kind::JavaScript));
        }
        _ if first.text.contains('/') => calls.push(Call::file(first.clone())),
        _ => {}
    }
    calls
}

/// `node --run script`.
fn node_run(arguments: &[Word]) -> Option<Call> {
    let name = valued(arguments, &["--run"]).next()?;
    Some(Call::Script { name, arguments: Vec::new(), elsewhere: false })
}

/// A program that runs files.
struct Runner {
    names: &'static [&'static str],
    kind: Kind,
    /// Options whose value is the next word.
    valued: &'static [&'static str],
    /// Options whose value is another file that is run.
    files: &'static [&'static str],
    /// Options whose value is the program itself, so that no file is run.
    code: &'static [&'static str],
    /// Words before the file that are none.
    verbs: &'static [&'static str],
}

const RUNNERS: &[Runner] = &[
    Runner {
        names: &["sh", "bash", "zsh", "dash", "ash", "ksh"],
        kind: Kind::Shell,
        valued: &["-o", "+o", "-O", "--rcfile", "--init-file"],
        files: &["--rcfile", "--init-file"],
        code: &["-c", "-s"],
        verbs: &[],
    },
    Runner {
        names: &[".", "source"],
        kind: Kind::Shell,
        valued: &[],
        files: &[],
        code: &[],
        verbs: &[],
    },
    Runner {
        names: &[
            "node",
            "nodejs",
            "tsx",
            "ts-node",
            "ts-node-esm",
            "ts-node-dev",
            "esno",
            "jiti",
            "swc-node",
            "babel-node",
            "vite-node",
            "zx",
            "nodemon",
            "dotenvx-node",
            "esbuild-register",
        ],
        kind: Kind::JavaScript,
        valued: &[
            "-r",
            "--require",
            "--import",
            "--loader",
            "--experimental-loader",
            "-C",
            "--conditions",
            "--env-file",
            "--env-file-if-exists",
            "--title",
            "-P",
            "--project",
            "-O",
            "--compiler-options",
            "--tsconfig",
            "-w",
            "--watch-path",
            "--ext",
            "-i",
            "--ignore",
            "--delay",
            "--shell",
            "--prefix",
            "--config",
            "-c",
        ],
        files: &["-r", "--require", "--import", "--loader", "--experimental-loader"],
        code: &["-e", "--eval", "-p", "--print", "-pe", "--run", "--test", "--check"],
        verbs: &["watch"],
    },
    Runner {
        names: &["bun", "deno"],
        kind: Kind::JavaScript,
        valued: &[
            "-r",
            "--preload",
            "--require",
            "--env-file",
            "--config",
            "-c",
            "--import-map",
            "--cwd",
            "--tsconfig-override",
            "--lock",
        ],
        files: &["-r", "--preload", "--require"],
        code: &["-e", "--eval", "-p", "--print"],
        verbs: &["run", "watch", "serve"],
    },
    Runner {
        names: &["pm2", "pm2-runtime", "pm2-dev", "forever"],
        kind: Kind::JavaScript,
        valued: &[
            "-i",
            "--instances",
            "-n",
            "--name",
            "--env",
            "--interpreter",
            "-o",
            "-e",
            "-l",
            "--only",
            "--max-memory-restart",
        ],
        files: &[],
        code: &[],
        verbs: &["start", "restart", "reload", "startOrRestart", "startOrReload", "deploy"],
    },
    Runner {
        names: &["python", "python3", "python2", "pypy3", "ipython"],
        kind: Kind::Python,
        valued: &["-W", "-X"],
        files: &[],
        code: &["-c"],
        verbs: &[],
    },
    Runner {
        names: &["ruby", "jruby"],
        kind: Kind::Ruby,
        valued: &["-I", "-C", "-E"],
        files: &["-r"],
        code: &["-e"],
        verbs: &[],
    },
];

/// The files that an interpreter is given.
fn run_files(program: &str, arguments: &[Word]) -> Vec<Call> {
    let Some(runner) = RUNNERS.iter().find(|it| it.names.contains(&program)) else {
        return Vec::new();
    };
    let own = valued(arguments, runner.files).filter(|it| is_path(&it.text));
    let mut calls: Vec<Call> = own.map(|it| Call::file_as(it, runner.kind)).collect();
    let mut at = 0;
    while let Some(word) = arguments.get(at) {
        let text = word.text.as_str();
        if runner.kind == Kind::Python && word.is("-m") {
            calls.extend(arguments.get(at + 1).map(module).unwrap_or_default());
            return calls;
        }
        if runner.code.contains(&text) {
            return calls;
        }
        if word.is_flag() || text.starts_with('+') {
            at += 1 + usize::from(runner.valued.contains(&text));
        } else if word.is("--") || runner.verbs.contains(&text) {
            at += 1;
        } else {
            break;
        }
    }
    let Some(file) = arguments.get(at) else { return calls };
    // Of these, a word that looks like no file is a verb or a script.
    let several = matches!(program, "bun" | "deno" | "pm2" | "pm2-runtime" | "pm2-dev");
    if !several || is_path(&file.text) {
        calls.push(Call::file_as(file.clone(), runner.kind));
    }
    calls
}

/// The files that `python -m package.module` may run.
fn module(name: &Word) -> Vec<Call> {
    let Some(text) = name.known() else { return Vec::new() };
    let path = text.replace('.', "/");
    let place = name.range().unwrap_or_default();
    [format!("{path}.py"), format!("{path}/__main__.py")]
        .iter()
        .map(|it| Call::file_as(Word::new(Text::within(it, &place)), Kind::Python))
        .collect()
}

fn is_path(text: &str) -> bool {
    let file = text.rsplit('/').next().unwrap_or(text);
    text.starts_with('.') || text.contains('/') || file.contains('.')
}

/// The words after one of these options, or behind its `=`.
fn valued<'a>(arguments: &'a [Word], options: &'a [&str]) -> impl Iterator<Item = Word> + 'a {
    let separate = arguments.windows(2).filter(|it| options.iter().any(|option| it[0].is(option)));
    let attached = arguments.iter().filter_map(|it| {
        let (option, _) = it.text.split_once('=')?;
        options.contains(&option).then(|| it.after(option.chars().count() + 1))
    });
    separate.map(|it| it[1].clone()).chain(attached)
}
