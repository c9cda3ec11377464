//! One spelling for what can be written in several: types, and defaults that are plain values.

/// A type as `format_type` of Postgres spells it, without its schema (Postgres manual, table 8.1). Dimensions of arrays
/// do not count: Postgres stores none.
pub fn canonical_type(text: &str) -> String {
    let text = text.trim();
    let (text, _) = split_word(text, " collate ");
    let (text, array) = match split_word(text, " array") {
        (bare, Some(_)) => (bare, true),
        (text, None) => match text.find('[').filter(|_| !text.contains('"') || text.ends_with(']'))
        {
            Some(at) => (&text[..at], true),
            None => (text, false),
        },
    };
    let text = text.trim();
    let (head, rest) = text.split_at(open(text).unwrap_or(text.len()));
    let (inside, behind) = match rest.strip_prefix('(').and_then(|it| it.rsplit_once(')')) {
        Some((inside, behind)) => (Some(squeezed(inside)), behind.trim().to_ascii_lowercase()),
        None => (None, String::new()),
    };
    let name = last_name(head.trim());
    let (name, behind) = match name.split_once(' ') {
        Some((first, zone)) if zone.ends_with("time zone") => (first.to_owned(), zone.to_owned()),
        _ => (name, behind),
    };
    let number = |at: usize| -> Option<u32> { inside.as_ref()?.split(',').nth(at)?.parse().ok() };
    let (name, zone) = match name.as_str() {
        "int" | "int4" | "serial" | "serial4" => ("integer", ""),
        "int8" | "bigserial" | "serial8" => ("bigint", ""),
        "int2" | "smallserial" | "serial2" => ("smallint", ""),
        "bool" => ("boolean", ""),
        "float4" => ("real", ""),
        "float" if number(0).is_some_and(|it| it <= 24) => ("real", ""),
        "float8" | "float" => ("double precision", ""),
        "decimal" | "dec" => ("numeric", ""),
        "varchar" | "char varying" => ("character varying", ""),
        "char" | "bpchar" | "nchar" => ("character", ""),
        "varbit" => ("bit varying", ""),
        "timestamptz" => ("timestamp", " with time zone"),
        "timetz" => ("time", " with time zone"),
        "timestamp" | "time" if behind == "with time zone" => (name.as_str(), " with time zone"),
        other => (other, ""),
    };
    let modifiers = match (name, inside) {
        ("character" | "bit", None) => "(1)".to_owned(),
        ("numeric", Some(it)) if !it.contains(',') => format!("({it},0)"),
        ("real" | "double precision", _) | (_, None) => String::new(),
        (_, Some(it)) => format!("({it})"),
    };
    format!("{name}{modifiers}{zone}{}", if array { "[]" } else { "" })
}

/// Cuts at a word, in whichever case.
fn split_word<'a>(text: &'a str, word: &str) -> (&'a str, Option<&'a str>) {
    match text.to_ascii_lowercase().find(word).filter(|_| !text.starts_with('"')) {
        Some(at) => (&text[..at], Some(&text[at + word.len()..])),
        None => (text, None),
    }
}

/// Where its modifiers begin.
fn open(text: &str) -> Option<usize> {
    let mut quoted = false;
    text.char_indices().find_map(|(at, c)| {
        quoted ^= c == '"';
        (c == '(' && !quoted).then_some(at)
    })
}

/// A name without its schema and its quotes, folded where it had none. The type `"char"` is another than `char`.
fn last_name(text: &str) -> String {
    let mut quoted = false;
    let mut start = 0;
    for (at, c) in text.char_indices() {
        quoted ^= c == '"';
        if c == '.' && !quoted {
            start = at + 1;
        }
    }
    let own = text[start..].trim();
    match own.strip_prefix('"').and_then(|it| it.strip_suffix('"')) {
        Some("char") => own.to_owned(),
        Some(inside) => inside.replace("\"\"", "\""),
        None => own.split_whitespace().collect::<Vec<_>>().join(" ").to_ascii_lowercase(),
    }
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|it| !it.is_whitespace()).collect::<String>().to_ascii_lowercase()
}

/// A default whose value can be told: what it is, the same however it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
enum PlainDefault {
    Null,
    Now,
    Sequence,
    /// A function without arguments, without its schema.
    Call(String),
    Number(String),
    Text(String),
}

/// Whether two defaults are the same. Absent: one of them is an expression, of which nobody can tell.
pub fn same_default(one: &str, other: &str, data_type: &str) -> Option<bool> {
    use PlainDefault::Text;
    if squeezed(one) == squeezed(other) {
        return Some(true);
    }
    let (mut first, mut second) = (plain_default(one)?, plain_default(other)?);
    if data_type == "boolean" {
        (first, second) = (truth(first), truth(second));
    }
    if first == second {
        return Some(true);
    }
    // The server keeps these by their meaning, and writes them in its own way.
    let vague = [
        "json",
        "timestamp",
        "date",
        "time",
        "interval",
        "bytea",
        "inet",
        "cidr",
        "uuid",
        "bit",
        "\"char\"",
    ];
    let vague = vague.iter().any(|it| data_type.starts_with(it)) || data_type.ends_with("[]");
    match (&first, &second) {
        (Text(one), Text(other)) if vague => (squeezed(one) == squeezed(other)).then_some(true),
        (Text(text), it) | (it, Text(text)) => match it {
            PlainDefault::Number(number) => Some(same_number(text, number)),
            // `'now'`, `'t'`: what a text means depends on its type.
            _ if data_type.starts_with("text") || data_type.starts_with("character") => Some(false),
            Text(_) => Some(false),
            _ => None,
        },
        (PlainDefault::Number(one), PlainDefault::Number(other)) => Some(same_number(one, other)),
        _ => Some(false),
    }
}

