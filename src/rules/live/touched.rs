//! What a migration makes, changes or takes away.

use std::collections::{BTreeMap, BTreeSet};

use super::keys::keys;
use crate::schema::{Catalog, Shown, Table, TableName};

/// The subjects of everything that is not in both as it is in the other.
pub fn touched(before: &Catalog, after: &Catalog) -> BTreeSet<String> {
    let (old, new) = (things(before), things(after));
    let changed = |it: &&String| old.get(*it) != new.get(*it);
    old.keys().chain(new.keys()).filter(changed).cloned().collect()
}

/// Everything that is compared, by its subject, and how it is.
fn things(catalog: &Catalog) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for (name, table) in catalog.tables() {
        all.insert(
            name.to_string(),
            format!("{:?} {} {}", table.kind, table.rls, table.forced_rls),
        );
        inside(catalog, &name, &table, &mut all);
    }
    for (name, it) in catalog.data_types() {
        all.insert(name.to_string(), format!("{:?}", it.kind));
    }
    for (name, it) in catalog.routines() {
        all.insert(function(&name).to_string(), format!("{:?}", it.kind));
    }
    all
}

fn inside(catalog: &Catalog, name: &TableName, table: &Table, all: &mut BTreeMap<String, String>) {
    let subject = |own: &str| format!("{name}.{}", Shown(own));
    // A column and a key of one name have one subject.
    let mut put = |own: &str, is: String| all.entry(subject(own)).or_default().push_str(&is);
    for (own, it) in &table.columns {
        put(own, format!("{} {} {:?} {:?}", it.data_type, it.not_null, it.default, it.generated));
    }
    for (own, it) in keys(catalog, name, table, &BTreeSet::new()) {
        put(&own, it.shape);
    }
    for (own, it) in &table.policies {
        let texts = [&it.using, &it.check].map(|it| it.as_ref().map(|it| &it.text));
        put(own, format!("{:?} {} {:?} {texts:?}", it.command, it.permissive, it.roles));
    }
    for (own, it) in &table.triggers {
        put(own, format!("{} {}", it.function, it.event));
    }
}

/// A function without its arguments: how a server writes them is not how a migration does.
pub(super) fn function(name: &TableName) -> TableName {
    let own = name.name.split('(').next().unwrap_or_default();
    TableName::new(name.schema.as_str(), own)
}
