//! The text that somebody signs.

use super::escape::{escaped, unescaped};
use super::{LIMIT, NO_CONTENT, POLICY_CHANGE};
use crate::source::{RepoPath, Time};

const TITLE: &str = "sprag-approval-v1";

/// What an approval says. Who reads it knows nothing yet of whether it is true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The repository, so that an approval is good for no other.
    pub repo: String,
    pub rule: String,
    pub path: RepoPath,
    /// Of the bytes that git has under that path.
    pub sha256: String,
    /// The same of what the trusted state had there, where the gate's own files are changed: else the word that once let
    /// the policy go from one to another would do so again, whatever it is by then.
    pub replaces: Option<String>,
    /// What is approved, word by word. None: whatever the rule finds in that content.
    pub findings: Vec<String>,
    pub not_before: Time,
    pub expires: Time,
    pub approver: String,
    pub reason: String,
}

impl Letter {
    /// The text, line by line in this order. Nothing else is a letter, so that no two readers can differ about it.
    #[must_use]
    pub fn text(&self) -> String {
        let mut lines = vec![
            TITLE.to_owned(),
            format!("repo: {}", self.repo),
            format!("rule: {}", self.rule),
            format!("path: {}", escaped(self.path.as_bytes())),
            format!("sha256: {}", self.sha256),
        ];
        lines.extend(self.replaces.iter().map(|it| format!("replaces: {it}")));
        lines.extend(self.findings.iter().map(|it| format!("finding: {}", escaped(it.as_bytes()))));
        lines.extend([
            format!("not-before: {}", self.not_before),
            format!("expires: {}", self.expires),
            format!("approver: {}", self.approver),
            format!("reason: {}", escaped(self.reason.as_bytes())),
        ]);
        lines.join("\n") + "\n"
    }

    /// Why a text is no letter is told as the end of a sentence about it.
    pub fn parse(text: &str) -> Result<Letter, String> {
        if text.len() > LIMIT {
            return Err(format!("it is longer than {LIMIT} bytes"));
        }
        if let Some(at) = text.bytes().position(|it| !(b' '..=b'~').contains(&it) && it != b'\n') {
            let line = text.get(..at).unwrap_or_default().split('\n').count();
            return Err(format!("line {line} has a byte that is not printable ASCII"));
        }
        let Some(body) = text.strip_suffix('\n') else {
            return Err("its last line does not end".to_owned());
        };
        let mut lines = Lines { rest: body.split('\n').enumerate().peekable() };
        lines.title()?;
        let repo = lines.word("repo")?;
        let rule = lines.word("rule")?;
        let path = path(&lines.value("path")?)?;
        let sha256 = lines.hash("sha256")?;
        let replaces = if rule == POLICY_CHANGE { Some(lines.hash("replaces")?) } else { None };
        let findings = lines.findings()?;
        let not_before = lines.time("not-before")?;
        let expires = lines.time("expires")?;
        let approver = lines.word("approver")?;
        let reason = lines.value("reason")?;
        let reason = unescaped(&reason).ok_or("its `reason` is not written as sprag writes it")?;
        let reason = String::from_utf8(reason).map_err(|_| "its `reason` is not UTF-8")?;
        lines.end()?;
        if expires <= not_before {
            return Err("it ends before it begins".to_owned());
        }
        let letter = Letter {
            repo,
            rule,
            path,
            sha256,
            replaces,
            findings,
            not_before,
            expires,
            approver,
            reason,
        };
        // Whatever was overlooked above is not how it would be written again.
        if letter.text() == text {
            Ok(letter)
        } else {
            Err("it is not written as sprag writes it".to_owned())
        }
    }

    /// What it is to be put in place of, in short.
    #[must_use]
    pub fn replaced(&self) -> Option<String> {
        let sha256 = self.replaces.as_deref()?;
        let short = || format!("sha256 {}", sha256.get(..12).unwrap_or(sha256));
        Some(if sha256 == NO_CONTENT { "nothing".to_owned() } else { short() })
    }

    /// Whether it is for a file that is gone.
    #[must_use]
    pub fn is_for_nothing(&self) -> bool {
        self.sha256 == NO_CONTENT
    }
}

/// The path of one file, as git has it.
fn path(text: &str) -> Result<RepoPath, String> {
    let bytes = unescaped(text).ok_or("its `path` is not written as sprag writes it")?;
    let canonical = bytes.split(|it| *it == b'/').all(|it| !matches!(it, b"" | b"." | b".."));
    if !canonical {
        return Err(format!("`{text}` is not a path as git has it"));
    }
    Ok(RepoPath::from(bytes))
}

struct Lines<'a> {
    rest: std::iter::Peekable<std::iter::Enumerate<std::str::Split<'a, char>>>,
}

impl Lines<'_> {
    fn title(&mut self) -> Result<(), String> {
        match self.rest.next() {
            Some((_, TITLE)) => Ok(()),
            _ => Err(format!("its first line is not `{TITLE}`")),
        }
    }

    /// What follows `key: ` on the next line.
    fn value(&mut self, key: &str) -> Result<String, String> {
        let Some((at, line)) = self.rest.next() else {
            return Err(format!("the line `{key}: ...` is missing"));
        };
        let value = line.strip_prefix(key).and_then(|it| it.strip_prefix(": "));
        let value = value.filter(|it| !it.is_empty() && it.trim() == *it);
        value.map(str::to_owned).ok_or_else(|| format!("line {} must be `{key}: ...`", at + 1))
    }

    fn word(&mut self, key: &str) -> Result<String, String> {
        let value = self.value(key)?;
        if value.contains(' ') {
            return Err(format!("its `{key}` is more than one word"));
        }
        Ok(value)
    }

    fn hash(&mut self, key: &str) -> Result<String, String> {
        let value = self.word(key)?;
        if value.len() == 64 && value.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f')) {
            return Ok(value);
        }
        Err(format!("its `{key}` is not 64 hex digits in lower case"))
    }

    fn time(&mut self, key: &str) -> Result<Time, String> {
        let value = self.word(key)?;
        Time::parse(&value)
            .ok_or_else(|| format!("its `{key}` is not a time like 2025-02-01T00:00:00Z"))
    }

    fn findings(&mut self) -> Result<Vec<String>, String> {
        let mut findings: Vec<String> = Vec::new();
        while self.rest.peek().is_some_and(|it| it.1.starts_with("finding: ")) {
            let value = self.value("finding")?;
            let bytes = unescaped(&value).ok_or("a `finding` is not written as sprag writes it")?;
            let finding = String::from_utf8(bytes).map_err(|_| "a `finding` is not UTF-8")?;
            if findings.contains(&finding) {
                return Err("a `finding` is there twice".to_owned());
            }
            findings.push(finding);
        }
        Ok(findings)
    }

    fn end(&mut self) -> Result<(), String> {
        match self.rest.next() {
            None => Ok(()),
            Some((at, _)) => {
                Err(format!("nothing may stand after `reason`, and line {} does", at + 1))
            }
        }
    }
}
