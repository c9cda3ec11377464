//! Whatever runs sprag cannot be made to run it in vain.

use sprag::policy::tampering::{self, Facts, Known, PolicyState};
use sprag::source::{Content, File, FileChange, Mode, ObjectId};

use super::read;

/// What is found of one changed file: the message, its labels, and the text that each marks.
fn found(path: &str, before: &str, after: Option<&str>) -> Vec<(String, String)> {
    let file = |text: &str| File {
        path: path.into(),
        mode: Mode::Regular,
        id: ObjectId("0".repeat(40)),
        content: Content::from_bytes(text.as_bytes().to_vec(), 1_000_000),
    };
    let change =
        FileChange { path: path.into(), before: Some(file(before)), after: after.map(file) };
    assert!(tampering::watches(&path.into(), &PolicyState::Absent), "{path}");
    let policy = PolicyState::Is(Box::new(read("version = 1\n").unwrap()));
    let changes = [change];
    let facts = Facts {
        base: &policy,
        proposed: &policy,
        changes: &changes,
        tree: &[],
        known: &Known::default(),
    };
    let findings = tampering::findings(&facts);
    assert!(findings.len() < 2, "one finding for each file: {findings:?}");
    let mut said = Vec::new();
    for finding in findings {
        let marked = |at: std::ops::Range<usize>| {
            after.unwrap_or_default().get(at).unwrap_or("OUTSIDE").to_owned()
        };
        said.push((finding.message.clone(), marked(finding.span.range())));
        for label in &finding.labels {
            said.push((label.text.clone(), marked(label.span.range())));
        }
    }
    said
}

/// Changes one text, which has to be there, and tells what is found.
fn changed(path: &str, before: &str, from: &str, to: &str) -> Vec<(String, String)> {
    assert!(before.contains(from), "{from:?} is not in {before}");
    found(path, before, Some(&before.replacen(from, to, 1)))
}

/// Each change has to be refused, for the reason that it is, at the place that it is at.
fn refused(path: &str, before: &str, changes: &[(&str, &str, &str, &str)]) {
    for (from, to, reason, place) in changes {
        let said = changed(path, before, from, to);
        let told = said.iter().any(|it| it.0.contains(reason) && it.1.contains(place));
        assert!(told, "{from:?} -> {to:?}\nwanted: {reason} |{place}|\nsaid: {said:#?}");
        assert!(said[0].0.starts_with(&format!("`{path}` runs sprag, and ")), "{said:?}");
    }
}

fn passed(path: &str, before: &str, changes: &[(&str, &str)]) {
    for (from, to) in changes {
        let said = changed(path, before, from, to);
        assert!(said.is_empty(), "{from:?} -> {to:?}\nsaid: {said:#?}");
    }
}

const GITHUB: &str = ".github/workflows/gate.yml";
const WORKFLOW: &str = "\
name: checks
on:
  pull_request:
  push:
    branches: [main]
  merge_group:
env:
  COLOR: always
jobs:
  lint:
    runs-on: ubuntu-latest
    steps:
      - run: make lint
  gate:
    name: Migrations
    runs-on: ubuntu-latest
    needs: lint
    steps:
      - name: Fetch
        uses: actions/checkout@v4
        with:
          fetch-depth: 2
      - run: curl -sSf https://example.com/sprag | sh
      - name: Judge
        run: sprag ci
      - run: echo done
";

