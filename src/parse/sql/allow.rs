//! Comments that ask to let a warning pass: `-- sprag: allow RULE reason="…" until=2027-06-30`.
//!
//! Such a comment is for one statement: the one on its line, else the one that begins on the line below it and below
//! other comments there. Nobody finds one inside of a string or of a function's body.

use std::ops::Range;

use squawk_lexer::{TokenKind, tokenize};

use crate::source::Date;

/// A comment that begins with `sprag:`.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Allow {
    /// The comment.
    pub at: Range<usize>,
    /// The statement that it is for.
    pub statement: Option<Range<usize>>,
    /// What it says, or what is wrong with it.
    pub said: Result<Said, String>,
}

/// A rule that shall say nothing of a statement.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Said {
    pub rule: String,
    pub reason: String,
    /// The last day on which it holds.
    pub until: Option<Date>,
}

/// The comments of a text without its `psql` parts. Nearly no file has one that matters, and then none is given.
pub(super) fn comments(text: &str) -> Vec<Range<usize>> {
    let mut comments: Vec<Range<usize>> = Vec::new();
    if !text.contains("sprag:") {
        return comments;
    }
    let mut at = 0;
    for token in tokenize(text) {
        let range = at..at + token.len as usize;
        at = range.end;
        if matches!(token.kind, TokenKind::LineComment | TokenKind::BlockComment { .. }) {
            comments.push(range);
        }
    }
    comments
}

/// What the comments of a text ask for, given its statements in order.
pub(in crate::parse) fn allows(
    text: &str,
    comments: &[Range<usize>],
    statements: &[Range<usize>],
) -> Vec<Allow> {
    let mut allows = Vec::new();
    for comment in comments {
        let written = text.get(comment.clone()).unwrap_or_default().trim_end();
        let at = comment.start..comment.start + written.len();
        let said = if let Some(rest) = written.strip_prefix("--") {
            rest.trim_start().strip_prefix("sprag:").map(said)
        } else {
            let inside = written.trim_start_matches(['/', '*']).trim_start();
            inside.starts_with("sprag:").then(|| Err("this is written in `/* */`".to_owned()))
        };
        if let Some(said) = said {
            let statement = statement(text, &at, statements, comments);
            allows.push(Allow { at, statement, said });
        }
    }
    allows
}

fn said(text: &str) -> Result<Said, String> {
    let rest = text.trim();
    let (verb, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    if verb != "allow" {
        return Err(format!("`sprag: {verb}` says nothing"));
    }
    let rest = rest.trim_start();
    let (rule, mut rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    if rule.is_empty() || rule.contains('=') {
        return Err("it names no rule".to_owned());
    }
    let (mut reason, mut until) = (None, None);
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            break;
        }
        if let Some(value) = rest.strip_prefix("reason=\"") {
            let (text, after) =
                value.split_once('"').ok_or("the quotes of its reason do not end")?;
            reason = Some(text.trim().to_owned());
            rest = after;
        } else if let Some(value) = rest.strip_prefix("until=") {
            let (day, after) = value.split_once(char::is_whitespace).unwrap_or((value, ""));
            until = Some(date(day).ok_or_else(|| format!("`{day}` is no day"))?);
            rest = after;
        } else {
            let word = rest.split_whitespace().next().unwrap_or_default();
            return Err(format!("`{word}` is neither a reason nor a day"));
        }
    }
    match reason.filter(|it| !it.is_empty()) {
        Some(reason) => Ok(Said { rule: rule.to_owned(), reason, until }),
        None => Err("it gives no reason".to_owned()),
    }
}

/// `2027-06-30`
fn date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let mut number = |digits: usize| {
        let part = parts.next().filter(|it| it.len() == digits)?;
        part.bytes().all(|it| it.is_ascii_digit()).then(|| part.parse::<u16>().ok())?
    };
    let (year, month, day) = (number(4)?, number(2)?, number(2)?);
    if parts.next().is_some() {
        return None;
    }
    Date::new(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
}

fn statement(
    text: &str,
    comment: &Range<usize>,
    statements: &[Range<usize>],
    comments: &[Range<usize>],
) -> Option<Range<usize>> {
    let line = text.get(..comment.start)?.rfind('\n').map_or(0, |it| it + 1);
    let on_line = |it: &&Range<usize>| it.start < comment.start && it.end > line;
    if let Some(it) = statements.iter().rev().find(on_line) {
        return Some(it.clone());
    }
    // What lies between is comments and the ends of their lines.
    let next = statements.iter().find(|it| it.start >= comment.end)?;
    let mut at = comment.end;
    loop {
        let gap = text.get(at..next.start)?;
        let blank = gap.len() - gap.trim_start().len();
        if gap.get(..blank)?.matches('\n').count() > 1 {
            return None;
        }
        at += blank;
        if at == next.start {
            return Some(next.clone());
        }
        at = comments.iter().find(|it| it.start == at)?.end;
    }
}

#[cfg(test)]
mod tests {
    use super::said;

    #[test]
    fn what_is_not_understood_is_said() {
        for (text, problem) in [
            ("allow", "it names no rule"),
            ("allow reason=\"x\"", "it names no rule"),
            ("ignore x", "`sprag: ignore` says nothing"),
            ("allow x", "it gives no reason"),
            ("allow x reason=\" \"", "it gives no reason"),
            ("allow x reason=\"y", "the quotes of its reason do not end"),
            ("allow x because", "`because` is neither a reason nor a day"),
            ("allow x reason=\"y\" until=2027-02-30", "`2027-02-30` is no day"),
            ("allow x reason=\"y\" until=27-2-3", "`27-2-3` is no day"),
        ] {
            assert_eq!(said(text), Err(problem.to_owned()), "{text}");
        }
    }
}
