//! What deployments run, as somebody who commits sees it.

use insta::assert_snapshot;
use serde_json::Value;

use super::shown;
use crate::support::Sandbox;

const FLY: &str = "app = \"shop\"\n\n[build]\n";
const DOCKERFILE: &str =
    "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD [\"npm\", \"run\", \"docker-start\"]\n";
const WORKFLOW: &str = "on: pull_request
jobs:
  dry-run:
    runs-on: ubuntu-latest
    services:
      postgres:
        image: postgres:15
        env:
          POSTGRES_PASSWORD: postgres
        ports: ['5432:5432']
    steps:
      - uses: actions/checkout@v4
      - run: npm ci
      - run: npx prisma migrate deploy
        env:
          DATABASE_URL: postgresql://postgres:postgres@localhost:5432/test
";

fn package(setup: &str) -> String {
    format!(
        "{{\n  \"name\": \"shop\",\n  \"scripts\": {{\n    \"start\": \"node server.js\",\n    \"setup\": \"{setup}\",\n    \"docker-start\": \"npm run setup && npm run start\"\n  }}\n}}\n"
    )
}

/// A shop on Fly that is in order, on a branch of its own.
fn shop() -> Sandbox {
    let repo = Sandbox::new();
    repo.write("policy.toml", "version = 1\n").write("fly.toml", FLY);
    repo.write("Dockerfile", DOCKERFILE).write("package.json", package("npx prisma generate"));
    repo.commit_all("Begin");
    let repo = repo.with_origin();
    repo.git(&["switch", "-q", "-c", "topic"]);
    repo
}

/// The exit code, and `rule: subject` of everything that is found in what is staged.
fn judged(repo: &Sandbox) -> (i32, Vec<String>) {
    repo.git(&["add", "-A"]);
    let (code, said) = repo.sprag(&["check", "--staged", "--format", "json"]);
    let report: Value = serde_json::from_str(&said).unwrap_or_else(|_| panic!("{code}: {said}"));
    let found = report["findings"].as_array().unwrap().iter();
    let text = |it: &Value, key: &str| it[key].as_str().unwrap().to_owned();
    (code, found.map(|it| format!("{}: {}", text(it, "rule"), text(it, "subject"))).collect())
}

#[track_caller]
fn refused(repo: &Sandbox, subject: &str) {
    assert_eq!(judged(repo), (1, vec![format!("deploy-migration: {subject}")]));
}

#[track_caller]
fn passes(repo: &Sandbox) {
    assert_eq!(judged(repo), (0, Vec::new()));
}

