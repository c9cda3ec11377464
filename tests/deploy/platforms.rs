//! What is read of the files of platforms and of those that start programs on a machine.

use proptest::prelude::*;
use sprag::parse::command;
use sprag::source::Source;

use super::{findings, problems_of, said};

#[test]
fn every_platform_s_commands_are_read() {
    for (path, text) in [
        ("railway.json", r#"{"deploy":{"preDeployCommand":["npx prisma migrate deploy"]}}"#),
        ("railway.json", r#"{"deploy":{"preDeployCommand":["npx","prisma","migrate","deploy"]}}"#),
        ("railway.toml", "[deploy]\nstartCommand = 'npx prisma migrate deploy && npm start'\n"),
        (
            "railway.toml",
            "[environments.production.deploy]\npreDeployCommand = 'npx prisma migrate deploy'\n",
        ),
        ("apps/web/railway.toml", "[build]\nbuildCommand = 'npx prisma migrate deploy'\n"),
        ("netlify.toml", "[build]\ncommand = 'npx prisma migrate deploy && next build'\n"),
        ("netlify.toml", "[context.production]\ncommand = 'npx prisma migrate deploy'\n"),
        (
            "netlify.toml",
            "[build]\ncommand = 'npx prisma $SUB'\n[build.environment]\nSUB = 'migrate deploy'\n",
        ),
        ("nixpacks.toml", "[start]\ncmd = \"npx prisma migrate deploy && npm start\"\n"),
        ("nixpacks.toml", "[phases.build]\ncmds = ['npm ci', 'npx prisma migrate deploy']\n"),
        (
            "nixpacks.json",
            r#"{"variables":{"S":"deploy"},"start":{"cmd":"npx prisma migrate $S"}}"#,
        ),
        ("vercel.json", r#"{"buildCommand":"npx prisma migrate deploy && next build"}"#),
        ("vercel.json", r#"{"installCommand":"npm ci && npx prisma migrate deploy"}"#),
        ("app.json", r#"{"scripts":{"postdeploy":"npx prisma migrate deploy"}}"#),
        (
            "app.json",
            r#"{"environments":{"review":{"scripts":{"postdeploy":"npx prisma migrate deploy"}}}}"#,
        ),
        (
            "shopify.web.toml",
            "[commands]\ndev = 'npx prisma migrate deploy && npm exec remix vite:dev'\n",
        ),
        ("shopify.web.toml", "[commands]\npredev = 'npx prisma migrate deploy'\n"),
        ("Procfile", "web: npm start\nrelease: npx prisma migrate deploy\n"),
        ("schema.prisma", "generator x {\n  provider = \"npx prisma migrate deploy\"\n}\n"),
        (
            "db/schema.prisma",
            "generator x { provider = \"sh -c \\\"npx prisma migrate deploy\\\"\" }\n",
        ),
        ("schema.prisma", "generator x {\n  provider = env(\"GENERATOR\")\n}\n"),
        (
            "ops/app.service",
            "[Service]\nExecStartPre=/usr/bin/npx prisma migrate deploy\nExecStart=/usr/bin/npm start\n",
        ),
        (
            "ops/app.service",
            "[Service]\nExecStart=-@/usr/bin/npx npx prisma \\\n  migrate deploy\n",
        ),
        (
            "ops/app.service",
            "[Service]\nEnvironment=\"S=migrate deploy\" X=1\nExecReload=!sh -c 'npx prisma $S'\n",
        ),
        ("supervisord.conf", "[program:web]\ncommand=npx prisma\n  migrate deploy ; now\n"),
        ("ops/crontab", "*/5 * * * * cd /app && npx prisma migrate deploy\n"),
        ("ops/crontab", "S=deploy\n@daily npx prisma migrate $S\n"),
        ("etc/cron.d/app.cron", "0 3 * * MON-FRI app npx prisma migrate deploy\n"),
    ] {
        assert_eq!(said(&[(path, text)]).len(), 1, "{text}: {:?}", said(&[(path, text)]));
        assert_eq!(problems_of(path, text), [], "{text}");
    }
}

#[test]
fn what_a_platform_does_not_run_passes() {
    for (path, text) in [
        ("railway.json", r#"{"deploy":{"cronSchedule":"npx prisma migrate deploy"}}"#),
        (
            "netlify.toml",
            "[dev]\ncommand = 'npx prisma migrate deploy'\n[[plugins]]\npackage = 'x'\n",
        ),
        ("netlify.toml", "[build.environment]\nNOTE = 'npx prisma migrate deploy'\n"),
        ("vercel.json", r#"{"devCommand":"npx prisma migrate deploy","crons":[{"path":"/x"}]}"#),
        (
            "app.json",
            r#"{"description":"npx prisma migrate deploy","formation":{"web":{"quantity":1}}}"#,
        ),
        (
            "app.json",
            r#"{"environments":{"test":{"scripts":{"test":"npx prisma migrate deploy"}}}}"#,
        ),
        ("app.json", r#"{"expo":{"name":"x","scheme":"y","ios":{"supportsTablet":true}}}"#),
        ("app.json", "{ // of Expo\n \"expo\": {} }"),
        ("Procfile.dev", "web: npx prisma migrate deploy\n"),
        ("Procfile", "# release: npx prisma migrate deploy\nweb: npm start\n"),
        ("schema.prisma", "generator client {\n  provider = \"prisma-client-js\"\n}\n"),
        (
            "schema.prisma",
            "generator c {\n  // provider = \"npx prisma migrate deploy\"\n  provider = \"./scripts/gen.sh\"\n}\n",
        ),
        (
            "schema.prisma",
            "/// generator x { provider = \"npx prisma migrate deploy\" }\nmodel A {\n provider String\n}\n",
        ),
        ("schema.prisma", "datasource db {\n  provider = \"npx prisma migrate deploy\"\n}\n"),
        (
            "ops/app.service",
            "[Unit]\nDescription=npx prisma migrate deploy\n[Service]\n# ExecStart=npx prisma migrate deploy\nExecStart=/usr/bin/npm start\n",
        ),
        (
            "supervisord.conf",
            "[program:web]\n;command=npx prisma migrate deploy\ncommand=npm start --home %(ENV_HOME)s\n",
        ),
        (
            "ops/crontab",
            "# */5 * * * * npx prisma migrate deploy\nMAILTO=a@b.c\n0 0 * * * root npm run report\n",
        ),
    ] {
        assert_eq!(said(&[(path, text)]), [""; 0], "{text}");
        assert_eq!(problems_of(path, text), [], "{text}");
    }
}

#[test]
fn what_fly_puts_into_a_machine_is_followed() {
    let run = "[deploy]\nrelease_command = \"sh /tmp/r.sh\"\n";
    let secret = format!("{run}[[files]]\nguest_path = \"/tmp/r.sh\"\nsecret_name = \"RELEASE\"\n");
    assert_eq!(
        said(&[("fly.toml", &secret)]),
        ["nobody can tell what `$RELEASE` runs on every deployment"]
    );
    let other = secret.replace("\"/tmp/r.sh\"\nsecret", "\"/etc/key\"\nsecret");
    assert_eq!(said(&[("fly.toml", &other)]), [""; 0]);
    let text = "[deploy]\nrelease_command = \"sh -c $RELEASE\"\n[env]\nRELEASE = \"npx prisma migrate deploy\"\n";
    assert_eq!(said(&[("fly.toml", text)]), ["`prisma migrate deploy` runs on every deployment"]);
    let machine = r#"{"containers":[{"init":{"exec":["npx","prisma","migrate","deploy"]}}]}"#;
    let files =
        [("fly.toml", "machine_config = \"cli-config.json\"\n"), ("cli-config.json", machine)];
    assert_eq!(said(&files).len(), 1);
    let local = "[[files]]\nguest_path = '/x'\nlocal_path = 'ops/run.mk'\n";
    assert_eq!(
        findings(&[("fly.toml", local), ("ops/run.mk", "a:\n\tnpx prisma db push\n")]).len(),
        1
    );
}

#[test]
fn tools_lead_to_the_files_they_are_told() {
    for (command, path, text) in [
        (
            "flyctl deploy -c infra/prod.conf",
            "infra/prod.conf",
            "[deploy]\nrelease_command = 'npx prisma db push'\n",
        ),
        (
            "supervisord -n -c ops/all.txt",
            "ops/all.txt",
            "[program:a]\ncommand=npx prisma db push\n",
        ),
        ("supercronic ops/times", "ops/times", "* * * * * npx prisma db push\n"),
        ("foreman start -f ops/all.txt", "ops/all.txt", "web: npx prisma db push\n"),
        ("heroku local", "Procfile", "web: npx prisma db push\n"),
        (
            "prisma generate",
            "prisma/schema.prisma",
            "generator x {\n provider = \"prisma db push\"\n}\n",
        ),
    ] {
        let release = format!("release: {command}\n");
        let found = said(&[("a/Procfile", &release), (path, text)]);
        assert_eq!(found.len(), 1, "{command}: {found:?}");
    }
}

#[test]
fn commands_for_other_containers_and_machines_are_read() {
    for command in [
        "docker run --rm -it -e A=b --name x app:latest npx prisma migrate deploy",
        "docker run --entrypoint npx app prisma migrate deploy",
        "docker exec -i app npx prisma migrate deploy",
        "docker compose -f compose.prod.yml exec -T app npx prisma migrate deploy",
        "docker-compose run --rm app prisma migrate deploy",
        "kubectl exec deploy/app -c web -- npx prisma migrate deploy",
        "kubectl run m --image=app --restart=Never -- npx prisma migrate deploy",
        "heroku run -a shop npx prisma migrate deploy",
        "fly ssh console -a shop -C 'npx prisma migrate deploy'",
        "ssh -t host 'cd app && npx prisma migrate deploy'",
    ] {
        let text = format!("release: {command}\n");
        assert_eq!(said(&[("Procfile", &text)]).len(), 1, "{command}");
    }
}

#[test]
fn a_package_s_programs_and_hooks_are_followed() {
    let run = "#!/usr/bin/make -f\nall:\n\tnpx prisma migrate deploy\n";
    for bin in [r#"{"ship":"./ops/run.mk"}"#, r#""ops/run.mk""#] {
        let text = format!(r#"{{"name":"@a/ship","bin":{bin},"scripts":{{"setup":"npx ship"}}}}"#);
        assert_eq!(said(&[("package.json", &text), ("ops/run.mk", run)]).len(), 1, "{bin}");
    }
    for text in [
        r#"{"lint-staged":{"*.ts":["eslint","npx prisma migrate deploy"]}}"#,
        r#"{"husky":{"hooks":{"post-merge":"npx prisma migrate deploy"}}}"#,
        r#"{"simple-git-hooks":{"pre-push":"npx prisma migrate deploy"}}"#,
    ] {
        assert_eq!(said(&[("package.json", text)]).len(), 1, "{text}");
    }
    let loose = "{\n  // scripts\n  scripts: { setup: 'prisma migrate deploy', },\n}\n";
    assert_eq!(said(&[("package.json5", loose)]).len(), 1);
    assert_eq!(problems_of("package.json5", loose), []);
    assert_eq!(said(&[("package.json", loose)]).len(), 1);
    assert_eq!(problems_of("package.json", loose).len(), 1);
    assert_eq!(problems_of("package.json5", "{ scripts: ").len(), 1);
}

#[test]
fn hostile_files_are_read_in_time() {
    for (path, text) in [
        ("package.json5", "[".repeat(200_000)),
        ("package.json5", "{a:".repeat(200_000)),
        ("package.json", "{a:".repeat(200_000)),
        ("app.json", "[".repeat(200_000)),
        ("railway.toml", format!("a = {}", "[".repeat(200_000))),
        ("x.service", format!("[Service]\n{}", "Environment=A=b\nExecStart=$A\n".repeat(20_000))),
        ("supervisord.conf", format!("[program:a]\ncommand={}", "%(a".repeat(100_000))),
        ("crontab", "A=b\n* * * * * $A\n".repeat(20_000)),
        ("schema.prisma", "generator a {\nprovider = \"x\n".repeat(20_000)),
        ("Procfile", "web: a\n".repeat(20_000)),
        ("fly.toml", "[[files]]\nguest_path='a'\nlocal_path='b'\n".repeat(10_000)),
    ] {
        let reading = command::commands(&Source::new(path, text.as_str()));
        for it in &reading.commands {
            assert!(text.get(it.span.range()).is_some());
        }
    }
}

/// Names of files of every kind that is read without being YAML.
const NAMES: &[&str] = &[
    "Dockerfile",
    "Makefile",
    "justfile",
    "Procfile",
    "x.service",
    "supervisord.conf",
    "crontab",
    "schema.prisma",
    "railway.toml",
    "vercel.json",
    "app.json",
    "fly.toml",
    "package.json5",
];

proptest! {
    #[test]
    fn no_text_breaks_a_reader(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "FROM a AS b", "FROM b", "RUN", "CMD", "COPY", "--from=b", "<<E", "E", "ENV", "ARG", "ONBUILD",
                "ENTRYPOINT", "HEALTHCHECK", "SHELL", "[\"sh\",\"-c\",\"é $A\"]", "# escape=`", "`", "A=b", "a:", ":=",
                "+=", "?=", "!=", "define A", "endef", "ifdef", "endif", "include x", "$(A", "$(call A,", "$(shell ",
                "${A", ")", "}", "$@", "$$", "{{", "}}", "[script]", "#!/bin/node", "[Service]", "ExecStart=@-", "%(a",
                "[program:a]", "command=", "* * * * *", "@daily", "generator a {", "provider = \"", "env(", "//",
                "[build]", "[[files]]", "guest_path = '/a'", "local_path = 'é'", "'", "\"", "\\", "\\\n", "\n", "\n",
                "\n\t", "\r\n", " ", " ", "\t", "é", "\u{feff}", "/a", "sh /a", "prisma db push", "{", "[", ",", "a",
            ]),
            0..40,
        ),
    ) {
        let text = parts.concat();
        for path in NAMES {
            let reading = command::commands(&Source::new(*path, text.as_str()));
            let spans = reading.commands.iter().map(|it| &it.span);
            let spans = spans.chain(reading.links.iter().map(|it| &it.span));
            for span in spans.chain(reading.problems.iter().map(|it| &it.span)) {
                prop_assert!(text.get(span.range()).is_some(), "{path}: {span:?}");
            }
            for finding in findings(&[(path, &text)]) {
                prop_assert!(text.get(finding.span.range()).is_some(), "{path}");
            }
        }
    }
}
