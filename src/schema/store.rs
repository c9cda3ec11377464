//! A sorted map that can lie in a file and be read one entry at a time.
//!
//! A catalog of ten thousand tables is read at every commit, and a commit touches a few. So an older catalog stays as
//! bytes, a binary search finds an entry, and only what is asked for is decoded; what is new lies in a map above it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::TableName;

/// Name to value, sorted.
#[derive(Clone, Debug)]
pub(super) struct Stored<T> {
    base: Arc<Vec<u8>>,
    /// Where in `base` the entries lie.
    start: usize,
    end: usize,
    /// What was written since; absent: taken away.
    written: BTreeMap<TableName, Option<T>>,
}

impl<T> Default for Stored<T> {
    fn default() -> Stored<T> {
        Stored { base: Arc::default(), start: 0, end: 0, written: BTreeMap::new() }
    }
}

impl<T: Clone + Serialize + DeserializeOwned> Stored<T> {
    /// What [`Stored::to_bytes`] made, which lies in `bytes` between `start` and `end`. Damaged bytes read as missing
    /// entries, never as a panic; the caller checks a checksum first.
    pub(super) fn from_bytes(bytes: Arc<Vec<u8>>, start: usize, end: usize) -> Stored<T> {
        Stored { base: bytes, start, end, written: BTreeMap::new() }
    }

