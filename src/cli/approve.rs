//! `sprag approve`: shows what is refused until somebody signs for it, and has it signed.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use super::arguments::Approve;
use super::check::{asked, named};
use super::output::Output;
use super::sign::Pen;
use super::{PASSED, now};
use crate::approval::{
    FOLDER, LIMIT, Ledger, Letter, NO_CONTENT, POLICY_CHANGE, Posted, There, finding_text,
    needed_rule,
};
use crate::failure::{Failure, Result};
use crate::fix::write::whole as write;
use crate::gate::{self, Stop, Trust};
use crate::policy::Date;
use crate::repo::{Caller, Repo};
use crate::report::Action;
use crate::rules::{self, Finding, Level};
use crate::signature::Signers;
use crate::source::{Content, RepoPath, Time};
use crate::verdict::{Excuse, Judged, Outcome};

/// How long an approval holds where nobody says it.
const DAYS: u32 = 14;

pub(super) fn run(it: &Approve, output: &Output) -> Result<u8> {
    let rule = if it.rule == POLICY_CHANGE { "policy-tampered" } else { it.rule.as_str() };
    if rules::by_name(rule).is_none() {
        return Err(super::rules::unknown(&it.rule));
    }
    let repo = Repo::open(Caller::Command)?;
    let (change, against) = asked(&repo, it.base.as_deref(), None)?;
    let action = Action::Change { against };
    let now = now();
    let path = path(&repo, &it.path);
    let judged = match gate::change(&change, now) {
        Ok(outcome) => outcome.verdict.judged,
        Err(Stop::Failure(failure)) => return Err(failure),
        stop @ Err(Stop::Policy(_)) => return Ok(output.verdict(stop, &action, false)),
    };
    let refused = refused(&judged, rule, &path)?;
    let trust = Trust::of(&change)?;
    let mut ledger = match trust.ledger(&change, &refused, now) {
        Ok(ledger) => ledger,
        Err(Stop::Failure(failure)) => return Err(failure),
        Err(stop) => return Ok(output.verdict(Err(stop), &action, false)),
    };
    let list = &ledger.terms.signers;
    let Some(signers) = &ledger.signers else {
        return Err(Failure::new(format!("nobody may sign yet: the state that is trusted has no `{list}`"))
            .help(format!("merge one first, a line for each who may sign: `name@example.com namespaces=\"{}\" ssh-ed25519 AAAA...`", ledger.terms.namespace)));
    };
    if let Some(name) =
        it.principal.as_ref().filter(|it| !signers.principals().contains(&it.as_str()))
    {
        return Err(Failure::new(format!(
            "`{name}` is not in `{list}` of the state that is trusted"
        ))
        .help(format!("known are {}", signers.principals().join(", "))));
    }
    let pen = Pen::choose(&repo, it.key.as_deref(), signers)?;
    let principal = principal(&pen, signers, it.principal.as_deref(), &ledger)?;
    // Nobody touches a security key for nothing.
    if let Some(people) = ledger.terms.people(needed_rule(rule))
        && !people.contains(&principal)
    {
        let message = format!("`{principal}` may not approve `{}`", needed_rule(rule));
        return Err(Failure::new(message).help(format!("the policy asks {}", people.join(", "))));
    }
    let letter = Letter {
        repo: name_of(&repo, &ledger),
        rule: needed_rule(rule).to_owned(),
        sha256: hash(ledger.contents.get(&path), &path, "approved")?,
        replaces: match needed_rule(rule) {
            POLICY_CHANGE => Some(hash(ledger.replaced.get(&path), &path, "replaced")?),
            _ => None,
        },
        path,
        findings: texts(&refused),
        not_before: now,
        expires: expires(it, &ledger, now)?,
        approver: principal,
        reason: reason(&it.reason)?,
    };
    output.tell(&shown(&letter));
    let text = letter.text();
    if text.len() > LIMIT {
        return Err(Failure::new("there is more to approve here than one approval can hold")
            .help("cut the migration into several"));
    }
    let signature = pen.sign(&text, &ledger.terms.namespace)?;
    let file = file_name(&letter);
    let posted = Posted::read(
        RepoPath::from(file.as_str()),
        &Content::from_bytes(text.clone().into_bytes(), LIMIT),
        Some(&Content::from_bytes(signature.clone().into_bytes(), LIMIT)),
    );
    // An older one is overwritten.
    ledger.spent.remove(&posted.file);
    // Whoever judges the change later asks the same.
    let worth = ledger.verify(&posted, Level::Approve);
    let worth = worth
        .and_then(|letter| refused.iter().try_for_each(|it| ledger.covers(letter, it).map(|_| ())));
    if let Err(why) = worth {
        return Err(Failure::new(format!("this would not count, so nothing was written: {why}")));
    }
    let top = repo.worktree()?;
    // The text comes last: without it, the signature is nobody's.
    write(&top.join(format!("{file}.sig")), &signature)?;
    write(&top.join(&file), &text)?;
    output.tell(&format!("wrote {file} and its signature\nnext: git add {file} {file}.sig\n"));
    Ok(PASSED)
}