#[test]
fn a_job_of_github_that_runs_sprag_in_vain() {
    let job = "    name: Migrations\n";
    let step = "        run: sprag ci\n";
    refused(
        GITHUB,
        WORKFLOW,
        &[
            (
                step,
                "        run: sprag ci\n        if: false\n",
                "does not always run",
                "if: false",
            ),
            (
                step,
                "        run: sprag ci\n        continue-on-error: true\n",
                "may fail without consequence: `continue-on-error: true`",
                "continue-on-error: true",
            ),
            (
                job,
                "    name: Migrations\n    continue-on-error: true\n",
                "may fail without",
                "continue-on-error",
            ),
            (
                job,
                "    name: Migrations\n    if: github.actor != 'x'\n",
                "does not always run",
                "if: github",
            ),
            (
                job,
                "    name: Migrations\n    env:\n      PATH: ./bin\n",
                "another `PATH`",
                "PATH: ./bin",
            ),
            (
                job,
                "    name: Migrations\n    env:\n      BASH_ENV: ./x\n",
                "another `BASH_ENV`",
                "BASH_ENV",
            ),
            ("  COLOR: always\n", "  GIT_DIR: /tmp/x\n", "another `GIT_DIR`", "GIT_DIR: /tmp/x"),
            (
                "env:\n",
                "defaults:\n  run:\n    shell: bash {0} || true\nenv:\n",
                "run in another way",
                "defaults",
            ),
            (
                job,
                "    name: Migrations\n    container: evil/image\n",
                "relies on something else",
                "container: evil/image",
            ),
            (
                "    runs-on: ubuntu-latest\n    needs",
                "    runs-on: self-hosted\n    needs",
                "another machine",
                "runs-on: self-hosted",
            ),
            (job, "    name: Checks\n", "required check is known by its name", "name: Checks"),
            (job, "", "not called `Migrations` any more", "sprag ci"),
            ("    needs: lint\n", "    needs: [lint, other]\n", "waits for `other`", "needs"),
            (
                "  lint:\n",
                "  lint:\n    if: false\n",
                "does not always run: `lint.if: false`",
                "if: false",
            ),
            ("  gate:\n", "  db:\n", "`gate` is called `db`", "sprag ci"),
            ("sprag ci", "sprag ci || true", "passed whatever it finds: `|| true`", "|| true"),
            (
                "sprag ci",
                "sprag ci || exit 0",
                "passed whatever it finds: `|| exit 0`",
                "|| exit 0",
            ),
            ("sprag ci", "sprag ci ; true", "in another way", "sprag ci"),
            ("sprag ci", "sprag ci &", "passed whatever", "&"),
            ("sprag ci", "sprag ci | cat", "passed whatever", "| cat"),
            ("run: sprag ci", "run: \"! sprag ci\"", "passed whatever", "!"),
            (
                "run: sprag ci",
                "run: |\n          set +e\n          sprag ci\n          true",
                "passed whatever",
                "true",
            ),
            (
                "run: sprag ci",
                "run: |\n          exit 0\n          sprag ci",
                "not reached",
                "exit 0",
            ),
            (
                "run: sprag ci",
                "run: |\n          if sprag ci; then echo; fi",
                "passed whatever",
                "if sprag ci",
            ),
            (
                "run: sprag ci",
                "run: |\n          if false; then\n            sprag ci\n          fi",
                "does not always run: `if false`",
                "if false",
            ),
            (
                "run: sprag ci",
                "run: |\n          sprag() { true; }\n          sprag ci",
                "stands for another program",
                "sprag",
            ),
            ("run: sprag ci", "run: echo sprag ci", "it does not: `sprag ci` is gone", ""),
            ("run: sprag ci", "run: sprag --version", "`sprag ci` is gone", ""),
            ("run: sprag ci", "run: 'true' # sprag ci", "`sprag ci` is gone", ""),
            (
                "sprag ci",
                "sprag ci --base HEAD",
                "told something else: `sprag ci --base HEAD`, not `sprag ci`",
                "sprag ci --base HEAD",
            ),
            (
                step,
                "        run: sprag ci\n        shell: bash {0}\n",
                "run in another way",
                "shell: bash {0}",
            ),
            (
                step,
                "        run: sprag ci\n        working-directory: other\n",
                "run in another way",
                "working-directory: other",
            ),
            (
                "actions/checkout@v4",
                "actions/checkout@8f4b7f84864484a7bf31766abe9204da3cbe65b3",
                "something else runs before it",
                "8f4b7f84",
            ),
            ("actions/checkout@v4", "actions/checkout@v3", "something else runs before it", "@v3"),
            (
                "actions/checkout@v4",
                "acme/checkout@v4",
                "something else runs before it",
                "acme/checkout",
            ),
            ("fetch-depth: 2", "ref: main", "something else runs before it", "ref: main"),
            (
                "      - name: Judge\n",
                "      - run: cp evil /usr/local/bin/sprag\n      - name: Judge\n",
                "put another program in its place",
                "run: cp evil",
            ),
            (
                "https://example.com/sprag",
                "https://example.org/sprag",
                "put another program in its place",
                "example.org",
            ),
            ("  pull_request:\n", "", "does not run on `pull_request` any more", "push"),
            (
                "  pull_request:\n",
                "  pull_request_target:\n",
                "`pull_request` any more",
                "pull_request_target",
            ),
            ("  merge_group:\n", "", "`merge_group` any more", ""),
            (
                "  pull_request:\n",
                "  pull_request:\n    paths: [src/**]\n",
                "less than before: `pull_request` with `paths: src/**`",
                "paths: [src/**]",
            ),
            (
                "  pull_request:\n",
                "  pull_request:\n    paths-ignore: ['**/*.sql']\n",
                "less than before",
                "paths-ignore",
            ),
            (
                "  pull_request:\n",
                "  pull_request:\n    branches: [release]\n",
                "less than before",
                "branches",
            ),
            (
                "  pull_request:\n",
                "  pull_request:\n    types: [opened]\n",
                "less than before",
                "types: [opened]",
            ),
            ("branches: [main]", "branches: ['!main']", "less than before", "branches"),
            ("jobs:\n", "jobs: [\n", "nobody can tell", ""),
        ],
    );
    let said = found(GITHUB, WORKFLOW, None);
    assert!(said[0].0.contains("and this deletes it: `sprag ci`"), "{said:?}");
}

