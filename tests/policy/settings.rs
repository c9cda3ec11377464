//! Which line decides.

use sprag::policy::Policy;
use sprag::rules::Level;

use super::{catalogue, rules};

fn line(policy: &Policy, rule: &str, path: &str) -> (Level, String) {
    let setting = policy.setting(rule, &path.into());
    let text = setting.span.map(|it| setting.source.text[it.range()].to_owned());
    (setting.level, text.unwrap_or_default())
}

#[test]
fn a_rule_that_is_not_named_has_its_default() {
    let policy = rules("");
    assert_eq!(line(&policy, "drop-table", "a.sql"), (Level::Deny, String::new()));
    assert_eq!(line(&policy, "alter-column-type", "a.sql"), (Level::Approve, String::new()));
}

#[test]
fn a_setting_knows_its_line_and_its_reason() {
    let policy = rules(
        "[rules]\ndrop-table = \"warn\"\ntruncate = { level = \"allow\", reason = \"why not\" }\n",
    );
    assert_eq!(
        line(&policy, "drop-table", "a.sql"),
        (Level::Warn, "drop-table = \"warn\"".to_owned())
    );
    assert_eq!(policy.setting("truncate", &"a.sql".into()).reason, Some("why not"));
    let line = line(&policy, "truncate", "a.sql").1;
    assert_eq!(line, "truncate = { level = \"allow\", reason = \"why not\" }");
}

#[test]
fn a_rule_under_its_own_header_is_the_same() {
    let policy = rules("[rules.drop-table]\nlevel = \"warn\"\nreason = \"small\"\n");
    assert_eq!(line(&policy, "drop-table", "a.sql"), (Level::Warn, "drop-table".to_owned()));
}

#[test]
fn a_reason_alone_keeps_the_default_level() {
    let policy = rules("[rules]\nalter-column-type = { reason = \"ask\" }\n");
    assert_eq!(line(&policy, "alter-column-type", "a.sql").0, Level::Approve);
}

#[test]
fn the_last_override_that_matches_counts() {
    let policy = rules(
        "[rules]\ndrop-table = \"approve\"\n\
         [[overrides]]\npaths = [\"old/**\"]\n[overrides.rules]\ndrop-table = \"warn\"\n\
         [[overrides]]\npaths = [\"**/kept/*\"]\n[overrides.rules]\ndrop-table = \"deny\"\n",
    );
    let level = |path: &str| policy.setting("drop-table", &path.into()).level;
    assert_eq!(level("new/a.sql"), Level::Approve);
    assert_eq!(level("old/a.sql"), Level::Warn);
    assert_eq!(level("old/kept/a.sql"), Level::Deny);
    assert_eq!(level("OLD/a.sql"), Level::Warn);
}

#[test]
fn an_exemption_is_for_its_subjects_only() {
    let policy = rules(
        "[rules]\ncolumn-snake-case = { level = \"deny\", exempt = [\"public.Session.*\"] }\n",
    );
    let exempt = |subject: &str| policy.exempts("column-snake-case", &"a.sql".into(), subject);
    assert!(exempt("public.Session.isOnline"));
    assert!(!exempt("public.session.isOnline"));
    assert!(!exempt("public.Sessions.isOnline"));
    assert!(!policy.exempts("table-snake-case", &"a.sql".into(), "public.Session.x"));
}

#[test]
fn a_deploy_may_run_what_is_listed() {
    let policy =
        rules("[deploy]\nallow = [\"npx prisma generate\"]\nlocal-scripts = [\"db:dev\"]\n");
    assert!(policy.deploy.allows("npx  prisma generate"));
    assert!(!policy.deploy.allows("npx prisma migrate deploy"));
    assert!(policy.deploy.is_local_script("db:dev"));
    assert!(rules("").deploy.allows("anything"));
}

#[test]
fn a_policy_without_paths_has_the_built_in_ones() {
    let built_in = Policy::built_in_with(&catalogue());
    assert!(built_in.built_in && !rules("").built_in);
    for policy in [built_in, rules("")] {
        for path in [
            "prisma/migrations/20250101000000_init/migration.sql",
            "apps/web/prisma/migrations/20250101000000_init/migration.sql",
            "supabase/migrations/20250101000000_init.sql",
            "drizzle/0000_init.sql",
        ] {
            assert!(policy.migrations.matches(path.as_bytes()), "{path}");
        }
        assert!(!policy.migrations.matches(b"src/query.sql"));
    }
}
