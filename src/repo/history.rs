//! Commits, and how they hang together.

use crate::failure::{Failure, Result};
use crate::source::ObjectId;

use super::Repo;
use super::id::Id;
use super::objects::{Found, Kind, Object, missing, wrong_kind};

/// How far history is followed in this process before git is asked.
const NEAR: usize = 64;
/// Tags of tags: nobody nests them this deep.
const NESTED: usize = 64;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    pub id: ObjectId,
    pub tree: ObjectId,
}

/// What is checked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Head {
    /// A branch without a commit yet.
    Unborn,
    Commit(Commit),
}

/// What a tag or an id stands for in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Peeled {
    Commit(Commit),
    Tree(ObjectId),
    Blob(ObjectId),
}

/// A commit's own words: not what grafts, replacements or a shallow boundary say about it.
struct Record {
    tree: Id,
    parents: Vec<Id>,
    time: i64,
}

impl Repo {
    /// What is checked out. A branch that cannot be read is an error, never the same as none.
    pub fn head(&self) -> Result<Head> {
        if let Some(known) = self.head.get() {
            return Ok(known.clone());
        }
        let head = match self.head_id()? {
            None => Head::Unborn,
            Some(id) => Head::Commit(self.commit_at(id)?),
        };
        Ok(self.head.get_or_init(|| head).clone())
    }

    fn head_id(&self) -> Result<Option<Id>> {
        if let Some(lib) = self.lib_refs() {
            match lib.head() {
                Ok(head) => {
                    if let Some(id) = head.target().and_then(|it| Id::from_bytes(it.as_bytes())) {
                        return Ok(Some(id));
                    }
                }
                Err(error) if error.code() == git2::ErrorCode::UnbornBranch => return Ok(None),
                // git reads some that libgit2 does not, or says what is wrong.
                Err(_) => {}
            }
        }
        self.head_by_git()
    }

    fn head_by_git(&self) -> Result<Option<Id>> {
        if let Some(id) = self.git.maybe_id(&["rev-parse", "--verify", "-q", "HEAD"])? {
            return Ok(Some(id));
        }
        let broken = |what: &str| {
            Failure::new(format!("HEAD cannot be read: {what}")).help(
                "run `git status` to see what git says about it, and `git fsck` to see what is damaged",
            )
        };
        let branch = self
            .git
            .maybe_line(&["symbolic-ref", "-q", "HEAD"])
            .map_err(|failure| broken(&failure.message))?
            .ok_or_else(|| broken("it names neither a branch nor a commit"))?;
        let name = String::from_utf8_lossy(&branch).into_owned();
        let exists = self.git.output(&["show-ref", "--verify", "-q", &name])?.status.success();
        // git calls a branch without content missing; a file of its name says that it is damaged.
        if exists || self.common_dir.join(&name).is_file() {
            return Err(broken(&format!("`{name}` is damaged")));
        }
        Ok(None)
    }

    /// The branch that HEAD names, in full, whether it has a commit or not. Nothing where it names a commit.
    pub fn head_branch(&self) -> Result<Option<String>> {
        if let Some(head) = self.lib_refs().and_then(|it| it.find_reference("HEAD").ok()) {
            let branch = head.symbolic_target_bytes();
            return Ok(branch.map(|it| String::from_utf8_lossy(it).into_owned()));
        }
        let line = self.git.maybe_line(&["symbolic-ref", "-q", "HEAD"])?;
        Ok(line.map(|it| String::from_utf8_lossy(&it).into_owned()))
    }

    /// The commit that a revision names: a branch, a tag, an id, `HEAD~2`.
    pub fn commit(&self, revision: &str) -> Result<Commit> {
        if revision == "HEAD"
            && let Head::Commit(commit) = self.head()?
        {
            return Ok(commit);
        }
        let unknown = || {
            let shown = revision.escape_debug();
            let failure = Failure::new(format!("`{shown}` names no commit in this repository"));
            let here =
                failure.help("check its spelling, and whether it has been fetched: `git fetch`");
            self.deepen(here)
        };
        if let Some(id) = Id::from_hex(revision) {
            if self.objects.find(id)?.is_none() {
                return Err(unknown());
            }
            return match self.peel_id(id)? {
                Peeled::Commit(commit) => Ok(commit),
                Peeled::Tree(_) | Peeled::Blob(_) => Err(unknown()),
            };
        }
        if revision.is_empty() || revision.starts_with('-') || revision.contains('\0') {
            return Err(unknown());
        }
        if let Some(failure) = self.ambiguous(revision)? {
            return Err(failure);
        }
        let peeled = format!("{revision}^{{commit}}");
        let args = ["rev-parse", "--verify", "-q", &peeled];
        let output = self.git.output(&args)?;
        if !output.status.success() {
            return Err(unknown());
        }
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        match Id::from_hex(printed.trim_end()) {
            Some(id) => self.commit_at(id),
            None => self.git.id(&args).and_then(|id| self.commit_at(id)),
        }
    }

