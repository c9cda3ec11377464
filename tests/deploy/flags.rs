//! Commands that are told beforehand to lose data.

use super::{found, package};

/// The names of the rules that find something.
fn rules(files: &[(&str, &str)]) -> Vec<&'static str> {
    found(files).into_iter().map(|it| it.rule.name).collect()
}

#[test]
fn a_script_that_only_people_run_is_warned_of() {
    for script in [
        "prisma db push --accept-data-loss",
        "npx -y prisma@6 db push --force-reset --skip-generate",
        "dotenv -e .env -- pnpm prisma db push --accept-data-loss=true",
        "sh -c 'cd packages/db && yarn prisma db push --accept-data-loss'",
    ] {
        let text = package(&[("db:sync", script)]);
        assert_eq!(rules(&[("package.json", &text)]), ["data-loss-flag"], "{script}");
    }
}

#[test]
fn a_command_that_is_refused_is_not_warned_of_too() {
    let text = package(&[("setup", "prisma db push --accept-data-loss")]);
    assert_eq!(rules(&[("package.json", &text)]), ["deploy-migration"]);
    let text = package(&[
        ("setup", "prisma db push --accept-data-loss"),
        ("db:sync", "prisma db push --accept-data-loss"),
    ]);
    assert_eq!(rules(&[("package.json", &text)]), ["deploy-migration", "data-loss-flag"]);
}

#[test]
fn other_programs_have_options_of_that_name() {
    for script in ["mytool --force-reset", "git reset --force-reset", "echo --accept-data-loss"] {
        let text = package(&[("x", script)]);
        assert!(rules(&[("package.json", &text)]).is_empty(), "{script}");
    }
}

const CONSENT: &str = "PRISMA_USER_CONSENT_FOR_DANGEROUS_AI_ACTION";

#[test]
fn consent_in_advance_is_found_in_every_kind_of_file() {
    for (path, text) in [
        ("scripts/x.sh", "export NAME=yes\n"),
        ("scripts/x.sh", "cd a && NAME='reset it' npx prisma migrate reset\n"),
        ("docs/notes.sh", "env NAME=yes true\n"),
        ("compose.yml", "services:\n  a:\n    environment:\n      - NAME=yes\n"),
        (".github/workflows/a.yml", "env:\n  NAME: yes\n"),
        ("Dockerfile", "FROM a\nENV NAME yes\n"),
        ("Dockerfile", "FROM a\nENV A=b NAME=yes\n"),
        ("fly.toml", "[env]\n  NAME = \"yes\"\n"),
        (".env", "A=b\nNAME=yes\n"),
        ("scripts/a.mjs", "process.env.NAME = 'yes'\n"),
        ("scripts/a.mjs", "process.env['NAME'] = 'yes'\n"),
        (".claude/settings.json", "{\"env\": {\"NAME\": \"yes\"}}"),
        ("scripts/a.py", "os.environ[\"NAME\"] = \"yes\"\n"),
    ] {
        let text = text.replace("NAME", CONSENT);
        let said = found(&[(path, &text)]);
        let said: Vec<_> = said.iter().filter(|it| it.rule.name == "data-loss-flag").collect();
        assert_eq!(said.len(), 1, "{path} {text}");
        assert_eq!(&text[said[0].finding.span.range()], CONSENT);
    }
}

#[test]
fn whoever_speaks_of_the_consent_does_not_give_it() {
    for (path, text) in [
        ("scripts/x.sh", "# NAME=yes\n"),
        ("scripts/x.sh", "true # NAME=yes\n"),
        ("scripts/x.sh", "echo \"set NAME=yes\"\n"),
        ("scripts/x.sh", "[ -n \"$NAME\" ] && exit 1\n"),
        ("scripts/x.sh", "if [ \"${NAME:-}\" = yes ]; then exit 1; fi\n"),
        ("scripts/x.sh", "unset NAME\n"),
        (".env", "NAME=\nA=b\n"),
        (".env", "NAME=\"\"\n"),
        ("scripts/a.mjs", "// NAME: 'yes'\nif (process.env.NAME === 'yes') stop()\n"),
        ("scripts/a.mjs", "if (process.env.NAME == 'yes') stop()\n"),
        ("scripts/a.mjs", "const MY_NAME = 1\n"),
    ] {
        let text = text.replace("NAME", CONSENT);
        assert!(!rules(&[(path, &text)]).contains(&"data-loss-flag"), "{path} {text}");
    }
}
