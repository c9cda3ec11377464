//! Columns, constraints, indexes and sequences.

use super::super::{Born, Catalog, Change};

impl Catalog {
    pub(super) fn apply_structure(&mut self, change: &Change, born: &Born) {
        let _ = (change, born, &self.epoch);
    }
}
