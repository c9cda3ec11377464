//! A change is judged by the policy it starts from and the one it brings, whichever is stricter.

use proptest::prelude::*;
use sprag::policy::{Date, Policy};
use sprag::rules::Level;

use super::{catalogue, rules, weakenings};

fn today() -> Date {
    Date::new(2027, 1, 1).unwrap()
}

fn level(policy: &Policy, rule: &str) -> Level {
    policy.setting(rule, &"a.sql".into()).level
}

#[test]
fn a_stricter_line_counts_at_once_and_a_weaker_one_does_not() {
    let base = rules("[rules]\ndrop-table = \"deny\"\ntruncate = \"warn\"\n");
    let proposed = rules("[rules]\ndrop-table = \"allow\"\ntruncate = \"deny\"\n");
    let both = Policy::stricter(&base, &proposed);
    assert_eq!((level(&both, "drop-table"), level(&both, "truncate")), (Level::Deny, Level::Deny));
}

#[test]
fn a_span_points_into_the_text_it_is_from() {
    let base = rules("# long before\n[rules]\ndrop-table = \"deny\"\ntruncate = \"warn\"\n");
    let proposed = rules("[rules]\ndrop-table = \"allow\"\ntruncate = \"deny\"\n");
    let both = Policy::stricter(&base, &proposed);
    for (rule, path, line) in [
        ("drop-table", "policy.toml (base)", "drop-table = \"deny\""),
        ("truncate", "policy.toml", "truncate = \"deny\""),
    ] {
        let setting = both.setting(rule, &"a.sql".into());
        let span = setting.span.unwrap();
        assert_eq!(
            (span.path.to_string().as_str(), &setting.source.text[span.range()]),
            (path, line)
        );
        let source = both.sources().find(|it| it.path == span.path).unwrap();
        assert_eq!(source.text, setting.source.text);
    }
}

#[test]
fn the_same_policy_twice_keeps_its_name() {
    let base = rules("[rules]\ndrop-table = \"deny\"\n");
    let both = Policy::stricter(&base, &base.clone());
    assert_eq!(
        both.setting("drop-table", &"a.sql".into()).span.unwrap().path,
        "policy.toml".into()
    );
    assert_eq!(both.sources().count(), 1);
}

#[test]
fn an_exception_excuses_while_both_have_it() {
    let exception = |until: &str| {
        rules(&format!(
            "[[exceptions]]\nrule = \"drop-table\"\nsubject = \"public.a\"\nreason = \"r\"\nuntil = {until}\n"
        ))
    };
    let excused = |base: &Policy, proposed: &Policy| {
        Policy::stricter(base, proposed)
            .exception("drop-table", &"a.sql".into(), "public.a", today())
            .is_some()
    };
    let (with, without, expired) =
        (exception("2027-02-01"), rules("[rules]\n"), exception("2026-02-01"));
    assert!(excused(&with, &exception("2027-03-01")));
    assert!(!excused(&without, &with));
    assert!(!excused(&with, &without));
    assert!(!excused(&with, &expired));
}

#[test]
fn scopes_are_added_and_allowances_are_not() {
    let base = rules(
        "[paths]\nmigrations = [\"a/*\"]\n[database]\nversion = 15\nexposed-schemas = [\"public\"]\n\
         [deploy]\nallow = [\"x\", \"y\"]\nlocal-scripts = [\"d\", \"e\"]\n",
    );
    let proposed = rules(
        "[paths]\nmigrations = [\"b/*\"]\n[database]\nprovider = \"sqlite\"\nversion = 17\nexposed-schemas = [\"api\"]\n\
         [deploy]\nallow = [\"y\", \"z\"]\nlocal-scripts = [\"e\", \"f\"]\n[approvals]\nsigners = \"mine\"\n",
    );
    let both = Policy::stricter(&base, &proposed);
    assert!(both.migrations.matches(b"a/1") && both.migrations.matches(b"b/1"));
    assert_eq!(both.target.exposed_schemas, ["public", "api"]);
    assert_eq!((both.target.provider, both.target.version), (base.target.provider, 15));
    assert!(both.deploy.allows("y") && !both.deploy.allows("x") && !both.deploy.allows("z"));
    assert!(
        both.deploy.is_local_script("e")
            && !both.deploy.is_local_script("d")
            && !both.deploy.is_local_script("f")
    );
    assert_eq!(both.approvals, base.approvals);
}