    /// git takes a tag before a branch of the same name (gitrevisions), and a tag may be made by anybody.
    fn ambiguous(&self, revision: &str) -> Result<Option<Failure>> {
        let name = revision.split(['~', '^', '@', ':']).next().unwrap_or_default();
        if name.is_empty() || name.starts_with("refs/") || name == "HEAD" {
            return Ok(None);
        }
        let full = ["tags", "heads", "remotes"].map(|it| format!("refs/{it}/{name}"));
        let [tag, branch, remote] = full.each_ref();
        let format = "--format=%(refname) %(objectname) %(*objectname)";
        // Of a name that no ref can have nothing is found.
        let listed = self.git.output(&["for-each-ref", format, tag, branch, remote])?;
        let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
        let there: Vec<(&str, &str)> = listed
            .lines()
            .filter_map(|line| {
                let mut words = line.split(' ');
                let (name, id) = (words.next()?, words.next()?);
                // What a tag is of.
                Some((name, words.next().filter(|it| !it.is_empty()).unwrap_or(id)))
            })
            .filter(|(name, _)| full.iter().any(|it| it == name))
            .collect();
        let one = there.first().is_none_or(|first| there.iter().all(|it| it.1 == first.1));
        Ok((!one).then(|| {
            let names: Vec<String> = there.iter().map(|it| format!("`{}`", it.0)).collect();
            Failure::new(format!("`{name}` may be {}, which are not the same", names.join(" or ")))
                .help("write the one that is meant in full")
        }))
    }

    /// What an id stands for once every tag is opened.
    pub fn peel(&self, id: &str) -> Result<Peeled> {
        let id = Id::from_hex(id)
            .ok_or_else(|| Failure::new(format!("`{}` is not an object id", id.escape_debug())))?;
        self.peel_id(id)
    }

    fn peel_id(&self, start: Id) -> Result<Peeled> {
        let mut id = start;
        for _ in 0..NESTED {
            let object = self.objects.find(id)?.ok_or_else(|| self.deepen(missing(id)))?;
            match object.kind {
                Kind::Commit => return Ok(Peeled::Commit(commit(id, &record(id, &object)?))),
                Kind::Tree => return Ok(Peeled::Tree(id.object_id())),
                Kind::Blob => return Ok(Peeled::Blob(id.object_id())),
                Kind::Tag => id = tagged(&object).ok_or_else(|| unreadable(id, Kind::Tag))?,
            }
        }
        Err(Failure::new(format!("tag {} is a tag of a tag of a tag, without an end", start.hex())))
    }

    /// The parents as the commit names them, also where a shallow clone does not have them.
    pub fn parents(&self, commit: &Commit) -> Result<Vec<ObjectId>> {
        let record = self.record(Id::of(&commit.id)?)?;
        Ok(record.parents.into_iter().map(Id::into).collect())
    }

    /// The commits that two histories parted at: nearly always one, more where each was merged into the other
    /// (git-merge-base, "criss-cross"). None where they never met.
    pub fn merge_bases(&self, a: &Commit, b: &Commit) -> Result<Vec<Commit>> {
        if let Some(near) = self.parted_nearby(Id::of(&a.id)?, Id::of(&b.id)?) {
            return Ok(vec![self.commit_at(near)?]);
        }
        let args = ["merge-base", "--all", &a.id.0, &b.id.0];
        let output = self.git.output(&args)?;
        match output.status.code() {
            Some(0) => {
                let printed = String::from_utf8_lossy(&output.stdout);
                printed.lines().filter_map(Id::from_hex).map(|it| self.commit_at(it)).collect()
            }
            Some(1) if self.is_shallow() => {
                let message =
                    format!("history is too short to tell where {} and {} parted", a.id.0, b.id.0);
                Err(self.deepen(Failure::new(message)))
            }
            Some(1) => Ok(Vec::new()),
            _ => Err(super::git::refused(&args, &output)),
        }
    }

    /// The merge base, where first parents alone prove it. git knows the rest.
    fn parted_nearby(&self, a: Id, b: Id) -> Option<Id> {
        self.objects.lib()?;
        let mut sides = [Chain::new(a), Chain::new(b)];
        for _ in 0..NEAR {
            for this in 0..2 {
                let other = 1 - this;
                if let Some(found) = sides[this].meets(&sides[other]) {
                    return Some(found);
                }
                let limit = sides[other].first_time;
                sides[this].step(self, limit);
            }
            if sides.iter().all(|it| it.ended) {
                break;
            }
        }
        sides[0].meets(&sides[1]).or_else(|| sides[1].meets(&sides[0]))
    }