#[test]
fn a_job_of_github_that_is_as_strong_as_before() {
    let step = "        run: sprag ci\n";
    passed(
        GITHUB,
        WORKFLOW,
        &[
            ("make lint", "make lint || true"),
            ("  lint:\n", "  lint:\n    continue-on-error: true\n"),
            (
                "  lint:\n",
                "  # the gate is below\n  build:\n    steps:\n      - run: make\n  lint:\n",
            ),
            ("run: sprag ci", "run:   sprag   ci  # judges"),
            ("run: sprag ci", "run: |\n          # judges\n          sprag ci"),
            ("run: sprag ci", "run: sprag ci --format github"),
            ("run: sprag ci", "run: \"sprag ci\""),
            ("name: Judge", "name: Judge migrations"),
            ("name: checks", "name: all checks"),
            (step, "        timeout-minutes: 5\n        run: sprag ci\n"),
            (step, "        if: always()\n        run: sprag ci\n"),
            (step, "        continue-on-error: false\n        run: sprag ci\n"),
            ("      - run: echo done\n", "      - run: make coffee\n"),
            ("      - run: echo done\n", "      - run: sprag audit\n"),
            ("      - name: Judge\n", "      - run: sprag audit\n      - name: Judge\n"),
            ("  merge_group:\n", "  merge_group:\n  workflow_dispatch:\n"),
            ("branches: [main]", "branches: [main, release]"),
            ("    branches: [main]\n", ""),
            ("  pull_request:\n", "  pull_request:\n    branches: ['**']\n"),
            (
                "  pull_request:\n",
                "  pull_request:\n    types: [opened, synchronize, reopened, labeled]\n",
            ),
            ("actions/checkout@v4", "actions/checkout@v5"),
            ("actions/checkout@v4", "actions/checkout@v4.2.1"),
            ("fetch-depth: 2", "fetch-depth: 0"),
            ("fetch-depth: 2", "fetch-depth: 2\n          persist-credentials: false"),
            ("    runs-on: ubuntu-latest\n    needs", "    runs-on: ubuntu-24.04\n    needs"),
            ("    needs: lint\n", ""),
            ("COLOR: always", "COLOR: never"),
            ("COLOR: always", "GITHUB_TOKEN: x"),
            ("COLOR: always", "NODE_ENV: production"),
            ("COLOR: always", "NEXT_PUBLIC_URL: https://example.com"),
            (
                "    name: Migrations\n",
                "    timeout-minutes: 5\n    name: Migrations\n    permissions: { contents: read }\n",
            ),
            ("jobs:\n", "permissions:\n  contents: read\nconcurrency: x\njobs:\n"),
            ("- run: echo done\n", "- run: echo done\n\n\n"),
            (
                "    runs-on: ubuntu-latest\n    needs: lint\n",
                "    needs: lint\n    runs-on: ubuntu-latest\n",
            ),
        ],
    );
    let image = "on: push\njobs:\n  gate:\n    steps:\n      - run: docker run acme/sprag:1 ci\n";
    refused(GITHUB, image, &[("docker run acme/sprag:1 ci", "make", "a line of it is gone", "")]);
    let other = "on: push\njobs:\n  test:\n    steps:\n      - run: make # not sprag\n";
    passed(GITHUB, other, &[("run: make", "if: false\n        run: make"), ("on: push", "on: []")]);
    assert!(found(GITHUB, other, None).is_empty());
    passed(GITHUB, other, &[("      - run", "      - run: sprag ci || true\n      - run")]);
}

