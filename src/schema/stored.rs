//! A catalog as bytes, to be read back one table at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::store::Stored;
use super::{Born, Catalog};

/// What is read whole, and where the rest lies.
#[derive(Serialize, Deserialize)]
struct Head {
    epoch: u32,
    schemas: BTreeMap<String, Born>,
    extensions: BTreeMap<String, Born>,
    members: BTreeMap<String, BTreeSet<String>>,
    /// Lengths of the parts that follow: tables, types, indexes, routines, sequences.
    parts: [usize; 5],
}

impl Catalog {
    /// Of a catalog between migrations: sessions and transactions are not kept.
    pub fn to_bytes(&self) -> Vec<u8> {
        let parts = [
            self.tables.to_bytes(),
            self.types.to_bytes(),
            self.indexes.to_bytes(),
            self.routines.to_bytes(),
            self.sequences.to_bytes(),
        ];
        let head = Head {
            epoch: self.epoch,
            schemas: self.schemas.clone(),
            extensions: self.extensions.clone(),
            members: self.members.clone(),
            parts: parts.each_ref().map(Vec::len),
        };
        let head = postcard::to_stdvec(&head).unwrap_or_default();
        let length = u32::try_from(head.len()).unwrap_or(0).to_le_bytes();
        [length.to_vec(), head, parts.concat()].concat()
    }

    /// What was written so far becomes what there was before the next change set, the same whether it was just
    /// worked out or read back.
    pub fn publish(&mut self) {
        let written = self.tables.is_written()
            || self.types.is_written()
            || self.indexes.is_written()
            || self.routines.is_written()
            || self.sequences.is_written();
        let bytes = written.then(|| Arc::new(self.to_bytes()));
        if let Some(catalog) = bytes.and_then(|it| Catalog::from_bytes(&it, 0)) {
            *self = catalog;
        }
        self.settle();
    }

    /// Reads back what [`Catalog::to_bytes`] made, from `start` on. Absent: it is damaged.
    pub fn from_bytes(bytes: &Arc<Vec<u8>>, start: usize) -> Option<Catalog> {
        let length: [u8; 4] = bytes.get(start..start.checked_add(4)?)?.try_into().ok()?;
        let mut at = start.checked_add(4)?.checked_add(u32::from_le_bytes(length) as usize)?;
        let head: Head = postcard::from_bytes(bytes.get(start + 4..at)?).ok()?;
        let mut parts = [(0, 0); 5];
        for (part, length) in parts.iter_mut().zip(head.parts) {
            let end = at.checked_add(length)?;
            *part = (at, end);
            at = end;
        }
        (at <= bytes.len()).then_some(())?;
        let [tables, types, indexes, routines, sequences] = parts;
        Some(Catalog {
            tables: Stored::from_bytes(bytes.clone(), tables.0, tables.1),
            types: Stored::from_bytes(bytes.clone(), types.0, types.1),
            indexes: Stored::from_bytes(bytes.clone(), indexes.0, indexes.1),
            routines: Stored::from_bytes(bytes.clone(), routines.0, routines.1),
            sequences: Stored::from_bytes(bytes.clone(), sequences.0, sequences.1),
            extensions: head.extensions,
            members: head.members,
            schemas: head.schemas,
            epoch: head.epoch,
            ..Catalog::default()
        })
    }
}
