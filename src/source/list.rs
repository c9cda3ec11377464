//! Sorted paths in one piece of memory.

use std::sync::Arc;

use super::RepoPath;

/// Many paths, sorted by their bytes, read from a file without taking it apart.
///
/// The bytes: how many there are, where each ends, then the paths. All numbers are little-endian 32-bit.
#[derive(Clone, Debug)]
pub struct PathList {
    bytes: Arc<Vec<u8>>,
    start: usize,
    len: usize,
}

impl Default for PathList {
    fn default() -> PathList {
        PathList::new(std::iter::empty::<&RepoPath>())
    }
}

impl PathList {
    pub fn new<'a>(paths: impl IntoIterator<Item = &'a RepoPath>) -> PathList {
        PathList::of(paths.into_iter().map(RepoPath::as_bytes).collect())
    }

    /// This list and more paths.
    #[must_use]
    pub fn with<'a>(&'a self, more: impl IntoIterator<Item = &'a RepoPath>) -> PathList {
        PathList::of(self.iter().chain(more.into_iter().map(RepoPath::as_bytes)).collect())
    }

    fn of(mut sorted: Vec<&[u8]>) -> PathList {
        // Stable, because that one is fast where most is in order already.
        sorted.sort();
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes();
        let mut bytes = number(sorted.len()).to_vec();
        let mut end = 0;
        for path in &sorted {
            end += path.len();
            bytes.extend(number(end));
        }
        bytes.extend(sorted.concat());
        PathList { len: sorted.len(), bytes: Arc::new(bytes), start: 0 }
    }

    /// The list that [`PathList::as_bytes`] gave, which lies in `bytes` from `start` on.
    pub fn from_bytes(bytes: Arc<Vec<u8>>, start: usize) -> Option<PathList> {
        let mut list = PathList { bytes, start, len: 0 };
        let len = list.number(start)?;
        list.len = len;
        if len > 0 {
            let last = list.number(start + 4 * len)?;
            (start + 4 + 4 * len + last <= list.bytes.len()).then_some(())?;
        }
        Some(list)
    }

    pub fn as_bytes(&self) -> &[u8] {
        let last =
            if self.len == 0 { 0 } else { self.number(self.start + 4 * self.len).unwrap_or(0) };
        self.bytes.get(self.start..self.start + 4 + 4 * self.len + last).unwrap_or_default()
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn get(&self, index: usize) -> Option<&[u8]> {
        if index >= self.len {
            return None;
        }
        let texts = self.start + 4 + 4 * self.len;
        let begin = if index == 0 { 0 } else { self.number(self.start + 4 * index)? };
        let end = self.number(self.start + 4 * index + 4)?;
        self.bytes.get(texts + begin..texts + end)
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &[u8]> {
        (0..self.len).filter_map(|index| self.get(index))
    }

    /// The paths that begin with `prefix`, found by halving.
    pub fn with_prefix<'a>(&'a self, prefix: &[u8]) -> impl DoubleEndedIterator<Item = &'a [u8]> {
        let start = self.partition(|path| path < prefix);
        let end = self.partition(|path| path < prefix || path.starts_with(prefix));
        (start..end).filter_map(|index| self.get(index))
    }

    pub fn contains(&self, path: &[u8]) -> bool {
        // Nothing that begins with a path sorts before the path itself.
        self.with_prefix(path).next() == Some(path)
    }

    fn partition(&self, before: impl Fn(&[u8]) -> bool) -> usize {
        let (mut low, mut high) = (0, self.len);
        while low < high {
            let middle = low.midpoint(high);
            if self.get(middle).is_some_and(&before) { low = middle + 1 } else { high = middle }
        }
        low
    }

    fn number(&self, at: usize) -> Option<usize> {
        let bytes = self.bytes.get(at..at.checked_add(4)?)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?) as usize)
    }
}
