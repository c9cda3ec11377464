//! Commands inside commands: what is left when `sudo`, `npx`, `sh -c` and their like are taken away.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use super::literals;
use super::packages::{self, Run};
use super::program;
use super::scope::{self, Scope};
use super::shell;
use super::text::{Spot, Text};
use super::word::Word;
use super::wrappers::{self, Inner};
use super::{Command, Host, Input, Variables};
use crate::source::Span;

/// What is said of a text of which not all is followed.
pub(super) const TOO_MUCH: &str = "more commands inside commands than are followed";
/// How many wrappers may lie inside each other.
const DEPTH: usize = 32;
/// How many commands one text may come to, and how many for each of its characters: a file holds many short texts.
const COMMANDS: (usize, usize) = (10_000, 2);
/// How many characters are read of one text, those inside others counted again, and how many for each of its own.
const CHARACTERS: (usize, usize) = (1 << 22, 128);
/// What any text may come to counts as one of so many characters.
const SHORTEST: usize = 256;

/// A command with nothing round it.
pub(super) struct Found {
    words: Vec<Word>,
    input: Input,
    guessed: bool,
}

impl Found {
    pub(super) fn command(self, host: &Host, whole: &Range<usize>, text: &Arc<str>) -> Command {
        let ranges = || self.words.iter().filter_map(Word::range);
        let start = ranges().map(|it| it.start).min().unwrap_or(whole.start);
        let end = ranges().map(|it| it.end).max().unwrap_or(whole.end);
        Command {
            span: Span::new(host.path.clone(), start..end),
            words: self.words,
            input: self.input,
            host: host.clone(),
            text: Arc::clone(text),
            guessed: self.guessed,
        }
    }
}

/// What a shell runs of a text.
pub(super) fn of_shell(text: &Text, variables: &Variables) -> Vec<Found> {
    let scope = Arc::new(scope::of(variables));
    run(Job { work: Work::Shell(text.clone()), depth: 0, guessed: false, scope })
}

/// What one command comes to.
pub(super) fn unwrapped(words: Vec<Word>, input: Input) -> Vec<Found> {
    of_words(words, input, &Variables::new())
}

/// What one command comes to where these variables are set, which matter to the shells in it.
pub(super) fn of_words(words: Vec<Word>, input: Input, variables: &Variables) -> Vec<Found> {
    let scope = Arc::new(scope::of(variables));
    run(Job { work: Work::Words(words, input), depth: 0, guessed: false, scope })
}

struct Job {
    work: Work,
    depth: usize,
    guessed: bool,
    /// The variables that are set round it.
    scope: Arc<Scope>,
}

impl Job {
    /// How much is written here, with the values of the variables that are set round it.
    fn length(&self) -> usize {
        let values = self.scope.values().flat_map(|it| &it.readings).flat_map(|it| it.iter());
        self.work.length() + values.map(|it| it.text.len()).sum::<usize>()
    }
}

enum Work {
    Shell(Text),
    Words(Vec<Word>, Input),
}

fn run(first: Job) -> Vec<Found> {
    let mut found = Vec::new();
    let mut read = 0;
    let length = first.length().max(SHORTEST);
    let most = |(most, each): (usize, usize)| most.min(length.saturating_mul(each));
    let (commands, characters) = (most(COMMANDS), most(CHARACTERS));
    let mut jobs = VecDeque::from([first]);
    while let Some(job) = jobs.pop_front() {
        read += job.work.length();
        if let Work::Shell(_) = job.work {
            read += job.scope.len();
        }
        if job.depth > DEPTH && job.guessed {
            // What only might be a command stays what it was, however often it is looked into.
            continue;
        }
        if job.depth > DEPTH || found.len() > commands || read > characters {
            found.push(Found {
                words: vec![job.work.too_much()],
                input: Input::Inherited,
                guessed: false,
            });
            break;
        }
        let Job { work, depth, guessed, mut scope } = job;
        let mut inner = |work, sure: bool, scope: &Arc<Scope>| {
            let scope = Arc::clone(scope);
            jobs.push_back(Job { work, depth: depth + 1, guessed: guessed || !sure, scope });
        };
        match work {
            Work::Shell(text) => {
                let script = shell::read(&text, &scope);
                scope = Arc::new(script.scope);
                for (words, input) in script.commands {
                    inner(Work::Words(words, input), true, &scope);
                }
                for nested in script.nested {
                    let scope = match nested.arguments {
                        None => Arc::clone(&scope),
                        Some(arguments) => {
                            Arc::new(scope::with_arguments(scope.as_ref().clone(), &arguments))
                        }
                    };
                    inner(Work::Shell(nested.text), nested.sure, &scope);
                }
            }
            Work::Words(words, input) => {
                if words.is_empty() {
                    continue;
                }
                let insides = insides(&words, &input);
                let replaced = insides.iter().any(|it| it.replaces);
                for inside in insides {
                    inner(inside.work, inside.sure, &scope);
                }
                if !replaced {
                    found.push(Found { words, input, guessed });
                }
            }
        }
    }
    found
}

