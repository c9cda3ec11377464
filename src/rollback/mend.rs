//! What is not as it was after a rollback, and what gives it back: the catalogs of both moments have it.

use std::collections::BTreeMap;

use super::comment;
use crate::parse::{json, snapshot};
use crate::schema::{Identity, Row, Snapshot};

/// One thing that a rollback has not left as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Residue {
    pub of: Identity,
    pub left: Left,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Left {
    /// It was there before the migration and is not there again.
    Missing,
    /// The migration brought it, and it is still there.
    Stays,
    /// What the catalogs say of it, before and now; empty: nothing.
    Differs { what: String, was: String, is: String },
    /// It has the name of what was there, and is another: rows are not in it.
    MadeAgain,
    /// How many rows a table has.
    Rows { was: u64, is: u64 },
}

impl Residue {
    /// Postgres takes no value out of an enum, and nothing has to use one. Which rows a migration wrote, only its author
    /// knows.
    pub fn is_unavoidable(&self) -> bool {
        if let Left::Rows { was, is } = self.left {
            return is > was;
        }
        let Left::Differs { what, was, is } = &self.left else { return false };
        if self.of.kind != "type" || what != "labels" {
            return false;
        }
        let is = snapshot::texts(is);
        snapshot::texts(was).iter().all(|it| is.contains(it))
    }
}

impl std::fmt::Display for Residue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Identity { kind, name } = &self.of;
        let kind = kind.replace('_', " ");
        match &self.left {
            Left::Missing => write!(f, "the {kind} `{name}` is missing"),
            Left::Stays => write!(f, "the {kind} `{name}` stays"),
            Left::Rows { was, is } => {
                let (n, word) = (was.abs_diff(*is), if is > was { "more" } else { "fewer" });
                let rows = if n == 1 { "row" } else { "rows" };
                write!(f, "`{name}` has {n} {word} {rows}")
            }
            Left::MadeAgain => write!(f, "the {kind} `{name}` was made again, without its data"),
            Left::Differs { what, was, is } => {
                let said =
                    |it: &str| if it.is_empty() { "nothing".to_owned() } else { format!("`{it}`") };
                write!(f, "{what} of the {kind} `{name}` is {}, and was {}", said(is), said(was))
            }
        }
    }
}

/// What differs between the database before a migration and after it was applied and taken back. What lies in a thing
/// that is told is not told again.
pub fn residue(before: &Snapshot, after: &Snapshot) -> Vec<Residue> {
    let mut all = Vec::new();
    let mut add = |of: &Identity, left: Left| all.push(Residue { of: of.clone(), left });
    for (of, was) in &before.0 {
        let Some(is) = after.0.get(of) else {
            add(of, Left::Missing);
            continue;
        };
        let key = match of.kind.as_str() {
            "table" | "matview" => Some("oid"),
            "column" => Some("attnum"),
            _ => None,
        };
        if key.is_some_and(|it| was.which.get(it) != is.which.get(it)) {
            add(of, Left::MadeAgain);
        } else {
            let (was, is) = (plain(&of.kind, was), plain(&of.kind, is));
            for (what, was, is) in differing(&was, &is) {
                add(of, Left::Differs { what, was, is });
            }
        }
    }
    for of in after.0.keys().filter(|it| !before.0.contains_key(*it)) {
        add(of, Left::Stays);
    }
    outermost(&all)
}

fn differing(
    was: &BTreeMap<String, String>,
    is: &BTreeMap<String, String>,
) -> Vec<(String, String, String)> {
    let keys: std::collections::BTreeSet<&String> = was.keys().chain(is.keys()).collect();
    let text = |it: Option<&String>| it.cloned().unwrap_or_default();
    let differs = keys.into_iter().filter(|it| was.get(*it) != is.get(*it));
    differs.map(|it| (it.clone(), text(was.get(it)), text(is.get(it)))).collect()
}

/// A row without what means nothing: rights that the owner has in any case, or everybody by default, written out or not
/// (Postgres manual, 5.7).
fn plain(kind: &str, row: &Row) -> BTreeMap<String, String> {
    let mut row = row.is.clone();
    let owner = row.get("owner").map(|it| text(it)).unwrap_or_default();
    // Where a column stands depends on those before it, which are told themselves.
    row.remove("pos");
    let by_default: &[&str] = match kind {
        "function" => &["=X"],
        "type" => &["=U"],
        _ => &[],
    };
    let mut list: Vec<String> = match row.remove("acl") {
        Some(acl) if acl != "null" => snapshot::texts(&acl),
        _ => by_default.iter().map(|it| format!("{it}/{owner}")).collect(),
    };
    list.retain(|it| !it.starts_with(&format!("{owner}=")));
    list.sort();
    if !list.is_empty() {
        row.insert("acl".to_owned(), list.join(", "));
    }
    row
}