#[test]
fn the_built_in_policy_stands_in_for_one_that_is_gone() {
    let built_in = Policy::built_in_with(&catalogue());
    let base = rules("[paths]\nmigrations = [\"db/*\"]\n[rules]\ntruncate = \"warn\"\n");
    let both = Policy::stricter(&base, &built_in);
    assert_eq!(level(&both, "truncate"), Level::Deny);
    assert!(both.migrations.matches(b"db/1") && both.migrations.matches(b"drizzle/1.sql"));
}

fn text() -> impl Strategy<Value = String> {
    let level = || prop::sample::select(vec!["deny", "approve", "warn", "allow"]);
    let rule = || prop::sample::select(vec!["drop-table", "truncate", "alter-column-type"]);
    let paths = || prop::sample::select(vec!["a/**", "a/b/*", "**/b/*", "c/*", "*/x"]);
    let subject = || prop::sample::select(vec!["p.a", "p.*", "*.a", "q*"]);
    let line =
        (rule(), level(), prop::option::of(subject())).prop_map(
            |(rule, level, exempt)| match exempt {
                Some(it) => format!("{rule} = {{ level = \"{level}\", exempt = [\"{it}\"] }}\n"),
                None => format!("{rule} = \"{level}\"\n"),
            },
        );
    let over = (paths(), rule(), level()).prop_map(|(paths, rule, level)| {
        format!("[[overrides]]\npaths = [\"{paths}\"]\nrules.{rule} = \"{level}\"\n")
    });
    let exception = (rule(), subject(), prop::option::of(paths()), prop::option::of(2025_u16..2029)).prop_map(
        |(rule, subject, paths, year)| {
            let paths = paths.map(|it| format!("paths = [\"{it}\"]\n")).unwrap_or_default();
            let until = year.map(|it| format!("until = {it}-01-01\n")).unwrap_or_default();
            format!("[[exceptions]]\nrule = \"{rule}\"\nsubject = \"{subject}\"\nreason = \"r\"\n{paths}{until}")
        },
    );
    let overs = prop::collection::vec(over, 0..4);
    (prop::option::of(line), overs, prop::collection::vec(exception, 0..2), paths()).prop_map(
        |(line, overs, exceptions, paths)| {
            format!(
                "version = 1\n[paths]\nmigrations = [\"{paths}\"]\n[rules]\n{}{}{}",
                line.unwrap_or_default(),
                overs.concat(),
                exceptions.concat()
            )
        },
    )
}

/// The weight of each of many findings.
fn weights(policy: &Policy) -> Vec<Level> {
    let mut all = Vec::new();
    for rule in ["drop-table", "truncate", "alter-column-type"] {
        for path in ["a/b/c", "a/b/x", "a/x", "b/x", "c/d", "x/b/d", "z"] {
            let path = path.into();
            for subject in ["p.a", "p.b", "q.a", "r"] {
                let excused = policy.exempts(rule, &path, subject)
                    || policy.exception(rule, &path, subject, today()).is_some();
                all.push(if excused { Level::Allow } else { policy.setting(rule, &path).level });
            }
            all.push(if policy.migrations.matches(path.as_bytes()) {
                Level::Deny
            } else {
                Level::Allow
            });
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn the_stricter_of_two_is_looser_than_neither(base in text(), proposed in text()) {
        let (Ok(base), Ok(proposed)) = (super::read(&base), super::read(&proposed)) else { return Ok(()) };
        let both = Policy::stricter(&base, &proposed);
        for (both, each) in weights(&both).into_iter().zip(weights(&base).into_iter().zip(weights(&proposed))) {
            prop_assert!(both >= each.0 && both >= each.1);
        }
    }

    #[test]
    fn what_lets_more_pass_is_told(base in text(), proposed in text()) {
        let (Ok(base), Ok(proposed)) = (super::read(&base), super::read(&proposed)) else { return Ok(()) };
        let looser = weights(&proposed).into_iter().zip(weights(&base)).any(|(is, was)| is < was);
        prop_assert!(!looser || !weakenings(&base, &proposed).is_empty());
    }

    #[test]
    fn a_policy_is_never_weaker_than_itself_written_twice(base in text()) {
        let Ok(base) = super::read(&base) else { return Ok(()) };
        prop_assert_eq!(weakenings(&base, &base.clone()), [""; 0]);
    }
}
