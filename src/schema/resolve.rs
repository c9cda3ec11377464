//! What a name in a statement means.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::store::Stored;
use super::{Born, Catalog, ObjectName, Resolved, TableName};

impl Catalog {
    /// What a relation's name means here: a temporary table first, then along `search_path`, else where it would be
    /// created (Postgres manual, 5.9.3).
    pub fn resolve(&self, name: &ObjectName) -> Resolved {
        match name.schema.as_deref() {
            Some("pg_temp") => Resolved::Temporary(name.name.clone()),
            // Where there are no schemas, a temporary table hides another of its name all the same.
            Some("") if self.temporary.contains_key(&name.name) => {
                Resolved::Temporary(name.name.clone())
            }
            Some(_) => Resolved::Permanent(self.resolve_permanent(name)),
            None if self.temporary.contains_key(&name.name) => {
                Resolved::Temporary(name.name.clone())
            }
            None => Resolved::Permanent(self.permanent(name, |it| self.tables.contains(it))),
        }
    }

    /// The permanent relation of that name, whatever temporary one hides it.
    pub fn resolve_permanent(&self, name: &ObjectName) -> TableName {
        let found = self.permanent(name, |it| self.tables.contains(it));
        self.older_alike(found, &self.tables, |it| &it.born)
    }

    /// In MySQL and SQLite the case of a name need not count. A name that is not known is taken for an older one that
    /// differs in it alone: never for a new one, as what is new excuses.
    fn older_alike<T: Clone + Serialize + DeserializeOwned>(
        &self,
        name: TableName,
        stored: &Stored<T>,
        born: impl Fn(&T) -> &Born,
    ) -> TableName {
        if !name.schema.is_empty() || stored.contains(&name) {
            return name;
        }
        let alike = stored.alike(&name);
        let old = |it: &TableName| stored.get(it).is_some_and(|it| !self.is_new_born(born(&it)));
        alike.filter(old).unwrap_or(name)
    }

    pub fn resolve_type(&self, name: &ObjectName) -> TableName {
        self.permanent(name, |it| self.types.contains(it))
    }

    pub fn resolve_index(&self, name: &ObjectName) -> TableName {
        let exists = |it: &TableName| self.indexes.contains(it);
        let found = own_or(name, self.permanent(name, exists), exists);
        self.older_alike(found, &self.indexes, |it| &it.born)
    }

    pub fn resolve_sequence(&self, name: &ObjectName) -> TableName {
        let exists = |it: &TableName| self.sequences.contains(it);
        own_or(name, self.permanent(name, exists), exists)
    }

    /// The routine that a statement means: with its arguments, or the only one of that name.
    pub fn resolve_routine(&self, name: &ObjectName, arguments: Option<&[String]>) -> TableName {
        if let Some(arguments) = arguments {
            let signed = format!("{}({})", name.name, arguments.join(","));
            let signed = ObjectName { schema: name.schema.clone(), name: signed };
            return self.permanent(&signed, |it| self.routines.contains(it));
        }
        let path = self.search_path.as_deref().unwrap_or(&[]);
        let begins = format!("{}(", name.name);
        let found = self.routines.iter().map(|(it, _)| it).find(|it| {
            let schema =
                name.schema.as_ref().map_or(path.contains(&it.schema), |s| *s == it.schema);
            schema && it.name.starts_with(&begins)
        });
        found.unwrap_or_else(|| self.created_as(name))
    }

    fn permanent(&self, name: &ObjectName, exists: impl Fn(&TableName) -> bool) -> TableName {
        if let Some(schema) = &name.schema {
            return TableName::new(schema.as_str(), name.name.as_str());
        }
        let path = self.search_path.as_deref().unwrap_or(&[]);
        let mut candidates = path.iter().map(|schema| TableName::new(schema, &name.name));
        candidates.find(exists).unwrap_or_else(|| self.created_as(name))
    }

    /// Where an unqualified name would be created.
    pub(super) fn created_as(&self, name: &ObjectName) -> TableName {
        let first = || self.search_path.as_deref().and_then(|path| path.first());
        let schema = name.schema.as_ref().or_else(first).map_or("public", String::as_str);
        TableName::new(schema, name.name.as_str())
    }

    /// The schema that an unqualified name is created in.
    pub fn created_in(&self, name: &ObjectName) -> String {
        self.created_as(name).schema
    }
}

/// What a temporary sequence or index is called in full, where no permanent one of that name is known: after `ON COMMIT
/// DROP` or `DISCARD` a statement would reach that one.
fn own_or(
    name: &ObjectName,
    permanent: TableName,
    exists: impl Fn(&TableName) -> bool,
) -> TableName {
    let own = TableName::new("pg_temp", name.name.as_str());
    if name.schema.is_none() && !exists(&permanent) && exists(&own) { own } else { permanent }
}
