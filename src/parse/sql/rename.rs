//! A table or its columns under other names, everywhere in a text that says what it means.
//!
//! Only statements that make and constrain tables are followed: `CREATE TABLE`, `CREATE INDEX`, `ALTER TABLE`. Where any
//! other may speak of a name, nothing is renamed at all. Names in quotes alone are looked for, since a name that needs a
//! better one has letters that need quotes.

use std::collections::BTreeSet;
use std::ops::Range;

use super::tokens::{Token, tokens};
use crate::schema::{NAME_LIMIT, ObjectName, quoted};

/// Who gets another name, and which.
#[derive(Clone, Debug)]
pub struct Renaming<'a> {
    pub table: &'a ObjectName,
    /// The table's own new name.
    pub to: Option<&'a str>,
    pub columns: &'a [(String, String)],
}

/// What Postgres puts behind the names that it makes of those of a table and its columns.
const SUFFIXES: [&str; 7] = ["_seq", "_key", "_pkey", "_idx", "_fkey", "_check", "_excl"];

/// Words that an expression, or the name of a column, follows.
const BEFORE_COLUMN: [&str; 24] = [
    "add", "alter", "and", "between", "by", "case", "column", "distinct", "drop", "else", "exists",
    "from", "ilike", "in", "is", "like", "not", "or", "rename", "then", "to", "using", "when",
    "where",
];

/// Words that something else follows.
const BEFORE_OTHER: [&str; 5] = ["as", "cascade", "collate", "index", "type"];

type Edits = Vec<(Range<usize>, String)>;

/// The places of the old names with the new ones. Nothing where one of them may be meant by what cannot be followed.
pub fn rename(text: &str, renaming: &Renaming<'_>) -> Option<Edits> {
    // A name in escapes looks like no other.
    if text.contains("U&") || text.contains("u&") {
        return None;
    }
    let tokens = tokens(text);
    let mut edits = Vec::new();
    // Names of constraints and indexes, where they are made.
    let mut made = Vec::new();
    for statement in tokens.split(|it| it.text == ";") {
        edits.extend(one(statement, renaming, &mut made)?);
    }
    (!is_derived_name_left(&tokens, renaming, &edits, &made)).then_some(edits)
}