/// As findings name it, or as it is named from here.
fn path(repo: &Repo, path: &Path) -> RepoPath {
    let top = repo.worktree().ok();
    match path.to_str().filter(|it| top.as_ref().is_some_and(|top| top.join(it).exists())) {
        Some(from_top) => RepoPath::joined("", from_top),
        None => named(path, top.as_deref()),
    }
}

/// What a rule finds in a file and somebody can sign for.
fn refused<'j>(judged: &'j [Judged], rule: &str, path: &RepoPath) -> Result<Vec<&'j Finding>> {
    let here = || judged.iter().filter(|it| it.finding.span.path == *path);
    let own = || here().filter(|it| it.rule.name == rule);
    let blocking: Vec<&Judged> = own().filter(|it| it.outcome == Outcome::Blocks).collect();
    if blocking.iter().any(|it| it.level == Level::Deny) {
        return Err(Failure::new(format!("`{rule}` is at level `deny`, which nobody signs away"))
            .help("take the change back; or let an owner write an exception into policy.toml of the main branch"));
    }
    let approved = own().find_map(|it| match &it.outcome {
        Outcome::Excused(Excuse::Approval { by }) => by.first(),
        _ => None,
    });
    if let Some(it) = approved.filter(|_| blocking.is_empty()) {
        return Err(Failure::new(format!(
            "`{}` has approved this already: {}",
            it.principal, it.file
        )));
    }
    if blocking.is_empty() {
        let rules: BTreeSet<&str> = here()
            .filter(|it| it.outcome == Outcome::Blocks && it.level == Level::Approve)
            .map(|it| needed_rule(it.rule.name))
            .collect();
        let failure = Failure::new(format!("`{rule}` refuses nothing in `{path}`"));
        return Err(if rules.is_empty() {
            failure.help("stage the change, or name what it is compared with: `--base REF`")
        } else {
            let rules: Vec<&str> = rules.into_iter().collect();
            failure.help(format!("what waits for somebody there is {}", rules.join(", ")))
        });
    }
    Ok(blocking.into_iter().map(|it| &it.finding).collect())
}

/// Findings as an approval names them, each once.
fn texts(findings: &[&Finding]) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for it in findings {
        let text = finding_text(it);
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts
}

/// What stands for a content in an approval.
fn hash(there: Option<&There>, path: &RepoPath, done: &str) -> Result<String> {
    match there {
        None => Ok(NO_CONTENT.to_owned()),
        Some(There::File { sha256 }) => Ok(sha256.clone()),
        Some(There::Unreadable) => {
            Err(Failure::new(format!("`{path}` is not a file that can be read, and so {done}")))
        }
    }
}

