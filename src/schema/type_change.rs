//! What it takes to give a column another type, and what it may cost.
//!
//! Measured on Postgres 15 by `relfilenode` of the table and its indexes before and after; `tests/postgres` measures it
//! again.

/// How a change of type treats the rows that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypeChange {
    pub rework: Rework,
    pub risk: Risk,
}

/// What is written anew, while nobody else can read or write the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rework {
    /// Only the catalog.
    Nothing,
    /// The indexes on the column.
    Indexes,
    /// The indexes where the session's `TimeZone` is UTC, the whole table elsewhere.
    IndexesInUtc,
    /// The whole table and its indexes.
    Table,
}

/// What can happen to the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Risk {
    /// Every value is kept as it is.
    None,
    /// A row that does not fit makes the migration fail.
    Fails,
    /// Values are rounded, cut or read differently without a word.
    Loses,
    /// Nobody can tell from the text: an expression makes the new values, or a type is not known.
    Unknown,
}

/// A type, its modifiers apart.
struct Parts<'a> {
    name: &'a str,
    /// `None` where there is none.
    modifiers: Vec<i32>,
    array: bool,
    collation: Option<&'a str>,
}

impl TypeChange {
    /// What it does, to stand behind a colon.
    pub fn words(self) -> &'static str {
        match (self.rework, self.risk) {
            (Rework::Nothing, Risk::None) => "every value fits, and no row is written",
            (Rework::Nothing, _) => "no row is written",
            (Rework::Indexes, _) => "every value fits, and its indexes are built anew under a lock",
            (Rework::IndexesInUtc, _) => {
                "its values are read in the session's time zone, and unless that is UTC the whole table is written anew under a lock"
            }
            (Rework::Table, Risk::None) => {
                "every value fits, and the whole table is written anew under a lock"
            }
            (Rework::Table, Risk::Fails) => {
                "the whole table is written anew under a lock, and a value that does not fit makes it fail"
            }
            (Rework::Table, Risk::Loses) => {
                "the whole table is written anew under a lock, and values are rounded, cut or read differently"
            }
            (Rework::Table, Risk::Unknown) => {
                "the whole table is written anew under a lock, with values that nobody knows beforehand"
            }
        }
    }

    /// From one type to another, both as [`super::Column`] keeps them, perhaps with `COLLATE` behind. `using` is the
    /// expression of `USING`, its column's name aside.
    pub fn of(from: &str, to: &str, column: &str, using: Option<&str>) -> TypeChange {
        let (old, new) = (parts(from), parts(to));
        let unknown = TypeChange { rework: Rework::Table, risk: Risk::Unknown };
        let explicit = match using {
            Some(using) if is_cast(using, column, to) => using.contains("::"),
            Some(_) => return unknown,
            None => false,
        };
        if old.name.is_empty() || new.name.is_empty() {
            return unknown;
        }
        if old.array || new.array {
            return arrays(&old, &new);
        }
        let (rework, risk) = scalars(&old, &new);
        let risk = match risk {
            // An explicit cast cuts what an assignment refuses (Postgres manual, 8.3).
            Risk::Fails
                if explicit && matches!(new.name, "varchar" | "char" | "bit" | "varbit") =>
            {
                Risk::Loses
            }
            risk => risk,
        };
        let rework = match rework {
            Rework::Nothing if old.collation != new.collation => Rework::Indexes,
            rework => rework,
        };
        TypeChange { rework, risk }
    }
}

fn arrays(old: &Parts<'_>, new: &Parts<'_>) -> TypeChange {
    let same = old.array == new.array && old.name == new.name && old.modifiers == new.modifiers;
    if same {
        return TypeChange { rework: Rework::Nothing, risk: Risk::None };
    }
    let risk = if old.array && new.array { scalars(old, new).1 } else { Risk::Unknown };
    TypeChange { rework: Rework::Table, risk }
}

