//! Statements that run a procedure or a text.

use sqlparser::tokenizer::Token;

use super::cursor::{Cursor, Piece, Read};
use super::{Reader, names};
use crate::schema::{NewColumn, ObjectName, Op, Provider};

/// Procedures of SQL Server that change no table.
const HARMLESS: &[&str] = &[
    "sp_addextendedproperty",
    "sp_updateextendedproperty",
    "sp_dropextendedproperty",
    "sp_recompile",
    "sp_refreshview",
    "sp_refreshsqlmodule",
    "sp_updatestats",
    "sp_set_session_context",
    "sp_getapplock",
    "sp_releaseapplock",
    "sp_help",
    "sp_settriggerorder",
];

/// How far below its constraints a table is dropped that Prisma makes anew, in bytes.
const FAR: usize = 1 << 16;

const HELP: &str = "write the statement itself, or give the text as one constant";

impl Reader<'_> {
    pub(super) fn execute(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        let start = cursor.at;
        match self.provider {
            Provider::Sqlserver if cursor.is_any(&["exec", "execute"]) => {
                cursor.skip(1);
                self.exec(cursor, start)
            }
            _ if cursor.eat(&["prepare"]) => {
                cursor.until(|it| it.is_end() || it.is_any(&["from"]));
                cursor.eat(&["from"]);
                let text = cursor.next().and_then(|it| Some((it.string()?, it.at.clone())));
                match text {
                    Some((text, at)) => self.inner(text, &at),
                    None => self.computed(cursor, start),
                }
                cursor.until(Cursor::is_end);
                Ok(())
            }
            _ => {
                // `EXECUTE` runs what was prepared, which is read there. What `CALL` runs is of an older migration.
                cursor.until(Cursor::is_end);
                Ok(())
            }
        }
    }

    fn computed(&mut self, cursor: &mut Cursor<'_>, start: usize) {
        cursor.until(Cursor::is_end);
        let at = cursor.since(start);
        self.opaque(at, "it runs a text that is computed when the migration is applied", HELP);
    }

    /// Reads what is run, where it is a text that is written out.
    fn text(
        &mut self,
        text: Option<(String, std::ops::Range<usize>)>,
        cursor: &mut Cursor<'_>,
        start: usize,
    ) {
        match text {
            Some((text, at)) => self.inner(&text, &at),
            None => self.computed(cursor, start),
        }
    }

    fn exec(&mut self, cursor: &mut Cursor<'_>, start: usize) -> Read<()> {
        if cursor.is_sign(&Token::LParen) {
            let inside = cursor.parens()?;
            self.text(constant(&inside), cursor, start);
            return Ok(());
        }
        // `EXEC @result = procedure`
        if cursor.peek_at(1).is_some_and(|it| it.is_sign(&Token::Eq)) {
            cursor.skip(2);
        }
        let procedure = names::object(cursor)?;
        let name = procedure.name.to_ascii_lowercase();
        let arguments = arguments(cursor);
        let at = cursor.since(start);
        match name.as_str() {
            "sp_rename" => {
                self.sp_rename(&arguments, at);
                Ok(())
            }
            "sp_executesql" => {
                self.text(arguments.first().and_then(constant), cursor, start);
                Ok(())
            }
            name if HARMLESS.contains(&name) => Ok(()),
            _ => {
                let why = format!("what `{}` does cannot be seen here", procedure.name);
                self.opaque(at, why, "write what it does into the migration");
                Ok(())
            }
        }
    }

    /// `sp_rename 'dbo.users.mail', 'email', 'COLUMN'`. The new name is taken as it is.
    fn sp_rename(&mut self, arguments: &[Cursor<'_>], at: std::ops::Range<usize>) {
        let text = |index: usize| arguments.get(index).and_then(constant).map(|it| it.0);
        let (Some(from), Some(to)) = (text(0), text(1)) else {
            return self.opaque(at, "it renames something whose name is computed", HELP);
        };
        let kind = text(2).unwrap_or_default().to_ascii_lowercase();
        let mut parts = names::written(&from);
        match kind.as_str() {
            "column" | "index" => {
                let from = parts.pop().unwrap_or_default();
                let table = names::of(parts, self.provider);
                let op = if kind == "column" {
                    let to =
                        NewColumn { name: to, at: self.place(at.clone()), ..NewColumn::default() };
                    Op::RenameColumn { table, from, to }
                } else {
                    // A key has an index of its name, and both are renamed by it.
                    let (of, old, new) = (table.clone(), from.clone(), to.clone());
                    let key = Op::RenameConstraint { table: of, from: old, to: new };
                    self.push(at.clone(), key);
                    let index = |it: &str| names::index(self.provider, &table, it);
                    let from = ObjectName { schema: table.schema.clone(), name: index(&from) };
                    Op::RenameIndex { from, to: index(&to) }
                };
                self.push(at, op);
            }
            "" | "object" => {
                let from = names::of(parts, self.provider);
                let op = if is_key(&from.name) {
                    Op::RenameIndex { from, to }
                } else {
                    Op::RenameTable { from, to }
                };
                self.push(at, op);
            }
            _ => {}
        }
    }

    /// `DECLARE @x …`
    pub(super) fn declare(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        if self.provider != Provider::Sqlserver {
            return Err(cursor.unread("a statement"));
        }
        cursor.parsed(Piece::Statement)?;
        Ok(())
    }

    /// Goes past what Prisma writes to take the constraints off a table that it makes anew. It is known word by word, and
    /// counts only where the table that it names is dropped further down.
    pub(super) fn own_constraints(&self, cursor: &mut Cursor<'_>) -> bool {
        let len = self.len_of_own_constraints(cursor);
        cursor.skip(len.unwrap_or(0));
        len.is_some()
    }

    fn len_of_own_constraints(&self, cursor: &Cursor<'_>) -> Option<usize> {
        if self.provider != Provider::Sqlserver || !cursor.is(&["declare"]) {
            return None;
        }
        let rest = &cursor.tokens[cursor.at..];
        let pattern: Vec<&str> = PRISMA.split_whitespace().collect();
        if rest.len() < pattern.len() {
            return None;
        }
        let mut table = None;
        // Two of them in one file need names of their own.
        let variable = rest.get(1)?.word().filter(|it| it.starts_with('@'))?;
        for (token, wanted) in rest.iter().zip(&pattern) {
            let text = self.text.get(token.at.clone())?;
            match *wanted {
                "TABLE" => table = token.string(),
                "VARIABLE" if text == variable => {}
                "SCHEMA" => {}
                wanted if text.eq_ignore_ascii_case(&wanted.replace('~', " ")) => {}
                _ => return None,
            }
        }
        let dropped = format!("[{}]", table?);
        // It stands close behind, and a text of many such statements must not cost its square.
        let from = rest[pattern.len() - 1].at.end;
        let to = self.text.floor_char_boundary((from + FAR).min(self.text.len()));
        let behind = self.text.get(from..to)?;
        let mut drops = behind.split("DROP TABLE ").skip(1);
        drops
            .any(|it| {
                it.split([';', '\n']).next().is_some_and(|it| it.trim_end().ends_with(&dropped))
            })
            .then_some(pattern.len())
    }
}

