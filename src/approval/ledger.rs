//! Approvals that were found, and what it takes for one to count.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::weigh::files_of;
use super::{LIMIT, Letter, NO_CONTENT, POLICY_CHANGE};
use crate::policy::Approvals;
use crate::rules::{Finding, Level};
use crate::signature::{Key, Revoked, Signature, Signer, Signers};
use crate::source::{Content, RepoPath, Time};

/// How far two clocks may be apart.
const SKEW: i64 = 5 * 60;

const DAY: i64 = 86_400;

/// What an approval is for stands at its beginning. Further down nobody looks for it in what is none.
const HEAD: usize = 4 << 10;

/// What approvers can do whose only part in a change is that they brought it where it is.
const LANDED: &str = "if they only landed what another wrote, by a rebase, `--amend` or a squash: have it merged on the forge or by `git merge --no-ff`, or let somebody else rebase it";

/// An approval as it lies in the tree of the change.
#[derive(Clone, Debug)]
pub struct Posted {
    pub file: RepoPath,
    /// The bytes that were signed, where they are text.
    text: Option<Arc<str>>,
    /// Else why it is none, as the end of a sentence about it.
    pub letter: Result<Letter, String>,
    signature: Result<Signature, String>,
}

impl Posted {
    /// `signature` is the file beside it, where there is one.
    #[must_use]
    pub fn read(file: RepoPath, content: &Content, signature: Option<&Content>) -> Posted {
        let letter = match content {
            Content::Text(text) => Letter::parse(text),
            Content::Unreadable(why) => Err(format!("it {}", why.reason())),
        };
        let signature = match signature {
            None => Err(format!("there is no signature: `{file}.sig` is missing")),
            Some(Content::Unreadable(why)) => Err(format!("its signature {}", why.reason())),
            Some(Content::Text(text)) if text.len() > LIMIT => {
                Err(format!("its signature is longer than {LIMIT} bytes"))
            }
            Some(Content::Text(text)) => {
                Signature::read(text).map_err(|why| format!("its signature cannot be read: {why}"))
            }
        };
        Posted { file, text: content.text().cloned(), letter, signature }
    }

    /// Whether it may have been meant for this, though it cannot be read.
    pub(super) fn mentions(&self, rule: &str, path: &RepoPath) -> bool {
        self.text.as_ref().is_none_or(|text| {
            let text = &text[..text.floor_char_boundary(HEAD)];
            text.contains(&format!("rule: {rule}\n")) || text.contains(path.to_str_lossy().as_ref())
        })
    }
}

/// Somebody who wrote what is approved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Writer {
    /// What makes them one, after their name: `is author or committer of 1234abc`.
    pub how: String,
    pub emails: Vec<String>,
    /// The key that signed the commit.
    pub key: Option<Key>,
}

/// What there is under a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum There {
    File {
        sha256: String,
    },
    /// A link, a submodule, more than is read.
    Unreadable,
}

/// Everything that is asked about an approval. The lists are those of the trusted tree.
#[derive(Clone, Debug)]
pub struct Ledger<'a> {
    pub terms: &'a Approvals,
    /// Absent: the trusted tree has no list.
    pub signers: Option<Signers>,
    /// What the trusted tree revokes, and the change.
    pub revoked: Revoked,
    pub posted: Vec<Posted>,
    /// What the change has where approvals are for something. What is not there is not here.
    pub contents: BTreeMap<RepoPath, There>,
    /// Who wrote them, or why nobody can say.
    pub writers: BTreeMap<RepoPath, Result<Vec<Writer>, String>>,
    /// Nothing: what is judged is merged already, and neither time nor who wrote it matters any more.
    pub now: Option<Time>,
    /// What the trusted tree has where a change of the policy is approved. What is not there is not here.
    pub replaced: BTreeMap<RepoPath, There>,
    /// Approvals of such a change that were there before it, or may have been: why they do not count, as sentences about
    /// them.
    pub spent: BTreeMap<RepoPath, String>,
    /// Of what is merged, files that may become others and still hold what was approved: all but migrations.
    pub living: BTreeSet<RepoPath>,
    /// Approvals that lie in the worktree and are not part of the change.
    pub unstaged: Vec<(RepoPath, Letter)>,
}

