//! Where the default of a column is not what its field says.

use super::{MIGRATE, one};
use crate::parse::prisma::{Field, FieldType, Fill, Literal};
use crate::rules::Finding;
use crate::schema::{Column, Shown};

pub(super) fn compare(subject: &str, field: &Field, column: &Column, all: &mut Vec<Finding>) {
    let mut say = |message: String| all.push(one(subject, &field.at, message, MIGRATE));
    let filled = column.default.is_some() || column.generated.is_some();
    // `dbgenerated()` stands for whatever there is.
    let anything = matches!(field.default, Some(Fill::Expression(None)));
    if filled != field.is_filled() && !anything {
        let (is, should) = if filled { ("a default", "none") } else { ("no default", "one") };
        say(format!("`{subject}` has {is} in the database and {should} in the schema"));
        return;
    }
    let (Some(text), Some(fill)) = (&column.default, &field.default) else { return };
    if let Some((is, should)) = read(text).and_then(|it| differ(&it, fill, field)) {
        say(format!(
            "the default of `{subject}` is `{}` in the database and `{}` in the schema",
            Shown(&is),
            Shown(&should)
        ));
    }
}

/// A default of the database, where it can be told for certain what it is.
enum Default {
    Now,
    Sequence,
    /// A function without arguments, without its schema: `gen_random_uuid()`.
    Call(String),
    Number(String),
    Boolean(bool),
    Text(String),
    List(Vec<String>),
}

fn read(text: &str) -> Option<Default> {
    let text = without_casts(text.trim());
    let lower = text.to_ascii_lowercase();
    Some(match lower.as_str() {
        "now()" | "current_timestamp" | "transaction_timestamp()" => Default::Now,
        "current_date" => Default::Call(lower),
        "true" => Default::Boolean(true),
        "false" => Default::Boolean(false),
        "'{}'" => Default::List(Vec::new()),
        _ if lower.starts_with("array[") => Default::List(items(text)?),
        _ if lower.starts_with("nextval") => Default::Sequence,
        _ if lower.parse::<f64>().is_ok_and(f64::is_finite) => Default::Number(lower),
        _ => {
            if let Some(inside) = text.strip_prefix('\'').and_then(|it| it.strip_suffix('\'')) {
                let plain = inside.replace("''", "");
                return (!plain.contains('\'')).then(|| Default::Text(inside.replace("''", "'")));
            }
            let name = lower.strip_suffix("()")?.rsplit('.').next()?;
            let plain = name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_');
            (plain && !name.is_empty()).then(|| Default::Call(format!("{name}()")))?
        }
    })
}

/// `'NEW'::"Status"` is what stands before the cast.
fn without_casts(text: &str) -> &str {
    let end = match text.strip_prefix('\'') {
        Some(rest) => {
            let mut at = 0;
            loop {
                let Some(quote) = rest[at..].find('\'') else { return text };
                at += quote + 1;
                if !rest[at..].starts_with('\'') {
                    break at + 1;
                }
                at += 1;
            }
        }
        None => text.find("::").unwrap_or(text.len()),
    };
    let (value, rest) = text.split_at(end);
    if rest.is_empty() || rest.starts_with("::") { value.trim() } else { text }
}

/// Both, where they are sure to differ for Prisma as well.
fn differ(is: &Default, should: &Fill, field: &Field) -> Option<(String, String)> {
    let FieldType::Scalar(data_type) = &field.data_type else {
        return match (is, should) {
            (Default::Text(is), Fill::Value(Literal::Text(should))) => other(is, should),
            (Default::List(is), Fill::List(items)) => lists(is, items),
            _ => None,
        };
    };
    // Prisma compares no literals of these, and JSON by its meaning.
    let vague = ["json", "timestamp", "date", "time", "bytea"];
    let literal = !vague.iter().any(|it| data_type.starts_with(it));
    match (is, should) {
        (Default::Now, Fill::Value(it)) if literal => Some(("now()".to_owned(), shown(it))),
        (Default::Call(is), Fill::Now) => Some((is.clone(), "now()".to_owned())),
        (Default::Call(is), Fill::Value(it)) if literal => Some((is.clone(), shown(it))),
        (Default::Call(is), Fill::Expression(Some(text))) => {
            let Some(Default::Call(should)) = read(text) else { return None };
            other(is, &should)
        }
        (Default::Number(is), Fill::Value(Literal::Number(should))) => {
            let same = is.parse::<f64>().ok() == should.parse::<f64>().ok();
            if same { None } else { Some((is.clone(), should.clone())) }
        }
        (Default::Boolean(is), Fill::Value(Literal::Boolean(should))) => {
            other(&is.to_string(), &should.to_string())
        }
        (Default::Text(is), Fill::Value(Literal::Text(should))) if literal => other(is, should),
        (Default::List(is), Fill::List(items)) if literal => lists(is, items),
        (
            // A call may be what CockroachDB has for a sequence.
            Default::Number(_) | Default::Boolean(_) | Default::Text(_),
            Fill::Sequence,
        ) => Some(("a value".to_owned(), "autoincrement()".to_owned())),
        (Default::Sequence, Fill::Value(it)) => Some(("a sequence".to_owned(), shown(it))),
        _ => None,
    }
}

/// Those of `ARRAY['a', 'b']`, where all of them are plain texts.
fn items(text: &str) -> Option<Vec<String>> {
    let inside = text.get("array[".len()..)?.strip_suffix(']')?.trim();
    if inside.is_empty() {
        return Some(Vec::new());
    }
    let plain = |it: &str| {
        let item = without_casts(it.trim()).strip_prefix('\'')?.strip_suffix('\'')?;
        (!item.contains(['\'', '\\'])).then(|| item.to_owned())
    };
    inside.split(',').map(plain).collect()
}

fn lists(is: &[String], items: &[Literal]) -> Option<(String, String)> {
    let should: Vec<String> = items.iter().map(shown).collect();
    (is != should).then(|| (listed(is), listed(&should)))
}

fn listed(items: &[String]) -> String {
    format!("[{}]", items.join(", "))
}

fn other(is: &str, should: &str) -> Option<(String, String)> {
    (is != should).then(|| (is.to_owned(), should.to_owned()))
}

fn shown(it: &Literal) -> String {
    match it {
        Literal::Number(text) | Literal::Text(text) => text.clone(),
        Literal::Boolean(it) => it.to_string(),
    }
}
