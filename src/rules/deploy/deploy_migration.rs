//! # deploy-migration
//!
//! A deployment that runs migrations changes the database before anybody has looked, and again on every retry.
//!
//! Let the deployment generate the client and nothing more; apply migrations by hand, after review. Commands are
//! followed through `npx`, `sh -c`, variables and scripts that call scripts. A word that is only known when the
//! command runs counts as what it may be.
//!
//! ## Fails
//!
//! ```toml fly.toml
//! [deploy]
//! release_command = "npx prisma migrate deploy"
//! ```
//!
//! `setup` runs on every deployment, and so does what it calls.
//!
//! ```json package.json
//! { "scripts": { "setup": "prisma generate && npm run migrate", "migrate": "prisma migrate deploy" } }
//! ```
//!
//! So does every process.
//!
//! ```toml fly.toml
//! [processes]
//! app = "sh -c 'npx prisma db push && npm start'"
//! ```
//!
//! An empty `[build]` means the `Dockerfile`, and from there it is five steps.
//!
//! ```toml fly.toml
//! app = "shop"
//! [build]
//! ```
//! ```dockerfile Dockerfile
//! FROM node:22
//! COPY . .
//! RUN npm ci
//! CMD ["npm", "run", "docker-start"]
//! ```
//! ```json package.json
//! {
//!   "scripts": {
//!     "docker-start": "npm run setup && npm run start",
//!     "setup": "npx prisma generate && prisma migrate deploy",
//!     "start": "node server.js"
//!   }
//! }
//! ```
//!
//! A workflow that deploys migrates before anybody has looked.
//!
//! ```yaml .github/workflows/deploy.yml
//! on: { push: { branches: [main] } }
//! jobs:
//!   release:
//!     runs-on: ubuntu-latest
//!     steps:
//!       - run: npx prisma migrate deploy
//!         env:
//!           DATABASE_URL: ${{ secrets.DATABASE_URL }}
//!       - run: flyctl deploy
//! ```
//!
//! A script that an image starts with.
//!
//! ```dockerfile Dockerfile
//! FROM node:22
//! COPY . .
//! ENTRYPOINT ["./start.sh"]
//! ```
//! ```sh start.sh
//! #!/bin/sh
//! set -e
//! if [ "$MIGRATE" = 1 ]; then
//!   npx prisma migrate deploy
//! fi
//! exec node server.js
//! ```
//!
//! Nobody can tell what this will do.
//!
//! ```json package.json
//! { "scripts": { "start": "prisma $PRISMA_COMMAND && node server.js" } }
//! ```
//!
//! ## Passes
//!
//! ```toml fly.toml
//! [deploy]
//! release_command = "npx prisma generate"
//! ```
//!
//! Scripts that only people run are theirs.
//!
//! ```json package.json
//! { "scripts": { "setup": "npx prisma generate", "db:migrate": "prisma migrate dev" } }
//! ```
//!
//! Words are not commands.
//!
//! ```json package.json
//! { "scripts": { "setup": "prisma generate && echo 'now ask for prisma migrate deploy'" } }
//! ```
//!
//! A rehearsal: the job has a Postgres of its own and no secrets, and the policy's `rehearsals` list the workflow.
//!
//! ```yaml .github/workflows/test.yml
//! on: pull_request
//! jobs:
//!   rehearse:
//!     runs-on: ubuntu-latest
//!     services:
//!       postgres:
//!         image: postgres:15
//!         env:
//!           POSTGRES_PASSWORD: postgres
//!         ports: ["5432:5432"]
//!     env:
//!       DATABASE_URL: postgresql://postgres:postgres@localhost:5432/postgres
//!     steps:
//!       - uses: actions/checkout@v4
//!       - run: npx prisma migrate deploy
//! ```

use super::forbidden::What;
use super::reach::Reached;
use super::told::{told, when};
use crate::parse::command::Kind;
use crate::rules::{Check, Finding, Rule, declare};

pub const RULE: Rule =
    declare!("deploy", "deploy_migration.rs", "deploy-migration", Deny, Check::Elsewhere);

pub(super) fn finding(reached: &Reached<'_>) -> Option<Finding> {
    let when = when(reached);
    let (message, help) = match &reached.hit.what {
        What::Forbidden(what) => (format!("`{what}` runs {when}"), instead(reached, what)),
        What::Hidden { program, word } => (
            format!("nobody can tell what `{program} {word}` does {when}"),
            format!("write out what stands for `{word}`"),
        ),
        What::Opaque { .. } => return None,
    };
    let finding = told(reached, message)?.help(help);
    if is_generated(reached) {
        let help =
            "`fly launch` writes this line: run it with `--no-deploy`, and take the line out again";
        return Some(finding.help(help));
    }
    Some(finding)
}

/// Whether it stands where `fly launch` puts it: in the start script that it writes, or as the release command
/// (<https://github.com/fly-apps/dockerfile-node>).
fn is_generated(reached: &Reached<'_>) -> bool {
    let Some(host) = reached.chain.last().map(|it| it.host) else { return false };
    let name = host.path.file_name();
    let script = matches!(name, b"dbsetup.js" | b"docker-entrypoint.js" | b"docker-entrypoint");
    let release = &*host.key == "[deploy] release_command"
        && reached.text.split_whitespace().eq(["npx", "prisma", "migrate", "deploy"]);
    match host.kind {
        Kind::JavaScript => script,
        Kind::Fly => release,
        _ => false,
    }
}

fn instead(reached: &Reached<'_>, what: &str) -> String {
    let name = reached.chain.last().map(|it| it.host.name()).unwrap_or_default();
    let generates = what.starts_with("prisma ");
    if generates && matches!(&*name, "setup" | "release_command") {
        format!("let `{name}` be `npx prisma generate`; apply migrations by hand")
    } else {
        format!("take `{what}` out of `{name}`; apply migrations by hand")
    }
}
