//! # unresolvable-command
//!
//! A deployment that runs a command which is only known at that moment may run anything, migrations too.
//!
//! Write the command out, or let the one who answers for the deployment decide.
//!
//! It counts on the way of a deployment: where the program itself is a variable, where a shell is handed one, where
//! what was downloaded or decoded is piped into a shell. It does not count in scripts that nothing is seen to run, in
//! hooks of git, in rehearsals, behind `"$@"`, where a default is written out (`${RUN:-node}`), or where the page of a
//! well-known tool says to install it so. A job of a workflow tests and builds as well: there only what comes from
//! outside the repository counts, as an input, a secret, a download.
//!
//! ## Fails
//!
//! ```json package.json
//! { "scripts": { "setup": "echo bnB4IHByaXNtYSBtaWdyYXRl | base64 -d | sh" } }
//! ```
//!
//! ```toml fly.toml
//! [deploy]
//! release_command = "sh -c $RELEASE"
//! ```
//!
//! A workflow that runs what its inputs say.
//!
//! ```yaml .github/workflows/deploy.yml
//! on: { workflow_dispatch: { inputs: { command: { type: string } } } }
//! jobs:
//!   release:
//!     runs-on: ubuntu-latest
//!     steps:
//!       - run: ${{ inputs.command }}
//! ```
//!
//! What is downloaded may be another thing tomorrow.
//!
//! ```dockerfile Dockerfile
//! FROM node:22
//! RUN curl -fsSL https://example.com/setup | sh
//! CMD ["node", "server.js"]
//! ```
//!
//! ## Passes
//!
//! The program is known, and it is no tool for migrations.
//!
//! ```json package.json
//! { "scripts": { "start": "node server.js --port $PORT" } }
//! ```
//!
//! Well-known installers, and what an entry point is handed.
//!
//! ```dockerfile Dockerfile
//! FROM node:22
//! RUN curl -fsSL https://bun.sh/install | bash
//! COPY entrypoint.sh .
//! ENTRYPOINT ["./entrypoint.sh"]
//! CMD ["node", "server.js"]
//! ```
//! ```sh entrypoint.sh
//! #!/bin/sh
//! exec "$@"
//! ```
//!
//! A job that tests is no deployment, and its own variables are no secrets.
//!
//! ```yaml .github/workflows/build.yml
//! on: push
//! jobs:
//!   build:
//!     runs-on: ubuntu-latest
//!     steps:
//!       - run: $RUNNER_TOOL --version
//! ```
//!
//! A script that only people run is theirs.
//!
//! ```json package.json
//! { "scripts": { "ask": "sh -c $WHAT" } }
//! ```

use super::forbidden::What;
use super::reach::Reached;
use super::told::{told, when};
use crate::rules::{Check, Finding, Rule, declare};

pub const RULE: Rule = declare!(
    "deploy",
    "unresolvable_command.rs",
    "unresolvable-command",
    Approve,
    Check::Elsewhere
);

pub(super) fn finding(reached: &Reached<'_>) -> Option<Finding> {
    let What::Opaque { word } = &reached.hit.what else { return None };
    let name = reached.chain.last()?.host.name();
    let message = format!("nobody can tell what `{word}` runs {}", when(reached));
    Some(told(reached, message)?.help(format!("write out the command in `{name}`")))
}
