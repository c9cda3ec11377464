//! Functions that start processes: those of the languages, and those of the program that call them.

use std::collections::{BTreeMap, BTreeSet};

use super::Program;
use crate::parse::command::Kind;

/// What a function does with its arguments.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Does {
    /// A text for a shell, a list of words, or a program and a list of its arguments.
    Runs,
    /// A program and each of its arguments.
    RunsWords,
    /// A program, and all its words from its own name on.
    Becomes,
    /// Runs a file of the same language.
    Forks,
}

/// Functions of the program that run what they are given, and other names of those that do.
pub(super) fn own_functions(program: &Program<'_>) -> BTreeMap<String, Does> {
    let mut own = BTreeMap::new();
    let mut function: Option<(String, BTreeSet<String>)> = None;
    for at in 0..program.tokens.len() {
        if let Some(header) = header(program, at) {
            function = Some(header);
        }
        let Some(name) = program.name(at) else { continue };
        let Some((does, sure)) = known(program, at, name) else { continue };
        // `import { execSync as sh }`, `const { execSync: sh } = …`
        if sure && (program.is_sign(at + 1, ':') || program.name(at + 1) == Some("as")) {
            own.extend(program.name(at + 2).map(|it| (it.to_owned(), does)));
        }
        if program.is_sign(at + 1, '(') {
            let given = (at + 2..at + 5).find_map(|it| program.name(it));
            if let Some((name, parameters)) = &function
                && given.is_some_and(|it| parameters.contains(it))
            {
                own.insert(name.clone(), Does::Runs);
            }
        } else if let Some(alias) = alias(program, at).filter(|_| sure) {
            // `const run = promisify(exec)`
            own.insert(alias, does);
        }
    }
    own
}

/// The name that a declaration around a token gives to it.
fn alias(program: &Program<'_>, at: usize) -> Option<String> {
    let from = at.checked_sub(1)?;
    let mut back = (from.saturating_sub(10)..=from).rev();
    let equals = back.find(|it| {
        program.is_sign(*it, '=')
            || program.is_sign(*it, ';')
            || program.is_sign(*it, '}')
            || program.is_sign(*it, '{')
    })?;
    let equals = program.is_sign(equals, '=').then_some(equals)?;
    program.name(equals.checked_sub(1)?).map(str::to_owned)
}

/// A function that begins at a token: its name and its parameters.
fn header(program: &Program<'_>, at: usize) -> Option<(String, BTreeSet<String>)> {
    let name = program.name(at)?;
    let (name, from) = match name {
        "function" | "def" => (program.name(at + 1)?, at + 2),
        // `const run = async (command) =>`, `const run = command =>`
        "const" | "let" | "var" if program.is_sign(at + 2, '=') => {
            let skipped = usize::from(program.name(at + 3) == Some("async"));
            let from = at + 3 + skipped;
            let from = from + usize::from(program.name(from) == Some("function"));
            (program.name(at + 1)?, from)
        }
        _ => return None,
    };
    let parameters = if program.is_sign(from, '(') {
        let end = (from..from + 40).find(|it| program.is_sign(*it, ')')).unwrap_or(from + 40);
        (from + 1..end).filter_map(|it| program.name(it)).map(str::to_owned).collect()
    } else {
        program.name(from).map(str::to_owned).into_iter().collect()
    };
    Some((name.to_owned(), parameters))
}

/// What a function of that name does, and whether it is surely the one that does.
pub(super) fn known(program: &Program<'_>, at: usize, name: &str) -> Option<(Does, bool)> {
    let owner = program.owner(at);
    match program.kind {
        Kind::JavaScript => javascript(name, owner),
        Kind::Python => python(name, owner),
        Kind::Ruby => ruby(name, owner),
        Kind::Jenkins => {
            let steps = ["sh", "bat", "powershell", "pwsh"];
            steps.contains(&name).then_some((Does::Runs, true))
        }
        _ => None,
    }
}

fn javascript(name: &str, owner: Option<&str>) -> Option<(Does, bool)> {
    const OWNERS: &[&str] = &[
        "child_process",
        "childProcess",
        "cp",
        "exec",
        "shell",
        "shelljs",
        "Bun",
        "execa",
        "proc",
        "Deno",
        "spawn",
        "crossSpawn",
        "child",
        "process",
        "util",
        "require",
        "promises",
    ];
    let sure = owner.is_none_or(|it| OWNERS.contains(&it));
    match name {
        "exec" | "execSync" | "execFile" | "execFileSync" | "spawn" | "spawnSync" | "execa"
        | "execaSync" | "execaCommand" | "execaCommandSync" | "execAsync" | "execFileAsync"
        | "spawnAsync" | "execPromise" | "execP" | "crossSpawn" | "getExecOutput" => {
            Some((Does::Runs, sure))
        }
        "sync" if matches!(owner, Some("spawn" | "crossSpawn" | "execa")) => {
            Some((Does::Runs, true))
        }
        "command" | "commandSync" if owner == Some("execa") => Some((Does::Runs, true)),
        "Command" if owner == Some("Deno") => Some((Does::Runs, true)),
        "fork" | "execaNode" => Some((Does::Forks, true)),
        "run" | "runCommand" | "runCmd" | "runSync" | "runScript" | "executeCommand"
        | "execCommand" | "sh" | "$" | "system" => Some((Does::Runs, false)),
        _ => None,
    }
}

fn python(name: &str, owner: Option<&str>) -> Option<(Does, bool)> {
    match (owner, name) {
        (Some("subprocess" | "sp"), "run" | "call" | "check_call" | "check_output" | "Popen")
        | (
            _,
            "check_call"
            | "check_output"
            | "Popen"
            | "getoutput"
            | "getstatusoutput"
            | "create_subprocess_shell",
        )
        | (Some("os"), "system" | "popen") => Some((Does::Runs, true)),
        (_, "create_subprocess_exec") => Some((Does::RunsWords, true)),
        (
            Some("os") | None,
            "execv" | "execve" | "execvp" | "execvpe" | "execl" | "execle" | "execlp" | "execlpe",
        ) => Some((Does::Becomes, true)),
        (Some("sh"), "npx" | "npm" | "pnpm" | "yarn" | "prisma" | "bunx" | "alembic" | "psql") => {
            Some((Does::RunsWords, true))
        }
        (
            _,
            "run" | "call" | "system" | "sudo" | "local" | "run_command" | "execute_command" | "sh",
        ) => Some((Does::Runs, false)),
        _ => None,
    }
}

fn ruby(name: &str, owner: Option<&str>) -> Option<(Does, bool)> {
    match (owner, name) {
        (None | Some("Kernel" | "Process"), "system" | "exec" | "spawn")
        | (
            Some("Open3"),
            "capture2" | "capture2e" | "capture3" | "popen2" | "popen2e" | "popen3",
        )
        | (Some("IO"), "popen") => Some((Does::RunsWords, true)),
        (None, "sh" | "run" | "execute" | "system!" | "run_command") => {
            Some((Does::RunsWords, false))
        }
        _ => None,
    }
}
