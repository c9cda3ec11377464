//! Which database a migration belongs to, and in which order migrations are applied.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::beside;
use crate::failure::Result;
use crate::parse::drizzle::Journal;
use crate::repo::{Repo, Side};
use crate::rules::Slot;
use crate::source::{File, PathList, RepoPath};

/// The database that a migration belongs to.
pub fn database(path: &RepoPath) -> RepoPath {
    Slot::of(path).database()
}

/// In which order the migrations of a tree are applied: by their names, but for those whose journal says otherwise.
#[derive(Debug, Default)]
pub(super) struct Order {
    /// Names to sort by, where they are not those of the files.
    places: BTreeMap<RepoPath, String>,
}

impl Order {
    /// The order of these migrations of a side.
    pub(super) fn of<'a>(
        repo: &Repo,
        side: &Side,
        migrations: impl Iterator<Item = &'a RepoPath>,
    ) -> Result<Order> {
        let mut folders: Vec<RepoPath> = Vec::new();
        for path in migrations {
            // Only what is a file among others has its name in a journal.
            let Some(folder) = path.parent().filter(|it| Slot::of(path).folder == *it) else {
                continue;
            };
            if !folders.contains(&folder) {
                folders.push(folder);
            }
        }
        let mut order = Order::default();
        for folder in folders {
            let Some(file) = beside::journal(repo, side, &folder)? else { continue };
            let file_of =
                |tag: &str| RepoPath::joined(&folder.to_str_lossy(), &format!("{tag}.sql"));
            let places = places(&file).into_iter();
            order.places.extend(places.map(|(tag, place)| (file_of(&tag), place)));
        }
        Ok(order)
    }

    pub(super) fn key(&self, path: &RepoPath) -> (String, RepoPath) {
        match self.places.get(path) {
            Some(place) => (place.clone(), path.clone()),
            None => key(path),
        }
    }
}

/// What a journal puts elsewhere than its name does.
pub(super) fn places(journal: &File) -> BTreeMap<String, String> {
    let journal = journal.content.text().and_then(|it| Journal::read(it).ok());
    journal.map(|it| it.places()).unwrap_or_default()
}

/// Sorts as the tools apply: by name, whatever the folder.
pub(super) fn key(path: &RepoPath) -> (String, RepoPath) {
    (Slot::of(path).name, path.clone())
}

/// The last migration of each database, by its key.
pub(super) fn last(files: &PathList) -> BTreeMap<RepoPath, (String, RepoPath)> {
    // Paths come sorted, so those of one folder follow each other, mostly in order: only what may be the last one of
    // its folder is looked at closely.
    let mut last: BTreeMap<RepoPath, (String, RepoPath)> = BTreeMap::new();
    let mut candidate: Option<&[u8]> = None;
    let mut settle = |path: &[u8]| {
        let path = RepoPath::from(path);
        let key = key(&path);
        match last.entry(database(&path)) {
            Entry::Vacant(it) => {
                it.insert(key);
            }
            Entry::Occupied(mut it) if *it.get() < key => {
                it.insert(key);
            }
            Entry::Occupied(_) => {}
        }
    };
    for path in files.iter() {
        if let Some(before) = candidate
            && !supersedes(path, before)
        {
            settle(before);
        }
        candidate = Some(path);
    }
    candidate.into_iter().for_each(settle);
    last
}

/// Whether `later`, which sorts after `before`, is for certain of the same folder and the greater of the two: both are
/// `…/migration.sql` and differ in the name above it, or neither is and they differ in their own.
fn supersedes(later: &[u8], before: &[u8]) -> bool {
    const PRISMA: &[u8] = b"/migration.sql";
    let tail = |it: &'_ [u8]| it.len().saturating_sub(PRISMA.len());
    let is_prisma = |it: &[u8]| it[tail(it)..].eq_ignore_ascii_case(PRISMA);
    let slashes = match (is_prisma(later), is_prisma(before)) {
        (true, true) => 1,
        (false, false) => 0,
        _ => return false,
    };
    let common = later.iter().zip(before).take_while(|(a, b)| a == b).count();
    [later, before].map(|it| &it[common..]).into_iter().all(|rest| {
        rest.is_ascii()
            && rest.first().is_some_and(|&it| it != b'/')
            && rest.split(|&it| it == b'/').count() == slashes + 1
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::{database, key, last};
    use crate::source::{PathList, RepoPath};

    proptest! {
        #[test]
        fn the_last_migration_is_found_without_looking_at_each(
            paths in proptest::collection::btree_set(
                "(a/)?(prisma/|drizzle/)?(migrations/)?[12]{1,2}(_|-|é|\u{ff})?[ab]?(/migration\\.(sql|SQL|sp)|\\.sql|)", 0..12,
            ),
        ) {
            let paths: Vec<RepoPath> = paths.iter().map(|it| it.as_str().into()).collect();
            let mut all: BTreeMap<RepoPath, Vec<_>> = BTreeMap::new();
            for path in &paths {
                all.entry(database(path)).or_default().push(key(path));
            }
            let known: BTreeMap<_, _> =
                all.into_iter().map(|(it, keys)| (it, keys.into_iter().max().unwrap())).collect();
            prop_assert_eq!(last(&PathList::new(&paths)), known);
        }
    }

    #[test]
    fn two_tools_in_one_folder_change_one_database() {
        let prisma = database(&"app/prisma/migrations/1_a/migration.sql".into());
        let supabase = database(&"app/supabase/migrations/2_b.sql".into());
        assert_eq!(prisma, supabase);
        assert_eq!(prisma, "app".into());
    }

    #[test]
    fn two_packages_have_two() {
        let a = database(&"packages/a/drizzle/0000_x.sql".into());
        let b = database(&"packages/b/drizzle/0000_x.sql".into());
        assert_ne!(a, b);
    }
}
