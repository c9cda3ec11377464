//! JSON with every key in order, twice-written ones too, and the place of each value.

use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::parse::command::{Spot, Text};

/// A value that is looked into only where somebody asks.
#[derive(Clone, Copy, Debug)]
pub struct Value<'a> {
    raw: &'a str,
    start: usize,
}

/// A key of an object and what it stands for.
#[derive(Clone, Debug)]
pub struct Member<'a> {
    pub key: String,
    /// With its quotes.
    pub key_range: Range<usize>,
    pub value: Value<'a>,
}

/// Why a text is no JSON that can be judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The byte where reading stopped.
    pub offset: usize,
    pub message: String,
}

/// Either the value of the whole text, or why there is none. Nesting deeper than 127 is malformed.
#[derive(Clone, Debug)]
pub enum Json<'a> {
    Value(Value<'a>),
    Malformed(Malformed),
}

pub fn read(text: &str) -> Json<'_> {
    // `npm` and `node` read past the mark at a file's beginning.
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let skipped = text.len() - body.len();
    // Raw values are skipped over without a limit of depth, so everything is walked once with it.
    if let Err(error) = serde_json::from_str::<Walked>(body) {
        return Json::Malformed(malformed(body, skipped, &error));
    }
    let raw = body.trim_matches([' ', '\t', '\r', '\n']);
    let lead = body.len() - body.trim_start_matches([' ', '\t', '\r', '\n']).len();
    Json::Value(Value { raw, start: skipped + lead })
}

impl<'a> Value<'a> {
    pub fn range(&self) -> Range<usize> {
        self.start..self.start + self.raw.len()
    }

    /// The text of the value as it is written.
    pub fn raw(&self) -> &'a str {
        self.raw
    }

    /// The members of an object, in order.
    pub fn members(&self) -> Option<Vec<Member<'a>>> {
        if !self.raw.starts_with('{') {
            return None;
        }
        let Members(members) = serde_json::from_str(self.raw).ok()?;
        let member = |(key, value): (&'a RawValue, &'a RawValue)| {
            let key = self.inner(key);
            Some(Member { key: key.string()?, key_range: key.range(), value: self.inner(value) })
        };
        members.into_iter().map(member).collect()
    }

    /// The items of an array.
    pub fn items(&self) -> Option<Vec<Value<'a>>> {
        if !self.raw.starts_with('[') {
            return None;
        }
        let items: Vec<&'a RawValue> = serde_json::from_str(self.raw).ok()?;
        Some(items.into_iter().map(|it| self.inner(it)).collect())
    }

    pub fn string(&self) -> Option<String> {
        if !self.raw.starts_with('"') {
            return None;
        }
        serde_json::from_str(self.raw).ok()
    }

    /// A string with the place of each of its characters.
    pub fn text(&self) -> Option<Text> {
        let body = self.raw.strip_prefix('"')?.strip_suffix('"')?;
        Some(unescaped(body, self.start + 1))
    }

    /// A raw value is a part of the text it was read from, so the distance of the two is its place.
    fn inner(&self, raw: &'a RawValue) -> Value<'a> {
        let raw = raw.get();
        let offset = (raw.as_ptr() as usize).saturating_sub(self.raw.as_ptr() as usize);
        Value { raw, start: self.start + offset }
    }
}

/// The characters of a string that `serde_json` has already found well-formed.
fn unescaped(body: &str, at: usize) -> Text {
    let mut text = Text::default();
    let mut rest = body.char_indices();
    while let Some((start, c)) = rest.next() {
        let c = if c == '\\' { escape(&mut rest) } else { c };
        text.push(Spot { c, start: at + start, end: at + rest.offset() });
    }
    text
}

fn escape(rest: &mut std::str::CharIndices<'_>) -> char {
    match rest.next() {
        Some((_, 'n')) => '\n',
        Some((_, 't')) => '\t',
        Some((_, 'r')) => '\r',
        Some((_, 'b')) => '\u{8}',
        Some((_, 'f')) => '\u{c}',
        Some((_, 'u')) => {
            let high = hex(rest);
            if !(0xd800..0xdc00).contains(&high) {
                return char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER);
            }
            rest.nth(1);
            let low = hex(rest);
            char::from_u32(
                0x1_0000 + ((high - 0xd800) << 10) + (low.saturating_sub(0xdc00) & 0x3ff),
            )
            .unwrap_or(char::REPLACEMENT_CHARACTER)
        }
        Some((_, c)) => c,
        None => char::REPLACEMENT_CHARACTER,
    }
}

fn hex(rest: &mut std::str::CharIndices<'_>) -> u32 {
    rest.take(4).fold(0, |sum, (_, c)| sum * 16 + c.to_digit(16).unwrap_or(0))
}

fn malformed(body: &str, skipped: usize, error: &serde_json::Error) -> Malformed {
    let line_start: usize =
        body.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let offset = (line_start + error.column().saturating_sub(1)).min(body.len());
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default().to_owned();
    Malformed { offset: skipped + body.floor_char_boundary(offset), message }
}

/// Any value, walked through and thrown away. `serde_json` stops where the nesting is too deep.
struct Walked;

impl<'de> Deserialize<'de> for Walked {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Walked, D::Error> {
        from.deserialize_any(Walked)
    }
}

impl<'de> Visitor<'de> for Walked {
    type Value = Walked;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Walked, E> {
        Ok(Walked)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Walked, E> {
        Ok(Walked)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Walked, E> {
        Ok(Walked)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Walked, E> {
        Ok(Walked)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Walked, E> {
        Ok(Walked)
    }

    fn visit_str<E>(self, _: &str) -> Result<Walked, E> {
        Ok(Walked)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Walked, A::Error> {
        while items.next_element::<Walked>()?.is_some() {}
        Ok(Walked)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Walked, A::Error> {
        while members.next_key::<IgnoredAny>()?.is_some() {
            members.next_value::<Walked>()?;
        }
        Ok(Walked)
    }
}

struct Members<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Members<'a>, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Vec<(&'de RawValue, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(members)
            }
        }
        from.deserialize_map(Collect).map(Members)
    }
}

/// Anything as JSON that people can read, for output.
pub fn to_text<T: serde::Serialize>(value: &T) -> Result<String, String> {
    serde_json::to_string_pretty(value).map_err(|error| error.to_string())
}

/// What [`to_text`] wrote. Nothing where it is not that.
pub fn from_text<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}

/// A value out of a JSON text, by the keys on the way: for files whose shape is known, as an event of a CI system.
pub fn string_at(text: &str, keys: &[&str]) -> Option<String> {
    let mut value: serde_json::Value = serde_json::from_str(text).ok()?;
    for key in keys {
        value = value.get_mut(*key)?.take();
    }
    value.as_str().map(str::to_owned)
}
