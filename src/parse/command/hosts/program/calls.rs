//! Calls that start processes.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::Program;
use super::imports::Imports;
use super::lexer::What;
use super::values::{Value, skip};
use crate::parse::command::text::Text;
use crate::parse::command::{Call, Kind, Reading, Word};

/// How many arguments of a call are looked at.
const ARGUMENTS: usize = 32;

/// What a function does with its arguments.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Does {
    /// A text for a shell, a list of words, or a program and a list of its arguments.
    Runs,
    /// A program and each of its arguments.
    RunsWords,
    /// A program, and all its words from its own name on.
    Becomes,
    /// Runs a file of the same language.
    Forks,
}

pub(super) fn read(reading: &mut Reading, program: &Program<'_>, imports: &Imports) {
    let own = own_functions(program);
    for at in 0..program.tokens.len() {
        match &program.tokens[at].what {
            What::Name(name) => {
                if let Some(call) = Start::of(program, imports, &own, at, name) {
                    call.read(reading);
                }
                keyed(reading, program, at, name);
            }
            What::Literal(literal) => {
                let tagged = literal.quote == '`' && is_tagged(program, at);
                let runs = program.kind == Kind::Ruby && matches!(literal.quote, '`' | '%');
                // Groovy: `'npx …'.execute()`.
                let executes =
                    program.kind == Kind::Jenkins && program.name(at + 2) == Some("execute");
                if tagged || runs || executes {
                    shell(reading, program, &program.values.word(literal), at..at, true);
                }
                if let Some(key) = literal.plain() {
                    keyed(reading, program, at, &key);
                }
            }
            What::Sign(_) => {}
        }
    }
}

/// Adds what a shell runs of a text. `sure`: the text surely is for a shell.
fn shell(
    reading: &mut Reading,
    program: &Program<'_>,
    word: &Word,
    tokens: Range<usize>,
    sure: bool,
) {
    let first = reading.commands.len();
    let range = program.range(tokens.start, tokens.end);
    let mut text = word.spots.clone();
    if text.range().is_none_or(|it| it.end == 0) {
        text = Text::within(&word.text, &range);
    }
    reading.add_shell(program.host, &range, &text);
    finish(reading, first, sure);
}

fn words(
    reading: &mut Reading,
    program: &Program<'_>,
    words: Vec<Word>,
    tokens: Range<usize>,
    sure: bool,
) {
    let first = reading.commands.len();
    let range = program.range(tokens.start, tokens.end);
    let mut words = words;
    for word in &mut words {
        if word.range().is_none_or(|it| it.end == 0) {
            word.place(&range);
        }
    }
    reading.add_words(program.host, &range, words);
    finish(reading, first, sure);
}

/// Most programs run what they are told at that moment: what nobody can tell is no command.
fn finish(reading: &mut Reading, first: usize, sure: bool) {
    let added = reading.commands.split_off(first);
    let known = added.into_iter().filter(|it| it.program().is_some());
    reading.commands.extend(known.map(|mut it| {
        it.guessed |= !sure;
        it
    }));
}

/// `` $`npx …` ``, `` execa`…` ``, `` $({ … })`…` ``.
fn is_tagged(program: &Program<'_>, at: usize) -> bool {
    const TAGS: &[&str] =
        &["$", "$$", "execa", "execaSync", "shell", "sh", "zx", "exec", "sync", "quiet"];
    let Some(before) = at.checked_sub(1) else { return false };
    if program.is_sign(before, ')') {
        let mut back = (0..before).rev().take(40);
        return back.any(|it| program.name(it) == Some("$") && program.is_sign(it + 1, '('));
    }
    program.name(before).is_some_and(|it| TAGS.contains(&it))
}

