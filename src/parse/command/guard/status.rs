//! What becomes of the exit code of one command of a shell text, and whether the command is always run.

use std::ops::Range;

use super::tokens::{
    Kind, Token, command_at, element, enclosing, is_body, list_before, matching, opening, tokens,
};
use crate::parse::command::Text;

/// Why the exit code of a command says nothing, or why it may not be run at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    pub how: How,
    /// As it is written, in few words.
    pub text: String,
    pub range: Range<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// It may fail, and what runs it passes.
    Swallowed,
    /// Something ends before it is run.
    Unreached,
    /// Something decides whether it is run.
    Conditional,
    /// Its name stands for something else.
    Replaced,
}

/// How a shell takes failures.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shell {
    /// `set -e`
    pub(super) errexit: bool,
    /// `set -o pipefail`
    pub(super) pipefail: bool,
}

/// How much of what is written is shown.
const SHOWN: usize = 60;

/// What is wrong with how the command that begins at byte `at` of the file is run; nothing where its failure is that of
/// the text.
pub(super) fn slip(text: &Text, at: usize, mut shell: Shell) -> Option<Slip> {
    let tokens = tokens(text.spots());
    let place = tokens.iter().position(|it| it.range.start <= at && at < it.range.end)?;
    let before = tokens.get(..place)?;
    if let Some(slip) = unreached(before) {
        return Some(slip);
    }
    settings(before, &mut shell);
    if let Some(slip) = inside_word(tokens.get(place)?, at) {
        return Some(slip);
    }
    let lost = lost(&tokens, place, shell);
    lost.or_else(|| conditional(&tokens, place))
}

/// `exit`, at the top, before the command.
fn unreached(before: &[Token]) -> Option<Slip> {
    let mut depth = 0usize;
    for (at, token) in before.iter().enumerate() {
        if token.opens() {
            depth += 1;
        } else if token.closes() {
            depth = depth.saturating_sub(1);
        }
        let Some(words) = command_at(before, at) else { continue };
        let name = words.first().map(|it| it.text.as_str()).unwrap_or_default();
        let second = words.get(1).map(|it| it.text.as_str()).unwrap_or_default();
        let chained = at > 0 && before.get(at - 1).is_some_and(|it| it.is("||") || it.is("&&"));
        let plain = |it: &Token| !it.text.starts_with(['>', '<']);
        let how = match name {
            "exit" | "return" if depth == 0 && !chained => How::Unreached,
            "exec" if depth == 0 && !chained && words.get(1).is_some_and(plain) => How::Unreached,
            "trap" if second.contains("exit 0") || second.contains("true") => How::Swallowed,
            "alias" if second.starts_with("sprag=") => How::Replaced,
            "sprag" if before.get(at + 1).is_some_and(|it| it.is("(")) => How::Replaced,
            "function" if second == "sprag" => How::Replaced,
            _ => continue,
        };
        return Some(said(how, words));
    }
    None
}

fn said(how: How, tokens: &[Token]) -> Slip {
    let start = tokens.first().map_or(0, |it| it.range.start);
    let end = tokens.last().map_or(start, |it| it.range.end);
    let mut text = String::new();
    for token in tokens.iter().filter(|it| it.text != "\n") {
        if !text.is_empty() && token.text != ";" {
            text.push(' ');
        }
        text.push_str(&token.text);
    }
    text.truncate(text.floor_char_boundary(SHOWN));
    Slip { how, text, range: start..end.max(start) }
}

/// What `set` has changed before the command.
fn settings(before: &[Token], shell: &mut Shell) {
    for at in 0..before.len() {
        let Some(words) = command_at(before, at) else { continue };
        if words.first().is_none_or(|it| it.text != "set") {
            continue;
        }
        let mut option = ' ';
        for word in &words[1..] {
            let sign = word.text.chars().next().unwrap_or_default();
            match word.text.as_str() {
                "pipefail" => shell.pipefail = option == '-',
                "errexit" => shell.errexit = option == '-',
                flags if matches!(sign, '-' | '+') && !flags.starts_with("--") => {
                    option = sign;
                    if flags.contains('e') {
                        shell.errexit = sign == '-';
                    }
                }
                _ => {}
            }
        }
    }
}

