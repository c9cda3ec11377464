//! Bytes of a catalog that were damaged are missing entries, never a panic, and soon read.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use sprag::schema::Catalog;

fuzz_target!(|bytes: &[u8]| {
    let Some(catalog) = Catalog::from_bytes(&Arc::new(bytes.to_vec()), 0) else { return };
    for (name, _) in catalog.tables() {
        catalog.table(&name);
        catalog.columns_of_type(&name);
    }
    assert!(Catalog::from_bytes(&Arc::new(catalog.to_bytes()), 0).is_some());
});
