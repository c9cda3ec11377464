//! What was worked out before, kept under the git directory by content.
//!
//! Nothing depends on it: it may be deleted at any time, a damaged file is as good as none, and where it cannot be
//! written the work is done again. A file is named by what went in (the tree, the policy's globs, the program), so two
//! commits at once write the same bytes or different files, each whole.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::schema::Catalog;
use crate::source::{ObjectId, PathList, RepoPath};

/// What the migrations of one tree leave behind.
#[derive(Clone, Debug)]
pub struct Past {
    pub tree: ObjectId,
    /// The migrations of the tree.
    pub files: PathList,
    /// One for each database, named by the folder above its migrations.
    pub catalogs: BTreeMap<RepoPath, Catalog>,
}

/// Files kept for one repository and one program.
#[derive(Debug)]
pub struct Cache {
    directory: PathBuf,
    key: String,
}

/// Old files are taken away when there are more.
const KEPT: usize = 12;
/// Changes with the format of what is kept.
const MAGIC: &[u8; 8] = b"sprag 2\n";

#[derive(Serialize, Deserialize)]
struct Head {
    tree: ObjectId,
    files: usize,
    catalogs: Vec<(RepoPath, usize)>,
}

impl Cache {
    /// `parts` is everything that decides what is kept, besides the tree and the program.
    pub fn new(git_directory: &Path, parts: &[&str]) -> Cache {
        let mut hash = Sha256::new();
        hash.update(program());
        for part in parts {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
        let mut key = String::new();
        for byte in &hash.finalize()[..8] {
            let _ = write!(key, "{byte:02x}");
        }
        Cache { directory: git_directory.join("sprag"), key }
    }

    /// What was kept for exactly this tree.
    pub fn past(&self, tree: &ObjectId) -> Option<Past> {
        decode(&read(&self.path("past", tree))?).filter(|it| it.tree == *tree)
    }

    /// What was kept last, for any tree: mostly that of a commit nearby.
    pub fn newest_past(&self) -> Option<Past> {
        let prefix = format!("past-{}-", self.key);
        let (path, _) = self.files().into_iter().find(|(path, _)| {
            path.file_name().is_some_and(|it| it.to_string_lossy().starts_with(&prefix))
        })?;
        decode(&read(&path)?)
    }

    pub fn keep_past(&self, past: &Past) {
        let catalogs: Vec<(&RepoPath, Vec<u8>)> =
            past.catalogs.iter().map(|(root, it)| (root, it.to_bytes())).collect();
        let head = Head {
            tree: past.tree.clone(),
            files: past.files.as_bytes().len(),
            catalogs: catalogs.iter().map(|(root, it)| ((*root).clone(), it.len())).collect(),
        };
        let Ok(head) = postcard::to_stdvec(&head) else { return };
        let length = u32::try_from(head.len()).unwrap_or(0).to_le_bytes();
        let mut body = [length.as_slice(), &head, past.files.as_bytes()].concat();
        for (_, catalog) in catalogs {
            body.extend(catalog);
        }
        self.write(&self.path("past", &past.tree), &body);
    }

    /// Anything else that depends on a tree alone.
    pub fn value<T: for<'a> Deserialize<'a>>(&self, kind: &str, tree: &ObjectId) -> Option<T> {
        let bytes = read(&self.path(kind, tree))?;
        postcard::from_bytes(bytes.get(MAGIC.len() + 4..)?).ok()
    }

    pub fn keep_value<T: Serialize>(&self, kind: &str, tree: &ObjectId, value: &T) {
        if let Ok(body) = postcard::to_stdvec(value) {
            self.write(&self.path(kind, tree), &body);
        }
    }

    fn path(&self, kind: &str, tree: &ObjectId) -> PathBuf {
        self.directory.join(format!("{kind}-{}-{}", self.key, tree.0))
    }

    /// Whole or not at all, whoever else writes at the same time.
    fn write(&self, path: &Path, body: &[u8]) {
        let write = || -> std::io::Result<()> {
            std::fs::create_dir_all(&self.directory)?;
            let mut file = tempfile::NamedTempFile::new_in(&self.directory)?;
            file.write_all(MAGIC)?;
            file.write_all(&checksum(path, body).to_le_bytes())?;
            file.write_all(body)?;
            file.persist(path)?;
            for (path, _) in self.files().into_iter().skip(KEPT) {
                std::fs::remove_file(path)?;
            }
            Ok(())
        };
        // A cache that cannot be written costs time and nothing else.
        let _ = write();
    }

    /// All files, the newest first.
    fn files(&self) -> Vec<(PathBuf, SystemTime)> {
        let entries = std::fs::read_dir(&self.directory).into_iter().flatten().flatten();
        let mut files: Vec<(PathBuf, SystemTime)> = entries
            .filter_map(|it| Some((it.path(), it.metadata().ok()?.modified().ok()?)))
            .collect();
        files.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        files
    }
}

/// Says which program this is: another build may read SQL differently.
fn program() -> String {
    let file = std::env::current_exe().and_then(std::fs::metadata);
    let built = file.ok().map(|it| (it.len(), it.modified().ok()));
    format!("{} {built:?}", env!("CARGO_PKG_VERSION"))
}

/// Of the name too: a file that was copied under the name of another is as good as none.
fn checksum(path: &Path, body: &[u8]) -> u32 {
    let mut sum = crc32fast::Hasher::new();
    sum.update(path.file_name().unwrap_or_default().as_encoded_bytes());
    sum.update(body);
    sum.finalize()
}

/// The bytes of a file that is what was written.
fn read(path: &Path) -> Option<Arc<Vec<u8>>> {
    let bytes = std::fs::read(path).ok()?;
    let sum: [u8; 4] = bytes.strip_prefix(MAGIC)?.get(..4)?.try_into().ok()?;
    let body = bytes.get(MAGIC.len() + 4..)?;
    (checksum(path, body) == u32::from_le_bytes(sum)).then(|| Arc::new(bytes))
}

fn decode(bytes: &Arc<Vec<u8>>) -> Option<Past> {
    let start = MAGIC.len() + 4;
    let length: [u8; 4] = bytes.get(start..start + 4)?.try_into().ok()?;
    let mut at = (start + 4).checked_add(u32::from_le_bytes(length) as usize)?;
    let head: Head = postcard::from_bytes(bytes.get(start + 4..at)?).ok()?;
    let files = PathList::from_bytes(bytes.clone(), at)?;
    at = at.checked_add(head.files)?;
    let mut catalogs = BTreeMap::new();
    for (root, length) in head.catalogs {
        catalogs.insert(root, Catalog::from_bytes(bytes, at)?);
        at = at.checked_add(length)?;
    }
    Some(Past { tree: head.tree, files, catalogs })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Cache, Past};
    use crate::source::{ObjectId, PathList};
    use std::collections::BTreeMap;

