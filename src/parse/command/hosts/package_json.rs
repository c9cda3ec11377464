//! `package.json`: the scripts.

use std::collections::BTreeMap;

use crate::parse::command::names::deploys;
use crate::parse::command::{Host, Kind, LONGEST, Reading, Weight};
use crate::parse::json::{self, Json, Member, Value};
use crate::source::Source;

pub(super) fn read(source: &Source) -> Reading {
    let mut reading = Reading::default();
    let root = match json::read(&source.text) {
        Json::Value(root) => root,
        Json::Malformed(why) => {
            let end = source.text[why.offset..]
                .chars()
                .next()
                .map_or(why.offset, |it| why.offset + it.len_utf8());
            let message = format!("this is not JSON that `npm` reads: {}", why.message);
            reading.problem(&source.path, why.offset..end, message);
            return reading;
        }
    };
    let Some(members) = root.members() else {
        reading.problem(&source.path, root.range(), "a `package.json` is an object");
        return reading;
    };
    for member in last(source, &mut reading, "", members) {
        match member.key.as_str() {
            "scripts" => scripts(source, &mut reading, &member.value),
            "prisma" => seed(source, &mut reading, &member.value),
            _ => {}
        }
    }
    reading
}

fn scripts(source: &Source, reading: &mut Reading, value: &Value<'_>) {
    let Some(members) = value.members() else {
        reading.problem(&source.path, value.range(), "`scripts` is an object of commands");
        return;
    };
    for member in last(source, reading, "scripts.", members) {
        let weight = if deploys(&member.key) { Weight::Named } else { Weight::Maybe };
        script(source, reading, &format!("scripts.{}", member.key), weight, &member.value);
    }
}

/// `prisma db seed` runs `prisma.seed`.
fn seed(source: &Source, reading: &mut Reading, value: &Value<'_>) {
    let members = value.members().unwrap_or_default();
    if let Some(member) = members.iter().rfind(|it| it.key == "seed") {
        script(source, reading, "prisma.seed", Weight::Maybe, &member.value);
    }
}

fn script(source: &Source, reading: &mut Reading, key: &str, weight: Weight, value: &Value<'_>) {
    if value.raw().len() > LONGEST {
        let message = format!("`{key}` is longer than the {LONGEST} bytes that are followed");
        reading.problem(&source.path, value.range(), message);
        return;
    }
    match value.text() {
        Some(text) => {
            let host = Host::new(Kind::PackageJson, source, key, weight);
            reading.add_shell(&host, &value.range(), &text);
        }
        None => {
            reading.problem(&source.path, value.range(), format!("`{key}` is a command in quotes"));
        }
    }
}

/// The members that count: of a key that is written twice, the last.
fn last<'a>(
    source: &Source,
    reading: &mut Reading,
    under: &str,
    members: Vec<Member<'a>>,
) -> Vec<Member<'a>> {
    let last: BTreeMap<String, usize> =
        members.iter().enumerate().map(|(at, it)| (it.key.clone(), at)).collect();
    let mut kept = Vec::new();
    for (at, member) in members.into_iter().enumerate() {
        if last.get(&member.key) == Some(&at) {
            kept.push(member);
        } else {
            let message = format!(
                "`{under}{}` is written again below, and only the last one counts",
                member.key
            );
            reading.problem(&source.path, member.key_range, message);
        }
    }
    kept
}
