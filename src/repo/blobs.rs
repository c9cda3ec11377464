//! The contents of files, by their ids only.

use crate::failure::Result;
use crate::source::ObjectId;

use super::git::Place;
use super::id::Id;
use super::objects::{Found, Kind, Object, missing, read_with, wrong_kind};
use super::{Repo, open_lib};

/// From this many on, a second thread is worth opening the repository again.
const MANY: usize = 500;

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Blob {
    Bytes(Vec<u8>),
    /// It has this many bytes, more than the limit, and was not read.
    TooLarge(usize),
}

impl Repo {
    /// The contents of `ids`, in their order. What a partial clone left at its remote is fetched in one round trip.
    pub fn read(&self, ids: &[ObjectId], limit: usize) -> Result<Vec<Blob>> {
        let ids: Vec<Id> = ids.iter().map(Id::of).collect::<Result<_>>()?;
        let mut found = self.read_here(&ids, limit);
        let absent = |found: &[Option<Found>]| -> Vec<usize> {
            (0..found.len()).filter(|&at| found[at].is_none()).collect()
        };
        let mut lacking = absent(&found);
        if !lacking.is_empty() && self.objects.lib().is_some() {
            let wanted: Vec<Id> = lacking.iter().map(|&at| ids[at]).collect();
            if self.objects.fetch(&wanted)? {
                for &at in &lacking {
                    found[at] = self.objects.try_lib(ids[at], limit);
                }
                lacking = absent(&found);
            }
        }
        for at in lacking {
            found[at] = Some(self.objects.ask_git(ids[at], limit)?);
        }
        if self.objects.lib().is_none() {
            self.fetch_for_git(&ids, &mut found, limit)?;
        }
        ids.iter().zip(found).map(|(&id, found)| blob(id, found)).collect()
    }

    fn read_here(&self, ids: &[Id], limit: usize) -> Vec<Option<Found>> {
        let Some(lib) = self.objects.lib() else { return ids.iter().map(|_| None).collect() };
        if ids.len() <= MANY {
            return ids.iter().map(|&id| read_with(lib, id, limit)).collect();
        }
        // A repository of libgit2 serves one thread; the other one opens its own, as this one was opened, so that it
        // sees the same environment. Where that fails, git is asked later.
        let (here, there) = ids.split_at(ids.len() / 2);
        let place: &Place = self.git.place();
        std::thread::scope(|scope| {
            let there = scope.spawn(move || -> Vec<Option<Found>> {
                let lib = open_lib(place).ok();
                there.iter().map(|&id| read_with(lib.as_ref()?, id, limit)).collect()
            });
            let mut found: Vec<_> = here.iter().map(|&id| read_with(lib, id, limit)).collect();
            let rest = there.join().unwrap_or_default();
            found.extend(rest);
            found.resize_with(ids.len(), || None);
            found
        })
    }

    fn fetch_for_git(&self, ids: &[Id], found: &mut [Option<Found>], limit: usize) -> Result<()> {
        let lacking: Vec<usize> =
            (0..ids.len()).filter(|&at| matches!(found[at], Some(Found::Missing))).collect();
        let wanted: Vec<Id> = lacking.iter().map(|&at| ids[at]).collect();
        if !wanted.is_empty() && self.objects.fetch(&wanted)? {
            for at in lacking {
                found[at] = Some(self.objects.ask_git(ids[at], limit)?);
            }
        }
        Ok(())
    }
}

fn blob(id: Id, found: Option<Found>) -> Result<Blob> {
    match found {
        Some(Found::Object(Object { kind: Kind::Blob, data })) => Ok(Blob::Bytes(data)),
        Some(Found::TooLarge(Kind::Blob, size)) => Ok(Blob::TooLarge(size)),
        Some(Found::Object(Object { kind, .. }) | Found::TooLarge(kind, _)) => {
            Err(wrong_kind(id, Kind::Blob, kind))
        }
        Some(Found::Missing) | None => Err(missing(id)),
    }
}