    fn cache() -> (tempfile::TempDir, Cache, ObjectId) {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path(), &["a"]);
        let tree = ObjectId("11".repeat(20));
        let files = PathList::new(&["a.sql".into(), "b.sql".into()]);
        cache.keep_past(&Past { tree: tree.clone(), files, catalogs: BTreeMap::new() });
        cache.keep_value("audit", &tree, &"kept".to_owned());
        (folder, cache, tree)
    }

    #[test]
    fn what_was_kept_is_found() {
        let (_folder, cache, tree) = cache();
        assert_eq!(cache.past(&tree).unwrap().files.len(), 2);
        assert_eq!(cache.value("audit", &tree), Some("kept".to_owned()));
    }

    #[test]
    fn no_damaged_file_is_believed() {
        let (_folder, cache, tree) = cache();
        let path = cache.path("past", &tree);
        let whole = std::fs::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x40;
            std::fs::write(&path, &damaged).unwrap();
            assert!(cache.past(&tree).is_none(), "byte {at} was changed");
            std::fs::write(&path, &whole[..at]).unwrap();
            assert!(cache.past(&tree).is_none(), "cut at {at}");
        }
        std::fs::write(&path, whole).unwrap();
        assert!(cache.past(&tree).is_some());
    }

    #[test]
    fn no_file_is_believed_under_the_name_of_another() {
        let (folder, cache, tree) = cache();
        let other = ObjectId("22".repeat(20));
        let strict = Cache::new(folder.path(), &["b"]);
        for (from, to) in [
            (cache.path("audit", &tree), cache.path("audit", &other)),
            (cache.path("audit", &tree), strict.path("audit", &tree)),
            (cache.path("past", &tree), strict.path("past", &tree)),
        ] {
            std::fs::copy(from, to).unwrap();
        }
        assert_eq!(cache.value::<String>("audit", &other), None);
        assert_eq!(strict.value::<String>("audit", &tree), None);
        assert!(strict.past(&tree).is_none());
        assert!(strict.newest_past().is_none());
    }
}
