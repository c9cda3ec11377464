//! Columns: their types, whether they may be null, their defaults.

use super::{Differences, Kind, Verification};
use crate::schema::{Column, Generated, Shown, Table, TableName, canonical_type, same_default};

pub(super) fn compare(
    it: &Verification<'_>,
    name: &TableName,
    (should, is): (&Table, &Table),
    out: &mut Differences,
) {
    if should.columns.is_empty() {
        if it.asks(&name.to_string()) && !is.columns.is_empty() {
            out.unknown.push(format!("the columns of `{name}`: the migrations do not list them"));
        }
        return;
    }
    for (column, wanted) in &should.columns {
        let subject = format!("{name}.{}", Shown(column));
        let at = wanted.born.at.as_ref();
        if !it.asks(&subject) {
            continue;
        }
        out.compared += 1;
        match is.columns.get(column) {
            Some(found) => one(&subject, (wanted, found), out),
            None => {
                let message = format!("the column `{subject}` is not in the database");
                out.say(Kind::Missing, &subject, message, at);
            }
        }
    }
    for column in is.columns.keys().filter(|it| !should.columns.contains_key(*it)) {
        let subject = format!("{name}.{}", Shown(column));
        if !it.asks(&subject) {
            continue;
        }
        let message = format!("no migration makes the column `{subject}`");
        out.say(Kind::Only, &subject, message, should.born.at.as_ref());
    }
}

fn one(subject: &str, (should, is): (&Column, &Column), out: &mut Differences) {
    let at = should.born.at.as_ref();
    if should.data_type.is_empty() {
        out.unknown.push(format!("the type of `{subject}`: the migrations do not say it"));
        return;
    }
    let (wanted, found) = (canonical_type(&should.data_type), canonical_type(&is.data_type));
    if wanted != found {
        let message = format!(
            "`{subject}` is `{}` in the database and `{}` by the migrations",
            Shown(&found),
            Shown(&wanted)
        );
        out.say(Kind::Different, subject, message, at);
    }
    if should.not_null != is.not_null {
        let (found, wanted) = if is.not_null {
            ("is required", "may be null")
        } else {
            ("may be null", "is required")
        };
        let message = format!("`{subject}` {found} in the database and {wanted} by the migrations");
        out.say(Kind::Different, subject, message, at);
    }
    let made = |it: &Column| match it.generated {
        Some(Generated::Identity) => "an identity",
        Some(Generated::Stored | Generated::Virtual) => "computed",
        None if it.default.as_ref().is_some_and(|it| !it.eq_ignore_ascii_case("null")) => {
            "a default"
        }
        None => "no default",
    };
    let (wanted, found) = (made(should), made(is));
    if wanted != found {
        let message =
            format!("`{subject}` has {found} in the database and {wanted} by the migrations");
        out.say(Kind::Different, subject, message.replace("has computed", "is computed"), at);
        return;
    }
    if wanted != "a default" {
        return;
    }
    let (Some(wanted), Some(found)) = (&should.default, &is.default) else { return };
    match same_default(wanted, found, &canonical_type(&is.data_type)) {
        Some(true) => {}
        Some(false) => {
            let message = format!(
                "the default of `{subject}` is `{}` in the database and `{}` by the migrations",
                Shown(found),
                Shown(wanted)
            );
            out.say(Kind::Different, subject, message, at);
        }
        None => out
            .unknown
            .push(format!("the default of `{subject}`, which a server writes in its own way")),
    }
}