impl Ledger<'_> {
    /// Whether an approval is worth anything: what it says is true, and whoever says it may. Else why not, as a sentence
    /// about it: the first of these that fails. What it is worth for one finding is [asked apart](Ledger::covers).
    pub fn verify<'p>(&self, posted: &'p Posted, level: Level) -> Result<&'p Letter, String> {
        let letter = posted.letter.as_ref().map_err(Clone::clone)?;
        let (rule, approver) = (letter.rule.as_str(), letter.approver.as_str());
        is_asked_for(rule, level)?;
        self.is_about_this(letter)?;
        self.is_new(posted, letter)?;
        let signature = posted.signature.as_ref().map_err(Clone::clone)?;
        let (made_for, namespace) = (signature.namespace(), self.terms.namespace.as_str());
        if made_for != namespace {
            return Err(format!("its signature is for `{made_for}`, not for `{namespace}`"));
        }
        let text = posted.text.as_deref().unwrap_or_default();
        if !signature.signs(text.as_bytes(), namespace) {
            return Err("its signature does not fit its text".to_owned());
        }
        let signer = self.signer(letter, signature.key())?;
        if self.revoked.has(&signer.key) {
            return Err(format!("the key of `{approver}` is revoked"));
        }
        if let Some(people) = self.terms.people(rule)
            && !people.contains(&letter.approver)
        {
            let role = self.terms.role(rule).unwrap_or_default();
            let who = if people.is_empty() { "nobody".to_owned() } else { people.join(", ") };
            return Err(format!(
                "`{approver}` may not approve `{rule}`: the policy asks for `{role}`, which is {who}"
            ));
        }
        self.is_in_time(letter)?;
        Ok(letter)
    }

    fn is_about_this(&self, letter: &Letter) -> Result<(), String> {
        if let Some(repo) = self.terms.repo.as_ref().filter(|it| **it != letter.repo) {
            return Err(format!(
                "it is for the repository `{}`, and this is `{repo}`",
                letter.repo
            ));
        }
        let path = &letter.path;
        match self.contents.get(path) {
            None if letter.is_for_nothing() => Ok(()),
            None => Err(format!("it is for `{path}`, and there is no such file")),
            Some(There::Unreadable) => {
                Err(format!("`{path}` is not a file that can be read, and so approved"))
            }
            Some(There::File { sha256 }) if *sha256 == letter.sha256 => Ok(()),
            // What is approved is told by its words then, which have to be there.
            Some(There::File { .. })
                if self.living.contains(path) && !letter.findings.is_empty() =>
            {
                Ok(())
            }
            Some(There::File { sha256 }) => Err(format!(
                "`{path}` is not what was approved: sha256 {}, not {}",
                &sha256[..12],
                &letter.sha256[..12]
            )),
        }
    }

    /// Whether a change of the policy goes from where its approver saw it, and goes there the first time.
    fn is_new(&self, posted: &Posted, letter: &Letter) -> Result<(), String> {
        let Some(replaces) = letter.replaces.as_deref().filter(|_| self.now.is_some()) else {
            return Ok(());
        };
        let path = &letter.path;
        let there = match self.replaced.get(path) {
            None => NO_CONTENT,
            Some(There::File { sha256 }) => sha256,
            Some(There::Unreadable) => {
                return Err(format!(
                    "`{path}` of the state that is trusted is not a file that can be read, and so replaced"
                ));
            }
        };
        if there != replaces {
            return Err(format!(
                "it is to replace another `{path}` than that of the state that is trusted: sha256 {}, not {}",
                &there[..12],
                &replaces[..12]
            ));
        }
        self.spent.get(&posted.file).map_or(Ok(()), |why| Err(why.clone()))
    }

    /// A line of the list for exactly this name and this key. Of several that differ in their time one has to hold, as
    /// for ssh-keygen.
    fn signer(&self, letter: &Letter, key: &Key) -> Result<&Signer, String> {
        let approver = letter.approver.as_str();
        let list = &self.terms.signers;
        let Some(signers) = &self.signers else {
            return Err(format!("nobody may sign yet: the state that is trusted has no `{list}`"));
        };
        let own: Vec<&Signer> = signers.list.iter().filter(|it| it.key == *key).collect();
        let namespace = &self.terms.namespace;
        let lines = own.iter().filter(|it| it.principal == approver && it.may_sign(namespace));
        let mut other_time = None;
        for signer in lines {
            match self.is_valid(signer, letter) {
                Ok(()) => return Ok(signer),
                Err(why) => other_time = Some(why),
            }
        }
        match other_time {
            Some(why) => Err(why),
            None => Err(match own.first() {
                Some(other) if other.principal != approver => {
                    format!("it says `{approver}`, and was signed by `{}`", other.principal)
                }
                Some(_) => format!("`{list}` does not let `{approver}` sign for `{namespace}`"),
                None if signers.list.iter().any(|it| it.principal == approver) => {
                    format!("it was signed by a key that `{list}` does not have for `{approver}`")
                }
                None => format!("`{approver}` is not in `{list}` of the state that is trusted"),
            }),
        }
    }

    fn is_valid(&self, signer: &Signer, letter: &Letter) -> Result<(), String> {
        let at = self.now.unwrap_or(letter.not_before);
        let name = &signer.principal;
        match (signer.valid_after, signer.valid_before) {
            (Some(after), _) if at < after => {
                Err(format!("the key of `{name}` holds only from {after}"))
            }
            (_, Some(before)) if at >= before => {
                Err(format!("the key of `{name}` holds only until {before}"))
            }
            _ => Ok(()),
        }
    }

    fn is_in_time(&self, letter: &Letter) -> Result<(), String> {
        let Some(now) = self.now else { return Ok(()) };
        let (from, until) = (letter.not_before, letter.expires);
        if let Some(days) = self.terms.longest_days
            && until.0.saturating_sub(from.0) > i64::from(days) * DAY
        {
            return Err(format!(
                "it is to hold from {from} until {until}, and the policy lets none hold for more than {days} days"
            ));
        }
        if now.0.saturating_add(SKEW) < from.0 {
            return Err(format!("it holds only from {from}"));
        }
        if now.0.saturating_sub(SKEW) >= until.0 {
            return Err(format!("it expired on {until}"));
        }
        Ok(())
    }

    /// Whether the approver has written nothing of what leads to the finding. All keys that the list ever had for a name are
    /// one person's.
    pub(super) fn is_distinct(&self, letter: &Letter, finding: &Finding) -> Result<(), String> {
        if !self.terms.distinct {
            return Ok(());
        }
        let name = letter.approver.as_str();
        let signers = self.signers.iter().flat_map(|it| &it.list);
        let keys: Vec<&Key> = signers.filter(|it| it.principal == name).map(|it| &it.key).collect();
        let own = |it: &&Writer| {
            it.key.as_ref().is_some_and(|it| keys.contains(&it))
                || it.emails.iter().any(|it| it.eq_ignore_ascii_case(name))
        };
        for path in files_of(finding) {
            let writers = match self.writers.get(path) {
                None => continue,
                Some(Ok(writers)) => writers,
                Some(Err(why)) => return Err(why.clone()),
            };
            if let Some(writer) = writers.iter().find(own) {
                let place =
                    if *path == letter.path { String::new() } else { format!(" (`{path}`)") };
                return Err(format!(
                    "`{name}` {}{place}, and somebody else has to approve it; {LANDED}",
                    writer.how
                ));
            }
        }
        Ok(())
    }
}

/// Whether the rule is one that waits for somebody.
fn is_asked_for(rule: &str, level: Level) -> Result<(), String> {
    match level {
        Level::Approve => Ok(()),
        Level::Deny => {
            let refused = if rule == POLICY_CHANGE { "policy-tampered" } else { rule };
            Err(format!("`{refused}` is at level `deny`, which nobody signs away"))
        }
        Level::Warn | Level::Allow => Err(format!("`{rule}` refuses nothing here")),
    }
}