#[allow(clippy::match_same_arms)] // A line for each measurement.
fn scalars(old: &Parts<'_>, new: &Parts<'_>) -> (Rework, Risk) {
    use Rework::{Indexes, IndexesInUtc, Nothing, Table};
    let first = |it: &Parts<'_>| it.modifiers.first().copied();
    // A modifier that is absent is the widest.
    let wider = |old: Option<i32>, new: Option<i32>| match (old, new) {
        (_, None) => true,
        (Some(old), Some(new)) => new >= old,
        (None, Some(_)) => false,
    };
    let precision = |it: &Parts<'_>| first(it).unwrap_or(6);
    match (old.name, new.name) {
        ("varchar" | "text", "text") => (Nothing, Risk::None),
        ("varchar" | "text", "varchar") if wider(first(old), first(new)) => (Nothing, Risk::None),
        ("varchar" | "text", "varchar") => (Table, Risk::Fails),
        ("varchar" | "text", "char") => (Table, Risk::Fails),
        ("char", "char") if first(old) == first(new) => (Nothing, Risk::None),
        ("char", "char") if wider(first(old), first(new)) => (Table, Risk::None),
        ("char", "char") => (Table, Risk::Fails),
        // Blanks at the end are gone.
        ("char", "varchar" | "text") => (Table, Risk::Loses),
        ("text" | "varchar", "citext") | ("citext", "text" | "varchar") => (Indexes, Risk::None),
        ("name", "text") | ("text", "name") => (Table, Risk::Fails),
        ("varbit", "varbit") if wider(first(old), first(new)) => (Nothing, Risk::None),
        ("bit" | "varbit", "bit" | "varbit")
            if old.name == new.name && first(old) == first(new) =>
        {
            (Nothing, Risk::None)
        }
        ("bit" | "varbit", "bit" | "varbit") => (Table, Risk::Fails),
        ("cidr", "inet") => (Nothing, Risk::None),
        ("inet", "cidr") => (Table, Risk::Loses),
        ("numeric", "numeric") => numerics(&old.modifiers, &new.modifiers),
        ("smallint", "integer" | "bigint" | "numeric") => (Table, fits(new)),
        ("integer", "bigint" | "numeric") => (Table, fits(new)),
        ("bigint", "numeric") => (Table, fits(new)),
        ("smallint" | "integer" | "bigint", "smallint" | "integer" | "bigint")
            if old.name == new.name =>
        {
            (Nothing, Risk::None)
        }
        ("smallint" | "integer" | "bigint", "smallint" | "integer" | "bigint") => {
            (Table, Risk::Fails)
        }
        ("smallint", "real") | ("smallint" | "integer", "double precision") => (Table, Risk::None),
        ("integer" | "bigint", "real") | ("bigint", "double precision") => (Table, Risk::Loses),
        ("real", "double precision") => (Table, Risk::None),
        (
            "numeric" | "real" | "double precision",
            "smallint" | "integer" | "bigint" | "real" | "double precision" | "numeric",
        ) if old.name != new.name => (Table, Risk::Loses),
        ("timestamp" | "timestamptz" | "time" | "timetz" | "interval", _)
            if old.name == new.name =>
        {
            if precision(new) >= precision(old) {
                (Nothing, Risk::None)
            } else {
                (Table, Risk::Loses)
            }
        }
        // The values are read in the session's time zone.
        ("timestamp", "timestamptz") | ("timestamptz", "timestamp") if precision(new) == 6 => {
            (IndexesInUtc, Risk::Loses)
        }
        ("timestamp", "timestamptz") | ("timestamptz", "timestamp") => (Table, Risk::Loses),
        ("timestamp" | "timestamptz", "date" | "time" | "timetz") => (Table, Risk::Loses),
        ("date", "timestamp" | "timestamptz") => (Table, Risk::None),
        ("json", "jsonb") => (Table, Risk::Loses),
        ("jsonb", "json") => (Table, Risk::None),
        (one, other) if one == other && old.modifiers == new.modifiers => (Nothing, Risk::None),
        (_, "text") => (Table, Risk::None),
        (_, "varchar") if new.modifiers.is_empty() => (Table, Risk::None),
        (_, "varchar") => (Table, Risk::Fails),
        ("text" | "varchar" | "char", _) => (Table, Risk::Fails),
        _ => (Table, Risk::Unknown),
    }
}