/// What is not inside of something else that is gone, or that stays, as a whole.
fn outermost(all: &[Residue]) -> Vec<Residue> {
    let whole = |it: &&Residue| matches!(it.left, Left::Missing | Left::Stays | Left::MadeAgain);
    let outer: Vec<String> = all
        .iter()
        .filter(whole)
        .filter(|it| matches!(it.of.kind.as_str(), "schema" | "table" | "view" | "matview"))
        .map(|it| format!("{}.", it.of.name))
        .collect();
    let inside = |it: &Residue| {
        let names = [Some(it.of.name.as_str()), it.of.name.split_once(':').map(|it| it.1)];
        names.into_iter().flatten().any(|name| outer.iter().any(|outer| name.starts_with(outer)))
    };
    let indexed = |it: &Residue| {
        // The index of a constraint goes and comes with it.
        it.of.kind == "index" && {
            let bare = it.of.name.rsplit('.').next().unwrap_or_default();
            all.iter().any(|other| {
                other.of.kind == "constraint"
                    && other.of.name.rsplit('.').next() == Some(bare)
                    && whole(&other)
            })
        }
    };
    all.iter().filter(|it| !inside(it) && !indexed(it)).cloned().collect()
}

/// Statements that give back what the catalogs know of what is not as it was. What they do not know stays.
pub fn mend(before: &Snapshot, after: &Snapshot) -> Vec<String> {
    let mut all = Vec::new();
    for Residue { of, left } in residue(before, after) {
        let Identity { kind, name } = &of;
        let was = before.0.get(&of);
        let statements = match &left {
            _ if kind == "comment" => {
                let words = was.and_then(|it| it.is.get("")).map(|it| text(it));
                let of = if was.is_some() { before } else { after };
                comment::put(name, words.as_deref(), of).into_iter().collect()
            }
            Left::Stays => stays(kind, name, after.0.get(&of)),
            Left::Missing => was.and_then(|it| missing(kind, name, it)).into_iter().collect(),
            Left::Differs { what, was: then, is } => {
                let Some(row) = was else { continue };
                differs(kind, name, what, (then, is), row)
            }
            Left::MadeAgain | Left::Rows { .. } => Vec::new(),
        };
        all.extend(statements);
    }
    all
}

fn stays(kind: &str, name: &str, row: Option<&Row>) -> Vec<String> {
    let value =
        |key: &str| row.and_then(|it| it.is.get(key)).map(|it| text(it)).unwrap_or_default();
    let on = || {
        let (table, own) = last(name);
        format!("{own} ON {table}")
    };
    vec![match kind {
        "table" => format!("DROP TABLE {name}"),
        "foreign_table" => format!("DROP FOREIGN TABLE {name}"),
        "view" => format!("DROP VIEW {name}"),
        "matview" => format!("DROP MATERIALIZED VIEW {name}"),
        "sequence" => format!("DROP SEQUENCE IF EXISTS {name}"),
        "function" => format!("DROP ROUTINE {name}"),
        "type" if value("typtype") == "d" => format!("DROP DOMAIN {name}"),
        "type" | "composite" => format!("DROP TYPE {name}"),
        "index" => format!("DROP INDEX {name}"),
        "extension" => format!("DROP EXTENSION {name}"),
        "schema" => format!("DROP SCHEMA {name}"),
        "publication" => format!("DROP PUBLICATION {name}"),
        "role" => format!("DROP ROLE {name}"),
        "policy" => format!("DROP POLICY {}", on()),
        "trigger" => format!("DROP TRIGGER {}", on()),
        "rule" => format!("DROP RULE {}", on()),
        "column" => {
            let (table, own) = last(name);
            format!("ALTER TABLE {table} DROP COLUMN {own}")
        }
        "constraint" => {
            let (table, own) = last(name);
            format!("ALTER TABLE {table} DROP CONSTRAINT {own}")
        }
        _ => return Vec::new(),
    }]
}

fn missing(kind: &str, name: &str, was: &Row) -> Option<String> {
    let value = |key: &str| was.is.get(key).map(|it| text(it));
    Some(match kind {
        "index" | "trigger" | "rule" | "function" => value("def")?.trim_end_matches(';').to_owned(),
        "view" => format!("CREATE VIEW {name} AS {}", value("viewdef")?.trim_end_matches(';')),
        "matview" => {
            format!(
                "CREATE MATERIALIZED VIEW {name} AS {}",
                value("viewdef")?.trim_end_matches(';')
            )
        }
        "constraint" => {
            let (table, own) = last(name);
            format!("ALTER TABLE {table} ADD CONSTRAINT {own} {}", value("def")?)
        }
        "policy" => snapshot::policy(name, was)?,
        _ => return None,
    })
}