    /// Whether `b` has `a` in its history, or is it.
    pub fn is_ancestor(&self, a: &Commit, b: &Commit) -> Result<bool> {
        if a.id == b.id {
            return Ok(true);
        }
        let args = ["merge-base", "--is-ancestor", &a.id.0, &b.id.0];
        let output = self.git.output(&args)?;
        match output.status.code() {
            Some(0) => Ok(true),
            Some(1) if self.is_shallow() => {
                let message =
                    format!("history is too short to tell whether {} has {} in it", b.id.0, a.id.0);
                Err(self.deepen(Failure::new(message)))
            }
            Some(1) => Ok(false),
            _ => Err(super::git::refused(&args, &output)),
        }
    }

    pub(super) fn commit_at(&self, id: Id) -> Result<Commit> {
        Ok(commit(id, &self.record(id)?))
    }

    fn record(&self, id: Id) -> Result<Record> {
        let object = self.objects.find(id)?.ok_or_else(|| self.deepen(missing(id)))?;
        record(id, &object)
    }
}

/// First parents, from a commit back.
struct Chain {
    seen: Vec<Id>,
    /// How many of `seen` have no merge before them.
    plain: usize,
    first_time: Option<i64>,
    ended: bool,
}

impl Chain {
    fn new(start: Id) -> Chain {
        Chain { seen: vec![start], plain: 1, first_time: None, ended: false }
    }

    /// Adds one more commit, unless the chain has left the time in which it could meet a commit of `limit`.
    fn step(&mut self, repo: &Repo, limit: Option<i64>) {
        let Some(&last) = self.seen.last().filter(|_| !self.ended) else { return };
        self.ended = true;
        // What libgit2 does not find is git's to judge.
        let Some(Found::Object(object)) = repo.objects.try_lib(last, usize::MAX) else { return };
        let Ok(record) = record(last, &object) else { return };
        let Some(&parent) = record.parents.first() else { return };
        self.first_time.get_or_insert(record.time);
        let plain = self.plain == self.seen.len() && record.parents.len() == 1;
        if limit.is_some_and(|it| record.time < it) && !plain {
            return;
        }
        self.plain += usize::from(plain);
        self.seen.push(parent);
        self.ended = false;
    }

    /// The last commit of this chain, if it proves to be the merge base.
    fn meets(&self, other: &Chain) -> Option<Id> {
        let &last = self.seen.last()?;
        let at = other.seen.iter().position(|&it| it == last)?;
        let ancestor = at == 0 || self.seen.len() == 1;
        let plain = self.plain == self.seen.len() && at < other.plain;
        (ancestor || plain).then_some(last)
    }
}

fn commit(id: Id, record: &Record) -> Commit {
    Commit { id: id.object_id(), tree: record.tree.object_id() }
}

fn record(id: Id, object: &Object) -> Result<Record> {
    if object.kind != Kind::Commit {
        return Err(wrong_kind(id, Kind::Commit, object.kind));
    }
    parse(&object.data).ok_or_else(|| unreadable(id, Kind::Commit))
}

fn parse(data: &[u8]) -> Option<Record> {
    let mut lines = data.split(|&byte| byte == b'\n');
    let tree = hex(lines.next()?.strip_prefix(b"tree ")?)?;
    let mut record = Record { tree, parents: Vec::new(), time: 0 };
    for line in lines.take_while(|it| !it.is_empty()) {
        if let Some(parent) = line.strip_prefix(b"parent ") {
            record.parents.push(hex(parent)?);
        } else if line.starts_with(b"committer ") {
            let time = line.rsplit(|&byte| byte == b' ').nth(1);
            record.time =
                time.and_then(|it| std::str::from_utf8(it).ok()?.parse().ok()).unwrap_or(0);
            break;
        }
    }
    Some(record)
}

fn tagged(tag: &Object) -> Option<Id> {
    hex(tag.data.split(|&byte| byte == b'\n').next()?.strip_prefix(b"object ")?)
}

fn hex(digits: &[u8]) -> Option<Id> {
    Id::from_hex(std::str::from_utf8(digits).ok()?)
}

fn unreadable(id: Id, kind: Kind) -> Failure {
    Failure::new(format!("{} {} cannot be read", kind.name(), id.hex()))
        .help("run `git fsck` to see what is damaged")
}
