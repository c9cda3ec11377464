//! What there is in a database, and what a script took away from it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::server::Database;

/// A table as the server has it.
#[derive(Clone, Debug)]
pub(crate) struct Relation {
    pub(crate) schema: String,
    pub(crate) name: String,
    /// `r`, `p`, `f`: rows live in it. `v`, `m`: views.
    pub(crate) kind: String,
    pub(crate) rls: bool,
    pub(crate) forced: bool,
    /// Number to name and type.
    pub(crate) columns: BTreeMap<i64, (String, String)>,
}

impl Relation {
    pub(crate) fn is_table(&self) -> bool {
        matches!(self.kind.as_str(), "r" | "p" | "f")
    }

    pub(crate) fn path(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }
}

/// By object id: what is renamed keeps it.
pub(crate) type Snapshot = BTreeMap<i64, Relation>;

const QUERY: &str = "select coalesce(json_agg(json_build_array(c.oid::int8, n.nspname, c.relname, c.relkind,
    c.relrowsecurity, c.relforcerowsecurity,
    (select coalesce(json_agg(json_build_array(attnum, attname, format_type(atttypid, atttypmod))), '[]')
     from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped))), '[]')
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'f', 'v', 'm')
    and n.nspname <> 'information_schema' and n.nspname not like 'pg\\_%'";

pub(crate) fn snapshot(database: &Database) -> Snapshot {
    let text = |it: &Value| it.as_str().unwrap().to_owned();
    let rows = database.value(QUERY);
    let relation = |row: &Value| {
        let columns = row[6].as_array().unwrap().iter();
        let columns = columns.map(|it| (it[0].as_i64().unwrap(), (text(&it[1]), text(&it[2]))));
        let relation = Relation {
            schema: text(&row[1]),
            name: text(&row[2]),
            kind: text(&row[3]),
            rls: row[4].as_bool().unwrap(),
            forced: row[5].as_bool().unwrap(),
            columns: columns.collect(),
        };
        (row[0].as_i64().unwrap(), relation)
    };
    rows.as_array().unwrap().iter().map(relation).collect()
}

/// What the rules exist to prevent, in the words of who looks at the server.
pub(crate) fn losses(before: &Snapshot, after: &Snapshot) -> Vec<String> {
    let mut losses = Vec::new();
    for (oid, old) in before.iter().filter(|it| it.1.is_table()) {
        let path = old.path();
        let Some(new) = after.get(oid) else {
            losses.push(format!("{path} is gone"));
            continue;
        };
        if new.path() != path {
            losses.push(format!("{path} is now {}", new.path()));
        }
        if (old.rls && !new.rls) || (old.forced && !new.forced) {
            losses.push(format!("{path} lost row level security"));
        }
        for (number, (name, data_type)) in &old.columns {
            match new.columns.get(number) {
                None => losses.push(format!("{path}.{name} is gone")),
                Some(it) if it.0 != *name => losses.push(format!("{path}.{name} is now {}", it.0)),
                Some(it) if it.1 != *data_type => {
                    losses.push(format!("{path}.{name} is now a {}", it.1));
                }
                Some(_) => {}
            }
        }
    }
    for (_, new) in after.iter().filter(|(oid, _)| !before.contains_key(oid)) {
        if new.is_table() && new.schema == "public" && !new.rls {
            losses.push(format!("{} is new and open", new.path()));
        }
    }
    losses
}
