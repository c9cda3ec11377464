//! What deployments run: one to three files of any kind, and what one of them makes of the others.
//!
//! An input is up to three files with the byte 255 between them, which no text has. The first byte of each picks its
//! name from `FILES`, and of the names that start with a `+` what is written around its text: so the shell's reader is
//! met at once, not after a valid workflow was found.
#![no_main]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use libfuzzer_sys::fuzz_target;
use sprag::parse::command::{self, Call, Reading};
use sprag::rules::deploy;
use sprag::source::{RepoPath, Source, Span};

/// Names of all kinds, most with the folder that a tool wants.
const FILES: &[&str] = &[
    "package.json",
    "fly.toml",
    "fly.json",
    "fly.yaml",
    "package.json5",
    "package.yaml",
    "Dockerfile",
    "compose.yaml",
    "Procfile",
    "render.yaml",
    "railway.toml",
    "railway.json",
    "vercel.json",
    "netlify.toml",
    "nixpacks.toml",
    "heroku.yml",
    "app.json",
    "shopify.web.toml",
    ".do/app.yaml",
    "cloudbuild.yaml",
    "cloudbuild.json",
    "amplify.yml",
    ".github/workflows/ci.yml",
    ".github/workflows/deploy.yml",
    "action.yml",
    ".gitlab-ci.yml",
    ".circleci/config.yml",
    "bitbucket-pipelines.yml",
    "azure-pipelines.yml",
    ".drone.yml",
    ".buildkite/pipeline.yml",
    "Jenkinsfile",
    "k8s/app.yaml",
    "Makefile",
    "justfile",
    "Taskfile.yml",
    "lefthook.yml",
    ".pre-commit-config.yaml",
    "prisma/schema.prisma",
    "app.service",
    "supervisord.conf",
    "crontab",
    "scripts/deploy.sh",
    ".husky/pre-push",
    "index.js",
    "src/run.ts",
    "manage.py",
    "Rakefile.rb",
    "bin/release",
    "ecosystem.config.js",
    "apps/web/package.json",
    "apps/web/Dockerfile",
    // What is written around the text of these makes it a command.
    "+package.json",
    "+Dockerfile",
    "+Makefile",
    "+.github/workflows/ci.yml",
    "+.github/workflows/deploy.yml",
    "+compose.yaml",
    "+.gitlab-ci.yml",
    "+fly.toml",
    "+justfile",
    "+Taskfile.yml",
    "+index.js",
    "+src/run.ts",
    "+manage.py",
    "+Rakefile.rb",
    "+k8s/app.yaml",
    "+Jenkinsfile",
];

fuzz_target!(|bytes: &[u8]| {
    let mut files: BTreeMap<RepoPath, Source> = BTreeMap::new();
    for part in bytes.split(|it| *it == 255).take(3) {
        let Some((first, text)) = part.split_first() else { continue };
        let name = FILES[usize::from(*first) % FILES.len()];
        let text = String::from_utf8_lossy(text);
        let (path, text) = match name.strip_prefix('+') {
            Some(path) => (path, wrapped(path, &text)),
            None => (name, text.into_owned()),
        };
        files.entry(RepoPath::from(path)).or_insert_with(|| Source::new(path, text));
    }
    let length: usize = files.values().map(|it| it.text.len()).sum();
    // A second for 100 kB, and what starting takes; the machine may have been busy twice, but not three times.
    let most = Duration::from_millis(100) + Duration::from_micros(10) * u32::try_from(length).unwrap();
    let once = || {
        let start = Instant::now();
        answered(&files);
        start.elapsed()
    };
    assert!((0..3).any(|_| once() <= most), "{length} bytes took longer than {most:?}");
});

