//! The branch that changes end up in.

use crate::failure::Result;

use super::Repo;
use super::history::Commit;
use super::id::Id;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// In full: `refs/remotes/origin/main`.
    pub name: String,
    /// The branch, in full, as the repository that it belongs to has it: `refs/heads/main`.
    pub branch: String,
    pub commit: Commit,
    /// Nothing says what the main branch is, and this is only where the current one is pushed to.
    pub guessed: bool,
}

impl Target {
    /// Whether it is the branch of that name, without `refs/heads/`.
    pub fn is_branch(&self, name: &str) -> bool {
        self.branch.strip_prefix("refs/heads/") == Some(name)
    }
}

impl Repo {
    /// The remote's main branch as last fetched, or the upstream of the current branch. Nothing where no remote branch
    /// was ever fetched.
    pub fn target(&self) -> Result<Option<Target>> {
        let branch = self.head_branch()?;
        let short = branch.as_deref().and_then(|it| it.strip_prefix("refs/heads/"));
        let upstream = match short {
            Some(branch) => self.branch_config(branch, "remote")?,
            None => None,
        };
        let mut remotes: Vec<&str> =
            upstream.iter().map(String::as_str).filter(|it| *it != ".").collect();
        if !remotes.contains(&"origin") {
            // A branch of a fork ends up in the repository it was forked from.
            remotes.push("origin");
        }
        for remote in &remotes {
            for name in ["HEAD", "main", "master"] {
                if let Some(target) = self.target_at(remote, name)? {
                    return Ok(Some(target));
                }
            }
        }
        let (Some(remote), Some(short)) = (upstream.filter(|it| it != "."), short) else {
            return Ok(None);
        };
        let Some(merge) = self.branch_config(short, "merge")? else { return Ok(None) };
        let Some(name) = merge.strip_prefix("refs/heads/") else { return Ok(None) };
        Ok(self.target_at(&remote, name)?.map(|it| Target { guessed: true, ..it }))
    }

    fn target_at(&self, remote: &str, name: &str) -> Result<Option<Target>> {
        let all = format!("refs/remotes/{remote}/");
        let Some((name, id)) = self.remote_branch(&format!("{all}{name}"))? else {
            return Ok(None);
        };
        let branch = format!("refs/heads/{}", name.strip_prefix(&all).unwrap_or(&name));
        Ok(Some(Target { name, branch, commit: self.commit_at(id)?, guessed: false }))
    }

    /// Whether there is another repository that this one knows of.
    pub fn has_remote(&self) -> Result<bool> {
        Ok(!self.git.run(&["remote"])?.is_empty())
    }

    /// The branch that `name` is or points to, if there is one.
    fn remote_branch(&self, name: &str) -> Result<Option<(String, Id)>> {
        if let Some(lib) = self.lib_refs() {
            match lib.find_reference(name).and_then(|it| it.resolve()) {
                Ok(found) => {
                    let id = found.target().and_then(|it| Id::from_bytes(it.as_bytes()));
                    let full = String::from_utf8_lossy(found.name_bytes()).into_owned();
                    return Ok(id.map(|id| (full, id)));
                }
                Err(error) if error.code() == git2::ErrorCode::NotFound => return Ok(None),
                // A name that libgit2 finds invalid, or a ref it cannot read: git decides.
                Err(_) => {}
            }
        }
        let Some(id) = self.git.maybe_id(&["rev-parse", "--verify", "-q", name])? else {
            return Ok(None);
        };
        let full = self.git.output(&["symbolic-ref", "-q", name])?;
        let full = String::from_utf8_lossy(&full.stdout).trim_end().to_owned();
        Ok(Some((if full.is_empty() { name.to_owned() } else { full }, id)))
    }

    fn branch_config(&self, branch: &str, key: &str) -> Result<Option<String>> {
        let key = format!("branch.{branch}.{key}");
        if let Some(lib) = self.lib_refs()
            && let Ok(config) = lib.config()
        {
            match config.get_string(&key) {
                Ok(value) => return Ok(Some(value)),
                Err(error) if error.code() == git2::ErrorCode::NotFound => return Ok(None),
                Err(_) => {}
            }
        }
        self.config(&key)
    }
}