#[test]
fn other_places_of_workflows() {
    let flow = "on: [pull_request, push]\njobs:\n  gate:\n    steps:\n      - uses: acme/sprag-action@v1\n        with:\n          base: main\n";
    refused(
        ".gitea/workflows/gate.yaml",
        flow,
        &[
            (
                "@v1",
                "@0123456789012345678901234567890123456789",
                "relies on something else",
                "@0123",
            ),
            ("base: main", "base: HEAD", "run in another way", "base: HEAD"),
            ("acme/sprag-action@v1", "acme/nothing@v1", "is gone", ""),
            ("[pull_request, push]", "push", "does not run on `pull_request`", "push"),
        ],
    );
    passed(".forgejo/workflows/gate.yml", flow, &[("@v1", "@v2")]);
    let action = "runs:\n  using: composite\n  steps:\n    - run: sprag ci\n      shell: bash\n";
    refused(
        ".github/actions/gate/action.yml",
        action,
        &[
            ("sprag ci", "sprag ci || true", "passed whatever", "|| true"),
            (
                "shell: bash",
                "shell: bash\n      continue-on-error: true",
                "without consequence",
                "continue",
            ),
            (
                "    - run",
                "    - run: export PATH=x:$PATH >> $GITHUB_ENV\n    - run",
                "runs before it",
                "GITHUB_ENV",
            ),
            ("shell: bash", "shell: python", "is gone", ""),
        ],
    );
}

