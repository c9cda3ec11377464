//! Which files of the repository stand where in an image, by `COPY` and `ADD`.

use super::Stage;

/// How many files a name in an image may come from.
const MOST: usize = 16;
/// Folders whose programs are found by their bare names.
const PROGRAMS: &[&str] =
    &["/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/sbin"];

/// A `COPY` or `ADD`.
pub(super) struct Copy {
    /// The stage that it copies from; none where that is the repository.
    pub(super) from: Option<usize>,
    pub(super) sources: Vec<String>,
    pub(super) target: String,
    /// Whether the target is a folder for certain.
    pub(super) folder: bool,
    /// The key of the file that stands in the instruction itself.
    pub(super) inline: Option<String>,
}

/// What a path in an image is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// A file of the repository, as the instruction names it.
    File(String),
    /// A file that stands in the `Dockerfile`: the key of its place.
    Inline(String),
}

/// A path in an image, from its top.
pub(super) fn absolute(folder: &str, path: &str) -> String {
    let folder = if path.starts_with('/') { "" } else { folder };
    let below = crate::source::RepoPath::joined(folder, path);
    format!("/{}", below.to_str_lossy())
}

/// What the command of a stage that is called `name` may be, besides a file of that very name.
pub(super) fn origins(stages: &[Stage], stage: usize, name: &str) -> Vec<Origin> {
    let Some(own) = stages.get(stage) else { return Vec::new() };
    if name.contains('/') {
        return at(stages, stage, &absolute(&own.folder, name));
    }
    let mut found = Vec::new();
    for folder in PROGRAMS {
        found.extend(at(stages, stage, &format!("{folder}/{name}")));
    }
    let base = |it: &Copy| it.target.rsplit('/').next() == Some(name);
    for copy in own.copies.iter().rev().filter(|it| !it.folder && base(it)).take(MOST) {
        found.extend(at(stages, stage, &copy.target.clone()));
    }
    found.dedup();
    found.truncate(MOST);
    found
}

/// What stands at a path of a stage, through the stages it is copied from.
fn at(stages: &[Stage], stage: usize, path: &str) -> Vec<Origin> {
    let mut found = Vec::new();
    let mut open = vec![(stage, path.to_owned())];
    let mut looked = 0;
    while let Some((stage, path)) = open.pop().filter(|_| looked < MOST) {
        looked += 1;
        let Some(stage) = stages.get(stage) else { continue };
        for copy in stage.copies.iter().rev() {
            for source in copy.origins(&path) {
                match (source, copy.from) {
                    (Origin::File(source), Some(from)) => {
                        open.push((from, absolute("", &source)));
                        found.push(Origin::File(source));
                    }
                    (origin, _) => found.push(origin),
                }
            }
        }
        open.extend(stage.base.map(|it| (it, path)));
    }
    found.truncate(MOST);
    found
}

impl Copy {
    /// Where what stands at `path` came from, if this put it there.
    fn origins(&self, path: &str) -> Vec<Origin> {
        if let Some(key) = &self.inline {
            let fits = path == self.target;
            return fits.then(|| Origin::Inline(key.clone())).into_iter().collect();
        }
        let top = self.target.trim_end_matches('/');
        let below = path.strip_prefix(top).and_then(|it| it.strip_prefix('/'));
        let mut found = Vec::new();
        for source in &self.sources {
            let (folder, base) = source.rsplit_once('/').unwrap_or(("", source));
            if path == self.target && !self.folder {
                found.push(source.clone());
            }
            let Some(below) = below else { continue };
            if base == below {
                found.push(source.clone());
            } else if base.contains(['*', '?', '[']) && !below.contains('/') {
                found.push(format!("{folder}/{below}").trim_start_matches('/').to_owned());
            }
            // Of a folder the contents are copied.
            found.push(format!("{source}/{below}"));
        }
        found.into_iter().map(Origin::File).collect()
    }
}
