//! No damaged bytes break a stored catalog.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use sprag::schema::Catalog;

fuzz_target!(|bytes: &[u8]| {
    if let Some(catalog) = Catalog::from_bytes(&Arc::new(bytes.to_vec()), 0) {
        assert!(catalog.tables().count() <= bytes.len());
    }
});