#[test]
fn a_job_of_gitlab() {
    let path = ".gitlab-ci.yml";
    let pipeline = "\
default:
  image: node:20
stages: [check]
variables:
  COLOR: always
.gate:
  stage: check
  script:
    - sprag ci
  rules:
    - if: $CI_PIPELINE_SOURCE == \"merge_request_event\"
gate:
  extends: .gate
  tags: [linux]
lint:
  script: make lint
";
    refused(
        path,
        pipeline,
        &[
            (
                "  tags: [linux]\n",
                "  tags: [linux]\n  allow_failure: true\n",
                "may fail without consequence: `allow_failure: true`",
                "allow_failure: true",
            ),
            (
                "  stage: check\n",
                "  stage: check\n  allow_failure: true\n",
                "may fail without consequence",
                "allow_failure",
            ),
            (
                "  tags: [linux]\n",
                "  tags: [linux]\n  when: manual\n",
                "only where somebody starts it",
                "when: manual",
            ),
            ("merge_request_event", "schedule", "decides when it runs", "rules"),
            (
                "  rules:\n    - if: $CI_PIPELINE_SOURCE == \"merge_request_event\"\n",
                "",
                "is gone",
                "",
            ),
            (
                "  tags: [linux]\n",
                "  tags: [linux]\n  only: [schedules]\n",
                "decides when it runs",
                "only",
            ),
            ("  tags: [linux]\n", "  tags: [mine]\n", "another machine", "tags: [mine]"),
            (
                "    - sprag ci\n",
                "    - cp evil /bin/sprag\n    - sprag ci\n",
                "runs before it",
                "cp evil",
            ),
            ("    - sprag ci\n", "    - sprag ci || true\n", "passed whatever", "|| true"),
            (
                "  tags: [linux]\n",
                "  tags: [linux]\n  before_script: [rm -rf .sprag]\n",
                "runs before it",
                "before_script",
            ),
            (
                "  image: node:20\n",
                "  image: evil\n",
                "relies on something else: `image: evil`, not `node:20`",
                "image: evil",
            ),
            (
                "  COLOR: always\n",
                "  GIT_STRATEGY: none\n",
                "another `GIT_STRATEGY`",
                "GIT_STRATEGY",
            ),
            ("stages: [check]\n", "include: other.yml\n", "in another way", "include"),
            (
                "stages: [check]\n",
                "workflow:\n  rules:\n    - when: never\n",
                "decides when it runs",
                "workflow",
            ),
            ("gate:\n  extends", "check:\n  extends", "`gate` is called `check`", ""),
            ("  extends: .gate\n", "  script: 'true'\n", "is called `.gate`", ""),
        ],
    );
    passed(
        path,
        pipeline,
        &[
            ("  script: make lint\n", "  script: make lint\n  allow_failure: true\n"),
            ("  image: node:20\n", "  image: node:22\n"),
            ("  COLOR: always\n", "  COLOR: never\n"),
            ("stages: [check]\n", "stages: [check, deploy]\n"),
            ("    - sprag ci\n", "    - sprag ci\n    - echo done\n"),
            ("  tags: [linux]\n", "  tags: [linux]\n  timeout: 5m\n  allow_failure: false\n"),
            (".gate:\n", "# templates\n.gate:\n"),
        ],
    );
}

