//! What Drizzle keeps beside its migrations: `meta/_journal.json`, and a snapshot of the schema for each migration.
//!
//! Read as drizzle-orm 0.45 reads it (`src/migrator.ts`, `src/pg-core/dialect.ts`): the entries in their order, each of
//! them the file `<tag>.sql`, and of those that a database has not had only what is later (`when`) than the last one it
//! had.

use std::collections::BTreeMap;
use std::ops::Range;

use super::conflict;
use super::json::{self, Json, Value};

/// The migrations that Drizzle knows of, in the order in which it applies them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Journal {
    pub entries: Vec<Entry>,
}

/// One migration of a journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name of its file without `.sql`.
    pub tag: String,
    /// When it was generated, in milliseconds since 1970.
    pub when: i64,
    pub idx: Option<i64>,
    /// The bytes of the journal that it is written in.
    pub range: Range<usize>,
}

/// Why Drizzle reads no migration from a journal, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Goes on from the journal's name: `is no JSON: …`.
    pub message: String,
    pub range: Range<usize>,
}

impl Journal {
    /// Reads `_journal.json`.
    pub fn read(text: &str) -> Result<Journal, Broken> {
        if let Some(range) = conflict(text) {
            let message = "has the marks of a merge that nobody has resolved".to_owned();
            return Err(Broken { message, range });
        }
        let value = match json::read(text) {
            Json::Value(value) => value,
            Json::Malformed(it) => {
                let message = format!("is no JSON: {}", it.message);
                return Err(Broken { message, range: line(text, it.offset) });
            }
        };
        let whole = || line(text, value.range().start);
        let items = member(&value, "entries").and_then(|it| it.items());
        let Some(items) = items else {
            let message = "has no list of `entries`".to_owned();
            return Err(Broken { message, range: whole() });
        };
        let mut entries = Vec::with_capacity(items.len());
        for item in items {
            let Some(entry) = entry(&item) else {
                let message = "has an entry without `tag` and `when`".to_owned();
                return Err(Broken { message, range: item.range() });
            };
            entries.push(entry);
        }
        Ok(Journal { entries })
    }

    /// The entry of a tag; of several the last.
    #[must_use]
    pub fn entry(&self, tag: &str) -> Option<&Entry> {
        self.entries.iter().rfind(|it| it.tag == tag)
    }

    /// Names to sort by in place of the tags, for those whose place in the journal is not that of their name.
    #[must_use]
    pub fn places(&self) -> BTreeMap<String, String> {
        let mut places = BTreeMap::new();
        let mut highest = "";
        for (at, entry) in self.entries.iter().enumerate() {
            if entry.tag.as_str() < highest {
                // After what comes before it and before whatever has a later name.
                places.insert(entry.tag.clone(), format!("{highest}.sql\0{at:06}"));
            } else {
                highest = &entry.tag;
            }
        }
        places
    }
}

fn entry(item: &Value<'_>) -> Option<Entry> {
    let tag = member(item, "tag")?.string()?;
    // Any number of JavaScript; one that is no whole number is rounded.
    let number = |it: Value<'_>| -> Option<i64> {
        let raw = it.raw();
        #[allow(clippy::cast_possible_truncation, reason = "times of thousands of years fit")]
        raw.parse::<i64>().ok().or_else(|| raw.parse::<f64>().ok().map(|it| it as i64))
    };
    let when = number(member(item, "when")?)?;
    let idx = member(item, "idx").and_then(number);
    Some(Entry { tag, when, idx, range: item.range() })
}

fn member<'a>(value: &Value<'a>, name: &str) -> Option<Value<'a>> {
    value.members()?.into_iter().rfind(|it| it.key == name).map(|it| it.value)
}

/// The kind of database that a journal is for: `postgresql`, before `pg`.
#[must_use]
pub fn dialect(journal: &str) -> Option<String> {
    match json::read(journal) {
        Json::Value(value) => member(&value, "dialect")?.string(),
        Json::Malformed(_) => None,
    }
}

/// The snapshot that one was made from: `prevId` of `meta/0007_snapshot.json`.
#[must_use]
pub fn previous(snapshot: &str) -> Option<String> {
    // The ids stand at the beginning of a file that may be long.
    let rest = &snapshot[snapshot.find("\"prevId\"")? + "\"prevId\"".len()..];
    let rest = rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    Some(rest[..rest.find('"')?].to_owned())
}

/// The line around a byte, without its end; never empty where the text is not.
fn line(text: &str, offset: usize) -> Range<usize> {
    let offset = text.floor_char_boundary(offset.min(text.trim_end().len()));
    let start = text[..offset].rfind('\n').map_or(0, |it| it + 1);
    let end = text[offset..].find('\n').map_or(text.len(), |it| offset + it);
    start..start + text[start..end].trim_end().len()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Journal, dialect, previous};

    #[test]
    fn entries_are_read_in_their_order() {
        let text = r#"{"version":"7","dialect":"postgresql","entries":[
            {"idx":1,"when":20,"tag":"0001_b","breakpoints":true},
            {"when":1.5e1,"tag":"0000_a"}]}"#;
        let journal = Journal::read(text).unwrap();
        let read: Vec<_> =
            journal.entries.iter().map(|it| (it.tag.as_str(), it.when, it.idx)).collect();
        assert_eq!(read, [("0001_b", 20, Some(1)), ("0000_a", 15, None)]);
        assert_eq!(&text[journal.entries[1].range.clone()], r#"{"when":1.5e1,"tag":"0000_a"}"#);
    }

    #[test]
    fn what_drizzle_cannot_read_is_said_where_it_is() {
        for (text, message) in [
            ("", "is no JSON"),
            ("{\n<<<<<<< HEAD\n}", "has the marks of a merge"),
            ("{\"entries\": [1}", "is no JSON"),
            ("[]", "has no list of `entries`"),
            ("{\"entries\": [{\"tag\": \"a\"}]}", "has an entry without `tag` and `when`"),
        ] {
            let broken = Journal::read(text).unwrap_err();
            assert!(broken.message.starts_with(message), "{text}: {}", broken.message);
            assert!(text.get(broken.range).is_some(), "{text}");
        }
    }

    #[test]
    fn a_journal_tells_the_order_where_names_do_not() {
        let entry = |tag: &str| format!("{{\"when\":1,\"tag\":\"{tag}\"}}");
        let entries = ["0000_a", "0002_c", "0001_b", "0003_d"].map(entry).join(",");
        let journal = Journal::read(&format!("{{\"entries\":[{entries}]}}")).unwrap();
        let places = journal.places();
        assert_eq!(places.len(), 1);
        let place = &places["0001_b"];
        assert!("0002_c.sql" < place.as_str() && place.as_str() < "0003_d.sql");
    }

    #[test]
    fn a_journal_says_what_it_is_for() {
        let text = "{\"dialect\":\"sqlite\",\"entries\":[]}";
        assert_eq!(dialect(text).as_deref(), Some("sqlite"));
        assert_eq!(dialect("{"), None);
    }

    #[test]
    fn a_snapshot_names_the_one_before() {
        assert_eq!(previous("{\n  \"id\": \"2\",\n  \"prevId\" : \"1\"}").as_deref(), Some("1"));
        assert_eq!(previous("{\"prevId\": 1}"), None);
    }
}