/// A text as the command of a file that is valid.
fn wrapped(path: &str, text: &str) -> String {
    let block = |indent: &str| text.lines().map(|it| format!("{indent}{it}\n")).collect::<String>();
    let quoted = serde_json::to_string(text).unwrap();
    let line = text.replace('\n', " \\\n");
    match path {
        "package.json" => format!("{{\"name\":\"app\",\"scripts\":{{\"setup\":{quoted},\"x\":\"npm run setup -- a\"}}}}"),
        "Dockerfile" => format!("FROM node\nARG A=1\nRUN {line}\nCMD {line}\n"),
        "Makefile" => format!("A := 1\ndeploy: setup\n{}\nsetup:\n\t@true\n", block("\t")),
        ".github/workflows/ci.yml" => format!(
            "on: push\njobs:\n  test:\n    services:\n      db:\n        image: postgres\n        ports: ['5432:5432']\n    \
             env:\n      DATABASE_URL: postgres://a:b@localhost:5432/a\n    steps:\n      - run: |\n{}",
            block("          ")
        ),
        ".github/workflows/deploy.yml" => {
            format!("on: push\njobs:\n  deploy:\n    steps:\n      - run: |\n{}", block("          "))
        }
        "compose.yaml" => format!("services:\n  app:\n    image: node\n    command: {quoted}\n"),
        ".gitlab-ci.yml" => format!("deploy:\n  script:\n    - |\n{}", block("      ")),
        "fly.toml" => format!("[deploy]\nrelease_command = {quoted}\n"),
        "justfile" => format!("deploy a='1':\n{}", block("    ")),
        "Taskfile.yml" => format!("version: '3'\ntasks:\n  deploy:\n    cmds:\n      - |\n{}", block("        ")),
        "index.js" => {
            let quoted = text.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', "\\n");
            format!("const {{ execSync }} = require('child_process');\nexecSync('{quoted}');\n")
        }
        "src/run.ts" => {
            let quoted = text.replace('\\', "\\\\").replace('`', "\\`");
            format!("import {{ $ }} from 'zx';\nconst a = 'x';\nawait $`{quoted}`;\n")
        }
        "manage.py" => format!("import os\nos.system({quoted})\n"),
        "Rakefile.rb" => format!("system {quoted}\n"),
        "k8s/app.yaml" => format!(
            "apiVersion: batch/v1\nkind: Job\nspec:\n  template:\n    spec:\n      containers:\n        - name: a\n          \
             command: [sh, -c, {quoted}]\n"
        ),
        _ => format!("pipeline {{ stages {{ stage('a') {{ steps {{\n  sh '''{text}'''\n}} }} }} }}\n"),
    }
}

/// Reads and judges all of them, and holds every place that is told against the text it is in.
fn answered(files: &BTreeMap<RepoPath, Source>) {
    let mut all = Reading::default();
    let mut reading = |it: Reading| {
        all.commands.extend(it.commands);
        all.links.extend(it.links);
        all.problems.extend(it.problems);
    };
    let mut asked = Vec::new();
    for source in files.values() {
        let own = command::commands(source);
        let calls = own.commands.iter().flat_map(|it| it.calls().into_iter().map(|call| (&it.host, call)));
        for (host, call) in calls.chain(own.links.iter().map(|it| (&it.host, it.call.clone()))) {
            let Call::File { kind: Some(kind), .. } = &call else { continue };
            let there = call.files(host).into_iter().find(|it| files.contains_key(it));
            let unread = there.filter(|it| !command::is_read(it));
            asked.extend(unread.map(|it| (it, *kind)));
        }
        reading(own);
    }
    asked.sort();
    asked.dedup();
    asked.truncate(4);
    asked.iter().for_each(|(path, kind)| reading(command::commands_as(&files[path], *kind)));

    let holds = |span: &Span| {
        assert!(files[&span.path].text.get(span.range()).is_some(), "{span:?}");
    };
    all.commands.iter().for_each(|it| holds(&it.span));
    all.links.iter().for_each(|it| holds(&it.span));
    all.problems.iter().for_each(|it| holds(&it.span));
    for command in &all.commands {
        let ranges = command.words.iter().filter_map(|it| it.range());
        ranges.for_each(|it| holds(&Span::new(command.host.path.clone(), it)));
    }
    let forbidden = deploy::Forbidden::new(["mytool db apply"]);
    for rehearses in [true, false] {
        let judging = deploy::Judging {
            changed: &|_| true,
            local: &|_| false,
            rehearses: &|_| rehearses,
            forbidden: &forbidden,
        };
        for found in deploy::findings(&all, &judging) {
            holds(&found.finding.span);
            found.finding.path.iter().chain(&found.finding.labels).for_each(|it| holds(&it.span));
        }
        let map = deploy::map(&all, &judging);
        assert!(map.roots.iter().all(|it| *it < map.places.len()));
        for place in &map.places {
            holds(&place.span);
            place.wrong.iter().for_each(|it| holds(&it.1));
            assert!(place.runs.iter().all(|it| *it < map.places.len()));
        }
    }
}
