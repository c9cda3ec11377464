//! Programs that run what stands after them.

use super::Input;
use super::assign::assignment;
use super::containers;
use super::program;
use super::readers::{interpreter, shell, xargs};
use super::text::Text;
use super::word::Word;

/// What a wrapper runs.
pub(super) enum Inner {
    Words(Vec<Word>),
    /// Words that it may run or not.
    Guess(Vec<Word>),
    /// These words, joined by blanks, as a shell reads them.
    Shell(Vec<Word>),
    Text(Text),
    /// A shell may read it.
    Perhaps(Word),
    /// A program in another language, whose string literals may be commands.
    Program(Word),
}

/// What `program` runs. None: it is no wrapper. An empty list: it is one, but what it runs is not to be seen.
pub(super) fn inner(program: &str, arguments: &[Word], input: &Input) -> Option<Vec<Inner>> {
    match program {
        "sh" | "bash" | "zsh" | "dash" | "ash" | "ksh" | "mksh" | "fish" | "csh" | "tcsh"
        | "busybox" => Some(shell(arguments, input)),
        "." | "source" => {
            let found = shell(arguments, input);
            (!found.is_empty()).then_some(found)
        }
        "at" | "batch" => Some(shell(&[], input)),
        "script" => {
            let code =
                arguments.windows(2).filter(|it| it[0].is_flag() && it[0].text.ends_with('c'));
            let inner = code.map(|it| Inner::Shell(vec![it[1].clone()])).collect();
            with_tail(inner, arguments)
        }
        "eval" => Some(vec![Inner::Shell(arguments.to_vec())]),
        "cmd" => Some(vec![Inner::Shell(
            arguments.iter().skip_while(|it| it.text.starts_with('/')).cloned().collect(),
        )]),
        "trap" => Some(arguments.first().cloned().map(Inner::Perhaps).into_iter().collect()),
        "alias" => Some(arguments.iter().filter_map(alias).collect()),
        "xargs" => Some(xargs(arguments)),
        "env" => Some(split_string(arguments).unwrap_or_else(|| plain(&WRAPPERS[0], arguments))),
        "su" => Some(valued(arguments, &["-c", "--command"])),
        "fly" | "flyctl" => Some(fly(arguments)),
        "docker" | "podman" | "nerdctl" | "docker-compose" | "podman-compose" | "kubectl"
        | "oc" => {
            let inner = containers::inner(program, arguments).map(Inner::Guess);
            with_tail(inner.into_iter().collect(), arguments)
        }
        "ssh" => {
            // What it reads, the shell on the other side reads.
            let text = match input {
                Input::Text(text) => Some(Inner::Text(text.clone())),
                _ => None,
            };
            with_tail(strings(arguments).into_iter().chain(text).collect(), arguments)
        }
        "awk" | "gawk" | "mawk" => Some(arguments.iter().cloned().map(Inner::Program).collect()),
        "nodemon" => with_tail(valued(arguments, &["-x", "--exec"]), arguments),
        "node" | "nodejs" | "tsx" | "ts-node" | "bun" | "deno" | "python" | "python3" | "ruby"
        | "perl" | "php" => interpreter(program, arguments, input),
        "cross-env-shell"
        | "start-server-and-test"
        | "tsc-watch"
        | "watch"
        | "onchange"
        | "chokidar"
        | "parallel"
        | "tmux"
        | "screen"
        | "expect"
        | "wsl"
        | "powershell"
        | "pwsh" => with_tail(strings(arguments), arguments),
        _ => {
            let wrapper = WRAPPERS.iter().find(|it| it.name == program)?;
            let mut inner = plain(wrapper, arguments);
            if wrapper.dashes {
                inner.extend(valued(arguments, &["--command"]));
            }
            Some(inner)
        }
    }
}

