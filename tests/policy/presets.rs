//! A preset sets levels, what is written out wins over it, and taking another one may loosen.

use sprag::policy::{Policy, Preset};
use sprag::rules::{self, Level};
use sprag::source::Source;

fn policy(text: &str) -> Policy {
    Policy::parse(&Source::new("policy.toml", format!("version = 1\n{text}"))).unwrap()
}

fn level(policy: &Policy, rule: &str) -> Level {
    policy.setting(rule, &"supabase/migrations/1_a.sql".into()).level
}

fn weakenings(before: &str, after: &str) -> Vec<String> {
    let found = Policy::weakenings(&policy(before), &policy(after));
    found.into_iter().map(|it| it.text).collect()
}

#[test]
fn a_preset_names_rules_that_there_are_and_changes_their_levels() {
    for (rule, level) in Preset::ALL.into_iter().flat_map(Preset::levels) {
        let known = rules::by_name(rule);
        assert!(known.is_some_and(|it| it.level != *level), "{rule}");
    }
}

#[test]
fn a_preset_sets_levels_and_is_named_for_it() {
    let policy = policy("preset = \"prisma\"\n");
    let setting = policy.setting("reserved-word", &"prisma/migrations/1_a/migration.sql".into());
    assert_eq!(setting.level, Level::Allow);
    assert_eq!(&policy.source.text[setting.span.unwrap().range()], "preset");
}

#[test]
fn what_is_written_out_wins_over_a_preset() {
    let written = policy("preset = \"prisma\"\n[rules]\nreserved-word = \"deny\"\n");
    assert_eq!(level(&written, "reserved-word"), Level::Deny);
    let exempt =
        policy("preset = \"prisma\"\n[rules]\nreserved-word = { exempt = [\"public.a\"] }\n");
    assert_eq!(level(&exempt, "reserved-word"), Level::Allow);
    let schemas = policy("preset = \"supabase\"\n[database]\nexposed-schemas = [\"api\"]\n");
    assert_eq!(schemas.target.exposed_schemas, ["api"]);
    let schemas = policy("preset = \"supabase\"\n[database]\nversion = 16\n");
    assert_eq!(schemas.target.exposed_schemas, ["public", "graphql_public"]);
}

#[test]
fn another_preset_may_loosen() {
    let prisma = weakenings("", "preset = \"prisma\"\n");
    assert!(
        prisma.contains(&"reserved-word: warn -> allow, by the preset".to_owned()),
        "{prisma:?}"
    );
    let none = weakenings("preset = \"supabase\"\n", "");
    assert!(none.contains(&"exposed-schemas: `graphql_public` is gone".to_owned()), "{none:?}");
    assert_eq!(weakenings("", "preset = \"supabase\"\n"), Vec::<String>::new());
    assert_eq!(weakenings("preset = \"prisma\"\n", ""), Vec::<String>::new());
}

#[test]
fn of_two_presets_the_stricter_counts_rule_by_rule() {
    let both =
        Policy::stricter(&policy("preset = \"prisma\"\n"), &policy("preset = \"supabase\"\n"));
    assert_eq!(level(&both, "reserved-word"), Level::Warn);
    assert!(both.target.exposed_schemas.contains(&"graphql_public".to_owned()));
}

#[test]
fn a_preset_nobody_knows_is_told() {
    let text = "version = 1\npreset = \"prsima\"\n";
    let problems = Policy::parse(&Source::new("policy.toml", text)).unwrap_err();
    assert_eq!(problems[0].help.as_deref(), Some("did you mean `prisma`?"));
}
