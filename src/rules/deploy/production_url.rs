//! # production-url
//!
//! A connection string with its password is the key of the database, and a repository gives it to everyone who has a
//! copy.
//!
//! Change the password, since the history keeps the old one; let the platform hand the new one over: a secret of the
//! deployment, an environment variable. Only URLs count that have a password in them and name a host of a hosted
//! database; placeholders, examples, tests and documents do not.
//!
//! ## Fails
//!
//! ```env .env.production
//! DATABASE_URL="postgresql://postgres:kX9vTq2LmZ@db.abcdefghijklmnop.supabase.co:5432/postgres"
//! ```
//!
//! ```js scripts/copy.js
//! const from = 'postgres://shop:kX9vTq2LmZ@ep-cool-sun-1234.eu-central-1.aws.neon.tech/shop?sslmode=require';
//! ```
//!
//! ## Passes
//!
//! ```env .env.production
//! DATABASE_URL="postgresql://postgres:[YOUR-PASSWORD]@db.abcdefghijklmnop.supabase.co:5432/postgres"
//! DIRECT_URL="postgresql://postgres:${DB_PASSWORD}@db.abcdefghijklmnop.supabase.co:5432/postgres"
//! ```
//!
//! ```env .env.development
//! DATABASE_URL="postgresql://postgres:kX9vTq2LmZ@localhost:5432/postgres"
//! ```
//!
//! ```env .env.example
//! DATABASE_URL="postgresql://postgres:kX9vTq2LmZ@db.abcdefghijklmnop.supabase.co:5432/postgres"
//! ```

use std::collections::BTreeSet;

use crate::rules::{Check, Finding, Rule, declare};
use crate::source::{RepoPath, Span};

pub const RULE: Rule =
    declare!("deploy", "production_url.rs", "production-url", Deny, Check::Elsewhere);

/// How much of a URL is looked at.
const LONGEST: usize = 400;

/// Ends of hosts that only hosted databases have, or the inside of a platform.
const HOSTED: &[&str] = &[
    ".pooler.supabase.com",
    ".flycast",
    ".internal",
    ".neon.tech",
    ".rds.amazonaws.com",
    ".render.com",
    ".rlwy.net",
    ".cockroachlabs.cloud",
    ".postgres.database.azure.com",
    ".psdb.cloud",
    ".ondigitalocean.com",
    ".aivencloud.com",
    ".timescale.com",
    ".tsdb.cloud",
    ".elephantsql.com",
    ".db.postgresbridge.com",
    ".postgres.vercel-storage.com",
    ".db.prisma.io",
];

/// Names inside of a machine or a cluster on it, which nobody reaches from elsewhere.
const LOCAL: &[&str] =
    &["host.docker.internal", "gateway.docker.internal", "host.containers.internal"];

/// A URL that opens a database.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    user: &'a str,
    password: &'a str,
    host: &'a str,
    database: &'a str,
}

/// The URLs of a text that `before` did not have. The password is in none of what is said, and no line is shown.
pub(super) fn of_text(path: &RepoPath, text: &str, before: Option<&str>) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut keys = keys(text).peekable();
    if keys.peek().is_none() || is_example(path) {
        return found;
    }
    let known: BTreeSet<Key<'_>> =
        before.map(self::keys).into_iter().flatten().map(|it| it.1).collect();
    let mut told = BTreeSet::new();
    let (mut counted, mut line) = (0, 1);
    for (at, key) in keys.filter(|it| !known.contains(&it.1)) {
        let Key { user, host, database, .. } = key;
        let evidence = format!("{user}@{host}/{database}");
        if !told.insert(evidence.clone()) {
            continue;
        }
        line += text.get(counted..at).unwrap_or_default().matches('\n').count();
        counted = at;
        let message =
            format!("line {line} of `{path}` has the password of the database at `{host}`");
        let finding = Finding::new(path.to_string(), Span::file(path.clone()), message);
        found.push(
            finding
                .evidence(&evidence)
                .help("change the password: whoever has a copy of the repository has this one")
                .help("take the URL out, and let the platform set it as a secret"),
        );
    }
    found
}