/// Whether a name that goes with those of the table and its columns is spoken of where it would keep the old ones.
fn is_derived_name_left(
    tokens: &[Token<'_>],
    it: &Renaming<'_>,
    edits: &Edits,
    made: &[(Range<usize>, String)],
) -> bool {
    let edited: BTreeSet<usize> = edits.iter().map(|it| it.0.start).collect();
    let (renamed, kept): (Vec<_>, Vec<_>) =
        made.iter().partition(|(at, _)| edited.contains(&at.start));
    let prefix = format!("{}_", it.table.name);
    let goes_along = |name: &str| {
        name.starts_with(&prefix)
            && SUFFIXES.iter().any(|it| name.ends_with(it))
            && (it.to.is_some() || it.columns.iter().any(|(old, _)| name.contains(old.as_str())))
    };
    tokens.iter().filter(|token| !edited.contains(&token.at.start)).any(|token| {
        if token.is_literal() {
            return token.text.contains(&prefix);
        }
        let Some(name) = token.name() else { return false };
        renamed.iter().any(|it| it.1 == name)
            || goes_along(&name) && !kept.iter().any(|it| it.1 == name)
    })
}

/// Edits of one statement.
fn one(
    tokens: &[Token<'_>],
    it: &Renaming<'_>,
    made: &mut Vec<(Range<usize>, String)>,
) -> Option<Edits> {
    let Some((owner, body, named)) = subject(tokens) else {
        return (!mentions(tokens, it)).then(Vec::new);
    };
    // A text in it may be run, or be a default that means the name.
    let renamed = |name: &str| {
        it.columns.iter().any(|(old, _)| old == name) || it.to.is_some() && it.table.name == name
    };
    let strings = tokens.iter().filter(|it| it.is_literal());
    for string in strings {
        if it
            .columns
            .iter()
            .map(|it| it.0.as_str())
            .chain([it.table.name.as_str()])
            .any(|name| renamed(name) && string.text.contains(name))
        {
            return None;
        }
    }
    let mut edits = Vec::new();
    let is_own = owner.is(it.table);
    edits.extend(owner.edit(it));
    let mut make = |token: &Token<'_>, edits: &mut Edits| {
        made.extend(token.name().map(|name| (token.at.clone(), name)));
        edits.extend(derived(token, it).filter(|_| is_own));
    };
    if let Some(index) = named.and_then(|index| tokens.get(index)) {
        make(index, &mut edits);
    }
    let mut at = body;
    let mut depth = 0_usize;
    // The table that the names of the open bracket belong to, and the depth of that bracket.
    let mut elsewhere: Option<(bool, usize)> = None;
    while let Some(token) = tokens.get(at) {
        match token.text {
            "(" => depth += 1,
            ")" => {
                depth = depth.saturating_sub(1);
                elsewhere = elsewhere.filter(|it| it.1 <= depth);
            }
            _ => {}
        }
        if token.is("references")
            && let Some((target, after)) = path(tokens, at + 1)
        {
            edits.extend(target.edit(it));
            let brackets = tokens.get(after).is_some_and(|it| it.text == "(");
            elsewhere = brackets.then(|| (target.is(it.table), depth + 1));
            at = after;
            continue;
        }
        if token.is("constraint") {
            if let Some(name) = tokens.get(at + 1) {
                make(name, &mut edits);
            }
            at += 2;
            continue;
        }
        if let Some(name) = token.name() {
            let ours = elsewhere.map_or(is_own, |it| it.0);
            let column = is_column(tokens, at);
            let is_table = it.to.is_some() && token.is_quoted() && name == it.table.name;
            // Its row type, or what a column is said to be of.
            if is_table && column != Some(true) {
                return None;
            }
            if ours {
                // Another column has the name already.
                if column == Some(true) && it.columns.iter().any(|(_, new)| *new == name) {
                    return None;
                }
                let new = it.columns.iter().find(|(old, _)| token.is_quoted() && *old == name);
                if let Some((_, new)) = new
                    && column?
                {
                    edits.push((token.at.clone(), format!("\"{new}\"")));
                }
            }
        }
        at += 1;
    }
    Some(edits)
}

/// Whether the name at a token is one of a column; types, collations, operator classes and functions have names too.
/// Absent: nobody can tell.
fn is_column(tokens: &[Token<'_>], at: usize) -> Option<bool> {
    let next = tokens.get(at + 1).map_or("", |it| it.text);
    let before = tokens.get(at.checked_sub(1)?)?;
    if next == "." || before.text == "." {
        return None;
    }
    if next == "(" || before.text == ":" || before.text == "::" || before.is_quoted() {
        return Some(false);
    }
    if BEFORE_COLUMN.iter().any(|it| before.is(it)) {
        return Some(true);
    }
    if BEFORE_OTHER.iter().any(|it| before.is(it)) {
        return Some(false);
    }
    let sign = before.name().is_none() && !before.is_literal();
    match before.text {
        ")" | "]" => Some(false),
        _ if sign => Some(true),
        _ => None,
    }
}

/// A name as a statement writes it.
struct Path {
    at: Range<usize>,
    schema: Option<String>,
    name: String,
}

impl Path {
    fn is(&self, table: &ObjectName) -> bool {
        let schema = |it: &Option<String>| it.clone().unwrap_or_else(|| "public".to_owned());
        self.name == table.name && schema(&self.schema) == schema(&table.schema)
    }

    fn edit(&self, it: &Renaming<'_>) -> Option<(Range<usize>, String)> {
        let to = it.to.filter(|_| self.is(it.table))?;
        Some((self.at.clone(), format!("\"{to}\"")))
    }
}

/// The name that begins at a token, and the token after it.
fn path(tokens: &[Token<'_>], at: usize) -> Option<(Path, usize)> {
    let first = tokens.get(at)?;
    let dot = tokens.get(at + 1).is_some_and(|it| it.text == ".");
    if !dot {
        let path = Path { at: first.at.clone(), schema: None, name: first.name()? };
        return Some((path, at + 1));
    }
    let second = tokens.get(at + 2)?;
    let path = Path { at: second.at.clone(), schema: first.name(), name: second.name()? };
    Some((path, at + 3))
}

/// The table that a statement makes or changes, where what follows begins, and the name of its index.
fn subject(tokens: &[Token<'_>]) -> Option<(Path, usize, Option<usize>)> {
    let is = |at: usize, word: &str| tokens.get(at).is_some_and(|it: &Token<'_>| it.is(word));
    let skip = |mut at: usize, words: &[&str]| {
        while words.iter().any(|it| is(at, it)) {
            at += 1;
        }
        at
    };
    let guard = ["if", "not", "exists", "only", "concurrently"];
    if is(0, "create") {
        let at = skip(1, &["unlogged", "unique"]);
        if is(at, "table") {
            let (owner, body) = path(tokens, skip(at + 1, &guard))?;
            return is_plain_table(tokens, body).then_some((owner, body, None));
        }
        if is(at, "index") {
            let name = skip(at + 1, &guard);
            let on = if is(name, "on") { name } else { path(tokens, name)?.1 };
            let (owner, body) = path(tokens, skip(on + 1, &guard))?;
            return is(on, "on").then_some((owner, body, (name < on).then_some(on - 1)));
        }
        return None;
    }
    if is(0, "alter") && is(1, "table") {
        let (owner, body) = path(tokens, skip(2, &guard))?;
        return Some((owner, body, None));
    }
    None
}

/// Not of another table or of a query.
fn is_plain_table(tokens: &[Token<'_>], body: usize) -> bool {
    tokens.get(body).is_some_and(|it| it.text == "(")
        && !tokens.iter().any(|it| it.is("like") || it.is("inherits") || it.is("select"))
}

/// Whether a statement that is not followed may mean one of the names.
fn mentions(tokens: &[Token<'_>], it: &Renaming<'_>) -> bool {
    let says = |name: &str| {
        tokens.iter().any(|token| {
            if token.is_literal() {
                return token.text.contains(name);
            }
            token.name().is_some_and(|it| it == name)
        })
    };
    let table = says(&it.table.name);
    if it.to.is_some() { table } else { table && it.columns.iter().any(|(old, _)| says(old)) }
}

/// The name of an index or constraint, where it is made of those of the table and the columns, as Prisma makes it.
fn derived(token: &Token<'_>, it: &Renaming<'_>) -> Option<(Range<usize>, String)> {
    let name = token.name()?;
    let rest = name.strip_prefix(it.table.name.as_str())?;
    if !rest.starts_with('_') || name.len() >= NAME_LIMIT {
        return None;
    }
    let mut new = rest.to_owned();
    for (old, to) in it.columns {
        new = new.replace(&format!("_{old}_"), &format!("_{to}_"));
    }
    let new = format!("{}{new}", it.to.unwrap_or(&it.table.name));
    let written = if token.text.starts_with('"') { format!("\"{new}\"") } else { quoted(&new) };
    (new != name).then(|| (token.at.clone(), written))
}

#[cfg(test)]
mod tests {
    use super::{Renaming, rename};
    use crate::schema::ObjectName;

    fn renamed(text: &str, to: Option<&str>, columns: &[(&str, &str)]) -> Option<String> {
        let columns: Vec<(String, String)> =
            columns.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        let table = ObjectName::new(None, "Post");
        let mut edits = rename(text, &Renaming { table: &table, to, columns: &columns })?;
        edits.sort_by_key(|it| std::cmp::Reverse(it.0.start));
        let mut text = text.to_owned();
        for (at, new) in edits {
            text.replace_range(at, &new);
        }
        Some(text)
    }

    const COLUMN: &[(&str, &str)] = &[("authorId", "author_id")];

    #[test]
    fn a_column_is_renamed_where_its_table_is_meant() {
        let text = "CREATE TABLE \"Post\" (\"authorId\" INT, CONSTRAINT \"Post_authorId_key\" UNIQUE (\"authorId\"));\n\
            CREATE INDEX \"Post_authorId_id_idx\" ON \"Post\"(\"authorId\", \"id\");\n\
            CREATE INDEX \"Other_authorId_idx\" ON \"Other\"(\"authorId\");\n\
            ALTER TABLE \"Post\" ADD CONSTRAINT \"Post_authorId_fkey\" FOREIGN KEY (\"authorId\") REFERENCES \"User\"(\"authorId\") ON DELETE CASCADE;\n\
            ALTER TABLE \"Like\" ADD FOREIGN KEY (\"authorId\") REFERENCES \"public\".\"Post\"(\"authorId\");";
        let wanted = "CREATE TABLE \"Post\" (\"author_id\" INT, CONSTRAINT \"Post_author_id_key\" UNIQUE (\"author_id\"));\n\
            CREATE INDEX \"Post_author_id_id_idx\" ON \"Post\"(\"author_id\", \"id\");\n\
            CREATE INDEX \"Other_authorId_idx\" ON \"Other\"(\"authorId\");\n\
            ALTER TABLE \"Post\" ADD CONSTRAINT \"Post_author_id_fkey\" FOREIGN KEY (\"author_id\") REFERENCES \"User\"(\"authorId\") ON DELETE CASCADE;\n\
            ALTER TABLE \"Like\" ADD FOREIGN KEY (\"authorId\") REFERENCES \"public\".\"Post\"(\"author_id\");";
        assert_eq!(renamed(text, None, COLUMN).as_deref(), Some(wanted));
    }

    #[test]
    fn a_table_is_renamed_with_what_is_named_after_it() {
        let text = "CREATE TABLE \"Post\" (\"id\" INT, CONSTRAINT \"Post_pkey\" PRIMARY KEY (\"id\")); ALTER TABLE \"Like\" ADD CONSTRAINT \"Like_Post_fkey\" FOREIGN KEY (\"Post\") REFERENCES \"Post\"(\"id\");";
        let wanted = "CREATE TABLE \"post\" (\"id\" INT, CONSTRAINT \"post_pkey\" PRIMARY KEY (\"id\")); ALTER TABLE \"Like\" ADD CONSTRAINT \"Like_Post_fkey\" FOREIGN KEY (\"Post\") REFERENCES \"post\"(\"id\");";
        assert_eq!(renamed(text, Some("post"), &[]).as_deref(), Some(wanted));
    }

    #[test]
    fn what_cannot_be_followed_keeps_every_name() {
        for text in [
            "update \"Post\" set \"authorId\" = 1",
            "do $$ begin update \"Post\" set \"authorId\" = 1; end $$",
            "create view v as select \"authorId\" from \"Post\"",
            "create table \"Post\" as select 1 as \"authorId\"",
        ] {
            assert_eq!(renamed(text, None, COLUMN), None, "{text}");
        }
        let other = "update \"User\" set \"authorId\" = 1";
        assert_eq!(renamed(other, None, COLUMN).as_deref(), Some(other));
    }

    #[test]
    fn types_collations_and_operator_classes_are_no_columns() {
        let text = "CREATE TABLE \"Post\" (\"Status\" \"Status\" NOT NULL DEFAULT now()::\"Status\", \"C\" TEXT COLLATE \"C\"); CREATE INDEX ON \"Post\" (\"C\" \"C\");";
        let wanted = "CREATE TABLE \"Post\" (\"status\" \"Status\" NOT NULL DEFAULT now()::\"Status\", \"c\" TEXT COLLATE \"C\"); CREATE INDEX ON \"Post\" (\"c\" \"C\");";
        let columns = &[("Status", "status"), ("C", "c")];
        assert_eq!(renamed(text, None, columns).as_deref(), Some(wanted));
    }

    #[test]
    fn a_name_that_is_taken_is_not_given_again() {
        for text in [
            "create table \"Post\" (\"authorId\" int, \"author_id\" int)",
            "create table \"Post\" (\"authorId\" int, author_id int)",
            "create table \"Post\" (\"authorId\" int); alter table \"Post\" add author_id int;",
        ] {
            assert_eq!(renamed(text, None, COLUMN), None, "{text}");
        }
    }

    #[test]
    fn what_is_named_after_it_is_not_left_behind() {
        for text in [
            "create table \"Post\" (\"authorId\" serial); alter sequence \"Post_authorId_seq\" restart;",
            "create table \"Post\" (\"authorId\" serial); select setval('\"Post_authorId_seq\"', 2);",
            "create table \"Post\" (\"authorId\" int); create unique index \"Post_authorId_key\" on \"Post\" (\"authorId\"); alter table \"Post\" add constraint c unique using index \"Post_authorId_key\";",
            "create table \"Post\" (\"authorId\" int unique); comment on index \"Post_authorId_key\" is 'x';",
        ] {
            assert_eq!(renamed(text, None, COLUMN), None, "{text}");
            assert_eq!(renamed(text, Some("post"), &[]), None, "{text}");
        }
        let row =
            "create table \"Post\" (id int); create table t (whole \"Post\", many \"Post\"[]);";
        assert_eq!(renamed(row, Some("post"), &[]), None);
    }
}