/// The name that the list has for the key at hand.
fn principal(
    pen: &Pen,
    signers: &Signers,
    asked: Option<&str>,
    ledger: &Ledger<'_>,
) -> Result<String> {
    let (list, namespace) = (&ledger.terms.signers, &ledger.terms.namespace);
    let own = signers.list.iter().find(|it| it.key == pen.key && it.may_sign(namespace));
    let Some(own) = own else {
        return Err(Failure::new(format!(
            "the key {} is not in `{list}` of the state that is trusted, or may not sign for `{namespace}`",
            pen.key
        ))
        .help("choose another one by `--key FILE`")
        .help(format!("or let those who are in the list add yours: `name@example.com namespaces=\"{namespace}\" {}`", pen.key.line())));
    };
    match asked.filter(|it| *it != own.principal) {
        None => Ok(own.principal.clone()),
        Some(name) => Err(Failure::new(format!(
            "the key {} is that of `{}`, not of `{name}`",
            pen.key, own.principal
        ))
        .help(format!("choose the key of `{name}` by `--key FILE`"))),
    }
}

/// The name that the policy asks for; else what the remote is called.
fn name_of(repo: &Repo, ledger: &Ledger<'_>) -> String {
    if let Some(name) = &ledger.terms.repo {
        return name.clone();
    }
    let url = repo.config("remote.origin.url").ok().flatten().unwrap_or_default();
    let place = url.trim_end_matches('/').trim_end_matches(".git");
    let mut parts = place.rsplit(['/', ':']).filter(|it| !matches!(*it, "" | "." | ".."));
    let name = match (parts.next(), parts.next()) {
        (Some(name), Some(owner)) => format!("{owner}/{name}"),
        (Some(name), None) => name.to_owned(),
        _ => "this".to_owned(),
    };
    let plain = |it: char| if it.is_ascii_graphic() && it != '\\' { it } else { '_' };
    name.chars().map(plain).collect()
}

fn expires(it: &Approve, ledger: &Ledger<'_>, now: Time) -> Result<Time> {
    let longest = ledger.terms.longest_days;
    let expires = match (&it.expires, it.days) {
        (Some(text), _) => {
            let day = Date::parse(text).ok_or_else(|| {
                Failure::new(format!("`{text}` is no day")).help("write it as 2027-01-31")
            })?;
            Time::start_of(day.next())
        }
        (None, Some(days)) => now.plus_days(days),
        (None, None) => now.plus_days(longest.map_or(DAYS, |it| it.min(DAYS))),
    };
    if expires <= now {
        return Err(Failure::new(format!("it would have expired already, on {expires}")));
    }
    match longest.filter(|days| expires > now.plus_days(*days)) {
        None => Ok(expires),
        Some(days) => {
            Err(Failure::new(format!("the policy lets no approval hold for more than {days} days"))
                .help(format!("ask for fewer: `--days {days}`")))
        }
    }
}

fn reason(text: &str) -> Result<String> {
    let reason = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if reason.is_empty() {
        return Err(Failure::new("the reason is empty")
            .help("say why, for who reads it in a year: --reason \"ticket DATA-42\""));
    }
    Ok(reason)
}

/// Named by what it is for, so that two people's do not meet, and a new one takes the place of an old one.
fn file_name(letter: &Letter) -> String {
    let plain =
        |it: char| if it.is_ascii_alphanumeric() || "@.-_+".contains(it) { it } else { '_' };
    let approver: String = letter.approver.chars().map(plain).collect();
    let content = crate::source::sha256(format!("{} {}", letter.path, letter.sha256).as_bytes());
    format!("{FOLDER}/{}.{}.{approver}", &content[..16], letter.rule)
}

fn shown(letter: &Letter) -> String {
    let Letter { rule, path, approver, expires, reason, .. } = letter;
    let mut text = format!("{approver} approves, until {expires}:\n");
    let _ = writeln!(text, "  {rule} in {path} (sha256 {})", &letter.sha256[..12]);
    if let Some(replaced) = letter.replaced() {
        let _ = writeln!(text, "    in place of {replaced}");
    }
    for it in &letter.findings {
        let _ = writeln!(text, "    {it}");
    }
    let _ = writeln!(text, "  because: {reason}");
    text
}