/// Values of keys that are commands by their name: those of `pm2`.
fn keyed(reading: &mut Reading, program: &Program<'_>, at: usize, key: &str) {
    const HOOKS: &[&str] = &["post-deploy", "pre-deploy", "post-setup", "pre-setup"];
    let path = program.host.path.to_str_lossy();
    let of_pm2 = path.contains("ecosystem") || path.contains("pm2");
    if program.kind != Kind::JavaScript || !of_pm2 || !program.is_sign(at + 1, ':') {
        return;
    }
    let value = || program.values.expression(program.tokens, at + 2, 0);
    if HOOKS.contains(&key) {
        if let Some((Value::Text(word), end)) = value() {
            shell(reading, program, &word, at + 2..end.saturating_sub(1), true);
        }
    } else if key == "script" {
        let Some((Value::Text(script), end)) = value() else { return };
        let rest = (end..end + 24).take_while(|it| !program.is_sign(*it, '}'));
        let arguments = rest.into_iter().find(|it| program.name(*it) == Some("args"));
        let arguments =
            arguments.and_then(|it| program.values.expression(program.tokens, it + 2, 0));
        let file = script.text.ends_with("js") || script.text.ends_with("ts");
        let range = program.range(at + 2, end.saturating_sub(1));
        if file {
            reading.link(program.host, range, Call::file_as(script, Kind::JavaScript));
            return;
        }
        let line = match arguments.map(|it| it.0) {
            Some(Value::Text(more)) => super::values::joined([&script, &more], " "),
            Some(Value::List(more)) => {
                super::values::joined(std::iter::once(&script).chain(&more), " ")
            }
            None => script,
        };
        shell(reading, program, &line, at + 2..end.saturating_sub(1), true);
    }
}

