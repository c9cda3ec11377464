//! Settings, transactions, and statements that change nothing of the database.

use sqlparser::tokenizer::Token;

use super::cursor::{Cursor, Piece, Read};
use super::{Reader, names};
use crate::schema::{Boundary, Lasting, Op, Provider};

impl Reader<'_> {
    pub(super) fn setting(&mut self, cursor: &mut Cursor<'_>, word: &str) -> Read<()> {
        let start = cursor.at;
        cursor.skip(1);
        match (self.provider, word) {
            (
                _,
                "BEGIN" | "START" | "COMMIT" | "END" | "ROLLBACK" | "SAVEPOINT" | "SAVE"
                | "RELEASE",
            ) => self.transaction(cursor, start, word),
            (Provider::Sqlite, "PRAGMA") => self.pragma(cursor, start),
            (_, "SET") => self.set(cursor, start),
            (Provider::Mysql | Provider::Sqlserver, "USE") => {
                cursor.name()?;
                let why = "what comes after this is in another database";
                let help = "write the name of the database before each name, or leave it to the connection";
                self.opaque(cursor.since(start), why, help);
                Ok(())
            }
            (Provider::Sqlite, "ATTACH" | "DETACH") => {
                cursor.until(Cursor::is_end);
                let why = "it opens or closes another database, which cannot be seen here";
                self.opaque(cursor.since(start), why, "keep to the database of the application");
                Ok(())
            }
            // Who may do what is not judged here; locks, plans and statistics change nothing.
            (
                _,
                "GRANT" | "REVOKE" | "DENY" | "ANALYZE" | "VACUUM" | "REINDEX" | "OPTIMIZE"
                | "REPAIR" | "CHECK" | "CHECKSUM" | "FLUSH" | "LOCK" | "UNLOCK" | "SHOW"
                | "DESCRIBE" | "DESC" | "DO" | "PRINT" | "RAISERROR" | "THROW" | "RETURN"
                | "WAITFOR" | "RESET" | "COMMENT" | "BREAK" | "CONTINUE",
            ) => {
                // Without a semicolon nobody knows where it ends but who reads it.
                let read = cursor.clone().parsed_whole(start);
                match read {
                    Some(at) => cursor.at = at,
                    None => drop(cursor.until(Cursor::is_end)),
                }
                Ok(())
            }
            _ => {
                cursor.at = start;
                Err(cursor.unread("a statement"))
            }
        }
    }

    fn transaction(&mut self, cursor: &mut Cursor<'_>, start: usize, word: &str) -> Read<()> {
        let noise =
            &["transaction", "tran", "work", "deferred", "immediate", "exclusive", "distributed"];
        while cursor.eat_any(noise) {}
        let boundary = match word {
            "BEGIN" | "START" => Boundary::Begin,
            "COMMIT" | "END" => Boundary::Commit,
            "ROLLBACK" if cursor.eat(&["to"]) => {
                cursor.eat(&["savepoint"]);
                Boundary::RollbackTo(cursor.name()?)
            }
            "ROLLBACK" => Boundary::Rollback,
            "RELEASE" => {
                cursor.eat(&["savepoint"]);
                Boundary::Release(cursor.name()?)
            }
            _ => Boundary::Savepoint(cursor.name()?),
        };
        // The name of a transaction, or how it reads.
        if self.provider == Provider::Sqlserver {
            let named = cursor
                .peek()
                .is_some_and(|it| it.word().is_some() && !it.begins_line && !it.is("end"));
            cursor.at += usize::from(named);
        } else {
            cursor.until(Cursor::is_end);
        }
        // MySQL commits at each statement that defines something (MySQL manual, 15.3.3), and what a `CATCH` rolls back
        // has failed.
        if self.provider != Provider::Mysql && !self.catching {
            self.push(cursor.since(start), Op::Transaction(boundary));
        }
        Ok(())
    }

    fn pragma(&mut self, cursor: &mut Cursor<'_>, start: usize) -> Read<()> {
        let setting = names::object(cursor)?.name.to_ascii_lowercase();
        cursor.eat_sign(&Token::Eq);
        let value = cursor.until(Cursor::is_end);
        let at = cursor.since(start);
        let value = self
            .folded(&value.range())
            .trim_matches(['(', ')', '\'', '"', ' '])
            .to_ascii_lowercase();
        if setting == "writable_schema"
            && !matches!(value.as_str(), "0" | "off" | "false" | "no" | "reset")
        {
            let why = "what is written to the schema itself from here on cannot be seen";
            self.opaque(at, why, "alter the table, or make it anew and copy its rows");
            return Ok(());
        }
        let value = Some(value).filter(|it| !it.is_empty());
        self.push(at, Op::Set { setting, value, lasting: Lasting::Session });
        Ok(())
    }

    fn set(&mut self, cursor: &mut Cursor<'_>, start: usize) -> Read<()> {
        if self.provider == Provider::Sqlserver {
            return self.set_of_sqlserver(cursor, start);
        }
        let list = cursor.until(Cursor::is_end);
        let at = cursor.since(start);
        for mut item in list.items() {
            item.eat_any(&["global", "session", "local", "persist"]);
            let name = item.until(|it| it.is_sign(&Token::Eq) || it.is_sign(&Token::Assignment));
            item.skip(1);
            let name = self.folded(&name.range()).to_ascii_lowercase();
            let setting =
                name.rsplit('.').next().unwrap_or(&name).trim_matches(['@', '`', ' ']).to_owned();
            let value = item.until(|_| false);
            let value = self.folded(&value.range());
            let upper = value.to_ascii_uppercase();
            if setting == "sql_mode"
                && ["ANSI", "NO_BACKSLASH", "CONCAT"].iter().any(|it| upper.contains(it))
            {
                let why = "it changes where strings and names end in what follows";
                self.opaque(at.clone(), why, "leave `sql_mode` to the server");
                continue;
            }
            if name.starts_with('@') && !name.starts_with("@@") {
                continue;
            }
            let value =
                Some(value.trim_matches('\'').to_ascii_lowercase()).filter(|it| !it.is_empty());
            self.push(at.clone(), Op::Set { setting, value, lasting: Lasting::Session });
        }
        Ok(())
    }

    /// `SET IDENTITY_INSERT [dbo].[t] ON`, `SET XACT_ABORT ON`, `SET @x = …`
    fn set_of_sqlserver(&mut self, cursor: &mut Cursor<'_>, start: usize) -> Read<()> {
        if cursor.peek().and_then(|it| it.word()).is_some_and(|it| it.starts_with('@')) {
            cursor.skip(1);
            // `=`, `+=`
            cursor.skip(1);
            cursor.parsed(Piece::Expression)?;
            return Ok(());
        }
        if cursor.eat(&["transaction"]) {
            cursor.until(|it| it.is_end() || it.peek().is_some_and(|it| it.begins_line));
            return Ok(());
        }
        let body = cursor.until(|it| {
            it.is_end() || it.is_any(&["on", "off"]) || it.peek().is_some_and(|it| it.begins_line)
        });
        let setting = self.folded(&body.range()).to_ascii_lowercase();
        let value = if cursor.eat(&["on"]) {
            Some("on".to_owned())
        } else {
            cursor.eat(&["off"]).then(|| "off".to_owned())
        };
        let at = cursor.since(start);
        if setting == "quoted_identifier" && value.as_deref() == Some("off") {
            let why = "it makes strings of what is written in double quotes";
            self.opaque(at, why, "leave `QUOTED_IDENTIFIER` on");
            return Ok(());
        }
        self.push(at, Op::Set { setting, value, lasting: Lasting::Session });
        Ok(())
    }
}

impl Cursor<'_> {
    /// Where the statement ends that begins at `start`, if `sqlparser` knows it.
    fn parsed_whole(mut self, start: usize) -> Option<usize> {
        self.at = start;
        self.parsed(Piece::Statement).ok()?;
        Some(self.at)
    }
}