    pub(super) fn get(&self, name: &TableName) -> Option<Cow<'_, T>> {
        match self.written.get(name) {
            Some(value) => value.as_ref().map(Cow::Borrowed),
            None => self.stored(name).map(Cow::Owned),
        }
    }

    /// What lay under the name before anything was written.
    pub(super) fn before(&self, name: &TableName) -> Option<T> {
        self.stored(name)
    }

    pub(super) fn contains(&self, name: &TableName) -> bool {
        match self.written.get(name) {
            Some(value) => value.is_some(),
            None => self.find(name).is_some(),
        }
    }

    /// The entry to change in place, if there is one.
    pub(super) fn get_mut(&mut self, name: &TableName) -> Option<&mut T> {
        if !self.written.contains_key(name) {
            let value = self.stored(name)?;
            self.written.insert(name.clone(), Some(value));
        }
        self.written.get_mut(name)?.as_mut()
    }

    pub(super) fn put(&mut self, name: TableName, value: Option<T>) {
        self.written.insert(name, value);
    }

    pub(super) fn is_written(&self) -> bool {
        !self.written.is_empty()
    }

    pub(super) fn written(&self) -> impl Iterator<Item = (&TableName, &T)> {
        self.written.iter().filter_map(|(name, value)| Some((name, value.as_ref()?)))
    }

    /// Every entry. Decodes all of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = (TableName, Cow<'_, T>)> {
        let stored = (0..self.len()).filter_map(|at| {
            let (key, value) = self.entry(at)?;
            let name = name_of(key)?;
            if self.written.contains_key(&name) {
                return None;
            }
            Some((name, Cow::Owned(postcard::from_bytes(value).ok()?)))
        });
        stored.chain(self.written().map(|(name, value)| (name.clone(), Cow::Borrowed(value))))
    }

    /// The names of all entries that are called so, in whatever schema. Decodes none.
    pub(super) fn called(&self, name: &str) -> Vec<TableName> {
        let end = [b"\0", name.as_bytes()].concat();
        let keys = (0..self.len()).filter_map(|at| Some(self.entry(at)?.0));
        let stored = keys.filter(|it| it.ends_with(&end)).filter_map(name_of);
        let stored = stored.filter(|it| !self.written.contains_key(it));
        let written = self.written.iter().filter(|(it, value)| it.name == name && value.is_some());
        stored.chain(written.map(|(it, _)| it.clone())).collect()
    }

    /// An entry that is called so but for upper and lower case, in the same schema. Decodes none.
    pub(super) fn alike(&self, wanted: &TableName) -> Option<TableName> {
        let key = key_of(wanted);
        let keys = (0..self.len()).filter_map(|at| Some(self.entry(at)?.0));
        let stored = keys.filter(|it| it.eq_ignore_ascii_case(&key)).filter_map(name_of);
        let mut stored = stored.filter(|it| !self.written.contains_key(it));
        let is = |it: &TableName| {
            it.schema == wanted.schema && it.name.eq_ignore_ascii_case(&wanted.name)
        };
        let written = self.written.iter().filter(|(it, value)| is(it) && value.is_some());
        stored.find(is).or_else(|| written.map(|(it, _)| it.clone()).next())
    }

    /// `count`, then the start of each entry, then the entries in order: lengths of key and value, key, value. All
    /// numbers are little-endian 32-bit.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        // Both are sorted, so they are merged: sorting ten thousand entries anew took fifteen times as long.
        let stored = (0..self.len()).filter_map(|at| self.entry(at));
        let written = self.written.iter().map(|(name, value)| {
            let value = value.as_ref().map(|it| postcard::to_stdvec(it).unwrap_or_default());
            (key_of(name), value)
        });
        let (mut stored, mut written) = (stored.peekable(), written.peekable());
        let mut ends = Vec::with_capacity(self.len() + self.written.len());
        let mut entries = Vec::with_capacity(self.end - self.start);
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes();
        let mut add = |key: &[u8], value: &[u8]| {
            entries.extend(number(key.len()));
            entries.extend(number(value.len()));
            entries.extend(key);
            entries.extend(value);
            ends.push(entries.len());
        };
        loop {
            let next = written.peek().map(|it| it.0.as_slice());
            if let Some((key, value)) = stored.next_if(|it| next.is_none_or(|next| it.0 < next)) {
                add(key, value);
                continue;
            }
            let Some((key, value)) = written.next() else { break };
            stored.next_if(|it| it.0 == key);
            if let Some(value) = value {
                add(&key, &value);
            }
        }
        let mut bytes = number(ends.len()).to_vec();
        let first = 4 + 4 * ends.len();
        bytes.reserve(4 * ends.len() + entries.len());
        let starts = std::iter::once(0).chain(ends.iter().copied()).take(ends.len());
        bytes.extend(starts.flat_map(|start| number(first + start)));
        bytes.extend(entries);
        bytes
    }

    fn stored(&self, name: &TableName) -> Option<T> {
        postcard::from_bytes(self.find(name)?).ok()
    }

    fn find(&self, name: &TableName) -> Option<&[u8]> {
        let wanted = key_of(name);
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            let (key, value) = self.entry(middle)?;
            match key.cmp(&wanted) {
                std::cmp::Ordering::Equal => return Some(value),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// No more than there is room for, whatever damaged bytes say.
    fn len(&self) -> usize {
        let room = self.end.saturating_sub(self.start) / 4;
        self.number(0).unwrap_or(0).min(room)
    }

    fn number(&self, at: usize) -> Option<usize> {
        let bytes = self.part(at, 4)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?) as usize)
    }

    fn entry(&self, index: usize) -> Option<(&[u8], &[u8])> {
        let start = self.number(4 + 4 * index)?;
        let (key, value) = (self.number(start)?, self.number(start + 4)?);
        Some((self.part(start + 8, key)?, self.part((start + 8).checked_add(key)?, value)?))
    }

    fn part(&self, at: usize, len: usize) -> Option<&[u8]> {
        let start = self.start.checked_add(at)?;
        let end = start.checked_add(len)?;
        if end > self.end { None } else { self.base.get(start..end) }
    }
}

/// Schema and name with a NUL between, which neither can contain; so byte order is name order.
fn key_of(name: &TableName) -> Vec<u8> {
    [name.schema.as_bytes(), b"\0", name.name.as_bytes()].concat()
}

fn name_of(key: &[u8]) -> Option<TableName> {
    let (schema, name) = std::str::from_utf8(key).ok()?.split_once('\0')?;
    Some(TableName::new(schema, name))
}