impl Work {
    fn length(&self) -> usize {
        match self {
            Work::Shell(text) => text.spots().len(),
            Work::Words(words, _) => words.iter().map(|it| it.text.len() + 1).sum(),
        }
    }

    /// A word that stands for everything that was not followed.
    fn too_much(&self) -> Word {
        let range = match self {
            Work::Shell(text) => text.range(),
            Work::Words(words, _) => words.first().and_then(Word::range),
        };
        Word::unknown(TOO_MUCH, &range.unwrap_or_default())
    }
}

/// What a command makes run.
struct Inside {
    work: Work,
    /// Whether the command surely runs it.
    sure: bool,
    /// Whether the command itself says nothing more.
    replaces: bool,
}

impl Inside {
    fn words(words: Vec<Word>, input: &Input) -> Inside {
        Inside { work: Work::Words(words, input.clone()), sure: true, replaces: true }
    }

    fn shell(text: Text) -> Inside {
        Inside { work: Work::Shell(text), sure: true, replaces: true }
    }

    fn guess(work: Work) -> Inside {
        Inside { work, sure: false, replaces: false }
    }
}

fn insides(words: &[Word], input: &Input) -> Vec<Inside> {
    let arguments = &words[1..];
    if has_blanks(&words[0]) {
        // `heroku run "npx prisma …"`: a whole line in the place of a program.
        return vec![Inside::guess(Work::Shell(words[0].spots.clone()))];
    }
    let Some(program) = program::name(&words[0]) else {
        // `$RUN npx prisma …`
        let tail = wrappers::tail(arguments).into_iter();
        return tail.flat_map(|it| inside_wrapper(it, input)).collect();
    };
    if let Some(inner) = wrappers::inner(&program, arguments, input) {
        return inner.into_iter().flat_map(|it| inside_wrapper(it, input)).collect();
    }
    if let Some(runs) = packages::runs(&program, arguments) {
        return runs.into_iter().filter_map(|it| inside_package(it, input)).collect();
    }
    if wrappers::only_talks(&program) {
        return Vec::new();
    }
    wrappers::tail(arguments).into_iter().flat_map(|it| inside_wrapper(it, input)).collect()
}

/// Whether a word has blanks besides those of what is unknown in it, which a shell would not split either.
fn has_blanks(word: &Word) -> bool {
    let known = word.text.replacen(word.unknown.as_deref().unwrap_or_default(), "", 1);
    let outside = |(at, part): (usize, &str)| {
        let part = if at == 0 { part } else { part.split_once("}}").map_or("", |it| it.1) };
        part.contains(char::is_whitespace)
    };
    known.split("${{").enumerate().any(outside)
}

fn inside_wrapper(inner: Inner, input: &Input) -> Vec<Inside> {
    match inner {
        Inner::Words(words) if words.is_empty() => Vec::new(),
        Inner::Words(words) => vec![Inside::words(words, input)],
        Inner::Guess(words) => vec![Inside::guess(Work::Words(words, input.clone()))],
        Inner::Shell(words) => vec![Inside::shell(joined(&words))],
        Inner::Text(text) => vec![Inside::shell(text)],
        Inner::Perhaps(word) => vec![Inside::guess(Work::Shell(word.spots))],
        Inner::Program(word) => {
            let literals = literals::read(&word.spots);
            let lists = literals.lists.into_iter().map(|list| {
                let words = list.into_iter().map(Word::new).collect();
                Inside::guess(Work::Words(words, Input::Inherited))
            });
            let texts = literals.texts.into_iter().map(|it| Inside::guess(Work::Shell(it)));
            lists.chain(texts).collect()
        }
    }
}

fn inside_package(run: Run, input: &Input) -> Option<Inside> {
    match run {
        Run::Words(words) if words.is_empty() => None,
        Run::Words(words) => Some(Inside { replaces: false, ..Inside::words(words, input) }),
        Run::Shell(word) => Some(Inside::shell(joined(&[word]))),
        Run::Script(_) => None,
    }
}

/// Words as one text, as `eval` sees them. What is unknown in them stays as it is written, and is found again.
fn joined(words: &[Word]) -> Text {
    let mut text = Text::default();
    for word in words {
        if let Some(last) = text.spots().last() {
            text.push(Spot { c: ' ', ..*last });
        }
        text.extend(word.spots.spots());
    }
    text
}