/// What a boolean may be written as (Postgres manual, 8.6).
fn truth(it: PlainDefault) -> PlainDefault {
    let PlainDefault::Text(text) = &it else { return it };
    let word = match text.to_ascii_lowercase().as_str() {
        "t" | "true" | "y" | "yes" | "on" | "1" => "true",
        "f" | "false" | "n" | "no" | "off" | "0" => "false",
        _ => return it,
    };
    PlainDefault::Text(word.to_owned())
}

fn same_number(one: &str, other: &str) -> bool {
    match (one.trim().parse::<f64>(), other.trim().parse::<f64>()) {
        (Ok(one), Ok(other)) => one.to_bits() == other.to_bits(),
        _ => one == other,
    }
}

fn plain_default(text: &str) -> Option<PlainDefault> {
    let mut text = without_casts(text.trim());
    while let Some(inside) = text.strip_prefix('(').and_then(|it| it.strip_suffix(')')) {
        if inside.contains(['(', ')', '\'']) {
            break;
        }
        text = without_casts(inside.trim());
    }
    let lower = text.to_ascii_lowercase();
    Some(match lower.as_str() {
        "null" => PlainDefault::Null,
        "now()" | "current_timestamp" | "transaction_timestamp()" | "pg_catalog.now()" => {
            PlainDefault::Now
        }
        "current_date" | "current_user" | "localtimestamp" | "current_time" => {
            PlainDefault::Call(lower)
        }
        "true" | "false" => PlainDefault::Text(lower),
        _ if lower.starts_with("nextval") => PlainDefault::Sequence,
        _ if lower.parse::<f64>().is_ok_and(f64::is_finite) => PlainDefault::Number(lower),
        _ if text.starts_with('\'') || text.starts_with("E'") => {
            let inside = text.trim_start_matches('E').strip_prefix('\'')?.strip_suffix('\'')?;
            let bare = inside.replace("''", "");
            if bare.contains('\'') || (text.starts_with('E') && bare.contains('\\')) {
                return None;
            }
            PlainDefault::Text(inside.replace("''", "'"))
        }
        _ => {
            let name = lower.strip_suffix("()")?.rsplit('.').next()?;
            let plain = name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_');
            (plain && !name.is_empty()).then(|| PlainDefault::Call(name.to_owned()))?
        }
    })
}

/// `'NEW'::"Status"` is what stands before the cast.
fn without_casts(text: &str) -> &str {
    let mut quoted = false;
    let mut deep = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            '(' | '[' if !quoted => deep += 1,
            ')' | ']' if !quoted => deep = deep.saturating_sub(1),
            ':' if !quoted && deep == 0 && text[at..].starts_with("::") => {
                let behind = &text[at + 2..];
                let named = |c: char| c.is_alphanumeric() || " _.\"()[],:".contains(c);
                return if behind.chars().all(named) { text[..at].trim() } else { text };
            }
            _ => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{canonical_type, same_default};

    #[test]
    fn a_type_has_one_spelling() {
        for (one, other) in [
            ("INT", "integer"),
            ("serial", "integer"),
            ("varchar ( 10 )", "character varying(10)"),
            ("TIMESTAMP(3)", "timestamp(3) without time zone"),
            ("timestamptz(6)", "timestamp(6) with time zone"),
            ("timestamp (3) with time zone", "timestamp(3) with time zone"),
            ("DECIMAL(65, 30)", "numeric(65,30)"),
            ("numeric(10)", "numeric(10,0)"),
            ("\"Role\"", "public.\"Role\""),
            ("\"Role\"[]", "public.\"Role\"[]"),
            ("text array", "text[]"),
            ("int[3][3]", "integer[]"),
            ("float", "double precision"),
            ("float(3)", "real"),
            ("char", "character(1)"),
            ("extensions.citext", "citext"),
            ("vector(1536)", "public.vector(1536)"),
            ("double  precision", "double precision"),
            ("varchar(10)[]", "character varying(10)[]"),
        ] {
            assert_eq!(canonical_type(one), canonical_type(other), "{one}");
        }
        for (one, other) in [
            ("timestamp", "timestamptz"),
            ("varchar(10)", "varchar(11)"),
            ("text", "text[]"),
            ("\"char\"", "char"),
            ("\"Role\"", "role"),
        ] {
            assert_ne!(canonical_type(one), canonical_type(other), "{one}");
        }
    }

    #[test]
    fn a_default_is_what_it_means() {
        let same = Some(true);
        for (one, other, data_type, expected) in [
            ("CURRENT_TIMESTAMP", "now()", "timestamp", same),
            ("'a''b'", "'a''b'::character varying", "text", same),
            ("'NEW'", "'NEW'::public.\"Status\"", "Status", same),
            ("0", "'0'::numeric", "numeric", same),
            ("-1", "'-1'::integer", "integer", same),
            ("1.0", "1", "numeric", same),
            ("'true'", "true", "boolean", same),
            ("uuid_generate_v4()", "extensions.uuid_generate_v4()", "uuid", same),
            ("'{\"a\":1}'", "'{\"a\": 1}'::jsonb", "jsonb", same),
            ("'{\"b\":1,\"a\":2}'", "'{\"a\": 2, \"b\": 1}'::jsonb", "jsonb", None),
            ("'a'", "'b'::text", "text", Some(false)),
            ("1", "2", "integer", Some(false)),
            ("now()", "gen_random_uuid()", "uuid", Some(false)),
            ("(now() + interval '1 day')", "(now() + '1 day'::interval)", "timestamp", None),
        ] {
            assert_eq!(same_default(one, other, data_type), expected, "{one} {other}");
        }
    }
}