/// Whether a program takes words for what they say and never runs them.
pub(super) fn only_talks(program: &str) -> bool {
    const TALK: &[&str] = &[
        "echo", "printf", "cat", "grep", "egrep", "fgrep", "rg", "ag", "ack", "sed", "git", "hg",
        "true", "false", ":", "test", "[", "read", "man", "which", "type", "whereis", "rm", "cp",
        "mv", "ls", "ln", "mkdir", "touch", "chmod", "chown", "rimraf", "shx", "export", "unset",
        "logger", "say", "figlet", "cowsay", "curl", "wget", "gh", "jq", "yq", "tee", "head",
        "tail", "sort", "wc", "diff", "tar", "exit", "return", "cd", "pushd", "popd", "for",
        "case", "[[", "prettier", "eslint", "apt-get", "apt", "apk", "brew",
    ];
    TALK.contains(&program)
}

/// What an unknown program runs, if it runs anything.
pub(super) fn tail(arguments: &[Word]) -> Option<Inner> {
    let at = arguments.iter().position(is_runner)?;
    Some(Inner::Guess(arguments[at..].to_vec()))
}

fn is_runner(word: &Word) -> bool {
    const RUNNERS: &[&str] = &[
        "npx",
        "pnpx",
        "bunx",
        "npm",
        "yarn",
        "pnpm",
        "bun",
        "node",
        "sh",
        "bash",
        "zsh",
        "dash",
        "ash",
        "env",
        "sudo",
        "dotenv",
        "prisma",
        "prisma-next",
        "@prisma/cli",
        "supabase",
        "drizzle-kit",
        "knex",
        "sequelize",
        "sequelize-cli",
        "typeorm",
        "node-pg-migrate",
        "psql",
        "atlas",
        "dbmate",
        "sqlx",
        "flyway",
    ];
    !word.text.contains(char::is_whitespace)
        && program::name(word).is_some_and(|it| RUNNERS.contains(&it.as_str()))
}

/// A wrapper whose arguments are its own options, then a command.
struct Wrapper {
    name: &'static str,
    /// Options whose value is the next word.
    valued: &'static [&'static str],
    /// Words that come before the command and are not options.
    skip: usize,
    /// Whether the command begins after the first `--`, where there is one.
    dashes: bool,
}

