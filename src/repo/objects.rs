//! Commits, trees and blobs by their ids: libgit2 first, git where it cannot.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use git2::{ObjectType, Repository};

use crate::failure::{Failure, Result};

use super::git::{Git, refused};
use super::id::Id;
use super::session::Session;
use super::tree::Listing;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Commit,
    Tree,
    Blob,
    Tag,
}

impl Kind {
    pub(super) fn from_name(name: &[u8]) -> Option<Kind> {
        match name {
            b"commit" => Some(Kind::Commit),
            b"tree" => Some(Kind::Tree),
            b"blob" => Some(Kind::Blob),
            b"tag" => Some(Kind::Tag),
            _ => None,
        }
    }

    fn from_git2(kind: ObjectType) -> Option<Kind> {
        Kind::from_name(kind.str().as_bytes())
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Commit => "commit",
            Kind::Tree => "tree",
            Kind::Blob => "blob",
            Kind::Tag => "tag",
        }
    }

    fn git2(self) -> ObjectType {
        match self {
            Kind::Commit => ObjectType::Commit,
            Kind::Tree => ObjectType::Tree,
            Kind::Blob => ObjectType::Blob,
            Kind::Tag => ObjectType::Tag,
        }
    }
}

pub(super) struct Object {
    pub kind: Kind,
    pub data: Vec<u8>,
}

pub(super) enum Found {
    Object(Object),
    TooLarge(Kind, usize),
    Missing,
}

/// The object store of one repository.
pub(super) struct Objects {
    /// Absent where libgit2 cannot open the repository.
    lib: Option<Repository>,
    git: Git,
    session: RefCell<Option<Session>>,
    promisor: OnceCell<Option<String>>,
    listings: RefCell<BTreeMap<Id, Rc<Listing>>>,
}

/// So many trees are kept once they are read: a hook looks at the same few again and again, an audit at each once.
const KEPT: usize = 256;

impl Objects {
    pub(super) fn new(lib: Option<Repository>, git: Git) -> Objects {
        Objects {
            lib,
            git,
            session: RefCell::new(None),
            promisor: OnceCell::new(),
            listings: RefCell::default(),
        }
    }

    /// A tree that was read before: the same sides are compared more than once in a run.
    pub(super) fn known_listing(&self, id: Id) -> Option<Rc<Listing>> {
        self.listings.borrow().get(&id).cloned()
    }

    pub(super) fn keep_listing(&self, id: Id, listing: &Rc<Listing>) {
        let mut listings = self.listings.borrow_mut();
        if listings.len() < KEPT {
            listings.insert(id, listing.clone());
        }
    }

    pub(super) fn lib(&self) -> Option<&Repository> {
        self.lib.as_ref()
    }

    /// An object that has to be there and of this kind, fetched first in a partial clone.
    pub(super) fn need(&self, id: Id, kind: Kind) -> Result<Vec<u8>> {
        match self.find(id)? {
            Some(object) if object.kind == kind => Ok(object.data),
            Some(object) => Err(wrong_kind(id, kind, object.kind)),
            None => Err(missing(id)),
        }
    }

    /// An object of any kind, if it can be had.
    pub(super) fn find(&self, id: Id) -> Result<Option<Object>> {
        let mut found = self.get(id, usize::MAX)?;
        if matches!(found, Found::Missing) && self.fetch(&[id])? {
            found = self.get(id, usize::MAX)?;
        }
        match found {
            Found::Object(object) => Ok(Some(object)),
            Found::Missing | Found::TooLarge(..) => Ok(None),
        }
    }

    /// An object that is here, not larger than `limit`.
    pub(super) fn get(&self, id: Id, limit: usize) -> Result<Found> {
        match self.try_lib(id, limit) {
            Some(found) => Ok(found),
            None => self.ask_git(id, limit),
        }
    }

    /// Whether it is here, without fetching it.
    pub(super) fn has(&self, id: Id) -> bool {
        let here = self.lib.as_ref().and_then(|lib| {
            let odb = lib.odb().ok()?;
            Some(odb.exists(git2::Oid::from_bytes(id.as_bytes()).ok()?))
        });
        // git knows of alternates that libgit2 cannot read.
        here == Some(true) || !matches!(self.ask_git(id, 0), Ok(Found::Missing) | Err(_))
    }

    /// Nothing where libgit2 does not have it or cannot read it: git is asked then.
    pub(super) fn try_lib(&self, id: Id, limit: usize) -> Option<Found> {
        read_with(self.lib.as_ref()?, id, limit)
    }

