//! Who may sign: a list in OpenSSH's format of allowed signers (ssh-keygen(1), ALLOWED SIGNERS).

use super::{Flaw, Key, lines};
use crate::source::{Date, Source, Span, Time};

/// People with their keys.
#[derive(Clone, Debug, Default)]
pub struct Signers {
    pub list: Vec<Signer>,
}

/// One key of one person.
#[derive(Clone, Debug)]
pub struct Signer {
    /// The name as it is written. Two names are two people.
    pub principal: String,
    pub key: Key,
    /// What it may sign. Absent: anything.
    pub namespaces: Option<Vec<String>>,
    pub valid_after: Option<Time>,
    pub valid_before: Option<Time>,
    pub span: Span,
}

/// Characters that make a pattern of a name.
const PATTERN: [char; 3] = ['*', '?', '!'];

impl Signers {
    /// Every line that says something is a signer or a flaw. A list with flaws is for nobody to trust.
    pub fn parse(source: &Source) -> (Signers, Vec<Flaw>) {
        let mut signers = Signers::default();
        let mut flaws = Vec::new();
        for (line, span) in lines(source) {
            match signer(line, &span).and_then(|it| signers.fits(it)) {
                Ok(signer) => signers.list.push(signer),
                Err((message, help)) => flaws.push(Flaw { message, span, help: help.to_owned() }),
            }
        }
        (signers, flaws)
    }

    /// Whoever holds a key is one person, under one name.
    fn fits(&self, signer: Signer) -> Result<Signer, Wrong> {
        match self.list.iter().find(|it| it.key == signer.key && it.principal != signer.principal) {
            None => Ok(signer),
            Some(other) => Err((
                format!("`{}` and `{}` have the same key", other.principal, signer.principal),
                "give each person a key of their own, or leave one name",
            )),
        }
    }