#[test]
fn jobs_of_other_systems() {
    let circle = "\
version: 2.1
orbs:
  node: circleci/node@5.1
jobs:
  gate:
    docker: [{image: cimg/node:20.0}]
    steps:
      - checkout
      - node/install
      - run:
          name: judge
          command: sprag ci
  other:
    docker: [{image: cimg/node:20.0}]
    steps: [checkout]
workflows:
  all:
    jobs:
      - other
      - gate:
          filters: {branches: {only: main}}
";
    refused(
        ".circleci/config.yml",
        circle,
        &[
            ("sprag ci", "sprag ci || true", "passed whatever", "|| true"),
            (
                "          command",
                "          background: true\n          command",
                "without consequence",
                "background",
            ),
            (
                "      - node/install\n",
                "      - node/install\n      - evil/install\n",
                "runs before it",
                "evil/install",
            ),
            ("{only: main}", "{only: none}", "does not always run", "filters"),
            ("      - gate:\n          filters: {branches: {only: main}}\n", "", "is gone", ""),
            (
                "          filters",
                "          requires: [other]\n          filters",
                "waits for `other`",
                "requires",
            ),
            ("circleci/node@5.1", "evil/node@5.1", "relies on something else", "evil/node"),
            (
                "cimg/node:20.0}]\n    steps:\n      - checkout",
                "evil/node:20.0}]\n    steps:\n      - checkout",
                "relies on",
                "evil",
            ),
        ],
    );
    passed(
        ".circleci/config.yml",
        circle,
        &[
            ("steps: [checkout]", "steps: [checkout, evil]"),
            ("circleci/node@5.1", "circleci/node@5.2"),
            ("name: judge", "name: judge migrations"),
            ("      - other\n", "      - other: {requires: [x]}\n"),
        ],
    );
    let bitbucket = "\
image: node:20
pipelines:
  pull-requests:
    '**':
      - step: {script: [make]}
      - step:
          name: gate
          script:
            - sprag ci
  default:
    - step: {script: [make]}
";
    refused(
        "bitbucket-pipelines.yml",
        bitbucket,
        &[
            ("    '**'", "    release/*", "is called `pipelines.pull-requests.release/*`", ""),
            ("  pull-requests", "  custom", "is called `pipelines.custom.**`", ""),
            (
                "          name: gate\n",
                "          trigger: manual\n",
                "does not always run",
                "trigger: manual",
            ),
            (
                "          name: gate\n",
                "          condition: {changesets: {includePaths: [src]}}\n",
                "does not always",
                "condition",
            ),
            (
                "            - sprag ci\n",
                "            - PATH=.:$PATH\n            - sprag ci\n",
                "runs before it",
                "PATH=.",
            ),
            ("image: node:20", "image: evil", "relies on", "evil"),
        ],
    );
    passed(
        "bitbucket-pipelines.yml",
        bitbucket,
        &[
            ("      - step: {script: [make]}\n", "      - step: {script: [make all]}\n"),
            ("name: gate", "name: the gate"),
            ("image: node:20", "image: node:22"),
        ],
    );
    let azure = "\
trigger: [main]
pr: [main]
pool: {vmImage: ubuntu-latest}
jobs:
  - job: build
    steps:
      - script: make
  - job: gate
    steps:
      - checkout: self
      - script: sprag ci
        displayName: Judge
";
    refused(
        "azure-pipelines.yml",
        azure,
        &[
            (
                "displayName: Judge",
                "continueOnError: true",
                "without consequence",
                "continueOnError",
            ),
            ("displayName: Judge", "condition: failed()", "does not always", "condition"),
            ("displayName: Judge", "enabled: false", "does not always", "enabled"),
            ("pr: [main]", "pr: none", "decides when it runs", "pr: none"),
            ("- job: gate", "- job: other", "`gate` is called `other`", ""),
            (
                "      - checkout: self\n",
                "      - checkout: other\n",
                "runs before it",
                "checkout: other",
            ),
            (
                "script: sprag ci",
                "script: |\n          sprag ci\n          echo done",
                "passed whatever it finds: `echo done`",
                "echo done",
            ),
        ],
    );
    passed(
        "azure-pipelines.yml",
        azure,
        &[("script: make", "script: make all"), ("displayName: Judge", "displayName: Judging")],
    );
    let buildkite = "steps:\n  - command: make\n  - label: gate\n    command: sprag ci\n";
    refused(
        ".buildkite/pipeline.yml",
        buildkite,
        &[
            ("label: gate", "label: gate\n    soft_fail: true", "without consequence", "soft_fail"),
            ("label: gate", "label: gate\n    plugins: [evil#v1]", "another way", "plugins"),
        ],
    );
    passed(".buildkite/pipeline.yml", buildkite, &[("command: make", "command: make all")]);
    let jenkins = "pipeline { stages { stage('gate') { steps { sh 'sprag ci' } } } }\n";
    refused("Jenkinsfile", jenkins, &[("sh 'sprag ci'", "echo 'hello'", "is gone", "")]);
    refused(
        "Jenkinsfile",
        jenkins,
        &[("sh 'sprag ci'", "sh(script: 'sprag ci', returnStatus: true)", "in another way", "")],
    );
}

