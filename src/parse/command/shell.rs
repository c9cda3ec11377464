//! A shell text as the simple commands in it, in order. Every branch counts as taken.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::Input;
use super::assign::{SETS, assignment};
use super::functions::{self, Group};
use super::lexer::closing;
use super::redirect::Here;
use super::scope::{MOST, Scope, Value};
use super::text::{Spot, Text, span};
use super::word::Word;
use super::written::{self, Flows};

/// What a shell text says.
#[derive(Default)]
pub(super) struct Script {
    pub(super) commands: Vec<(Vec<Word>, Input)>,
    /// The insides of `$(…)`, `` `…` `` and `<(…)`, which are run too.
    pub(super) nested: Vec<Nested>,
    /// The variables that are set at its end.
    pub(super) scope: Scope,
}

pub(super) struct Nested {
    pub(super) text: Text,
    /// Whether a shell surely runs it: `$((…))` is arithmetic to most.
    pub(super) sure: bool,
    /// What `$1` and `$@` are in it, where it is the body of a function.
    pub(super) arguments: Option<Vec<Word>>,
}

impl Nested {
    pub(super) fn sure(text: Text) -> Nested {
        Nested { text, sure: true, arguments: None }
    }

    pub(super) fn perhaps(text: Text) -> Nested {
        Nested { text, sure: false, arguments: None }
    }
}

pub(super) fn read(text: &Text, scope: &Scope) -> Script {
    let mut reader = Reader { spots: text.spots(), scope: scope.clone(), ..Reader::default() };
    reader.run();
    let Reader { mut script, flows, scope, most, functions, .. } = reader;
    written::follow_pipes(&mut script.commands, &flows);
    let most = scope.values().map(Value::count).max().unwrap_or(0).max(most);
    let written = written::scripts(&script.commands, &flows);
    script.nested.extend(written);
    script.nested.extend(functions::called(&script.commands, &functions));
    // Where a variable may be one of several, the whole is read again with each.
    let mut known: BTreeSet<String> = script.commands.iter().map(|it| written_out(&it.0)).collect();
    for choice in 0..most.min(MOST + 1) {
        if most < 2 {
            break;
        }
        let spots = text.spots();
        let again =
            Reader { spots, scope: scope.clone(), choice, again: true, ..Reader::default() };
        let again = again.read_again();
        for (command, varied) in again.script.commands.into_iter().zip(again.varied) {
            if varied && known.insert(written_out(&command.0)) {
                script.commands.push(command);
            }
        }
    }
    script.scope = scope;
    script
}

/// A command as it would be typed, to tell whether it is another one.
fn written_out(words: &[Word]) -> String {
    words.iter().map(|it| it.text.as_str()).collect::<Vec<_>>().join("\u{0}")
}

#[derive(Default)]
pub(super) struct Reader<'a> {
    pub(super) spots: &'a [Spot],
    pub(super) at: usize,
    pub(super) script: Script,
    pub(super) words: Vec<Word>,
    /// `NAME=value` before any word: set for good only if no word follows.
    assignments: Vec<Vec<Word>>,
    pub(super) input: Input,
    /// The next command reads what the last one writes.
    piped: bool,
    pub(super) scope: Scope,
    /// Which of the values is taken of variables that may have one of several.
    pub(super) choice: usize,
    /// Whether the whole was read before, so that its variables are known.
    pub(super) again: bool,
    /// How many values a variable has that has most.
    pub(super) most: usize,
    /// Whether the command that is read depends on the choice.
    pub(super) varies: bool,
    /// Which of the commands did.
    varied: Vec<bool>,
    /// How many characters variables have come to.
    pub(super) expanded: usize,
    flows: Flows,
    /// The file that the command writes.
    pub(super) output: Option<Word>,
    /// The words that a loop goes over; none where they are not to be seen.
    pub(super) items: Option<Vec<Word>>,
    /// Here-documents whose bodies begin on the next line.
    pub(super) here: Vec<Here>,
    /// The function whose body comes next.
    pub(super) defines: Option<Word>,
    /// Groups in braces and brackets that are open: where the inside begins, before which command, of which function.
    pub(super) open: Vec<Group>,
    /// The commands of the group that has just ended.
    pub(super) group: Option<Range<usize>>,
    /// Bodies of functions, and what aliases stand for.
    pub(super) functions: BTreeMap<String, Text>,
    pub(super) state: State,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum State {
    #[default]
    Commands,
    /// Between `for` and `do`, or `case` and `in`: words that are no command.
    Head,
    /// The patterns before the `)` of a `case`.
    Pattern,
    /// Before the name of a function that is defined.
    Name,
    /// Between `[[` and `]]`, where `&&` and `<` are other things.
    Test,
}

