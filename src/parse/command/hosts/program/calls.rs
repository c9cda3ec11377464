//! Calls that start processes.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Program;
use super::functions::{Does, known, own_functions};
use super::imports::Imports;
use super::token::What;
use super::values::{Value, skip};
use crate::parse::command::text::Text;
use crate::parse::command::{Call, Kind, Reading, Word};

/// How many arguments of a call are looked at.
const ARGUMENTS: usize = 32;

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
                    // `child['exec']('…')`
                    let member = program.is_sign(at + 1, ']') && program.is_sign(at + 2, '(');
                    if let Some(call) =
                        member.then(|| Start::of(program, imports, &own, at, &key)).flatten()
                    {
                        call.read(reading);
                    }
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
        let bracket = usize::from(program.literal(at).is_some());
        let next = at + 1 + optional + bang + bracket;
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