fn differs(kind: &str, name: &str, what: &str, (was, is): (&str, &str), row: &Row) -> Vec<String> {
    let one = |it: String| vec![it];
    match (kind, what) {
        (_, "acl") => privileges(kind, name, was, is),
        ("function" | "trigger", "def") => {
            let Some(def) = missing(kind, name, row) else { return Vec::new() };
            if kind == "function" {
                return one(def);
            }
            let (table, own) = last(name);
            vec![format!("DROP TRIGGER {own} ON {table}"), def]
        }
        ("view", "viewdef") => match missing(kind, name, row) {
            Some(made) => vec![format!("DROP VIEW {name}"), made],
            None => Vec::new(),
        },
        ("policy", _) => {
            let (table, own) = last(name);
            let mut all = vec![format!("DROP POLICY {own} ON {table}")];
            all.extend(snapshot::policy(name, row));
            all
        }
        ("column", "default") => {
            let (table, own) = last(name);
            one(if was.is_empty() {
                format!("ALTER TABLE {table} ALTER COLUMN {own} DROP DEFAULT")
            } else {
                format!("ALTER TABLE {table} ALTER COLUMN {own} SET DEFAULT {}", text(was))
            })
        }
        ("column", "notnull") => {
            let (table, own) = last(name);
            let verb = if was == "true" { "SET" } else { "DROP" };
            one(format!("ALTER TABLE {table} ALTER COLUMN {own} {verb} NOT NULL"))
        }
        ("table", "rls") => {
            let verb = if was == "true" { "ENABLE" } else { "DISABLE" };
            one(format!("ALTER TABLE {name} {verb} ROW LEVEL SECURITY"))
        }
        ("table" | "view" | "sequence" | "matview", "owner") => {
            one(format!("ALTER TABLE {name} OWNER TO {}", text(was)))
        }
        _ => Vec::new(),
    }
}

/// The letters of `aclitem` (Postgres manual, table 5.1).
const LETTERS: &[(char, &str)] = &[
    ('r', "SELECT"),
    ('a', "INSERT"),
    ('w', "UPDATE"),
    ('d', "DELETE"),
    ('D', "TRUNCATE"),
    ('x', "REFERENCES"),
    ('t', "TRIGGER"),
    ('C', "CREATE"),
    ('U', "USAGE"),
    ('X', "EXECUTE"),
    ('m', "MAINTAIN"),
];

fn privileges(kind: &str, name: &str, was: &str, is: &str) -> Vec<String> {
    let word = match kind {
        "table" | "view" | "matview" | "foreign_table" => "TABLE",
        "sequence" => "SEQUENCE",
        "function" => "ROUTINE",
        "schema" => "SCHEMA",
        "type" => "TYPE",
        "default_acl" => "",
        _ => return Vec::new(),
    };
    // `postgres:public:f`: whose, in which schema, of what.
    let mut parts = name.rsplitn(3, ':');
    let (of, schema, owner) = (parts.next(), parts.next(), parts.next());
    let (on, begin) = match (kind, of, schema, owner) {
        ("default_acl", Some(of), Some(schema), Some(owner)) => {
            let of = match of {
                "r" => "TABLES",
                "S" => "SEQUENCES",
                "f" => "FUNCTIONS",
                "T" => "TYPES",
                _ => "SCHEMAS",
            };
            let within = if schema == "*" { String::new() } else { format!(" IN SCHEMA {schema}") };
            (of.to_owned(), format!("ALTER DEFAULT PRIVILEGES FOR ROLE {owner}{within} "))
        }
        _ => (format!("{word} {name}"), String::new()),
    };
    let parsed = |it: &str| -> BTreeMap<String, String> {
        let all = it.split(", ").filter_map(|it| it.split('/').next()?.rsplit_once('='));
        all.map(|(who, what)| (who.to_owned(), what.to_owned())).collect()
    };
    let (was, is) = (parsed(was), parsed(is));
    let who = |it: &str| if it.is_empty() { "PUBLIC".to_owned() } else { it.to_owned() };
    let mut all = Vec::new();
    for (role, now) in &is {
        if was.get(role) != Some(now) {
            all.push(format!("{begin}REVOKE ALL ON {on} FROM {}", who(role)));
        }
    }
    for (role, then) in &was {
        if is.get(role) == Some(then) {
            continue;
        }
        let words = LETTERS.iter().filter(|it| then.contains(it.0)).map(|it| it.1);
        let words = words.collect::<Vec<_>>().join(", ");
        let option = if then.contains('*') { " WITH GRANT OPTION" } else { "" };
        all.push(format!("{begin}GRANT {words} ON {on} TO {}{option}", who(role)));
    }
    all
}

/// A name and what it lies in: `public.users` and `email`.
fn last(name: &str) -> (&str, &str) {
    snapshot::split(name).unwrap_or(("", name))
}

/// A text that is written as JSON.
fn text(value: &str) -> String {
    match json::read(value) {
        json::Json::Value(it) => it.string().unwrap_or_else(|| value.to_owned()),
        json::Json::Malformed(_) => value.to_owned(),
    }
}
