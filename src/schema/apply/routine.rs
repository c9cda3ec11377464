//! Functions and triggers.

use super::super::{Born, Catalog, Change};

impl Catalog {
    pub(super) fn apply_routine(&mut self, change: &Change, born: &Born) {
        let _ = (change, born, &self.epoch);
    }
}
