//! Functions and aliases of a shell: what their names stand for, and groups in brackets and braces.

use std::collections::{BTreeMap, BTreeSet};

use super::Input;
use super::lexer::closing;
use super::scope;
use super::shell::{Nested, Reader};
use super::text::{Spot, Text};
use super::word::Word;

/// How many characters of functions and aliases are read again for the calls of one text.
const AGAIN: usize = 1 << 17;

/// `{ …` or `( …` that is open.
pub(super) struct Group {
    brace: bool,
    /// Where the inside begins.
    start: usize,
    /// How many commands stand before it.
    commands: usize,
    /// The function whose body it is.
    function: Option<Word>,
}

impl Reader<'_> {
    /// `name ()`, where it stands.
    pub(super) fn is_definition(&mut self) -> bool {
        let rest = self.spots.get(self.at + 1..).unwrap_or_default();
        let blanks = rest.iter().take_while(|it| matches!(it.c, ' ' | '\t')).count();
        let closed = rest.get(blanks).is_some_and(|it| it.c == ')');
        let named = self.words.len() == 1 || self.words.is_empty() && self.defines.is_some();
        if !closed || !named {
            return false;
        }
        self.at += blanks + 2;
        self.defines = self.words.pop().or_else(|| self.defines.take());
        true
    }

    /// `{` and `}` where a command could begin.
    pub(super) fn brace(&mut self, plain: &str) {
        match plain {
            "{" => self.begin(true),
            "}" => self.finish(true),
            _ => {}
        }
    }

    /// `(` and `)`.
    pub(super) fn bracket(&mut self, c: char) {
        match c {
            '(' => self.begin(false),
            ')' => self.finish(false),
            _ => {}
        }
    }

    fn begin(&mut self, brace: bool) {
        let commands = self.script.commands.len();
        let function = self.defines.take();
        self.open.push(Group { brace, start: self.at, commands, function });
    }

    fn finish(&mut self, brace: bool) {
        let Some(group) = self.open.pop_if(|it| it.brace == brace) else { return };
        let end = self.at.saturating_sub(1).max(group.start);
        if let (Some(name), Some(body)) = (group.function, self.spots.get(group.start..end)) {
            self.functions.insert(name.text, Text::from(body));
        }
        self.group = Some(group.commands..self.script.commands.len());
    }

    /// `alias name='words'`
    pub(super) fn alias(&mut self, words: &[Word]) {
        let Some((first, rest)) = words.split_first() else { return };
        for word in rest.iter().filter(|_| first.is("alias")) {
            if let Some((name, _)) = word.text.split_once('=') {
                let value = word.after(name.chars().count() + 1);
                self.functions.insert(name.to_owned(), value.spots);
            }
        }
    }

    /// `shift` takes the first of the arguments away.
    pub(super) fn shift(&mut self, words: &[Word]) {
        let shifts = words.first().is_some_and(|it| it.is("shift"));
        let known = self.scope.get("@").filter(|_| shifts && !self.again);
        let Some(all) = known.and_then(|it| it.readings.first()).cloned() else { return };
        let count = words.get(1).map_or(Some(1), |it| it.text.parse().ok());
        let rest = count.and_then(|it: usize| all.get(it..)).unwrap_or_default().to_vec();
        let scope = std::mem::take(&mut self.scope);
        self.scope = scope::with_arguments(scope, &rest);
    }
}

/// What calls of functions and aliases come to: the body, where the words of the call are its arguments.
pub(super) fn called(
    commands: &[(Vec<Word>, Input)],
    functions: &BTreeMap<String, Text>,
) -> Vec<Nested> {
    let mut found = Vec::new();
    if functions.is_empty() {
        return found;
    }
    let mut known = BTreeSet::new();
    let mut read = 0;
    for (words, _) in commands {
        let Some((name, arguments)) = words.split_first() else { continue };
        let Some(body) = functions.get(&name.text).filter(|_| !arguments.is_empty()) else {
            continue;
        };
        let said: Vec<&str> = words.iter().map(|it| it.text.as_str()).collect();
        read += body.spots().len() + said.iter().map(|it| it.len() + 1).sum::<usize>();
        if read > AGAIN {
            break;
        }
        if !known.insert(said.join("\u{0}")) {
            continue;
        }
        if takes_arguments(body) {
            let arguments = Some(arguments.to_vec());
            found.push(Nested { text: body.clone(), sure: true, arguments });
        } else {
            // An alias is put in the place of its name, and the words stay behind it.
            let mut text = body.clone();
            for word in arguments {
                if let Some(last) = text.spots().last().copied() {
                    text.push(Spot { c: ' ', ..last });
                }
                text.extend(word.spots.spots());
            }
            found.push(Nested::perhaps(text));
        }
    }
    found
}

/// Whether a body speaks of its arguments: `$1`, `${1}`, `"$@"`.
fn takes_arguments(body: &Text) -> bool {
    let spots = body.spots();
    (0..spots.len()).filter(|at| spots[*at].c == '$').any(|at| {
        let braced = usize::from(spots.get(at + 1).is_some_and(|it| it.c == '{'));
        let next = spots.get(at + 1 + braced).map(|it| it.c);
        next.is_some_and(|it| matches!(it, '1'..='9' | '@' | '*'))
    })
}

/// The insides of `$(…)` and `` `…` `` in a here-document, which run before it is handed over.
pub(super) fn substitutions(body: &Text) -> Vec<Nested> {
    let spots = body.spots();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(spot) = spots.get(at) {
        let next = spots.get(at + 1).map(|it| it.c);
        let close = match (spot.c, next) {
            ('\\', _) => {
                at += 2;
                continue;
            }
            ('$', Some('(')) => Some((at + 2, ')')),
            ('`', _) => Some((at + 1, '`')),
            _ => None,
        };
        at += 1;
        let Some((from, close)) = close else { continue };
        let Some(end) = closing(spots, from, close) else { break };
        let text = Text::from(&spots[from..end]);
        let arithmetic = close == ')' && spots.get(from).is_some_and(|it| it.c == '(');
        found.push(if arithmetic { Nested::perhaps(text) } else { Nested::sure(text) });
        at = end + 1;
    }
    found
}
