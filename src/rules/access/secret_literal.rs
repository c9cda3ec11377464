//! # secret-literal
//!
//! A password or key in a migration is known to everyone who has a copy of the repository.
//!
//! Looked for are passwords of roles and user mappings, tokens of Supabase's `service_role`, and keys of the services
//! that mark theirs. What is found is hidden in reports. Tokens of `anon` are made to be published.
//!
//! ## Fails
//!
//! ```sql
//! do $$ begin
//!   create role reports login password 'kX9vTq2LmZ';
//! end $$;
//! drop role reports;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create role reports login;
//! drop role reports;
//! ```
//!
//! ```sql
//! do $$ begin
//!   create role reports login password '${REPORTS_PASSWORD}';
//! end $$;
//! drop role reports;
//! ```

use std::ops::Range;

use crate::rules::{Check, Finding, Rule, Whole, declare};

pub(super) const RULE: Rule =
    declare!("access", "secret_literal.rs", "secret-literal", Deny, Check::Migration(check));

/// How keys begin that their services mark as secret, and how much must follow.
const KEYS: &[(&str, usize)] = &[
    ("sk_live_", 16),
    ("rk_live_", 16),
    ("sb_secret_", 16),
    ("sbp_", 32),
    ("ghp_", 30),
    ("github_pat_", 30),
    ("xoxb-", 24),
    ("AKIA", 16),
];

fn check(whole: &Whole<'_>) -> Vec<Finding> {
    let secrets = secrets(&whole.migration.text);
    let finding = |(at, what): (Range<usize>, &str)| {
        let message = format!("everyone who has a copy of the repository knows this {what}");
        let finding = whole.finding(&at, what, message).evidence(what);
        finding.help("change it: taking it out of the repository does not make it unknown").help(
            "set it by hand where the database is, or let a program read it from its environment",
        )
    };
    secrets.into_iter().map(finding).collect()
}

/// A text with `*` for each byte of such secrets; none where there are none.
pub fn without_secrets(text: &str) -> Option<String> {
    let mut hidden = String::new();
    let mut from = 0;
    for (at, _) in secrets(text) {
        hidden.push_str(text.get(from..at.start)?);
        hidden.push_str(&"*".repeat(at.len()));
        from = at.end;
    }
    if from == 0 {
        return None;
    }
    hidden.push_str(text.get(from..)?);
    Some(hidden)
}

/// In order, without overlap: where, and what it is.
fn secrets(text: &str) -> Vec<(Range<usize>, &'static str)> {
    let mut found = passwords(text);
    let starts = text.match_indices("eyJ").map(|(at, _)| at);
    for at in starts {
        let token = word(text, at, |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
        if opens_everything(text.get(token.clone()).unwrap_or_default()) {
            found.push((token, "key of `service_role`"));
        }
    }
    for (prefix, least) in KEYS {
        for (at, _) in text.match_indices(prefix) {
            let key = word(text, at, |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
            let begins =
                !text.get(..at).unwrap_or_default().ends_with(|c: char| c.is_ascii_alphanumeric());
            if begins && key.len() >= prefix.len() + least {
                found.push((key, "key"));
            }
        }
    }
    found.sort_by_key(|(at, _)| (at.start, at.end));
    let mut end = 0;
    found.retain(|(at, _)| {
        let apart = at.start >= end;
        end = end.max(at.end);
        apart
    });
    found
}

/// `PASSWORD 'x'`, of a role or in the options of a user mapping.
fn passwords(text: &str) -> Vec<(Range<usize>, &'static str)> {
    let lower = text.to_ascii_lowercase();
    let mut found = Vec::new();
    for (at, keyword) in lower.match_indices("password") {
        let rest = text.get(at + keyword.len()..).unwrap_or_default();
        let begins = !lower
            .get(..at)
            .unwrap_or_default()
            .ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        let literal = after_space(rest);
        let apart = literal.len() < rest.len();
        let literal = literal.strip_prefix(['e', 'E']).unwrap_or(literal);
        // In a text that is executed the quotes are doubled.
        let inner = literal.trim_start_matches('\'');
        if !begins || !apart || inner.len() == literal.len() {
            continue;
        }
        let value = inner.split('\'').next().unwrap_or_default();
        let start = text.len() - inner.len();
        if is_secret(value) {
            found.push((start..start + value.len(), "password"));
        }
    }
    found
}

/// Past white space and comments.
fn after_space(text: &str) -> &str {
    let mut rest = text.trim_start();
    loop {
        let after = match (rest.strip_prefix("/*"), rest.strip_prefix("--")) {
            (Some(comment), _) => comment.split_once("*/"),
            (_, Some(comment)) => comment.split_once('\n'),
            (None, None) => None,
        };
        let Some((_, after)) = after else { return rest };
        rest = after.trim_start();
    }
}

/// Not a place that something is put into before the migration is applied.
fn is_secret(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let template = value.contains(['<', '$', '{', '%', ' ', '\n']) || value.starts_with(':');
    let spoken =
        ["your", "changeme", "change_me", "change-me", "placeholder", "password", "xxx", "***"];
    value.len() >= 4 && !template && !spoken.iter().any(|it| lower.contains(it))
}

fn word(text: &str, start: usize, belongs: impl Fn(char) -> bool) -> Range<usize> {
    let rest = text.get(start..).unwrap_or_default();
    start..start + rest.find(|c: char| !belongs(c)).unwrap_or(rest.len())
}

/// A token whose second part says that it is for `service_role`.
fn opens_everything(token: &str) -> bool {
    let mut parts = token.split('.');
    let payload = parts.nth(1).unwrap_or_default();
    parts.next().is_some_and(|it| it.len() > 20) && decoded(payload).contains("service_role")
}

/// The readable part of base64url.
fn decoded(text: &str) -> String {
    let (mut bits, mut count) = (0_u32, 0);
    let mut decoded = String::new();
    for byte in text.bytes() {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'-' | b'+' => 62,
            b'_' | b'/' => 63,
            _ => break,
        };
        bits = (bits << 6 | u32::from(six)) & 0xff_ffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            decoded.push(char::from(u8::try_from(bits >> count & 0xff).unwrap_or(b'?')));
        }
    }
    decoded
}
