//! Row level security, policies and triggers.

use std::collections::BTreeSet;

use super::{Differences, Kind, Verification};
use crate::schema::{Expression, Policy, PolicyCommand, Shown, Table, TableName};

pub(super) fn compare(
    it: &Verification<'_>,
    name: &TableName,
    (should, is): (&Table, &Table),
    out: &mut Differences,
) {
    if it.asks(&name.to_string()) {
        out.compared += 1;
        let at = should.born.at.as_ref();
        let state = |it| if it { "on" } else { "off" };
        if should.rls != is.rls {
            let message = format!(
                "row level security of `{name}` is {} in the database and {} by the migrations",
                state(is.rls),
                state(should.rls)
            );
            out.say(Kind::Different, &name.to_string(), message, at);
        }
        if should.forced_rls != is.forced_rls {
            let message = format!(
                "`force row level security` of `{name}` is {} in the database and {} by the migrations",
                state(is.forced_rls),
                state(should.forced_rls)
            );
            out.say(Kind::Different, &name.to_string(), message, at);
        }
    }
    for (own, wanted) in &should.policies {
        let at = wanted.born.at.as_ref();
        let subject = format!("{name}.{}", Shown(own));
        if !it.asks(&subject) {
            continue;
        }
        out.compared += 1;
        let Some(found) = is.policies.get(own) else {
            let message = format!("the policy `{}` of `{name}` is not in the database", Shown(own));
            out.say(Kind::Missing, &subject, message, at);
            continue;
        };
        let (wanted_shape, found_shape) = (shape(wanted), shape(found));
        let message = if wanted_shape != found_shape {
            format!(
                "the policy `{}` of `{name}` is {found_shape} in the database and {wanted_shape} by the migrations",
                Shown(own)
            )
        } else if !is_alike(wanted.using.as_ref(), found.using.as_ref())
            || !is_alike(wanted.check.as_ref(), found.check.as_ref())
        {
            format!(
                "the policy `{}` of `{name}` asks for something else in the database",
                Shown(own)
            )
        } else {
            continue;
        };
        out.say(Kind::Different, &subject, message, at);
    }
    for (own, wanted) in &should.triggers {
        let at = wanted.born.at.as_ref();
        let subject = format!("{name}.{}", Shown(own));
        if !it.asks(&subject) {
            continue;
        }
        out.compared += 1;
        match is.triggers.get(own) {
            None => {
                let message =
                    format!("the trigger `{}` of `{name}` is not in the database", Shown(own));
                out.say(Kind::Missing, &subject, message, at);
            }
            Some(found) if found.function.name != wanted.function.name => {
                let message = format!(
                    "the trigger `{}` of `{name}` runs `{}` in the database and `{}` by the migrations",
                    Shown(own),
                    found.function,
                    wanted.function
                );
                out.say(Kind::Different, &subject, message, at);
            }
            Some(_) => {}
        }
    }
    let at = should.born.at.as_ref();
    for own in is.policies.keys().filter(|it| !should.policies.contains_key(*it)) {
        let subject = format!("{name}.{}", Shown(own));
        if it.asks(&subject) {
            let message = format!("no migration makes the policy `{}` of `{name}`", Shown(own));
            out.say(Kind::Only, &subject, message, at);
        }
    }
    for own in is.triggers.keys().filter(|it| !should.triggers.contains_key(*it)) {
        let subject = format!("{name}.{}", Shown(own));
        if it.asks(&subject) {
            let message = format!("no migration makes the trigger `{}` of `{name}`", Shown(own));
            out.say(Kind::Only, &subject, message, at);
        }
    }
}

fn shape(it: &Policy) -> String {
    let command = match it.command {
        PolicyCommand::All => "all",
        PolicyCommand::Select => "select",
        PolicyCommand::Insert => "insert",
        PolicyCommand::Update => "update",
        PolicyCommand::Delete => "delete",
    };
    let roles: BTreeSet<&str> = it.roles.iter().map(String::as_str).collect();
    let roles: Vec<String> = roles.into_iter().map(|it| Shown(it).to_string()).collect();
    let how = if it.permissive { "" } else { "restrictive " };
    format!("{how}for {command} to {}", roles.join(", "))
}

/// Whether two conditions may be one: the server writes casts and brackets of its own into them, but calls the same.
fn is_alike(one: Option<&Expression>, other: Option<&Expression>) -> bool {
    let (Some(one), Some(other)) = (one, other) else { return one.is_none() == other.is_none() };
    let calls = |it: &Expression| -> BTreeSet<String> {
        let bare = |it: &String| it.rsplit('.').next().unwrap_or_default().to_owned();
        it.calls.iter().map(bare).collect()
    };
    let always = |it: &Expression| it.constant == Some(true);
    always(one) == always(other) && calls(one) == calls(other)
}
