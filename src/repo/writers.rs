//! Who wrote a file: commits, with the names and keys that they carry.

use std::collections::BTreeSet;

use super::id::Id;
use super::{Repo, Side};
use crate::failure::{Failure, Result};
use crate::source::{ObjectId, RepoPath};

use super::history::Commit;

/// A commit, and what it has that each of its parents had not.
type Brought = (Id, Vec<Vec<ObjectId>>);

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
        // Of a name that is not text git cannot be asked, so all commits are taken for it.
        let named = std::str::from_utf8(path.as_bytes()).ok();
        let listed = self.listed(base, heads, named.as_slice())?;
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

    /// The commits of `heads` that `base` does not have, and that bring a content in, under whatever name: what one wrote
    /// another may have moved.
    pub fn introduced(
        &self,
        base: Option<&Commit>,
        heads: &[Commit],
        content: &ObjectId,
    ) -> Result<Vec<Wrote>> {
        let find = format!("--find-object={}", content.0);
        let diffs = self.diffs(base, heads, &[&find], &[])?;
        let mut wrote = Vec::new();
        for (id, diffs) in diffs {
            let commit = self.commit_at(id)?;
            let parents = self.parents(&commit)?;
            if parents.iter().any(|it| !self.has(&it.0)) {
                let message = format!(
                    "history ends at {}, so nobody can say who wrote {}",
                    commit.id.0, content.0
                );
                return Err(self.deepen(Failure::new(message)));
            }
            let brought = diffs.iter().filter(|it| it.iter().any(|it| it == content)).count();
            // A merge has it from one of its parents.
            if brought >= parents.len().max(1) {
                wrote.push(self.words_of(&commit, Some(content.clone()))?);
            }
        }
        Ok(wrote)
    }

    /// Every content that was ever in a folder, up to a commit.
    pub fn ever_in(&self, commit: &Commit, folder: &str) -> Result<BTreeSet<ObjectId>> {
        if self.is_shallow() {
            let message = format!(
                "history is too short to tell what was in `{folder}` before {}",
                commit.id.0
            );
            return Err(self.deepen(Failure::new(message)));
        }
        let diffs = self.diffs(None, std::slice::from_ref(commit), &[], &[folder])?;
        Ok(diffs.into_iter().flat_map(|it| it.1).flatten().collect())
    }

    /// The commits of `heads` that `base` does not have, an id a line; of all paths where none is named.
    fn listed(&self, base: Option<&Commit>, heads: &[Commit], paths: &[&str]) -> Result<Vec<u8>> {
        let not_base = base.map(|it| format!("^{}", it.id.0));
        let mut args = vec!["--literal-pathspecs", "rev-list", "--full-history"];
        args.extend(heads.iter().map(|it| it.id.0.as_str()));
        args.extend(not_base.as_deref());
        args.push("--");
        args.extend(paths);
        self.git.run(&args)
    }

    /// What commits made of their parents: for each commit, and each of its parents where anything differs, the contents
    /// that are new. Without renames, which are guessed.
    fn diffs(
        &self,
        base: Option<&Commit>,
        heads: &[Commit],
        filter: &[&str],
        paths: &[&str],
    ) -> Result<Vec<Brought>> {
        let listed = self.listed(base, heads, paths)?;
        let mut compare = vec!["--literal-pathspecs", "diff-tree", "--stdin", "--root", "-m", "-r"];
        compare.extend(["--no-renames", "--raw", "--no-abbrev"]);
        compare.extend(filter);
        compare.push("--");
        compare.extend(paths);
        let output = self.git.output_of(&compare, &listed)?;
        if !output.status.success() {
            return Err(super::git::refused(&compare, &output));
        }
        let mut found: Vec<Brought> = Vec::new();
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            if let Some(changed) = line.strip_prefix(':') {
                // Both modes, then both contents.
                let new = changed.split(' ').nth(3).and_then(Id::from_hex);
                if let (Some(new), Some(diff)) =
                    (new, found.last_mut().and_then(|it| it.1.last_mut()))
                {
                    diff.push(new.into());
                }
            } else if let Some(id) = Id::from_hex(line) {
                match found.last_mut().filter(|it| it.0 == id) {
                    Some(known) => known.1.push(Vec::new()),
                    None => found.push((id, vec![Vec::new()])),
                }
            }
        }
        Ok(found)
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
