//! How a verdict is told.

mod hostile;
mod human;
mod machine;
mod style;

use sprag::report::{Action, Format, Report, Sources, Style, render};
use sprag::rules::{Check, Finding, Level, Rule};
use sprag::source::{RepoPath, Span};
use sprag::verdict::{Counts, Fingerprint, Judged, Outcome, SetBy, Verdict};

pub(crate) static DROP_COLUMN: Rule = Rule {
    name: "drop-column",
    family: "destructive",
    text: "",
    level: Level::Deny,
    check: Check::Elsewhere,
};
pub(crate) static COLUMN_TYPE: Rule = Rule {
    name: "alter-column-type",
    family: "destructive",
    text: "",
    level: Level::Approve,
    check: Check::Elsewhere,
};

pub(crate) const MIGRATION: &str = "prisma/migrations/2_drop/migration.sql";
pub(crate) const SQL: &str = "-- away with it\n\nalter table \"users\" drop column \"email\";\nalter table \"users\"\n  alter column age type text;\n";
pub(crate) const POLICY: &str = "version = 1\n\n[rules]\ndrop-table = \"deny\"\ndrop-column = \"deny\"\nalter-column-type = { level = \"approve\", reason = \"ask first\" }\n";

pub(crate) const UNICODE: Style = Style { color: false, unicode: true, width: None, links: false };
pub(crate) const ASCII: Style = Style { color: false, unicode: false, width: None, links: false };

/// The place of `part` in `text`.
pub(crate) fn span(path: &str, text: &str, part: &str) -> Span {
    let start = text.find(part).unwrap();
    Span::new(path.into(), start..start + part.len())
}

pub(crate) fn judged(rule: &'static Rule, finding: Finding) -> Judged {
    let outcome = if rule.level == Level::Warn { Outcome::Warns } else { Outcome::Blocks };
    let fingerprint = Fingerprint("00112233445566778899aabbccddeeff".to_owned());
    Judged {
        rule,
        level: rule.level,
        finding,
        outcome,
        fingerprint,
        set_by: None,
        unapproved: Vec::new(),
        commits: Vec::new(),
    }
}

pub(crate) fn set_by(key: &str, reason: Option<&str>) -> SetBy {
    SetBy { span: span("policy.toml", POLICY, key), reason: reason.map(str::to_owned) }
}

pub(crate) fn verdict(judged: Vec<Judged>) -> Verdict {
    let counts = Counts { files: 3, statements: 12, opaque: 1 };
    Verdict { judged, counts, ..Verdict::default() }
}

pub(crate) fn sources(texts: &[(&str, &str)]) -> Sources {
    texts.iter().map(|&(path, text)| (RepoPath::from(path), text.into())).collect()
}

/// A column that is dropped, as the policy forbids it.
pub(crate) fn dropped_column() -> Judged {
    let finding = Finding::new(
        "public.users.email",
        span(MIGRATION, SQL, "drop column \"email\""),
        "`users.email` and all its data are gone after this",
    )
    .help("stop reading the column in one release, drop it in the next");
    Judged {
        set_by: Some(set_by("drop-column", Some("we lost data on 2025-03-02"))),
        ..judged(&DROP_COLUMN, finding)
    }
}

pub(crate) fn changed_type() -> Judged {
    let finding = Finding::new(
        "public.users.age",
        span(MIGRATION, SQL, "alter table \"users\"\n  alter column age type text"),
        "`users.age` is rewritten as `text`",
    );
    Judged {
        set_by: Some(set_by("alter-column-type", Some("ask first"))),
        ..judged(&COLUMN_TYPE, finding)
    }
}

pub(crate) fn tell(
    verdict: &Verdict,
    sources: &Sources,
    action: &Action,
    format: Format,
    style: Style,
) -> String {
    render(
        &Report { verdict, sources, action, policy: "policy.toml", verbose: false },
        format,
        &style,
    )
}

/// The human form of one finding in one file.
pub(crate) fn tell_one(judged: Judged, text: &str, style: Style) -> String {
    let path = judged.finding.span.path.to_string();
    let sources = sources(&[(&path, text), ("policy.toml", POLICY)]);
    tell(&verdict(vec![judged]), &sources, &Action::Files, Format::Human, style)
}