const fn wrapper(name: &'static str, valued: &'static [&'static str], skip: usize) -> Wrapper {
    Wrapper { name, valued, skip, dashes: false }
}

/// A wrapper with many options of its own: `doppler run --project x -- command`.
const fn dashed(name: &'static str, valued: &'static [&'static str], skip: usize) -> Wrapper {
    Wrapper { name, valued, skip, dashes: true }
}

const WRAPPERS: &[Wrapper] = &[
    wrapper("env", &["-u", "--unset", "-C", "--chdir"], 0),
    wrapper("exec", &["-a"], 0),
    wrapper("command", &[], 0),
    wrapper("bundle", &["--gemfile"], 1),
    wrapper("poetry", &["-C", "--directory", "-P"], 1),
    wrapper("pipenv", &[], 1),
    wrapper("uv", &["--directory", "--project", "--env-file", "--with", "-p", "--python"], 1),
    wrapper("pdm", &["-p"], 1),
    wrapper("hatch", &["-e"], 1),
    wrapper("rye", &[], 1),
    wrapper("builtin", &[], 0),
    wrapper("sudo", &["-u", "-g", "-h", "-p", "-C", "-r", "-t", "--user", "--group"], 0),
    wrapper("doas", &["-u", "-C"], 0),
    wrapper("time", &["-f", "-o", "--format", "--output"], 0),
    wrapper("nohup", &[], 0),
    wrapper("setsid", &[], 0),
    wrapper("nice", &["-n", "--adjustment"], 0),
    wrapper("ionice", &["-c", "-n"], 0),
    wrapper("stdbuf", &["-i", "-o", "-e"], 0),
    wrapper("timeout", &["-s", "-k", "--signal", "--kill-after"], 1),
    wrapper("gosu", &[], 1),
    wrapper("su-exec", &[], 1),
    wrapper("chroot", &[], 1),
    wrapper("flock", &["-w", "-E"], 1),
    wrapper("tini", &["-p", "-e"], 0),
    wrapper("dumb-init", &["-r", "--rewrite"], 0),
    wrapper("retry", &["-t", "--tries", "-d", "--delay", "-m", "--max"], 0),
    wrapper("cross-env", &[], 0),
    wrapper("env-cmd", &["-f", "--file", "-e", "--environments", "-r", "--rc-file"], 0),
    dashed("dotenv", &["-e", "-v", "-p", "-c"], 0),
    dashed("dotenvx", &["-f", "-e", "--env-file", "-fk"], 1),
    dashed("doppler", &["-p", "-c", "-t", "--project", "--config", "--token", "--scope"], 1),
    dashed("infisical", &["--env", "--path", "--token", "--projectId", "--tags"], 1),
    dashed("op", &["--env-file", "--account"], 1),
    dashed("railway", &["-s", "--service", "-e", "--environment"], 1),
    dashed("heroku", &["-a", "--app", "-r", "--remote"], 1),
    dashed("chamber", &[], 2),
    dashed("aws-vault", &[], 2),
];

fn plain(wrapper: &Wrapper, arguments: &[Word]) -> Vec<Inner> {
    let dashes = arguments.iter().position(|it| it.is("--"));
    if let Some(at) = dashes.filter(|_| wrapper.dashes) {
        return vec![Inner::Words(arguments[at + 1..].to_vec())];
    }
    let mut at = 0;
    let mut skip = wrapper.skip;
    while let Some(word) = arguments.get(at) {
        if word.is_flag() {
            at += 1 + usize::from(wrapper.valued.contains(&word.text.as_str()));
        } else if word.is("--") || assignment(&word.text).is_some() {
            at += 1;
        } else if skip > 0 {
            skip -= 1;
            at += 1;
        } else {
            break;
        }
    }
    vec![Inner::Words(arguments.get(at..).unwrap_or_default().to_vec())]
}

fn split_string(arguments: &[Word]) -> Option<Vec<Inner>> {
    let at =
        arguments.iter().take_while(|it| it.is_flag()).position(|it| it.text.starts_with("-S"))?;
    let attached = arguments[at].after(2);
    let first = if attached.text.is_empty() { None } else { Some(attached) };
    Some(vec![Inner::Shell(first.into_iter().chain(arguments[at + 1..].iter().cloned()).collect())])
}

fn alias(word: &Word) -> Option<Inner> {
    let (name, _) = word.text.split_once('=')?;
    Some(Inner::Perhaps(word.after(name.chars().count() + 1)))
}

/// The words that stand after one of these options.
fn valued(arguments: &[Word], options: &[&str]) -> Vec<Inner> {
    let separate = arguments
        .windows(2)
        .filter(|it| options.contains(&it[0].text.as_str()))
        .map(|it| Inner::Perhaps(it[1].clone()));
    let attached = arguments.iter().filter_map(|it| {
        let (option, _) = it.text.split_once('=')?;
        options.contains(&option).then(|| Inner::Perhaps(it.after(option.chars().count() + 1)))
    });
    separate.chain(attached).collect()
}

fn fly(arguments: &[Word]) -> Vec<Inner> {
    let mut inner = valued(arguments, &["-C", "--command"]);
    let after = arguments
        .windows(2)
        .position(|it| it[0].is("machine") && (it[1].is("exec") || it[1].is("run")));
    if let Some(at) = after {
        inner.extend(strings(&arguments[at + 2..]));
        inner.extend(tail(&arguments[at + 2..]));
    }
    inner
}

/// Arguments of several words.
fn strings(arguments: &[Word]) -> Vec<Inner> {
    let several = arguments.iter().filter(|it| it.text.contains(char::is_whitespace));
    several.cloned().map(Inner::Perhaps).collect()
}

/// None where there is nothing, so that the words themselves are looked at.
fn with_tail(mut inner: Vec<Inner>, arguments: &[Word]) -> Option<Vec<Inner>> {
    inner.extend(tail(arguments));
    (!inner.is_empty()).then_some(inner)
}
