//! `ARG` and `ENV` of a `Dockerfile`.

use super::lexer::{first_word, trimmed, words, written};
use crate::parse::command::{Spot, Text, Variables};

/// How many variables are kept of a stage, and how many characters of each; of the others nothing is known.
const MOST: usize = 1_000;
const LONGEST: usize = 4_096;

/// `ARG NAME=value OTHER`. `global` are those before the first stage, whose values a bare name takes over.
pub(super) fn arg(rest: &Text, escape: char, variables: &mut Variables, global: &Variables) {
    for word in words(rest.spots(), escape) {
        match word.iter().position(|it| it.c == '=') {
            Some(at) => {
                let value = expand(&word[at + 1..], variables, escape);
                set(variables, written(&word[..at]), value);
            }
            None => {
                let name = written(word);
                let value = global.get(&name).cloned().flatten();
                set(variables, name, value);
            }
        }
    }
}

/// `ENV NAME=value OTHER="a b"`, or the older `ENV NAME the rest`.
pub(super) fn env(rest: &Text, escape: char, variables: &mut Variables) {
    let (first, after) = first_word(rest.spots());
    if !first.iter().any(|it| it.c == '=') {
        let value = expand(after, variables, escape);
        set(variables, written(first), value);
        return;
    }
    // All values are those from before the instruction.
    let mut found = Vec::new();
    for word in words(rest.spots(), escape) {
        let Some(at) = word.iter().position(|it| it.c == '=') else { continue };
        found.push((written(&word[..at]), expand(&word[at + 1..], variables, escape)));
    }
    for (name, value) in found {
        set(variables, name, value);
    }
}

fn set(variables: &mut Variables, name: String, value: Option<Text>) {
    if variables.len() < MOST || variables.contains_key(&name) {
        variables.insert(name, value.filter(|it| it.spots().len() <= LONGEST));
    }
}

/// A word without quotes, its variables replaced; none where one of them is not known.
pub(super) fn expand(word: &[Spot], variables: &Variables, escape: char) -> Option<Text> {
    let mut text = Text::default();
    let mut quote = None;
    let mut at = 0;
    while let Some(&spot) = word.get(at) {
        at += 1;
        match (quote, spot.c) {
            (None, c @ ('"' | '\'')) => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            (None | Some('"'), c) if c == escape => {
                text.extend(word.get(at..=at).unwrap_or_default());
                at += 1;
            }
            (None | Some('"'), '$') => {
                let (value, end) = variable(word, at, variables)?;
                text.extend(value.spots());
                at = end;
            }
            _ => text.push(spot),
        }
        if text.spots().len() > LONGEST {
            return None;
        }
    }
    Some(text)
}

/// The value of the variable whose name or brace begins at `at`, and where it ends.
fn variable(word: &[Spot], at: usize, variables: &Variables) -> Option<(Text, usize)> {
    let rest = word.get(at..).unwrap_or_default();
    let braced = rest.first().is_some_and(|it| it.c == '{');
    if !braced {
        let length = rest.iter().take_while(|it| is_name(it.c)).count();
        let value = variables.get(&written(&rest[..length]))?.clone()?;
        return Some((value, at + length));
    }
    let end = rest.iter().position(|it| it.c == '}')?;
    let inner = &rest[1..end];
    let length = inner.iter().take_while(|it| is_name(it.c)).count();
    let (name, after) = inner.split_at(length);
    let known = variables.get(&written(name)).cloned().flatten();
    let value = match written(&after[..after.len().min(2)]).as_str() {
        "" => known?,
        ":-" => known.unwrap_or_else(|| Text::from(&after[2..])),
        _ => return None,
    };
    Some((value, at + end + 1))
}

fn is_name(c: char) -> bool {
    c == '_' || c.is_ascii_alphanumeric()
}

/// The options of an instruction without their dashes, and what follows them.
pub(super) fn options(rest: &Text) -> (Vec<String>, Text) {
    let mut spots = trimmed(rest.spots());
    let mut options = Vec::new();
    while spots.iter().take(2).filter(|it| it.c == '-').count() == 2 {
        let (word, after) = first_word(spots);
        options.push(written(word).trim_start_matches('-').to_owned());
        spots = after;
    }
    (options, Text::from(spots))
}
