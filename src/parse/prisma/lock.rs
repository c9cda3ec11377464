//! `migration_lock.toml`, as Prisma's schema engine reads it (`migrations_directory.rs`): not as TOML, but the first line
//! that begins with `provider`.

use std::ops::Range;

use crate::parse::conflict;

/// What a lock says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// The text that the engine compares with the provider of the datasource. Nothing where no line has one: it then
    /// refuses every provider.
    pub provider: Option<String>,
    /// Where that stands, else the first line with anything.
    pub at: Range<usize>,
    /// A line that a merge has left unresolved.
    pub conflict: Option<Range<usize>>,
}

impl Lock {
    #[must_use]
    pub fn read(text: &str) -> Lock {
        let mut start = 0;
        let mut lines = text.split_inclusive('\n').map(|it| {
            let begin = start;
            start += it.len();
            (begin, it.trim_end_matches(['\n', '\r']))
        });
        let line = lines.find(|(_, it)| it.starts_with("provider"));
        let provider = line.map(|(_, it)| {
            let value = it.trim_start_matches("provider = ").trim_matches('"');
            // What the schema calls otherwise: `postgres` is from old versions, `mssql` is the engine's word.
            match value {
                "postgres" => "postgresql".to_owned(),
                "mssql" => "sqlserver".to_owned(),
                value => value.to_owned(),
            }
        });
        let first = text.trim_start();
        let begin = text.len() - first.len();
        let at = match line {
            Some((begin, it)) => begin..begin + it.len(),
            None => begin..begin + first.lines().next().unwrap_or_default().len(),
        };
        Lock { provider, at, conflict: conflict(text) }
    }
}

#[cfg(test)]
mod tests {
    use super::Lock;

    #[test]
    fn the_provider_is_read_as_the_engine_reads_it() {
        for (text, provider) in [
            ("# c\nprovider = \"postgresql\"\n", Some("postgresql")),
            ("provider = \"postgres\"\r\n", Some("postgresql")),
            ("provider = \"mssql\"", Some("sqlserver")),
            ("provider = \"mysql\"\nprovider = \"sqlite\"\n", Some("mysql")),
            // As TOML it would be the same; the engine sees another name.
            ("provider=\"postgresql\"", Some("provider=\"postgresql")),
            (" provider = \"postgresql\"\n", None),
            ("", None),
        ] {
            assert_eq!(Lock::read(text).provider.as_deref(), provider, "{text}");
        }
        assert!(Lock::read("<<<<<<< HEAD\nprovider = \"sqlite\"\n").conflict.is_some());
    }
}
