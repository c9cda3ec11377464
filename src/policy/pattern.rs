//! Subjects with `*`, as exemptions and exceptions name them.

use std::ops::Range;

/// `public.Session.*`: `*` stands for any run of characters, everything else for itself, capitals included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    pub text: String,
    /// Where it is written.
    pub range: Range<usize>,
}

impl Pattern {
    #[must_use]
    pub fn matches(&self, subject: &str) -> bool {
        wildcard(self.text.as_bytes(), subject.as_bytes())
    }

    /// Whether everything that `other` matches is matched by this one too.
    #[must_use]
    pub fn covers(&self, other: &Pattern) -> bool {
        // A literal never meets the other's `*`, because no literal is a `*`. So what matches the other's text
        // matches whatever its `*` stand for.
        wildcard(self.text.as_bytes(), other.text.as_bytes())
    }

    /// Nothing but `*`.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.text.bytes().all(|it| it == b'*')
    }
}

/// Whether `text` is `pattern`, whose `*` stand for anything. Linear steps back only to the last `*`.
pub(super) fn wildcard(pattern: &[u8], text: &[u8]) -> bool {
    wildcard_by(pattern, text, |a, b| a == b)
}

/// As `wildcard`, where `same` says which bytes are the same.
pub(super) fn wildcard_by(pattern: &[u8], text: &[u8], same: impl Fn(u8, u8) -> bool) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        if p < pattern.len() && pattern[p] == b'*' {
            retry = Some((p, t));
            p += 1;
        } else if p < pattern.len() && same(pattern[p], text[t]) {
            p += 1;
            t += 1;
        } else if let Some((star, from)) = retry {
            retry = Some((star, from + 1));
            p = star + 1;
            t = from + 1;
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|&it| it == b'*')
}