#[test]
fn a_migration_five_steps_away_is_refused_with_the_way_to_it() {
    let repo = shop();
    repo.stage("package.json", package("npx prisma generate && prisma migrate deploy"));
    assert_snapshot!(shown(&repo, &["check", "--staged"]), @r#"
    error[deploy-migration]: `prisma migrate deploy` runs on every deployment: `[build]` -> `CMD` -> `docker-start` -> `setup`
     --> package.json:5:38
      |
    5 |     "setup": "npx prisma generate && prisma migrate deploy",
      |                                      ^^^^^^^^^^^^^^^^^^^^^
      |
      = note: by default, `deploy-migration` is denied
      = path: fly.toml:3      [build]
              Dockerfile:5    CMD ["npm", "run", "docker-start"]
              package.json:6  "docker-start": "npm run setup && npm run start"
              package.json:5  "setup": "npx prisma generate && prisma migrate deploy",
      = help: let `setup` be `npx prisma generate`; apply migrations by hand
      = explain: sprag explain deploy-migration

    change against HEAD refused: 1 error in 1 file (0 statements judged by policy.toml).
    [exit 1]
    "#);
    let (_, said) = repo.sprag(&["check", "--staged", "--format", "json"]);
    let report: Value = serde_json::from_str(&said).unwrap();
    let steps = report["findings"][0]["path"].as_array().unwrap().iter();
    let steps: Vec<String> = steps
        .map(|it| format!("{}:{} {}", it["file"].as_str().unwrap(), it["line"], it["text"]))
        .collect();
    assert_eq!(
        steps,
        [
            "fly.toml:3 \"[build]\"",
            "Dockerfile:5 \"CMD\"",
            "package.json:6 \"docker-start\"",
            "package.json:5 \"setup\""
        ]
    );
}

#[test]
fn what_deployments_run_is_drawn() {
    let repo = shop();
    repo.commit("package.json", package("npx prisma generate && prisma migrate deploy"));
    assert_snapshot!(shown(&repo, &["deploy-graph"]), @r#"
    fly.toml:3 [build]
    `- Dockerfile
       |- 1 more, of no further consequence
       `- :5 CMD   CMD ["npm", "run", "docker-start"]
          `- package.json:6 docker-start   "docker-start": "npm run setup && npm run start"
             |- :5 setup   "setup": "npx prisma generate && prisma migrate deploy",
             |  `- x prisma migrate deploy   line 5
             `- :4 start   "start": "node server.js",

    Deployments begin at 1 place of 1 file.
    1 command is refused.
    [exit 0]
    "#);
    assert_snapshot!(shown(&repo, &["deploy-graph", "--format", "mermaid"]), @r#"
    flowchart TD
      n0["fly.toml:3 [build]"]
      n1["Dockerfile"]
      n2["Dockerfile:4 RUN"]
      n3["Dockerfile:5 CMD"]
      n4["package.json:6 docker-start"]
      n5["package.json:5 setup"]
      n5 --> x7{{"prisma migrate deploy"}}
      class x7 wrong
      n6["package.json:4 start"]
      n0 --> n1
      n1 --> n2
      n1 --> n3
      n3 --> n4
      n4 --> n5
      n4 --> n6
      classDef wrong fill:#fdd,stroke:#c00,color:#600
    [exit 0]
    "#);
    assert_snapshot!(shown(&repo, &["deploy-graph", "--format", "dot", "main"]), @r#"
    digraph deployments {
      rankdir=LR;
      node [shape=box, fontname="monospace"];
      n0 [label="fly.toml:3 [build]"];
      n1 [label="Dockerfile"];
      n2 [label="Dockerfile:4 RUN"];
      n3 [label="Dockerfile:5 CMD"];
      n4 [label="package.json:6 docker-start"];
      n5 [label="package.json:5 setup"];
      n6 [label="package.json:4 start"];
      n0 -> n1;
      n1 -> n2;
      n1 -> n3;
      n3 -> n4;
      n4 -> n5;
      n4 -> n6;
    }
    [exit 0]
    "#);
}

#[test]
fn the_change_that_takes_the_line_out_passes() {
    let repo = Sandbox::new();
    repo.write("package.json", package("prisma migrate deploy")).write("fly.toml", FLY);
    repo.commit_all("Begin");
    let repo = repo.with_origin();
    repo.write("package.json", package("npx prisma generate"));
    passes(&repo);
}

#[test]
fn what_was_there_before_is_no_news_to_a_change_beside_it() {
    let repo = Sandbox::new();
    repo.write("policy.toml", "version = 1\n")
        .write("package.json", package("prisma migrate deploy"));
    repo.commit_all("Begin");
    let repo = repo.with_origin();
    repo.git(&["switch", "-q", "-c", "topic"]);
    let text = package("prisma migrate deploy");
    repo.write("package.json", text.replace("server.js", "index.js"));
    passes(&repo);
    repo.write(
        "package.json",
        text.replace("\"name\": \"shop\"", "\"name\": \"shop\",\n  \"version\": \"1.0.0\""),
    );
    passes(&repo);
    // The audit tells it.
    assert_eq!(repo.sprag(&["audit"]).0, 1);
}

#[test]
fn an_old_command_that_a_change_puts_on_the_way_is_news() {
    let repo = shop();
    repo.commit("scripts/local.sh", "npx prisma migrate deploy\n");
    assert_eq!(repo.sprag(&["check", "--rev", "HEAD"]).0, 0);
    repo.write("Dockerfile", DOCKERFILE.replace("RUN npm ci", "RUN npm ci && sh scripts/local.sh"));
    refused(&repo, "scripts/local.sh");
}

#[test]
fn a_file_of_any_name_is_what_those_take_it_for_who_run_it() {
    let repo = shop();
    repo.write("fly.toml", "app = \"shop\"\n[build]\ndockerfile = \"ops/image.txt\"\n");
    repo.write("ops/image.txt", DOCKERFILE);
    passes(&repo);
    repo.commit_all("Another image");
    repo.write("ops/image.txt", DOCKERFILE.replace("npm ci", "npx prisma migrate deploy"));
    refused(&repo, "ops/image.txt:RUN");
}

#[test]
fn a_script_is_read_through_a_link() {
    let repo = shop();
    repo.write("ops/run", "#!/bin/sh\nnpx prisma migrate deploy\n");
    repo.sh("ln -s ops/run start");
    repo.write("Dockerfile", "FROM node:22\nCOPY . .\nCMD [\"./start\"]\n");
    let (code, found) = judged(&repo);
    assert_eq!(code, 1, "{found:?}");
}

#[test]
fn a_program_counts_while_nothing_but_people_runs_it() {
    let repo = shop();
    let program =
        "import { execSync } from 'node:child_process';\nexecSync('npx prisma migrate deploy');\n";
    repo.write("scripts/apply.mjs", program);
    refused(&repo, "scripts/apply.mjs");
    let scripts = package("npx prisma generate")
        .replace("\"start\"", "\"db:apply\": \"node scripts/apply.mjs\",\n    \"start\"");
    repo.write("package.json", &scripts);
    passes(&repo);
    repo.write(
        "package.json",
        scripts.replace("node server.js", "npm run db:apply && node server.js"),
    );
    refused(&repo, "scripts/apply.mjs");
}

#[test]
fn a_job_with_a_database_of_its_own_may_migrate_it() {
    let repo = shop();
    repo.write(".github/workflows/migration-test.yml", WORKFLOW);
    passes(&repo);
    // Not where the policy does not say so.
    repo.write(".github/workflows/deploy.yml", WORKFLOW);
    refused(&repo, ".github/workflows/deploy.yml:jobs.dry-run.steps.3");
}

#[test]
fn a_job_that_may_reach_another_database_may_not() {
    for (from, to) in [
        // Its database is a secret.
        ("postgresql://postgres:postgres@localhost:5432/test", "${{ secrets.DATABASE_URL }}"),
        // A name that begins like a local one.
        ("@localhost:5432", "@localhost.example.com:5432"),
        ("postgres:postgres@localhost:5432", "localhost@db.example.com"),
        ("/test", "/test?host=db.example.com"),
        // No database of its own.
        (
            "    services:\n      postgres:\n        image: postgres:15\n        env:\n          POSTGRES_PASSWORD: postgres\n        ports: ['5432:5432']\n",
            "",
        ),
        ("image: postgres:15", "image: redis:7"),
        // The address is replaced while the job runs.
        ("- run: npm ci", "- run: echo \"DATABASE_URL=${{ vars.URL }}\" >> $GITHUB_ENV"),
        ("- run: npx", "- run: DATABASE_URL=$OTHER npx"),
        ("- run: npx prisma", "- run: npx dotenv -e .env.production -- prisma"),
        ("runs-on: ubuntu-latest", "runs-on: self-hosted"),
        // A program on the way sets variables as it likes.
        ("npx prisma migrate deploy", "node scripts/apply.mjs"),
    ] {
        let repo = shop();
        let text = WORKFLOW.replace(from, to);
        assert_ne!(text, WORKFLOW, "{from}");
        repo.write(".github/workflows/migration-test.yml", &text);
        let program = "import { execSync } from 'node:child_process';\nprocess.env.DATABASE_URL = other;\nexecSync('npx prisma migrate deploy');\n";
        repo.write("scripts/apply.mjs", program);
        assert_eq!(judged(&repo).0, 1, "{text}");
    }
    // The schema names another database than the job.
    let repo = shop();
    repo.write(".github/workflows/migration-test.yml", WORKFLOW);
    let schema = "datasource db {\n  provider = \"postgresql\"\n  url = \"postgresql://db.example.com/shop\"\n}\n";
    repo.write("prisma/schema.prisma", schema);
    assert_eq!(judged(&repo).0, 1);
}

#[test]
fn a_policy_adds_commands_and_takes_out_what_is_local() {
    let repo = shop();
    repo.commit(
        "policy.toml",
        "version = 1\nforbidden = [\"dbtool apply|sync\"]\n[deploy]\nlocal-scripts = [\"scripts/laptop.sh\"]\n",
    );
    repo.git(&["push", "-q", "origin", "topic:main"]);
    repo.write("package.json", package("dbtool --yes sync"));
    refused(&repo, "package.json:scripts.setup");
    repo.write("package.json", package("dbtool status"));
    repo.write("scripts/laptop.sh", "npx prisma migrate deploy\n");
    passes(&repo);
    repo.write("scripts/server.sh", "npx prisma migrate deploy\n");
    refused(&repo, "scripts/server.sh");
}

#[test]
fn words_in_texts_are_no_commands() {
    let repo = shop();
    let words = "npx prisma migrate deploy";
    repo.write("README.md", words).write("docs/db.md", words);
    repo.write("fly.toml", format!("{FLY}# never: release_command = \"{words}\"\n"));
    repo.write("Dockerfile", format!("{DOCKERFILE}# {words}\nLABEL note=\"{words}\"\n"));
    repo.write("app/messages.ts", format!("export const hint = 'run {words}';\n"));
    repo.write(
        "scripts/help.sh",
        format!("#!/bin/sh\necho '{words}'\ncat > docs/x.md <<'E'\n{words}\nE\n"),
    );
    repo.write(
        ".github/workflows/guard.yml",
        format!("on: push\njobs:\n  g:\n    runs-on: ubuntu-latest\n    steps:\n      - name: no {words}\n        run: |\n          if grep -rn '{words}' .; then echo '::error::{words}'; exit 1; fi\n"),
    );
    passes(&repo);
}
