//! What hangs on a type: columns that are of it, and defaults that are written in it.

use super::super::{Cascade, Catalog, Column, ObjectName, TableName, bare_type, quoted};

impl Catalog {
    /// A type goes; with `CASCADE` the columns of that type, and the defaults that are still of it (measured on
    /// Postgres 15).
    pub(super) fn drop_type(&mut self, name: &ObjectName, cascade: Cascade) {
        let name = self.resolve_type(name);
        self.put_type(name.clone(), None);
        if cascade == Cascade::No {
            return;
        }
        let of_it = |it: &Column| bare_type(&it.data_type) == name.name;
        let cast = cast_to(&name.name);
        let by_default = |it: &Column| it.default.as_ref().is_some_and(|it| it.ends_with(&cast));
        let used: Vec<(TableName, Vec<String>)> = self
            .tables()
            .filter(|(_, it)| it.columns.values().any(|it| of_it(it) || by_default(it)))
            .map(|(table, it)| {
                let columns = it.columns.iter().filter(|it| of_it(it.1));
                (table, columns.map(|it| it.0.clone()).collect())
            })
            .collect();
        for (table, columns) in used {
            self.edit_table(&table, |it| {
                for column in it.columns.values_mut().filter(|it| by_default(it)) {
                    column.default = None;
                }
            });
            let table = ObjectName::new(Some(&table.schema), &table.name);
            for column in columns {
                self.drop_column(&table, &column, Cascade::Yes);
            }
        }
    }

    /// A column gets another type. A default that was written in a type of ours stays of that type, with a cast around it.
    pub(super) fn retype(&mut self, table: &ObjectName, column: &str, to: &str) {
        let ours: Vec<String> = self.data_types().map(|it| it.0.name).collect();
        self.edit(table, |it| {
            let Some(column) = it.columns.get_mut(column) else { return };
            let old = bare_type(&column.data_type);
            if let Some(default) = &mut column.default
                && ours.contains(&old)
                && old != bare_type(to)
                && !default.contains("::")
            {
                default.push_str(&cast_to(&old));
            }
            to.clone_into(&mut column.data_type);
        });
    }
}

fn cast_to(name: &str) -> String {
    format!("::{}", quoted(name))
}
