//! Who wrote a file: commits, with the names and keys that they carry.

use super::id::Id;
use super::{Repo, Side};
use crate::failure::{Failure, Result};
use crate::source::{ObjectId, RepoPath};

use super::history::Commit;

/// A commit that gave a file another content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrote {
    pub commit: ObjectId,
    /// What the file is after it. Absent: it is gone.
    pub content: Option<ObjectId>,
    /// The first line of its message.
    pub subject: String,
    /// Of author and committer, as they say it themselves.
    pub emails: Vec<String>,
    /// What stands under `gpgsig`, where it is there.
    pub signature: Option<String>,
}

impl Repo {
    /// The commits of `heads` that `base` does not have, and that touch the file. A merge counts where none of its
    /// parents has what it has.
    pub fn wrote(
        &self,
        base: Option<&Commit>,
        heads: &[Commit],
        path: &RepoPath,
    ) -> Result<Vec<Wrote>> {
        let not_base = base.map(|it| format!("^{}", it.id.0));
        let mut args = vec!["--literal-pathspecs", "rev-list", "--full-history"];
        args.extend(heads.iter().map(|it| it.id.0.as_str()));
        args.extend(not_base.as_deref());
        // Of a name that is not text git cannot be asked, so all commits are taken for it.
        if let Ok(path) = std::str::from_utf8(path.as_bytes()) {
            args.extend(["--", path]);
        }
        let listed = self.git.run(&args)?;
        let mut wrote = Vec::new();
        for id in String::from_utf8_lossy(&listed).lines().filter_map(Id::from_hex) {
            let commit = self.commit_at(id)?;
            let content = self.content_at(&commit, path)?;
            if self.wrote_itself(&commit, path, content.as_ref())? {
                wrote.push(self.words_of(&commit, content)?);
            }
        }
        Ok(wrote)
    }

    fn content_at(&self, commit: &Commit, path: &RepoPath) -> Result<Option<ObjectId>> {
        let entry = self.entry(&Side::Tree(commit.tree.clone()), path.as_bytes())?;
        Ok(entry.map(|it| it.id))
    }

    fn wrote_itself(
        &self,
        commit: &Commit,
        path: &RepoPath,
        own: Option<&ObjectId>,
    ) -> Result<bool> {
        for parent in self.parents(commit)? {
            if !self.has(&parent.0) {
                let message = format!(
                    "history ends at {}, so nobody can say who wrote `{path}`",
                    commit.id.0
                );
                return Err(self.deepen(Failure::new(message)));
            }
            if self.content_at(&self.commit(&parent.0)?, path)?.as_ref() == own {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What a commit says of itself, as git keeps it (gitformat-signature, git-commit-tree).
    fn words_of(&self, commit: &Commit, content: Option<ObjectId>) -> Result<Wrote> {
        let raw = self.git.run(&["cat-file", "commit", &commit.id.0])?;
        let raw = String::from_utf8_lossy(&raw);
        let (header, message) = raw.split_once("\n\n").unwrap_or((&raw, ""));
        let mut wrote = Wrote {
            commit: commit.id.clone(),
            content,
            subject: message.lines().next().unwrap_or_default().to_owned(),
            emails: Vec::new(),
            signature: None,
        };
        let mut in_signature = false;
        for line in header.lines() {
            if let Some(rest) = line.strip_prefix(' ').filter(|_| in_signature) {
                let signature = wrote.signature.get_or_insert_default();
                signature.push_str(rest);
                signature.push('\n');
                continue;
            }
            let (key, value) = line.split_once(' ').unwrap_or((line, ""));
            in_signature = matches!(key, "gpgsig" | "gpgsig-sha256");
            if in_signature {
                wrote.signature = Some(format!("{value}\n"));
            } else if matches!(key, "author" | "committer") {
                wrote.emails.extend(email(value));
            }
        }
        Ok(wrote)
    }

    /// The addresses that the next commit would carry.
    pub fn own_emails(&self) -> Result<Vec<String>> {
        let mut emails = Vec::new();
        for name in ["GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"] {
            // Who has told git no name commits nothing.
            let said = self.git.output(&["var", name])?;
            emails.extend(email(&String::from_utf8_lossy(&said.stdout)));
        }
        Ok(emails)
    }
}

/// `Name <address> time zone`.
fn email(ident: &str) -> Option<String> {
    let (_, rest) = ident.split_once('<')?;
    let (address, _) = rest.split_once('>')?;
    Some(address.to_owned())
}
