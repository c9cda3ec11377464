//! One wrong character in a policy never lets more pass in silence.

use sprag::parse::toml::{self, Kind, Table};
use sprag::policy::{Date, Policy};
use sprag::rules::Level;

use super::{catalogue, policy, read, weakenings};

const TEXT: &str = r#"version = 1
[paths]
migrations = ["db/*.sql", "x/**"]
[database]
provider = "postgresql"
version = 15
exposed-schemas = ["public", "api"]
[rules]
drop-table = "deny"
drop-column = { level = "deny", reason = "why" }
alter-column-type = "approve"
column-snake-case = { level = "deny", exempt = ["p.S.*"] }
truncate = "warn"
[[overrides]]
paths = ["x/old/**"]
[overrides.rules]
drop-table = "approve"
[[exceptions]]
rule = "table-without-rls"
subject = "p.m*"
reason = "owned"
until = 2027-06-30
paths = ["db/1*"]
[approvals]
signers = ".sprag/signers"
namespace = "sprag"
repo = "a/b"
longest-days=30
distinct = true
branches-may-wait = true
threshold = 2
[approvals.roles]
own = ["a@x", "b@x", "c@x"]
[approvals.rules]
truncate = { role = "own", threshold = 3 }
policy-change = "own"
[deploy]
allow = ["prisma generate"]
local-scripts = ["dev"]
"#;

const TYPED: &str = "adeprxD15-.* \"[]{}=,#
";

/// Every text that is one deletion or one substitution away.
fn typos(text: &str) -> impl Iterator<Item = (usize, char, String)> {
    text.char_indices().flat_map(move |(at, c)| {
        TYPED.chars().map(Some).chain([None]).filter(move |it| *it != Some(c)).map(move |typed| {
            let mut changed = text.to_owned();
            changed
                .replace_range(at..at + c.len_utf8(), &typed.map(String::from).unwrap_or_default());
            (at, typed.unwrap_or('\0'), changed)
        })
    })
}

/// What a policy does with these findings, without asking how.
fn effect(policy: &Policy) -> Vec<u8> {
    let mut all = Vec::new();
    let days = [Date::new(2027, 6, 30).unwrap(), Date::new(2028, 1, 1).unwrap()];
    for rule in catalogue().names() {
        for path in ["db/1.sql", "db/2.sql", "x/a.sql", "x/old/a.sql", "y/a.sql"] {
            let path = path.into();
            for subject in ["p.S.a", "p.Sa", "p.m", "p.mb", "a.x", "p.S.*"] {
                for today in days {
                    let excused = policy.exempts(rule, &path, subject)
                        || policy.exception(rule, &path, subject, today).is_some();
                    let level =
                        if excused { Level::Allow } else { policy.setting(rule, &path).level };
                    all.push(level as u8);
                }
            }
        }
    }
    let approvals = &policy.approvals;
    for rule in catalogue().names().chain(["policy-change"]) {
        all.push(u8::try_from(approvals.threshold(rule)).unwrap());
        let people = approvals.people(rule);
        for name in ["a@x", "b@x", "c@x", "d@x", "a@d"] {
            let may = people.is_none_or(|it| it.iter().any(|it| it == name));
            all.push(u8::from(!may));
        }
    }
    all.push(u8::from(approvals.distinct));
    all.push(u8::from(!approvals.branches_may_wait));
    all.push(u8::from(approvals.repo.is_some()));
    all.push(255 - u8::try_from(approvals.longest_days.map_or(255, |it| it.min(255))).unwrap());
    for path in ["db/a.sql", "db/b.sql", "x/a.sql", "x/a/b", "db/a.sqx", "xx/a.sql"] {
        all.push(u8::from(policy.migrations.matches(path.as_bytes())));
    }
    for schema in ["public", "api"] {
        all.push(u8::from(policy.target.exposed_schemas.iter().any(|it| it == schema)));
    }
    for command in ["prisma generate", "prisma deploy", "prisma.generate"] {
        all.push(u8::from(!policy.deploy.allows(command)));
    }
    for script in ["dev", "de", "den", "release"] {
        all.push(u8::from(!policy.deploy.is_local_script(script)));
    }
    all
}

/// Values that nobody but their author can know to be wrong.
fn free(table: &Table, into: &mut Vec<std::ops::Range<usize>>) {
    let known = ["level", "rule", "provider"];
    for entry in &table.entries {
        let checked =
            known.contains(&entry.key.as_str()) || catalogue().names().any(|it| it == entry.key);
        let tables: Vec<&Table> = match &entry.value.kind {
            Kind::Table(it) => vec![it],
            Kind::Array(list) => list.iter().filter_map(|it| it.as_table()).collect(),
            _ => vec![],
        };
        if tables.is_empty() && !checked {
            into.push(entry.value.range.clone());
        }
        for it in tables {
            free(it, into);
        }
    }
}

/// A typo is an error, or not looser, or told as a weakening. In a key, a rule or a level it is not even that.
#[test]
fn a_typo_lets_nothing_pass_in_silence() {
    let before = policy(TEXT);
    let was = effect(&before);
    let mut values = Vec::new();
    free(&toml::parse(TEXT).unwrap(), &mut values);
    let (mut errors, mut told) = (0, 0);
    for (at, typed, changed) in typos(TEXT) {
        let Ok(after) = read(&changed) else {
            errors += 1;
            continue;
        };
        let weaker = weakenings(&before, &after);
        if weaker.is_empty() {
            let looser = effect(&after).iter().zip(&was).any(|(is, was)| is < was);
            assert!(!looser, "at {at} of:\n{changed}");
        } else {
            told += 1;
            // A `#` makes a comment of the line, which is a way to write as any other.
            let free = typed == '#' || values.iter().any(|it| it.contains(&at));
            assert!(free, "{weaker:?} at {at} of:\n{changed}");
        }
    }
    assert!(errors > 10_000 && told > 100, "{errors} {told}");
}