/// Of a whole number to `numeric`: without a precision it always fits.
fn fits(new: &Parts<'_>) -> Risk {
    if new.name == "numeric" && !new.modifiers.is_empty() { Risk::Fails } else { Risk::None }
}

fn numerics(old: &[i32], new: &[i32]) -> (Rework, Risk) {
    let scale = |it: &[i32]| it.get(1).copied().unwrap_or(0);
    match (old.first(), new.first()) {
        (_, None) => (Rework::Nothing, Risk::None),
        (Some(before), Some(after)) if scale(old) == scale(new) && after >= before => {
            (Rework::Nothing, Risk::None)
        }
        (Some(before), Some(after)) if scale(new) >= scale(old) => {
            // Digits before the point.
            let fits = after - scale(new) >= before - scale(old);
            (Rework::Table, if fits { Risk::None } else { Risk::Fails })
        }
        _ => (Rework::Table, Risk::Loses),
    }
}

/// `column`, `column::type`, `CAST(column AS type)`: nothing but the change of type itself.
fn is_cast(using: &str, column: &str, to: &str) -> bool {
    let squeezed = |it: &str| {
        let it: String = it.chars().filter(|c| !c.is_whitespace() && *c != '"').collect();
        it.to_ascii_lowercase()
    };
    let using = squeezed(using.trim().trim_start_matches("USING").trim_start_matches("using"));
    let using = using.trim_matches(['(', ')']);
    let (column, to) = (squeezed(column), squeezed(to));
    let mut casts = using.split("::");
    if casts.next() != Some(column.as_str()) {
        return using == format!("cast({column}as{to}");
    }
    match (casts.next(), casts.next()) {
        (None, _) => true,
        (Some(one), None) => squeezed(&normal(one)) == to || one == to,
        // Prisma: `"c"::text::"X_new"`.
        (Some("text" | "varchar"), Some(_)) => casts.next().is_none(),
        _ => false,
    }
}

fn normal(name: &str) -> String {
    match name.split('(').next().unwrap_or(name) {
        "int" | "int4" => "integer".to_owned(),
        "int8" => "bigint".to_owned(),
        "int2" => "smallint".to_owned(),
        "bool" => "boolean".to_owned(),
        "decimal" => name.replacen("decimal", "numeric", 1),
        "charactervarying" => name.replacen("charactervarying", "varchar", 1),
        _ => name.to_owned(),
    }
}

fn parts(text: &str) -> Parts<'_> {
    let collate = text.to_ascii_lowercase().find(" collate ");
    let (text, collation) = match collate {
        Some(at) => (&text[..at], text.get(at + 9..).map(str::trim)),
        None => (text, None),
    };
    let array = text.trim_end().ends_with(']') || text.to_ascii_lowercase().contains(" array");
    let bare = text.split('[').next().unwrap_or(text).trim();
    let (head, rest) = bare.split_at(bare.find('(').unwrap_or(bare.len()));
    let (inside, behind) = match rest.strip_prefix('(').and_then(|it| it.split_once(')')) {
        Some((inside, behind)) => (inside, behind.trim()),
        None => ("", ""),
    };
    let modifiers: Vec<i32> = inside.split(',').filter_map(|it| it.trim().parse().ok()).collect();
    let head = head.trim().trim_start_matches("pg_catalog.");
    let name = match (head, behind) {
        ("timestamp", "with time zone") => "timestamptz",
        ("timestamp with time zone", _) => "timestamptz",
        ("timestamp without time zone", _) => "timestamp",
        ("time", "with time zone") | ("time with time zone", _) => "timetz",
        ("time without time zone", _) => "time",
        ("character varying", _) => "varchar",
        ("character" | "bpchar", _) => "char",
        ("bit varying", _) => "varbit",
        ("serial", _) => "integer",
        ("bigserial", _) => "bigint",
        ("float8" | "float", _) => "double precision",
        (name, _) => name,
    };
    // `char` is `char(1)` (Postgres manual, 8.3), and `bit` is `bit(1)`.
    let modifiers =
        if matches!(name, "char" | "bit") && modifiers.is_empty() { vec![1] } else { modifiers };
    Parts { name, modifiers, array, collation }
}