/// A text with `*` for each byte of such passwords; none where there are none.
pub fn without_passwords(text: &str) -> Option<String> {
    let mut hidden = String::new();
    let mut from = 0;
    for (_, key) in keys(text) {
        let start = (key.password.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        hidden.push_str(text.get(from..start)?);
        hidden.push_str(&"*".repeat(key.password.len()));
        from = start + key.password.len();
    }
    hidden.push_str(text.get(from..)?);
    (from > 0).then_some(hidden)
}

/// Every URL with a password and a hosted database in it, and the byte that it begins at.
fn keys(text: &str) -> impl Iterator<Item = (usize, Key<'_>)> {
    let schemes = text.match_indices("://").filter(|(at, _)| is_postgres(text, *at));
    schemes.filter_map(|(at, separator)| {
        let rest = text.get(at + separator.len()..)?;
        let rest = rest.get(..rest.floor_char_boundary(LONGEST))?;
        let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '\\' | '|');
        let url = rest.split(ends).next()?.split("://").next()?;
        Some((at, key(url)?))
    })
}

/// `postgres`, `postgresql`, with or without a driver behind a `+`, in any case.
fn is_postgres(text: &str, at: usize) -> bool {
    let start = text.floor_char_boundary(at.saturating_sub(40));
    let before = text.get(start..at).unwrap_or_default();
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '+';
    let scheme = before.rsplit(|c| !is_part(c)).next().unwrap_or_default();
    let scheme = scheme.split('+').next().unwrap_or_default();
    ["postgres", "postgresql"].iter().any(|it| scheme.eq_ignore_ascii_case(it))
}

/// A password may hold what ends a host elsewhere, so every `@` is tried.
fn key(url: &str) -> Option<Key<'_>> {
    url.match_indices('@').find_map(|(at, _)| {
        let (user, password) = url.get(..at)?.split_once(':')?;
        let rest = url.get(at + 1..)?;
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '-'));
        let (host, rest) = rest.split_at(end.unwrap_or(rest.len()));
        let database = rest.split_once('/').map_or("", |it| it.1);
        let end = database.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'));
        let database = database.get(..end.unwrap_or(database.len()))?;
        let opens = is_hosted(host) && !is_placeholder(password);
        opens.then_some(Key { user, password, host, database })
    })
}

/// Whether only a hosted database has such a name.
pub fn is_hosted(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let host = host.trim_end_matches('.');
    let supabase = host.starts_with("db.")
        && [".supabase.co", ".supabase.com", ".supabase.in"].iter().any(|it| host.ends_with(it));
    (supabase || HOSTED.iter().any(|it| host.ends_with(it))) && !LOCAL.contains(&host)
}

/// Whether it only says that a password stands here.
fn is_placeholder(password: &str) -> bool {
    const WORDS: &[&str] = &[
        "",
        "password",
        "passwd",
        "passw0rd",
        "pass",
        "pwd",
        "pw",
        "dbpassword",
        "dbpass",
        "mypassword",
        "mysecretpassword",
        "thepassword",
        "postgrespassword",
        "postgres",
        "secret",
        "mysecret",
        "changeme",
        "changethis",
        "replaceme",
        "example",
        "placeholder",
        "redacted",
        "hidden",
        "insertpasswordhere",
        "user",
        "test",
    ];
    // `$NAME`, `${…}`, `{{…}}`, `{…}` of a template, `<…>`, `[…]`, `%s`, `%PASSWORD%`.
    let begins = password.starts_with(['$', '{', '<', '[', '%', '#'])
        || password.contains("${")
        || password.contains("{{")
        || password.contains("$(");
    let decoded = password.to_ascii_lowercase().replace("%5b", "").replace("%5d", "");
    let bare: String = decoded.chars().filter(char::is_ascii_alphanumeric).collect();
    let mut chars = decoded.chars();
    let first = chars.next();
    let same = chars.all(|it| Some(it) == first);
    begins || same || bare.starts_with("your") || WORDS.contains(&bare.as_str())
}

/// Whether a path says that what is in it is made up.
fn is_example(path: &RepoPath) -> bool {
    const FILES: &[&str] =
        &["example", "examples", "sample", "samples", "template", "dist", "placeholder"];
    const FOLDERS: &[&str] =
        &["example", "examples", "sample", "samples", "template", "templates", "docs", "doc"];
    const TESTS: &[&str] = &[
        "test",
        "tests",
        "spec",
        "specs",
        "fixture",
        "fixtures",
        "mock",
        "mocks",
        "testdata",
        "snapshots",
        "e2e",
    ];
    let path = path.to_str_lossy().to_ascii_lowercase();
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", &path));
    let mut words = name.split(['.', '-', '_']);
    let mut folders = folders.split('/').map(|it| it.trim_matches('_'));
    words.any(|it| FILES.contains(&it) || TESTS.contains(&it))
        || folders.any(|it| FOLDERS.contains(&it) || TESTS.contains(&it))
}