impl Reader<'_> {
    fn read_again(mut self) -> Self {
        self.run();
        written::follow_pipes(&mut self.script.commands, &self.flows);
        self
    }

    fn run(&mut self) {
        while let Some(c) = self.peek(0) {
            match (c, self.peek(1)) {
                (' ' | '\t' | '\r', _) => self.at += 1,
                ('\\', Some('\n')) => self.at += 2,
                ('#', _) => self.skip_line(),
                ('\n', _) => self.line_end(),
                (';' | '&' | '|' | '(' | ')' | '<' | '>', next) => self.operator(c, next),
                _ => self.word(),
            }
        }
        self.end(false);
    }

    pub(super) fn peek(&self, ahead: usize) -> Option<char> {
        self.spots.get(self.at + ahead).map(|it| it.c)
    }

    pub(super) fn skip_line(&mut self) {
        while self.peek(0).is_some_and(|it| it != '\n') {
            self.at += 1;
        }
    }

    fn operator(&mut self, c: char, next: Option<char>) {
        if self.state == State::Test && c != ';' {
            self.at += 1;
            return;
        }
        match (c, next) {
            ('<' | '>', Some('(')) => {
                let start = self.at;
                let inner = self.substitution(self.at + 2, ')');
                self.push_unknown(start, inner);
            }
            ('<' | '>', _) => self.redirection(),
            ('&', Some('>')) => {
                self.at += 1;
                // `&>` is `&` and then `>` to a shell that does not know it.
                self.perhaps(self.at);
                self.redirection();
            }
            (';', Some(';' | '&')) => {
                self.at += 2;
                self.end(false);
                self.state = State::Pattern;
            }
            (')', _) if self.state == State::Pattern => {
                self.at += 1;
                self.state = State::Commands;
            }
            ('|', _) if self.state == State::Pattern => self.at += 1,
            ('|', Some('|')) | ('&', Some('&')) => {
                self.at += 2;
                self.end(false);
            }
            ('|', more) => {
                self.at += if more == Some('&') { 2 } else { 1 };
                self.end(true);
            }
            ('(', _) if self.is_definition() => {}
            _ => {
                self.at += 1;
                self.end(false);
                self.bracket(c);
            }
        }
    }

    /// Reads a word and finds out what it is where it stands.
    fn word(&mut self) {
        let start = self.at;
        let mut words = self.read_word();
        let plain: String = self.spots[start..self.at].iter().map(|it| it.c).collect();
        let digits = !plain.is_empty() && plain.chars().all(|it| it.is_ascii_digit());
        if digits && matches!(self.peek(0), Some('<' | '>')) {
            return;
        }
        match self.state {
            State::Head => {
                let loops = self.words.first().is_some_and(|it| it.text != "case");
                if plain == "in" && loops && self.words.len() == 2 && self.items.is_none() {
                    self.items = Some(Vec::new());
                } else if plain == "in" && self.words.first().is_some_and(|it| it.text == "case") {
                    self.words.clear();
                    self.state = State::Pattern;
                } else if plain == "do" {
                    self.end_head();
                } else if let Some(items) = &mut self.items {
                    items.append(&mut words);
                } else if self.words.len() == 1 {
                    self.words.append(&mut words);
                }
            }
            State::Pattern if plain == "esac" => self.state = State::Commands,
            State::Test if plain == "]]" => self.state = State::Commands,
            State::Pattern | State::Test => {}
            State::Name => {
                self.defines = words.into_iter().next();
                self.state = State::Commands;
            }
            State::Commands if self.peek(0) == Some('(') && self.begins_list(&plain) => {
                self.list(&plain);
            }
            State::Commands if self.words.is_empty() => self.first_word(&plain, words),
            State::Commands => self.words.append(&mut words),
        }
    }

    fn first_word(&mut self, plain: &str, mut words: Vec<Word>) {
        match plain {
            "!" | "{" | "}" | "if" | "then" | "elif" | "else" | "fi" | "while" | "until" | "do"
            | "done" | "esac" | "coproc" => self.brace(plain),
            "function" => self.state = State::Name,
            "for" | "select" | "case" => {
                self.words.append(&mut words);
                self.state = State::Head;
            }
            "[[" => {
                // A shell that does not know `[[` takes the `&&` in it for what it is elsewhere.
                self.perhaps(self.at);
                self.state = State::Test;
            }
            _ if assignment(plain).is_some() => self.assignments.push(words),
            _ => self.words.append(&mut words),
        }
    }

    pub(super) fn end(&mut self, pipes: bool) {
        let words = std::mem::take(&mut self.words);
        let mut input = std::mem::take(&mut self.input);
        let assignments = std::mem::take(&mut self.assignments);
        let output = self.output.take();
        let varies = std::mem::take(&mut self.varies);
        if words.is_empty() {
            for words in &assignments {
                self.assign(words);
            }
        }
        if self.state == State::Test {
            self.state = State::Commands;
        }
        if self.state == State::Head {
            // `for x in …` ends at its line; `do` follows as a word.
            self.words = words;
            self.end_head();
            return;
        }
        if words.is_empty() && input == Input::Inherited && self.here.is_empty() {
            if pipes && let Some(group) = self.group.take() {
                self.piped = true;
                self.flows.said = written::of_group(self.script.commands.get(group));
            } else {
                self.piped &= !pipes;
            }
            return;
        }
        self.group = None;
        self.alias(&words);
        self.shift(&words);
        if words.first().is_some_and(|it| SETS.contains(&it.text.as_str())) {
            words[1..].iter().for_each(|it| self.assign(std::slice::from_ref(it)));
        }
        let reads = ["read", "unset", "mapfile", "readarray", "getopts", "printf"];
        if words.first().is_some_and(|it| reads.contains(&it.text.as_str())) {
            words[1..].iter().filter(|it| !it.is_flag()).for_each(|it| self.forget(&it.text));
        }
        if self.piped && input == Input::Inherited {
            let before = self.script.commands.last().map(|(words, _)| words.clone());
            let said = self.flows.said.take().map(Input::Text);
            input = said.unwrap_or_else(|| Input::Pipe(before.unwrap_or_default()));
        }
        let at = self.script.commands.len();
        if matches!(input, Input::Pipe(_)) && at > 0 {
            self.flows.pipes.push((at, at - 1));
        }
        self.flows.files.extend(output.map(|it| (at, it)));
        self.piped = pipes;
        self.varied.push(varies);
        self.script.commands.push((words, input));
    }

    /// What stands from `start` to the end of the line may be run by some shells.
    pub(super) fn perhaps(&mut self, start: usize) {
        let rest = &self.spots[start.min(self.spots.len())..];
        let end = rest.iter().position(|it| it.c == '\n').unwrap_or(rest.len());
        self.script.nested.push(Nested::perhaps(Text::from(&rest[..end])));
    }

    pub(super) fn push_unknown(&mut self, start: usize, inner: Option<Text>) {
        self.script.nested.extend(inner.map(Nested::sure));
        let spots = &self.spots[start..self.at];
        let written = Text::from(spots).to_string();
        self.words.push(Word::unknown(&written, &span(spots).unwrap_or_default()));
    }

    /// The inside of a substitution, read past; none where it never ends.
    pub(super) fn substitution(&mut self, from: usize, close: char) -> Option<Text> {
        let Some(end) = closing(self.spots, from, close) else {
            self.at = self.spots.len();
            return None;
        };
        self.at = end + 1;
        Some(Text::from(&self.spots[from..end]))
    }
}
