//! A catalog as bytes, to be read back one table at a time.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::store::Stored;
use super::{Born, Catalog};

/// What is read whole, and where the rest lies.
#[derive(Serialize, Deserialize)]
struct Head {
    epoch: u32,
    schemas: BTreeMap<String, Born>,
    tables: usize,
    types: usize,
}

impl Catalog {
    /// Of a catalog between migrations: sessions and transactions are not kept.
    pub fn to_bytes(&self) -> Vec<u8> {
        let (tables, types) = (self.tables.to_bytes(), self.types.to_bytes());
        let head = Head {
            epoch: self.epoch,
            schemas: self.schemas.clone(),
            tables: tables.len(),
            types: types.len(),
        };
        let head = postcard::to_stdvec(&head).unwrap_or_default();
        let length = u32::try_from(head.len()).unwrap_or(0).to_le_bytes();
        [length.as_slice(), &head, &tables, &types].concat()
    }

    /// What was written so far becomes what there was before the next change set, the same whether it was just
    /// worked out or read back.
    pub fn publish(&mut self) {
        let written = self.tables.is_written() || self.types.is_written();
        let bytes = written.then(|| Arc::new(self.to_bytes()));
        if let Some(catalog) = bytes.and_then(|it| Catalog::from_bytes(&it, 0)) {
            *self = catalog;
        }
        self.settle();
    }

    /// Reads back what [`Catalog::to_bytes`] made, from `start` on. Absent: it is damaged.
    pub fn from_bytes(bytes: &Arc<Vec<u8>>, start: usize) -> Option<Catalog> {
        let length: [u8; 4] = bytes.get(start..start.checked_add(4)?)?.try_into().ok()?;
        let tables_at = start.checked_add(4)?.checked_add(u32::from_le_bytes(length) as usize)?;
        let head: Head = postcard::from_bytes(bytes.get(start + 4..tables_at)?).ok()?;
        let types_at = tables_at.checked_add(head.tables)?;
        let end = types_at.checked_add(head.types)?;
        (end <= bytes.len()).then_some(())?;
        Some(Catalog {
            tables: Stored::from_bytes(bytes.clone(), tables_at, types_at),
            types: Stored::from_bytes(bytes.clone(), types_at, end),
            schemas: head.schemas,
            epoch: head.epoch,
            ..Catalog::default()
        })
    }
}
