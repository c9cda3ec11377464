//! What `fly launch` writes, and the client that somebody has to generate.

use super::{findings, found};

const LAUNCH: &str =
    "`fly launch` writes this line: run it with `--no-deploy`, and take the line out again";

fn helps(files: &[(&str, &str)]) -> Vec<String> {
    findings(files).into_iter().flat_map(|it| it.help).collect()
}

#[test]
fn what_fly_launch_writes_is_said_to_be_its_own() {
    let script = "#!/usr/bin/env node\nimport { spawn } from 'node:child_process'\n\
                  await exec('npx prisma migrate deploy')\n\
                  function exec(command) { return spawn(command, { shell: true }) }\n";
    for files in [
        [("dbsetup.js", script), ("Dockerfile", "FROM node\nCMD [\"node\", \"dbsetup.js\"]\n")],
        [
            ("docker-entrypoint.js", script),
            ("Dockerfile", "FROM node\nENTRYPOINT [\"/app/docker-entrypoint.js\"]\n"),
        ],
        [
            ("docker-entrypoint", script),
            ("Dockerfile", "FROM node\nENTRYPOINT [\"/app/docker-entrypoint\"]\n"),
        ],
        [
            ("fly.toml", "[deploy]\n  release_command = 'npx prisma migrate deploy'\n"),
            ("x.txt", ""),
        ],
    ] {
        assert_eq!(helps(&files).iter().filter(|it| *it == LAUNCH).count(), 1, "{files:?}");
    }
}

#[test]
fn what_people_wrote_is_not() {
    for (path, text) in [
        ("fly.toml", "[deploy]\n  release_command = 'npx prisma migrate deploy && true'\n"),
        ("fly.toml", "[processes]\n  app = 'npx prisma migrate deploy'\n"),
        ("package.json", "{\"scripts\": {\"setup\": \"npx prisma migrate deploy\"}}"),
    ] {
        let said = helps(&[(path, text)]);
        assert!(!said.is_empty() && !said.iter().any(|it| it == LAUNCH), "{path} {text}");
    }
}

const SCHEMA: (&str, &str) =
    ("prisma/schema.prisma", "generator client {\n  provider = \"prisma-client-js\"\n}\n");

fn names(files: &[(&str, &str)]) -> Vec<&'static str> {
    found(files).into_iter().map(|it| it.rule.name).collect()
}

#[test]
fn a_client_that_nobody_generates_is_missed_where_the_policy_lists_it() {
    let listed = ("policy.toml", "[deploy]\nallow = [\"npx prisma generate\"]\n");
    let other = ("policy.toml", "[deploy]\nallow = [\"npm run build\"]\n");
    let bare = ("package.json", "{\"scripts\": {\"build\": \"next build\"}}");
    assert_eq!(names(&[listed, SCHEMA, bare]), ["client-generation-missing"]);
    assert!(names(&[other, SCHEMA, bare]).is_empty());
    assert!(names(&[SCHEMA, bare]).is_empty());
    assert!(names(&[listed, bare]).is_empty());
    for place in [
        ("package.json", "{\"scripts\": {\"x\": \"prisma generate --schema a.prisma\"}}"),
        ("Dockerfile", "FROM node\nRUN npx prisma generate\n"),
        ("scripts/build.sh", "pnpm prisma generate\n"),
    ] {
        assert!(names(&[listed, SCHEMA, place]).is_empty(), "{place:?}");
    }
    let agent = (
        ".claude/settings.json",
        "{\"permissions\": {\"allow\": [\"Bash(npx prisma generate)\"]}}",
    );
    assert_eq!(names(&[listed, SCHEMA, agent]), ["client-generation-missing"]);
}