#[test]
fn hooks_that_the_repository_keeps() {
    let hook = "#!/bin/sh\nset -u\nnpm test\nsprag hook pre-commit \"$@\" || exit $?\necho done\n";
    for path in [".husky/pre-commit", ".githooks/pre-commit", "tools/git-hooks/pre-commit"] {
        refused(
            path,
            hook,
            &[
                ("sprag hook", "# sprag hook", "is gone", ""),
                ("|| exit $?", "|| true", "passed whatever it finds: `|| true`", "|| true"),
                ("set -u", "exit 0", "not reached: `exit 0`", "exit 0"),
                (
                    "sprag hook pre-commit",
                    "sprag hook pre-push",
                    "told something else",
                    "sprag hook",
                ),
                (
                    "sprag hook pre-commit \"$@\" || exit $?\n",
                    "if [ -n \"$X\" ]; then\nsprag hook pre-commit \"$@\" || exit $?\nfi\n",
                    "does not always run",
                    "if [",
                ),
            ],
        );
        passed(
            path,
            hook,
            &[
                ("npm test", "npm run test:all"),
                ("echo done", "echo all is done"),
                ("#!/bin/sh", "#!/usr/bin/env sh"),
                ("sprag hook", "./node_modules/.bin/sprag hook"),
                ("|| exit $?", "|| { echo no; exit 1; }"),
            ],
        );
    }
    // husky stops at what fails, git does not.
    let bare = "sprag hook pre-commit\n";
    let after = [("commit\n", "commit\necho done\n")];
    passed(".husky/pre-commit", bare, &after);
    refused(
        ".githooks/pre-commit",
        bare,
        &[("commit\n", "commit\necho done\n", "`echo done`", "echo done")],
    );

    let lefthook = "\
pre-commit:
  parallel: true
  commands:
    lint: {run: make lint}
    sprag:
      run: sprag hook pre-commit
";
    let json =
        "{\"pre-commit\": {\"commands\": {\"sprag\": {\"run\": \"sprag hook pre-commit\"}}}}\n";
    let toml = "[pre-commit.commands.sprag]\nrun = \"sprag hook pre-commit\"\n";
    for path in ["lefthook.yml", ".lefthook.yaml", "lefthook-local.yml", ".lefthook-local.yml"] {
        refused(
            path,
            lefthook,
            &[
                (
                    "      run: sprag",
                    "      skip: true\n      run: sprag",
                    "does not always run: `skip: true`",
                    "skip: true",
                ),
                (
                    "      run: sprag",
                    "      glob: '*.ts'\n      run: sprag",
                    "does not always",
                    "glob",
                ),
                ("pre-commit:\n", "rc: ./evil\npre-commit:\n", "another way", "rc: ./evil"),
                ("commit\n", "commit || true\n", "passed whatever", "|| true"),
                ("    sprag:\n      run: sprag hook pre-commit\n", "", "is gone", ""),
            ],
        );
        passed(
            path,
            lefthook,
            &[
                ("make lint", "make"),
                ("parallel: true", "parallel: false"),
                ("pre-commit:\n", "output: [meta]\npre-commit:\n"),
            ],
        );
    }
    refused(
        "lefthook.json",
        json,
        &[("commit\"}", "commit || true\"}", "passed whatever", "|| true")],
    );
    refused(
        "lefthook.toml",
        toml,
        &[("commit\"", "commit\"\nskip = true", "does not always", "skip")],
    );

    let pre_commit = "\
repos:
  - repo: https://github.com/a/b
    rev: v1.0.0
    hooks: [{id: lint}]
  - repo: local
    hooks:
      - id: sprag
        name: sprag
        entry: sprag hook pre-commit
        language: system
        always_run: true
        stages: [pre-commit, pre-push]
";
    refused(
        ".pre-commit-config.yaml",
        pre_commit,
        &[
            ("        entry: sprag hook pre-commit\n", "        entry: 'true'\n", "is gone", ""),
            (
                "language: system",
                "language: system\n        files: ^src/",
                "does not always",
                "files",
            ),
            ("[pre-commit, pre-push]", "[manual]", "decides when it runs", "stages: [manual]"),
            ("        always_run: true\n", "", "`always_run: true` is gone", ""),
        ],
    );
    passed(
        ".pre-commit-config.yaml",
        pre_commit,
        &[("v1.0.0", "v1.1.0"), ("id: sprag", "id: db"), ("id: lint", "id: lint-all")],
    );
}