/// Functions of the program that run what they are given, and other names of those that do.
fn own_functions(program: &Program<'_>) -> BTreeMap<String, Does> {
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
            if let Some((name, parameters)) = &function {
                if given.is_some_and(|it| parameters.contains(it)) {
                    own.insert(name.clone(), Does::Runs);
                }
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
fn known(program: &Program<'_>, at: usize, name: &str) -> Option<(Does, bool)> {
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
        "sync" if matches!(owner, Some("spawn" | "crossSpawn")) => Some((Does::Runs, true)),
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
        | (_, "check_call" | "check_output" | "Popen" | "getoutput" | "getstatusoutput")
        | (Some("os"), "system" | "popen")
        | (_, "create_subprocess_shell") => Some((Does::Runs, true)),
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

/// A call that starts something.
struct Start<'a> {
    program: &'a Program<'a>,
    does: Does,
    sure: bool,
    /// The token of the function's name.
    at: usize,
    /// The first token of its arguments.
    first: usize,
    /// Whether they stand in brackets.
    closed: bool,
}

impl<'a> Start<'a> {
    fn of(
        program: &'a Program<'a>,
        imports: &Imports,
        own: &BTreeMap<String, Does>,
        at: usize,
        name: &str,
    ) -> Option<Start<'a>> {
        let declared = at.checked_sub(1).and_then(|it| program.name(it));
        if matches!(declared, Some("function" | "def")) {
            return None;
        }
        let given = own.get(name).map(|it| (*it, true));
        let (does, sure) = given.or_else(|| known(program, at, name))?;
        // `from subprocess import run`
        let sure = sure || imports.is(name, "subprocess", &["run", "call"]);
        // `exec?.(…)`
        let optional =
            2 * usize::from(program.is_sign(at + 1, '?') && program.is_sign(at + 2, '.'));
        let bang = usize::from(program.is_sign(at + 1, '!'));
        let next = at + 1 + optional + bang;
        let closed = program.is_sign(next, '(');
        let bare = matches!(program.kind, Kind::Ruby | Kind::Jenkins);
        let first = if closed { next + 1 } else { next };
        (closed || bare).then_some(Start { program, does, sure, at, first, closed })
    }

    fn read(&self, reading: &mut Reading) {
        let program = self.program;
        let first = self.first;
        if program.is_sign(first, '{') || self.named(first).is_some() {
            return self.read_named(reading);
        }
        let (arguments, end) = self.arguments();
        let place = self.at..end;
        match (self.does, arguments.first().cloned().flatten()) {
            (Does::Forks, Some(Value::Text(path))) => {
                let range = program.range(first, first);
                reading.link(program.host, range, Call::file_as(path, program.kind));
            }
            (Does::Forks, _) => {}
            (Does::Becomes, Some(Value::Text(name))) => {
                let rest = arguments.get(1..).unwrap_or_default().iter().flatten().cloned();
                let all: Vec<Word> = rest.flat_map(flat).collect();
                let all = if all.is_empty() { vec![name] } else { all };
                words(reading, program, all, place, self.sure);
            }
            (Does::RunsWords, Some(_)) if arguments.iter().flatten().count() > 1 => {
                let all = arguments.into_iter().flatten().flat_map(flat).collect();
                words(reading, program, all, place, self.sure);
            }
            (_, Some(Value::List(list))) => words(reading, program, list, place, self.sure),
            (_, Some(Value::Text(text))) => match arguments.into_iter().nth(1) {
                Some(Some(Value::List(list))) => {
                    let all = std::iter::once(text).chain(list).collect();
                    words(reading, program, all, place, self.sure);
                }
                None | Some(_) => self.text(reading, text, place),
            },
            (_, None) => self.unclear(reading),
        }
    }

    /// A text that is alone; behind it may stand words that are not to be told, or an object that says them.
    fn text(&self, reading: &mut Reading, text: Word, place: Range<usize>) {
        let program = self.program;
        let list = (place.start..place.start + 24)
            .find(|it| program.name(*it) == Some("args") && program.is_sign(*it + 1, ':'));
        let list = list.filter(|_| program.name(self.at) == Some("Command"));
        let list = list.and_then(|it| program.values.expression(program.tokens, it + 2, 0));
        if let Some((Value::List(list), _)) = list {
            let all = std::iter::once(text).chain(list).collect();
            return words(reading, program, all, place, self.sure);
        }
        let lists = matches!(
            program.name(self.at),
            Some("spawn" | "spawnSync" | "execFile" | "execFileSync")
        );
        let comma = skip(program.tokens, self.first);
        let hidden = program.name(comma + 1).filter(|it| it.to_ascii_lowercase().contains("arg"));
        match hidden.filter(|_| lists && program.is_sign(comma, ',')) {
            Some(hidden) => {
                let range = program.range(comma + 1, comma + 1);
                let all = vec![text, Word::unknown(hidden, &range)];
                words(reading, program, all, place, self.sure);
            }
            None => shell(reading, program, &text, place, self.sure),
        }
    }

    /// A first argument that is not to be told as a whole: the strings in it, or what its name may stand for.
    fn unclear(&self, reading: &mut Reading) {
        let program = self.program;
        let mut texts = program.values.literals(program.tokens, self.first);
        if let Some(name) = program.name(self.first) {
            texts.extend(program.values.choices(name));
        }
        for text in texts {
            shell(reading, program, &text, self.first..self.first, false);
        }
    }

    /// The name of an argument that is given by name: `script: '…'`, `args=[…]`.
    fn named(&self, at: usize) -> Option<&str> {
        let name = self.program.name(at)?;
        let marked = self.program.is_sign(at + 1, ':') || self.program.is_sign(at + 1, '=');
        marked.then_some(name)
    }

    fn read_named(&self, reading: &mut Reading) {
        const NAMES: &[&str] = &["script", "cmd", "command", "args"];
        let program = self.program;
        for at in self.first..self.first + 2 * ARGUMENTS {
            if program.is_sign(at, ')') {
                break;
            }
            let Some(name) = self.named(at) else { continue };
            if !NAMES.contains(&name) {
                continue;
            }
            match program.values.expression(program.tokens, at + 2, 0) {
                Some((Value::Text(text), end)) => {
                    shell(reading, program, &text, at + 2..end.saturating_sub(1), self.sure);
                }
                Some((Value::List(list), end)) => {
                    words(reading, program, list, at + 2..end.saturating_sub(1), self.sure);
                }
                None => {}
            }
        }
    }

    /// Each argument that can be told, and the last token of what was read.
    fn arguments(&self) -> (Vec<Option<Value>>, usize) {
        let tokens = self.program.tokens;
        let mut found = Vec::new();
        let mut at = self.first;
        while found.len() < ARGUMENTS {
            let value = self.program.values.expression(tokens, at, 0);
            let ends = |end: usize| {
                self.program.is_sign(end, ',') || !self.closed || self.program.is_sign(end, ')')
            };
            let value = value.filter(|(_, end)| ends(*end));
            at = match value {
                Some((value, end)) => {
                    found.push(Some(value));
                    end
                }
                None if self.closed && found.is_empty() => {
                    found.push(None);
                    break;
                }
                None => break,
            };
            if !self.program.is_sign(at, ',') {
                break;
            }
            at += 1;
        }
        (found, at.saturating_sub(1).max(self.at))
    }
}

fn flat(value: Value) -> Vec<Word> {
    match value {
        Value::Text(word) => vec![word],
        Value::List(words) => words,
    }
}