/// The command stands inside a word: `sh -c "…"`, `$(…)`.
fn inside_word(word: &Token, at: usize) -> Option<Slip> {
    let spots = word.spots.spots();
    let index = spots.iter().position(|it| it.start <= at && at < it.end)?;
    let open = spots.get(..index)?.iter().rposition(|it| matches!(it.c, '"' | '\'' | '(' | '`'))?;
    let c = spots.get(open)?.c;
    let assigns = || {
        let head: String = spots.get(..open).unwrap_or_default().iter().map(|it| it.c).collect();
        head.trim_end_matches(['$', '"', '(']).ends_with('=')
    };
    match c {
        '(' | '`' if assigns() => None,
        '(' | '`' => {
            let mut slip = said(How::Swallowed, std::slice::from_ref(word));
            slip.range = word.range.clone();
            Some(slip)
        }
        quote => {
            let rest = spots.get(open + 1..)?;
            let end = rest.iter().position(|it| it.c == quote).unwrap_or(rest.len());
            let inner = Shell { errexit: false, pipefail: false };
            slip(&Text::from(rest.get(..end)?), at, inner)
        }
    }
}

/// Where the failure gets lost on its way out.
fn lost(tokens: &[Token], place: usize, shell: Shell) -> Option<Slip> {
    let mut at = place;
    let mut inner = place;
    let mut listed = false;
    loop {
        if let Some(token) = negation(tokens, at) {
            return Some(said(How::Swallowed, std::slice::from_ref(token)));
        }
        let Followed { lost, chained, ends, end } = followed(tokens, at, shell);
        if lost.is_some() || ends {
            return lost;
        }
        listed |= chained;
        let outer = enclosing(tokens, inner);
        if let Some((open, true)) = outer {
            // `if sprag …; then`: asked, not obeyed.
            let words = tokens.get(open..(end).max(open + 1)).unwrap_or_default();
            return Some(said(How::Swallowed, words));
        }
        // Behind `&&` nothing but the last command ends the shell (bash(1), `set -e`).
        let ends_shell = shell.errexit && !listed;
        if !ends_shell && let Some(slip) = overwritten(tokens, end) {
            return Some(slip);
        }
        let (open, _) = outer?;
        if tokens.get(open).is_some_and(|it| it.is("{")) && is_body(tokens, open) {
            return None;
        }
        inner = open;
        at = matching(tokens, open)?;
    }
}

/// The `!` before the pipeline that this token is in.
fn negation(tokens: &[Token], at: usize) -> Option<&Token> {
    let start = match tokens.get(at) {
        Some(it) if it.closes() => opening(tokens, at)?,
        _ => at,
    };
    let before = tokens.get(..start)?;
    let words = before.iter().rev().take_while(|it| it.kind == Kind::Word || it.is("|")).count();
    before.len().checked_sub(words + 1).and_then(|it| before.get(it)).filter(|it| it.is("!"))
}

/// What follows a command in its list.
#[derive(Default)]
struct Followed {
    /// Where that loses its failure.
    lost: Option<Slip>,
    /// Whether `&&` follows.
    chained: bool,
    /// Whether a failure ends the whole text.
    ends: bool,
    /// Where the list ends.
    end: usize,
}