#[test]
fn scripts_that_run_sprag_for_others() {
    let manifest = "{\n  \"scripts\": {\n    \"build\": \"tsc\",\n    \"check:db\": \"sprag ci\",\n    \"prepare\": \"husky && sprag install\"\n  },\n  \"lint-staged\": {\"*.sql\": [\"sprag check\"]}\n}\n";
    refused(
        "package.json",
        manifest,
        &[
            ("\"sprag ci\"", "\"echo sprag ci\"", "it does not: `sprag ci` is gone", ""),
            ("\"sprag ci\"", "\"sprag ci || true\"", "passed whatever", "|| true"),
            ("\"sprag ci\"", "\"sprag ci; true\"", "passed whatever it finds: `; true`", "; true"),
            ("\"sprag ci\"", "\"sprag ci & wait\"", "passed whatever", "&"),
            ("\"sprag ci\"", "\"sh -c 'sprag ci || true'\"", "passed whatever", "|| true"),
            ("\"sprag ci\"", "\"sprag ci --base HEAD\"", "told something else", "--base HEAD"),
            ("husky && sprag install", "husky", "`sprag install` is gone", ""),
            ("husky && sprag install", "husky || sprag install", "does not always run", "husky"),
            ("\"sprag check\"", "\"true\"", "`sprag check` is gone", ""),
        ],
    );
    passed(
        "package.json",
        manifest,
        &[
            ("\"tsc\"", "\"tsc -p .\""),
            ("\"sprag ci\"", "\"tsc && sprag ci\""),
            ("\"sprag ci\"", "\"sprag ci && tsc\""),
            ("\"sprag ci\"", "\"npx sprag ci\""),
            ("\"sprag ci\"", "\"sprag ci || exit 1\""),
        ],
    );
    let make = "build:\n\tcc main.c\n\ngate:\n\tsprag ci\n";
    refused(
        "Makefile",
        make,
        &[
            ("\tsprag ci", "\t-sprag ci", "passed whatever", "-"),
            ("\tsprag ci", "\tsprag ci || true", "passed whatever", "|| true"),
            ("\tsprag ci", "\t@true", "is gone", ""),
        ],
    );
    passed(
        "Makefile",
        make,
        &[
            ("cc main.c", "cc -O2 main.c"),
            ("\tsprag ci", "\t@sprag ci"),
            ("\tsprag ci\n", "\tsprag ci\n\techo done\n"),
        ],
    );
    refused(
        "justfile",
        "gate:\n  sprag ci\n",
        &[("sprag ci", "-sprag ci", "passed whatever", "-")],
    );
    refused(
        "Taskfile.yml",
        "tasks:\n  gate:\n    cmds: [sprag ci]\n",
        &[("sprag ci", "make", "is gone", "")],
    );
    let script = "#!/usr/bin/env bash\nset -euo pipefail\nmake\nsprag ci | tee log\n";
    refused(
        "scripts/ci.sh",
        script,
        &[
            ("set -euo pipefail", "set -eu", "passed whatever it finds: `| tee log`", "| tee log"),
            ("sprag ci", "sprag ci --base HEAD", "told something else", ""),
        ],
    );
    passed("scripts/ci.sh", script, &[("make", "make all"), ("log\n", "log\necho done\n")]);
    refused(
        ".lintstagedrc.json",
        "{\"*.sql\": \"sprag check\"}\n",
        &[("sprag check", "true", "a line of it is gone", "")],
    );
}