    pub(super) fn ask_git(&self, id: Id, limit: usize) -> Result<Found> {
        let mut session = self.session.borrow_mut();
        let running = match session.as_mut() {
            Some(running) => running,
            None => session.insert(Session::start(&self.git)?),
        };
        let found = running.object(id, limit);
        if found.is_err() {
            // Whatever it would say next may be the answer to this question.
            *session = None;
        }
        let found = found?;
        if let Found::Object(object) = &found {
            verify(id, object)?;
        }
        Ok(found)
    }

    /// Brings objects that a partial clone left at its remote, all in one round trip. False: there is no such remote.
    pub(super) fn fetch(&self, ids: &[Id]) -> Result<bool> {
        let Some(remote) = self.promisor()? else { return Ok(false) };
        let args = [
            "-c",
            "fetch.negotiationAlgorithm=noop",
            "fetch",
            &remote,
            "--no-tags",
            "--no-write-fetch-head",
            "--recurse-submodules=no",
            "--filter=blob:none",
            "--stdin",
        ];
        let wanted: String = ids.iter().map(|id| id.hex() + "\n").collect();
        let output = self.git.output_of(&args, wanted.as_bytes())?;
        if output.status.success() {
            return Ok(true);
        }
        let mut failure = refused(&args, &output);
        failure.message = format!(
            "this partial clone left objects at `{remote}`, and they could not be fetched: {}",
            failure.message
        );
        Err(failure.help(format!("check the connection: `git ls-remote {remote}`")))
    }

    /// The remote that promised to have what is missing here.
    fn promisor(&self) -> Result<Option<String>> {
        if let Some(known) = self.promisor.get() {
            return Ok(known.clone());
        }
        let pattern = r"^(remote\..*\.promisor|extensions\.partialclone)$";
        let output = self.git.output(&["config", "-z", "--get-regexp", pattern])?;
        let entries =
            output.stdout.split(|&byte| byte == 0).filter_map(|it| std::str::from_utf8(it).ok());
        let remote = entries.filter(|it| !it.is_empty()).find_map(|entry| {
            let (key, value) = entry.split_once('\n').unwrap_or((entry, "true"));
            match key.strip_prefix("remote.").and_then(|it| it.strip_suffix(".promisor")) {
                Some(_) if ["false", "no", "off", "0"].contains(&value) => None,
                Some(name) => Some(name.to_owned()),
                None => Some(value.to_owned()),
            }
        });
        let remote = remote.filter(|it| !it.is_empty() && !it.starts_with('-'));
        Ok(self.promisor.get_or_init(|| remote).clone())
    }
}

/// Reads with libgit2, and checks that the content has the id. Trees are believed: git believes them too, and who can
/// swap one can swap the refs as well.
pub(super) fn read_with(lib: &Repository, id: Id, limit: usize) -> Option<Found> {
    let odb = lib.odb().ok()?;
    let oid = git2::Oid::from_bytes(id.as_bytes()).ok()?;
    if limit != usize::MAX {
        let (size, kind) = odb.read_header(oid).ok()?;
        if size > limit {
            return Some(Found::TooLarge(Kind::from_git2(kind)?, size));
        }
    }
    // Not found or not readable: git may know more.
    let object = odb.read(oid).ok()?;
    let object = Object { kind: Kind::from_git2(object.kind())?, data: object.data().to_vec() };
    (object.kind == Kind::Tree || verify(id, &object).is_ok()).then_some(Found::Object(object))
}

/// `git cat-file` prints a loose object whatever its content is, so its name is computed again.
fn verify(id: Id, object: &Object) -> Result<()> {
    if id.as_bytes().len() != 20 {
        return Ok(());
    }
    let computed = git2::Oid::hash_object(object.kind.git2(), &object.data).ok();
    if computed.is_some_and(|it| it.as_bytes() == id.as_bytes()) {
        return Ok(());
    }
    Err(Failure::new(format!("the content of object {} is not what its name says", id.hex()))
        .help("run `git fsck`, then fetch the object again from a healthy clone"))
}

pub(super) fn missing(id: Id) -> Failure {
    Failure::new(format!("object {} is missing from this repository, or cannot be read", id.hex()))
        .help("run `git fsck` to see what is damaged")
}

pub(super) fn wrong_kind(id: Id, wanted: Kind, is: Kind) -> Failure {
    Failure::new(format!(
        "object {} should be a {}, but is a {}",
        id.hex(),
        wanted.name(),
        is.name()
    ))
    .help("run `git fsck` to see what is damaged")
}