fn followed(tokens: &[Token], at: usize, shell: Shell) -> Followed {
    let mut depth = 0usize;
    let mut found = Followed { end: at + 1, ..Followed::default() };
    while let Some(token) = tokens.get(found.end) {
        if token.opens() {
            depth += 1;
        } else if token.closes() || token.is("then") || token.is("do") || token.is("else") {
            if depth == 0 {
                break;
            }
            depth -= usize::from(token.closes());
        } else if depth == 0 && token.kind == Kind::Operator {
            let rest = element(tokens, found.end + 1);
            let loses = match token.text.as_str() {
                "|" | "|&" => !shell.pipefail,
                "&" => true,
                "||" => !fails(rest),
                "&&" => {
                    found.chained = true;
                    false
                }
                _ if token.ends() => break,
                _ => false,
            };
            if loses {
                let rest = if token.is("&") { &[] } else { rest };
                found.lost = Some(joined(How::Swallowed, token, rest));
                return found;
            }
            if token.is("||") {
                let exits = |it: &Token| matches!(it.text.as_str(), "exit" | "return");
                found.ends = rest.iter().any(exits);
                found.end += rest.len();
            }
        }
        found.end += 1;
    }
    found
}

fn joined(how: How, first: &Token, rest: &[Token]) -> Slip {
    let all: Vec<Token> = std::iter::once(first).chain(rest).cloned().collect();
    said(how, &all)
}

/// Whether what stands behind `||` fails for sure, or hands the failure on.
fn fails(words: &[Token]) -> bool {
    let at = |it: &usize| command_at(words, *it).is_some();
    let starts = (0..words.len()).filter(at);
    starts.into_iter().any(|start| {
        let command = command_at(words, start).unwrap_or_default();
        let name = command.first().map(|it| it.text.as_str()).unwrap_or_default();
        let code = command.get(1).map(|it| it.text.trim_matches('"'));
        match name {
            "exit" | "return" => code != Some("0"),
            "false" => true,
            _ => command.iter().skip(1).any(|it| it.text.contains("$?")),
        }
    })
}

/// A command behind the end of the list, by whose success the text passes. One that asks for `$?` obeys.
fn overwritten(tokens: &[Token], end: usize) -> Option<Slip> {
    let rest = tokens.get(end..)?;
    let skip = rest.iter().take_while(|it| it.ends() || it.is("&&")).count();
    let next = rest.get(skip)?;
    if next.closes() || next.is("then") || next.is("do") || next.is("else") || next.is("elif") {
        return None;
    }
    let command = element(rest, skip);
    let asked = command.iter().any(|it| it.text.contains("$?"));
    let code = |it: &Token| !matches!(it.text.as_str(), "0");
    let exits =
        command.first().is_some_and(|it| it.text == "exit") && command.iter().skip(1).all(code);
    let mut shown =
        joined(How::Swallowed, rest.first().filter(|it| it.text == ";").unwrap_or(next), &[]);
    if shown.text == ";" {
        shown = joined(How::Swallowed, rest.first()?, command);
    } else {
        shown = said(How::Swallowed, command);
    }
    (!asked && !exits).then_some(shown)
}

/// What decides whether the command is run.
fn conditional(tokens: &[Token], place: usize) -> Option<Slip> {
    let mut at = place;
    loop {
        let before = tokens.get(..at)?;
        let words = before.iter().rev().take_while(|it| it.kind == Kind::Word).count();
        let operator = before.len().checked_sub(words + 1);
        if let Some((index, token)) = operator.and_then(|it| Some((it, tokens.get(it)?))) {
            let list = list_before(tokens, index);
            let first = list.first().map(|it| it.text.as_str()).unwrap_or_default();
            let asks =
                matches!(first, "[" | "[[" | "test" | "false" | "command" | "which" | "type");
            if token.is("||") || (token.is("&&") && asks) {
                return Some(said(How::Conditional, list));
            }
        }
        let (open, _) = enclosing(tokens, at)?;
        let token = tokens.get(open)?;
        if matches!(token.text.as_str(), "if" | "while" | "until" | "case" | "elif" | "for") {
            let end = tokens.iter().skip(open).position(|it| it.is("\n") || it.is(";"));
            let end = end.map_or(open + 1, |it| open + it);
            return Some(said(How::Conditional, tokens.get(open..end)?));
        }
        if token.is("{") && is_body(tokens, open) {
            return None;
        }
        at = open;
    }
}
