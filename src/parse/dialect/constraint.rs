//! Constraints and keys, of a column or of a table.

use std::ops::Range;

use sqlparser::tokenizer::Token;

use super::column::Defined;
use super::cursor::{Cursor, Read};
use super::{Reader, names};
use crate::schema::{
    ConstraintKind, ForeignKey, Guard, IndexKey, NewConstraint, NewIndex, ObjectName, Provider,
    Referential,
};

/// What stands in a table beside its columns.
pub(super) enum Part {
    Constraint(NewConstraint),
    Index(NewIndex),
    /// A default of SQL Server, given to a column that is there.
    Default {
        column: String,
        default: crate::schema::Expression,
        constraint: NewConstraint,
    },
    /// What changes nothing that is kept here.
    Nothing,
}

/// Words that a constraint or key of a table begins with.
const BEGINS: &[&str] = &[
    "constraint",
    "primary",
    "unique",
    "foreign",
    "check",
    "index",
    "key",
    "fulltext",
    "spatial",
    "default",
    "exclude",
    "period",
];

/// Whether a constraint comes next, and no column of that name.
pub(super) fn is_constraint(cursor: &Cursor<'_>) -> bool {
    let followed = |words: &[&str]| cursor.peek_at(1).is_some_and(|it| it.is_any(words));
    let called = cursor.peek_at(1).is_some_and(|it| it.is_sign(&Token::LParen));
    if !cursor.is_any(BEGINS) {
        return false;
    }
    match () {
        () if cursor.is_any(&["primary", "foreign"]) => followed(&["key"]),
        () if cursor.is_any(&["check"]) => called,
        () if cursor.is_any(&["period"]) => followed(&["for"]),
        () if cursor.is_any(&["default"]) => cursor.provider == Provider::Sqlserver,
        // `key VARCHAR(191)` is a column in SQLite.
        () if cursor.is_any(&["key", "index"]) => {
            matches!(cursor.provider, Provider::Mysql | Provider::Sqlserver)
        }
        () => true,
    }
}