    /// The names, each once.
    #[must_use]
    pub fn principals(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.list.iter().map(|it| it.principal.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

impl Signer {
    /// All that counts of a line, whatever its white space and its comment.
    #[must_use]
    pub fn says(&self) -> String {
        let spaces = self.namespaces.as_ref().map(|it| it.join(","));
        let (after, before) = (self.valid_after, self.valid_before);
        format!("{} {spaces:?} {after:?} {before:?} {}", self.principal, self.key.line())
    }

    #[must_use]
    pub fn may_sign(&self, namespace: &str) -> bool {
        self.namespaces.as_ref().is_none_or(|it| it.iter().any(|it| it == namespace))
    }
}

/// What is wrong, and what to do.
type Wrong = (String, &'static str);

fn signer(line: &str, span: &Span) -> Result<Signer, Wrong> {
    let (principal, rest) = line.split_once([' ', '\t']).unwrap_or((line, ""));
    name(principal)?;
    let mut signer = Signer {
        principal: principal.to_owned(),
        key: key(rest)?,
        namespaces: None,
        valid_after: None,
        valid_before: None,
        span: span.clone(),
    };
    for option in options(rest)? {
        let (name, value) = option.split_once('=').unwrap_or((&option, ""));
        let value = value.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
        // ssh-keygen takes them in either case.
        let known = name.to_ascii_lowercase();
        let twice = match known.as_str() {
            "namespaces" => signer.namespaces.replace(namespaces(value)?).is_some(),
            "valid-after" => signer.valid_after.replace(time(value)?).is_some(),
            "valid-before" => signer.valid_before.replace(time(value)?).is_some(),
            "cert-authority" => {
                return Err((
                    format!(
                        "with `cert-authority`, the holder of this key says who is `{principal}`"
                    ),
                    "remove the line, and list the key of each person",
                ));
            }
            _ => {
                return Err((
                    format!("nobody knows the option `{name}`"),
                    "known are namespaces=\"...\", valid-after=\"...\" and valid-before=\"...\"",
                ));
            }
        };
        if twice {
            return Err((format!("`{known}` is there twice"), "leave one of the two"));
        }
    }
    Ok(signer)
}

fn name(principal: &str) -> Result<(), Wrong> {
    if principal.contains(PATTERN) {
        return Err((
            format!("`{principal}` is a pattern: who holds this key could be anybody it fits"),
            "write the one name of the one person who holds the key",
        ));
    }
    if principal.contains(',') {
        return Err((
            format!("`{principal}` is more than one name for one key"),
            "give each person a line and a key of their own",
        ));
    }
    let plain = |it: u8| it.is_ascii_graphic() && !b"\"'\\`".contains(&it);
    if !principal.bytes().all(plain) {
        return Err((
            format!("`{principal}` cannot be a name here"),
            "use letters, digits and signs as in an e-mail address, without quotes",
        ));
    }
    if Key::is_kind(principal) {
        return Err(("whose key this is is missing".to_owned(), "write a name before the key"));
    }
    Ok(())
}

fn key(rest: &str) -> Result<Key, Wrong> {
    let at = key_at(rest).ok_or_else(|| {
        ("there is no public key here".to_owned(), "write `name ssh-ed25519 AAAA...`, a line each")
    })?;
    Key::parse(&rest[at..]).map_err(|it| {
        (it.reason, "remove the line; `ssh-keygen -t ed25519` makes a key that can sign")
    })
}

/// Where the kind of the key begins: the first word outside of quotes that is the name of one.
fn key_at(rest: &str) -> Option<usize> {
    let mut quoted = false;
    let mut begins = true;
    for (at, c) in rest.char_indices() {
        if begins && !quoted && Key::is_kind(&rest[at..]) {
            return Some(at);
        }
        if c == '"' {
            quoted = !quoted;
        }
        begins = c == ' ' || c == '\t';
    }
    None
}

/// Between the name and the key, cut at the commas outside of quotes. There is one word of them.
fn options(rest: &str) -> Result<Vec<String>, Wrong> {
    let text = rest[..key_at(rest).unwrap_or_default()].trim();
    let mut options = vec![String::new()];
    let mut quoted = false;
    for c in text.chars() {
        match c {
            ',' if !quoted => options.push(String::new()),
            ' ' | '\t' if !quoted => {
                return Err((
                    format!("`{text}` is more than one word before the key"),
                    "put commas between options, and no spaces",
                ));
            }
            _ => {
                quoted ^= c == '"';
                options.last_mut().into_iter().for_each(|it| it.push(c));
            }
        }
    }
    if text.is_empty() { Ok(Vec::new()) } else { Ok(options) }
}

fn namespaces(value: Option<&str>) -> Result<Vec<String>, Wrong> {
    let list = value.filter(|it| !it.is_empty()).ok_or_else(|| {
        ("`namespaces` names nothing".to_owned(), "write namespaces=\"sprag-approval\"")
    })?;
    if list.contains(PATTERN) {
        return Err((
            format!("`{list}` is a pattern"),
            "write what the key may sign word by word: namespaces=\"sprag-approval\"",
        ));
    }
    Ok(list.split(',').map(str::to_owned).collect())
}

/// `YYYYMMDD`, `YYYYMMDDHHMM` or `YYYYMMDDHHMMSS`, with or without `Z`: it is read as UTC, so that it is the same time
/// on every machine.
fn time(value: Option<&str>) -> Result<Time, Wrong> {
    let wrong = || {
        (
            format!("`{}` is no time", value.unwrap_or_default()),
            "write a day, \"20270131\", or a time in UTC, \"20270131180000Z\"",
        )
    };
    let digits = value.map(|it| it.strip_suffix('Z').unwrap_or(it)).ok_or_else(wrong)?;
    let plain = digits.bytes().all(|it| it.is_ascii_digit());
    if !plain || ![8, 12, 14].contains(&digits.len()) {
        return Err(wrong());
    }
    let date = Date::parse(&format!("{}-{}-{}", &digits[..4], &digits[4..6], &digits[6..8]));
    let clock = format!("{:0<6}", &digits[8..]);
    let text = date.map(|it| format!("{it}T{}:{}:{}Z", &clock[..2], &clock[2..4], &clock[4..]));
    text.and_then(|it| Time::parse(&it)).ok_or_else(wrong)
}