/// What a procedure is given, the names of its parameters left out.
fn arguments<'a>(cursor: &mut Cursor<'a>) -> Vec<Cursor<'a>> {
    let mut found = Vec::new();
    loop {
        let named = cursor.peek().and_then(|it| it.word()).is_some_and(|it| it.starts_with('@'))
            && cursor.peek_at(1).is_some_and(|it| it.is_sign(&Token::Eq));
        if named {
            cursor.skip(2);
        }
        let value = cursor.until(|it| {
            let next = it.peek().is_some_and(|it| {
                it.begins_line && it.word().is_some_and(|it| !it.starts_with('@'))
            });
            it.is_end() || it.is_sign(&Token::Comma) || next
        });
        if !value.tokens.is_empty() {
            found.push(value);
        }
        if !cursor.eat_sign(&Token::Comma) {
            return found;
        }
    }
}

/// A constraint is renamed by the same words as a table; Prisma and SQL Server call it so.
fn is_key(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let ends = ["_pkey", "_key", "_fkey", "_df", "_check"];
    let begins = ["pk_", "fk_", "uq_", "df_", "ck_", "ak_", "pk__", "df__", "fk__"];
    ends.iter().any(|it| name.ends_with(it)) || begins.iter().any(|it| name.starts_with(it))
}

/// The statement of `render_redefine_tables` in `prisma-engines`, by its tokens.
const PRISMA: &str = "DECLARE VARIABLE NVARCHAR ( MAX ) = N'' SELECT VARIABLE + = N'ALTER~TABLE~' + QUOTENAME ( \
     OBJECT_SCHEMA_NAME ( PARENT_OBJECT_ID ) ) + '.' + QUOTENAME ( OBJECT_NAME ( PARENT_OBJECT_ID ) ) + \
     '~DROP~CONSTRAINT~' + OBJECT_NAME ( OBJECT_ID ) + ';' FROM SYS . OBJECTS WHERE TYPE_DESC LIKE \
     '%CONSTRAINT' AND OBJECT_NAME ( PARENT_OBJECT_ID ) = TABLE AND SCHEMA_NAME ( SCHEMA_ID ) = SCHEMA \
     EXEC sp_executesql VARIABLE";

/// The text that a value is, where it is one string, and its place.
fn constant(value: &Cursor<'_>) -> Option<(String, std::ops::Range<usize>)> {
    match value.tokens {
        [one] => Some((one.string()?.to_owned(), one.at.clone())),
        _ => None,
    }
}