impl Reader<'_> {
    pub(super) fn constraint_of(
        &self,
        kind: ConstraintKind,
        name: Option<String>,
        at: Range<usize>,
    ) -> NewConstraint {
        NewConstraint { name, kind, not_valid: false, using_index: None, at: self.place(at) }
    }

    /// In MySQL every primary key is called `PRIMARY` (MySQL manual, 15.1.20).
    pub(super) fn key_name(&self, name: Option<String>) -> Option<String> {
        if self.provider == Provider::Mysql { Some("PRIMARY".to_owned()) } else { name }
    }

    /// A unique key beside a column.
    pub(super) fn unique(
        &self,
        table: &ObjectName,
        columns: &[String],
        name: Option<String>,
        at: Range<usize>,
        defined: &mut Defined,
    ) {
        match self.unique_key(table, columns.iter().map(|it| key(it)).collect(), name, at) {
            Part::Index(it) => defined.indexes.push(it),
            Part::Constraint(it) => defined.constraints.push(it),
            Part::Default { .. } | Part::Nothing => {}
        }
    }

    /// In MySQL a unique key is a unique index, and goes by `DROP INDEX`.
    fn unique_key(
        &self,
        table: &ObjectName,
        keys: Vec<IndexKey>,
        name: Option<String>,
        at: Range<usize>,
    ) -> Part {
        if self.provider == Provider::Mysql {
            // Without a name it has that of its first column.
            let name = name.or_else(|| keys.first().map(|it| it.label.clone()));
            return Part::Index(self.new_index(table, name, keys, true, at));
        }
        let columns = keys.iter().filter_map(|it| it.column.clone()).collect();
        // SQL Server takes one row without a value.
        let nulls_not_distinct = self.provider == Provider::Sqlserver;
        let kind = ConstraintKind::Unique { columns, nulls_not_distinct };
        Part::Constraint(self.constraint_of(kind, name, at))
    }

    pub(super) fn new_index(
        &self,
        table: &ObjectName,
        name: Option<String>,
        keys: Vec<IndexKey>,
        unique: bool,
        at: Range<usize>,
    ) -> NewIndex {
        NewIndex {
            name: name.map(|it| names::index(self.provider, table, &it)),
            table: table.clone(),
            keys,
            include: Vec::new(),
            unique,
            concurrently: false,
            only: false,
            guard: Guard::None,
            method: "btree".to_owned(),
            predicate: None,
            nulls_not_distinct: self.provider == Provider::Sqlserver && unique,
            at: self.place(at),
        }
    }

    /// A constraint or key of a table, up to its comma or end.
    pub(super) fn part(&self, cursor: &mut Cursor<'_>, table: &ObjectName) -> Read<Part> {
        let start = cursor.at;
        let mut name = None;
        if cursor.eat(&["constraint"])
            && !(cursor.is_any(&["primary", "unique", "foreign", "check"]) && is_constraint(cursor))
        {
            name = Some(cursor.name()?);
        }
        if cursor.eat(&["primary", "key"]) {
            self.clustering(cursor);
            using(cursor);
            let keys = self.keys(cursor)?;
            self.key_options(cursor)?;
            let columns = keys.into_iter().filter_map(|it| it.column).collect();
            let kind = ConstraintKind::PrimaryKey { columns };
            let name = self.key_name(name);
            return Ok(Part::Constraint(self.constraint_of(kind, name, cursor.since(start))));
        }
        if cursor.eat(&["unique"]) {
            cursor.eat_any(&["key", "index"]);
            self.clustering(cursor);
            if !cursor.is_sign(&Token::LParen) && !cursor.is(&["using"]) {
                name = Some(cursor.name()?);
            }
            using(cursor);
            let keys = self.keys(cursor)?;
            self.key_options(cursor)?;
            return Ok(self.unique_key(table, keys, name, cursor.since(start)));
        }
        if cursor.eat(&["foreign", "key"]) {
            if !cursor.is_sign(&Token::LParen) {
                name = name.or(Some(cursor.name()?));
            }
            let columns = self.keys(cursor)?.into_iter().filter_map(|it| it.column).collect();
            let kind = ConstraintKind::ForeignKey(self.references(cursor, columns)?);
            return Ok(Part::Constraint(self.constraint_of(kind, name, cursor.since(start))));
        }
        if cursor.eat(&["check"]) {
            let check = self.expression(&cursor.parens()?);
            cursor.eat(&["not"]);
            cursor.eat(&["enforced"]);
            let kind = ConstraintKind::Check(check);
            return Ok(Part::Constraint(self.constraint_of(kind, name, cursor.since(start))));
        }
        if cursor.eat(&["default"]) {
            let default = self.default(cursor)?;
            cursor.must(&["for"])?;
            let column = cursor.name()?;
            let kind = ConstraintKind::Default { column: column.clone() };
            let constraint = self.constraint_of(kind, name, cursor.since(start));
            return Ok(Part::Default { column, default, constraint });
        }
        if cursor.eat(&["period", "for"]) {
            cursor.name()?;
            cursor.skip_parens()?;
            return Ok(Part::Nothing);
        }
        let special = cursor.eat_any(&["fulltext", "spatial"]);
        if cursor.eat_any(&["index", "key"]) || special {
            let unique = cursor.eat(&["unique"]);
            self.clustering(cursor);
            if !cursor.is_sign(&Token::LParen) && !cursor.is(&["using"]) {
                name = Some(cursor.name()?);
            }
            let unique = unique || cursor.eat(&["unique"]);
            self.clustering(cursor);
            using(cursor);
            let keys = self.keys(cursor)?;
            self.key_options(cursor)?;
            let mut index = self.new_index(table, name, keys, unique, cursor.since(start));
            if special {
                "other".clone_into(&mut index.method);
            }
            return Ok(Part::Index(index));
        }
        Err(cursor.unread("a constraint"))
    }

    /// The keys of an index, in parentheses.
    pub(super) fn keys(&self, cursor: &mut Cursor<'_>) -> Read<Vec<IndexKey>> {
        let items = cursor.parens()?.items();
        Ok(items.iter().map(|it| self.key(it)).collect())
    }

    fn key(&self, item: &Cursor<'_>) -> IndexKey {
        let text = self.folded(&item.range());
        let mut cursor = item.clone();
        let column = cursor.name().ok().filter(|_| {
            // `name(191)` is the beginning of a column, `lower(name)` an expression.
            let prefix = cursor.clone().parens().is_ok_and(
                |it| matches!(it.tokens, [one] if matches!(one.token.token, Token::Number(..))),
            );
            if prefix {
                let _ = cursor.parens();
            }
            if cursor.eat(&["collate"]) {
                cursor.skip(1);
            }
            cursor.eat_any(&["asc", "desc"]);
            cursor.is_done()
        });
        match column {
            // Postgres keeps the quotes of a key; what they are elsewhere says nothing.
            Some(column) if self.provider.is_postgres() => IndexKey { text, ..key(&column) },
            Some(column) => IndexKey { text: without_quotes(text, &column), ..key(&column) },
            None => {
                let expression = self.expression(item);
                let label = expression.calls.first().cloned().unwrap_or_else(|| "expr".to_owned());
                IndexKey { column: None, columns: expression.columns, label, text }
            }
        }
    }

    /// What follows the keys: `WITH (…)`, `INCLUDE (…)`, `ON [PRIMARY]`, `USING BTREE`, `COMMENT '…'`.
    pub(super) fn key_options(&self, cursor: &mut Cursor<'_>) -> Read<()> {
        loop {
            if cursor.eat(&["with"]) {
                if !cursor.skip_parens()? {
                    cursor.skip(2);
                }
            } else if cursor.is(&["on"]) && self.provider == Provider::Sqlserver {
                cursor.skip(1);
                cursor.name()?;
                cursor.skip_parens()?;
            } else if self.provider == Provider::Sqlite && cursor.eat(&["on", "conflict"]) {
                cursor.skip(1);
            } else if cursor.eat_any(&["using", "comment", "key_block_size"]) {
                cursor.eat_sign(&Token::Eq);
                cursor.skip(1);
            } else if cursor.eat(&["with", "parser"]) {
                cursor.skip(1);
            } else if !cursor.eat_any(&["visible", "invisible"]) {
                return Ok(());
            }
        }
    }

    /// `REFERENCES t (…) ON DELETE … ON UPDATE …`
    pub(super) fn references(
        &self,
        cursor: &mut Cursor<'_>,
        columns: Vec<String>,
    ) -> Read<ForeignKey> {
        cursor.must(&["references"])?;
        let target = names::object(cursor)?;
        let mut target_columns = Vec::new();
        if cursor.is_sign(&Token::LParen) {
            target_columns = self.keys(cursor)?.into_iter().filter_map(|it| it.column).collect();
        }
        let (mut on_delete, mut on_update) = (Referential::Unsaid, Referential::Unsaid);
        loop {
            if cursor.eat(&["on", "delete"]) {
                on_delete = referential(cursor)?;
            } else if cursor.eat(&["on", "update"]) {
                on_update = referential(cursor)?;
            } else if cursor.eat(&["match"]) {
                cursor.skip(1);
            } else if cursor.eat(&["not", "for", "replication"])
                || cursor.eat(&["not", "deferrable"])
                || cursor.eat(&["deferrable"])
            {
            } else if cursor.eat(&["initially"]) {
                cursor.skip(1);
            } else {
                return Ok(ForeignKey { columns, target, target_columns, on_delete, on_update });
            }
        }
    }
}

/// `USING BTREE`
fn using(cursor: &mut Cursor<'_>) {
    if cursor.eat(&["using"]) {
        cursor.skip(1);
    }
}

fn referential(cursor: &mut Cursor<'_>) -> Read<Referential> {
    let known: [(&[&str], Referential); 5] = [
        (&["no", "action"], Referential::NoAction),
        (&["restrict"], Referential::Restrict),
        (&["cascade"], Referential::Cascade),
        (&["set", "null"], Referential::SetNull),
        (&["set", "default"], Referential::SetDefault),
    ];
    let found = known.into_iter().find(|(words, _)| cursor.eat(words));
    found.map(|it| it.1).ok_or_else(|| cursor.unread("what happens to the rows that refer to it"))
}

fn key(column: &str) -> IndexKey {
    IndexKey {
        column: Some(column.to_owned()),
        columns: vec![column.to_owned()],
        label: column.to_owned(),
        text: column.to_owned(),
    }
}

/// A key of a column alone is told by its name, whatever its quotes.
fn without_quotes(text: String, column: &str) -> String {
    let bare = text.trim_matches(['"', '`', '[', ']']);
    if bare == column { bare.to_owned() } else { text }
}
