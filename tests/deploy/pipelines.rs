//! Pipelines, platforms, containers and hooks that are written in YAML.

use sprag::parse::command::{self, Call, Kind, Reading, Weight};
use sprag::source::{RepoPath, Source};

use super::{findings, reading};

fn read_as(path: &str, text: &str, kind: Kind) -> Reading {
    command::commands_as(&Source::new(path, text), kind)
}

/// Whether something in the file leads to that file, and to which part of it.
fn leads(path: &str, text: &str, to: &str, part: Option<&str>) -> bool {
    let to = RepoPath::from(to);
    reading(&[(path, text)]).links.iter().any(|it| {
        let Call::File { part: named, .. } = &it.call else { return false };
        it.call.files(&it.host).contains(&to) && named.as_ref().map(|it| it.text.as_str()) == part
    })
}

/// A file, and what it says that migrates.
const MIGRATES: &[(&str, &str)] = &[
    (".gitlab-ci.yml", "deploy:\n  script:\n    - npm ci\n    - npx prisma migrate deploy\n"),
    (".gitlab-ci.yml", "deploy:\n  script: npx prisma migrate deploy\n"),
    (".gitlab-ci.yml", "before_script: [npx prisma migrate deploy]\na: {script: ls}\n"),
    (".gitlab-ci.yml", "default: {after_script: [npx prisma migrate deploy]}\na: {script: ls}\n"),
    (".gitlab-ci.yml", ".m: {script: [npx prisma migrate deploy]}\na: {extends: .m}\n"),
    (
        ".gitlab-ci.yml",
        ".m: {script: [npx prisma migrate deploy]}\n.n: {extends: .m}\na: {extends: [.x, .n]}\n",
    ),
    (
        ".gitlab-ci.yml",
        ".m:\n  script:\n    - npx prisma migrate deploy\na:\n  script:\n    - !reference [.m, script]\n",
    ),
    (".gitlab-ci.yml", ".m: &m\n  script: [npx prisma migrate deploy]\na:\n  <<: *m\n"),
    (".gitlab-ci.yml", "variables: {X: migrate deploy}\na: {script: [npx prisma $X]}\n"),
    (".gitlab-ci.yml", "a: {script: ['export X=migrate', npx prisma $X deploy]}\n"),
    (".gitlab-ci.yml", "a: {variables: {X: {value: migrate deploy}}, script: npx prisma $X}\n"),
    ("ci/.gitlab-ci.yml", "a: {script: [[npx prisma migrate deploy]]}\n"),
    (
        ".circleci/config.yml",
        "jobs:\n  d:\n    steps:\n      - run:\n          name: go\n          command: npx prisma migrate deploy\n",
    ),
    (".circleci/config.yml", "jobs: {d: {steps: [checkout, run: npx prisma migrate deploy]}}\n"),
    (
        ".circleci/config.yml",
        "commands: {m: {steps: [run: npx prisma migrate deploy]}}\njobs: {d: {steps: [m]}}\n",
    ),
    (
        ".circleci/config.yml",
        "jobs: {d: {steps: [{run: {command: npx prisma $X, environment: {X: migrate deploy}}}]}}\n",
    ),
    (".circleci/config.yml", "jobs: {d: {steps: [run: npx prisma << parameters.what >>]}}\n"),
    (".circleci/config.yml", "jobs: {d: {steps: [run: <<parameters.what>>]}}\n"),
    (
        "bitbucket-pipelines.yml",
        "pipelines:\n  default:\n    - step:\n        script:\n          - npm ci\n          - npx prisma migrate deploy\n",
    ),
    (
        "bitbucket-pipelines.yml",
        "pipelines:\n  branches:\n    main:\n      - parallel:\n          - step: {after-script: [npx prisma migrate deploy]}\n",
    ),
    (
        "bitbucket-pipelines.yml",
        "pipelines: {default: [{step: {script: [{pipe: atlassian/ssh-run:0.2.2, variables: {COMMAND: npx prisma migrate deploy}}]}}]}\n",
    ),
    ("azure-pipelines.yml", "steps:\n- script: npx prisma migrate deploy\n  displayName: x\n"),
    ("azure-pipelines.yml", "stages: [{jobs: [{steps: [{bash: npx prisma migrate deploy}]}]}]\n"),
    ("azure-pipelines.yml", "steps: [{pwsh: npx prisma migrate deploy}]\n"),
    (
        "azure-pipelines.yml",
        "steps: [{task: AzureCLI@2, inputs: {inlineScript: npx prisma migrate deploy}}]\n",
    ),
    ("azure-pipelines.yml", "steps: [{script: npx prisma $(what)}]\n"),
    (
        ".drone.yml",
        "kind: pipeline\nsteps:\n- name: x\n  commands:\n  - npx prisma migrate deploy\n---\nkind: secret\n",
    ),
    (".woodpecker.yml", "steps: {x: {image: node, commands: [npx prisma migrate deploy]}}\n"),
    (".buildkite/pipeline.yml", "steps:\n  - command: npx prisma migrate deploy\n  - wait\n"),
    (".buildkite/pipeline.yml", "steps: [{commands: [ls, npx prisma migrate deploy]}]\n"),
    (".travis.yml", "language: node_js\nafter_success: npx prisma migrate deploy\n"),
    (".travis.yml", "deploy: {provider: script, script: npx prisma migrate deploy}\n"),
    ("buildspec.yml", "phases: {build: {commands: [npx prisma migrate deploy]}}\n"),
    (
        "buildspec.yml",
        "env: {variables: {X: migrate deploy}}\nphases: {build: {commands: [npx prisma $X]}}\n",
    ),
    ("appveyor.yml", "deploy_script:\n  - ps: npx prisma migrate deploy\n"),
    (
        "cloudbuild.yaml",
        "steps:\n- name: node:20\n  entrypoint: npx\n  args: [prisma, migrate, deploy]\n",
    ),
    (
        "cloudbuild.yaml",
        "steps: [{name: 'gcr.io/cloud-builders/npx', args: [prisma, migrate, deploy]}]\n",
    ),
    (
        "cloudbuild.yaml",
        "steps: [{name: node, entrypoint: bash, args: ['-c', 'npx prisma migrate deploy']}]\n",
    ),
    ("cloudbuild.yaml", "steps: [{name: node, script: npx prisma migrate deploy}]\n"),
    ("cloudbuild.yaml", "steps: [{name: node, entrypoint: npx, args: [prisma, $_WHAT]}]\n"),
    (
        "cloudbuild.yaml",
        "steps: [{name: node, entrypoint: npx, args: [prisma, migrate, $_WHAT]}]\nsubstitutions: {_WHAT: deploy}\n",
    ),
    (
        "cloudbuild.json",
        "{\"steps\":[{\"name\":\"node\",\"script\":\"npx prisma migrate deploy\"}]}",
    ),
    (
        "amplify.yml",
        "version: 1\nbackend: {phases: {build: {commands: [npx prisma migrate deploy]}}}\n",
    ),
    (
        "render.yaml",
        "services:\n  - type: web\n    preDeployCommand: npx prisma migrate deploy\n    startCommand: npm start\n",
    ),
    ("render.yaml", "services: [{type: web, dockerCommand: sh -c 'npx prisma migrate deploy'}]\n"),
    ("heroku.yml", "release: {image: web, command: [npx prisma migrate deploy]}\n"),
    ("heroku.yml", "run: {web: npx prisma migrate deploy && npm start}\n"),
    (".do/app.yaml", "jobs: [{kind: PRE_DEPLOY, run_command: npx prisma migrate deploy}]\n"),
    ("fly.yaml", "deploy:\n  release_command: npx prisma migrate deploy\n"),
    ("package.yaml", "scripts:\n  deploy: prisma migrate deploy\n"),
    ("Taskfile.yml", "tasks: {deploy: {cmds: [npx prisma migrate deploy]}}\n"),
    ("Taskfile.yml", "tasks: {deploy: {deps: [m]}, m: {cmds: [npx prisma migrate deploy]}}\n"),
    ("Taskfile.yml", "tasks: {deploy: {cmds: [{task: m}]}, m: npx prisma migrate deploy}\n"),
    (
        "Taskfile.yml",
        "tasks: {deploy: {cmds: [{defer: {task: m}}]}, m: [npx prisma migrate deploy]}\n",
    ),
    ("Taskfile.yml", "vars: {X: migrate deploy}\ntasks: {deploy: {cmd: 'npx prisma {{.X}}'}}\n"),
    ("Taskfile.yml", "tasks: {deploy: {cmd: 'npx prisma {{.CLI_ARGS}}'}}\n"),
    (
        "lefthook.yml",
        "post-merge:\n  commands:\n    migrate:\n      run: npx prisma migrate deploy\n",
    ),
    (
        "lefthook.yml",
        "post-merge: {jobs: [{name: x, group: {jobs: [{run: npx prisma migrate deploy}]}}]}\n",
    ),
    (
        ".pre-commit-config.yaml",
        "repos:\n- repo: local\n  hooks:\n  - id: x\n    language: system\n    entry: npx prisma migrate deploy\n",
    ),
    (
        ".pre-commit-config.yaml",
        "repos: [{repo: local, hooks: [{language: node, entry: prisma, args: [migrate, deploy]}]}]\n",
    ),
    ("compose.yml", "services: {app: {command: npx prisma migrate deploy}}\n"),
    (
        "compose.prod.yml",
        "services:\n  app:\n    build: .\n    post_start:\n      - command: npx prisma migrate deploy\n",
    ),
    (
        "docker-compose.yml",
        "services: {app: {entrypoint: [npx, prisma], command: [migrate, deploy]}}\n",
    ),
    ("docker-compose.yml", "services: {app: {entrypoint: npx prisma, command: migrate deploy}}\n"),
    (
        "docker-compose.yml",
        "services: {app: {command: [sh, -c, npx prisma migrate deploy && npm start]}}\n",
    ),
    (
        "docker-compose.yml",
        "services:\n  app:\n    command: >\n      sh -c \"npx prisma migrate deploy &&\n      npm start\"\n",
    ),
    (
        "docker-compose.yml",
        "services: {app: {healthcheck: {test: [CMD, npx, prisma, migrate, deploy]}}}\n",
    ),
    (
        "docker-compose.yml",
        "services: {app: {healthcheck: {test: [CMD-SHELL, npx prisma migrate deploy]}}}\n",
    ),
    ("docker-compose.yml", "services: {app: {healthcheck: {test: npx prisma migrate deploy}}}\n"),
    (
        "docker-compose.yml",
        "services: {app: {environment: [X=migrate deploy], command: npx prisma $X}}\n",
    ),
    (
        "docker-compose.yml",
        "services:\n  app:\n    build:\n      dockerfile_inline: |\n        FROM node\n        RUN npx prisma migrate deploy\n",
    ),
    (
        "k8s/job.yaml",
        "apiVersion: batch/v1\nkind: Job\nspec: {template: {spec: {containers: [{name: m, command: [npx, prisma], args: [migrate, deploy]}]}}}\n",
    ),
    (
        "k8s/app.yaml",
        "apiVersion: v1\nkind: Pod\nspec: {initContainers: [{command: [sh, -c], args: [npx prisma migrate deploy]}]}\n",
    ),
    (
        "k8s/app.yaml",
        "apiVersion: v1\nkind: Pod\nspec: {containers: [{lifecycle: {postStart: {exec: {command: [npx, prisma, migrate, deploy]}}}}]}\n",
    ),
    (
        "k8s/app.yaml",
        "apiVersion: v1\nkind: Service\n---\napiVersion: batch/v1\nkind: CronJob\nspec: {jobTemplate: {spec: {template: {spec: {containers: [{args: [npx, prisma, migrate, deploy]}]}}}}}\n",
    ),
    (
        "chart/templates/job.yaml",
        "{{- if .Values.migrate }}\napiVersion: batch/v1\nkind: Job\nmetadata:\n  name: {{ include \"x.name\" . }}\n  labels:\n    {{- include \"x.labels\" . | nindent 4 }}\nspec:\n  containers:\n    - name: m\n      image: \"{{ .Values.image | default \"x\" }}\"\n      command: [npx, prisma, migrate, deploy]\n{{- end }}\n",
    ),
];

#[test]
fn a_pipeline_that_migrates_is_refused() {
    for &(path, text) in MIGRATES {
        let found = findings(&[(path, text)]);
        assert!(!found.is_empty(), "{path}\n{text}");
        assert_eq!(reading(&[(path, text)]).problems, [], "{path}\n{text}");
        for it in found {
            assert!(text.get(it.span.range()).is_some_and(|it| !it.is_empty()), "{path}\n{text}");
        }
    }
}

#[test]
fn what_is_only_said_passes() {
    for (path, text) in [
        (
            ".gitlab-ci.yml",
            "# npx prisma migrate deploy\na: {script: [echo npx prisma migrate deploy]}\n",
        ),
        (
            ".gitlab-ci.yml",
            "variables: {HINT: npx prisma migrate deploy, script: npx prisma migrate deploy}\na: {script: ls}\n",
        ),
        (".gitlab-ci.yml", ".off: {script: [npx prisma migrate deploy]}\na: {script: ls}\n"),
        (
            ".gitlab-ci.yml",
            ".m: {script: [npx prisma migrate deploy], image: x}\na: {extends: .m, script: ls}\n",
        ),
        (
            ".gitlab-ci.yml",
            "a: {script: ls, rules: [{if: $X == 'npx prisma migrate deploy'}], environment: {name: $X}}\n",
        ),
        (
            ".circleci/config.yml",
            "jobs: {d: {steps: [{run: {name: npx prisma migrate deploy, command: ls}}]}}\n",
        ),
        (".circleci/config.yml", "jobs: {d: {steps: [run: cat <<EOF > x\nnpx\nEOF]}}\n"),
        ("azure-pipelines.yml", "steps: [{script: ls, displayName: npx prisma migrate deploy}]\n"),
        (
            ".buildkite/pipeline.yml",
            "steps: [{label: npx prisma migrate deploy, command: ls}, {block: npx prisma migrate deploy}]\n",
        ),
        (
            "render.yaml",
            "services: [{startCommand: npm start, envVars: [{key: startCommand, value: npx prisma migrate deploy}]}]\n",
        ),
        (
            "compose.yml",
            "services: {app: {environment: {command: npx prisma migrate deploy}, labels: {x: npx prisma migrate deploy}, command: npm start}}\n",
        ),
        ("docker-compose.dev.yml", "services: {app: {command: npx prisma migrate deploy}}\n"),
        ("docker-compose.override.yml", "services: {app: {command: npx prisma migrate deploy}}\n"),
        (
            ".devcontainer/docker-compose.yml",
            "services: {app: {command: npx prisma migrate deploy}}\n",
        ),
        ("Taskfile.yml", "tasks: {db: {cmds: [npx prisma migrate deploy], desc: x}}\n"),
        (
            "Taskfile.yml",
            "tasks: {deploy: {desc: npx prisma migrate deploy, summary: npx prisma migrate deploy, cmds: ['fly deploy {{.CLI_ARGS}}']}}\n",
        ),
        (
            "lefthook.yml",
            "pre-commit: {commands: {x: {run: npx prisma validate, fail_text: npx prisma migrate deploy, glob: '*.sql'}}}\n",
        ),
        (
            ".pre-commit-config.yaml",
            "repos: [{repo: local, hooks: [{language: pygrep, entry: prisma migrate deploy, name: npx prisma migrate deploy}]}]\n",
        ),
        (
            ".pre-commit-config.yaml",
            "repos: [{repo: local, hooks: [{language: fail, entry: npx prisma migrate deploy is forbidden}]}]\n",
        ),
        (
            ".pre-commit-config.yaml",
            "repos: [{repo: 'https://example.com/x', hooks: [{id: x, entry: npx prisma migrate deploy}]}]\n",
        ),
        (
            "k8s/config.yaml",
            "apiVersion: v1\nkind: ConfigMap\ndata: {containers: npx prisma migrate deploy}\n",
        ),
        (
            "k8s/app.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {annotations: {x: npx prisma migrate deploy}}\nspec: {containers: [{command: [npm, start]}]}\n",
        ),
        (
            "k8s/dev/job.yaml",
            "apiVersion: v1\nkind: Pod\nspec: {containers: [{command: [npx, prisma, migrate, deploy]}]}\n",
        ),
        (
            "chart/templates/app.yaml",
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - image: {{ .Values.image }}\n      args: [\"--port={{ .Values.port }}\"]\n      {{- with .Values.env }}\n      env:\n        {{- toYaml . | nindent 8 }}\n      {{- end }}\n",
        ),
        ("config.yml", "command: npx prisma migrate deploy\nscript: npx prisma migrate deploy\n"),
        ("openapi.yaml", "info: {description: npx prisma migrate deploy}\n"),
    ] {
        assert_eq!(findings(&[(path, text)]), [], "{path}\n{text}");
        assert_eq!(reading(&[(path, text)]).problems, [], "{path}\n{text}");
    }
}

#[test]
fn files_that_are_named_are_followed() {
    for (path, text, to, part) in [
        (".gitlab-ci.yml", "include: ci/deploy.yml\n", "ci/deploy.yml", None),
        (".gitlab-ci.yml", "include: [/ci/deploy.yml]\n", "ci/deploy.yml", None),
        (".gitlab-ci.yml", "include: {local: /ci/deploy.yml}\n", "ci/deploy.yml", None),
        (
            ".gitlab-ci.yml",
            "include: [{local: ci/deploy.yml, rules: []}, {template: x}]\n",
            "ci/deploy.yml",
            None,
        ),
        (".gitlab-ci.yml", "a: {trigger: {include: ci/child.yml}}\n", "ci/child.yml", None),
        (".gitlab-ci.yml", "include: ci/t.yml\na: {extends: .m}\n", "ci/t.yml", Some(".m.script")),
        (
            "ci/x.gitlab-ci.yml",
            "a: {script: [!reference [.m, script]]}\n",
            ".gitlab-ci.yml",
            Some(".m.script"),
        ),
        ("azure-pipelines.yml", "steps: [{template: ci/steps.yml}]\n", "ci/steps.yml", None),
        (
            "azure-pipelines.yml",
            "steps: [{task: Bash@3, inputs: {filePath: ci/x.sh}}]\n",
            "ci/x.sh",
            None,
        ),
        ("render.yaml", "services: [{dockerfilePath: ./ops/Dockerfile}]\n", "ops/Dockerfile", None),
        ("heroku.yml", "build: {docker: {web: ops/image}}\n", "ops/image", None),
        (".do/app.yaml", "services: [{dockerfile_path: ops/image}]\n", "ops/image", None),
        ("compose.yml", "services: {app: {build: .}}\n", "Dockerfile", None),
        ("compose.yml", "services: {app: {build: ./api}}\n", "api/Dockerfile", None),
        ("ops/compose.yml", "services: {app: {build: {context: ..}}}\n", "Dockerfile", None),
        (
            "compose.yml",
            "services: {app: {build: {context: api, dockerfile: prod.txt}}}\n",
            "api/prod.txt",
            None,
        ),
        (
            "compose.yml",
            "services: {app: {build: {context: ., target: prod}}}\n",
            "Dockerfile",
            Some("prod"),
        ),
        (
            "compose.yml",
            "services: {app: {extends: {file: base.yml, service: web}}}\n",
            "base.yml",
            Some("services.web"),
        ),
        ("compose.yml", "include: [ops/db.yml]\nservices: {}\n", "ops/db.yml", None),
        ("compose.yml", "include: [{path: [ops/db.yml]}]\nservices: {}\n", "ops/db.yml", None),
        (
            "Taskfile.yml",
            "includes: {db: ./db/Taskfile.yml}\ntasks: {deploy: [{task: 'db:up'}]}\n",
            "db/Taskfile.yml",
            Some("up"),
        ),
        (
            "Taskfile.yml",
            "includes: {db: {taskfile: ./db}}\ntasks: {deploy: {deps: ['db:up']}}\n",
            "db/Taskfile.yml",
            Some("up"),
        ),
        (
            "lefthook.yml",
            "post-merge: {scripts: {go.sh: {runner: bash}}}\n",
            ".lefthook/post-merge/go.sh",
            None,
        ),
    ] {
        assert!(
            leads(path, text, to, part),
            "{path}\n{text}\n{:?}",
            reading(&[(path, text)]).links
        );
    }
}

#[test]
fn a_file_that_is_included_is_read_as_what_it_is_included_as() {
    let text = "deploy:\n  script:\n    - npx prisma migrate deploy\n";
    let reading = read_as("ci/deploy.yml", text, Kind::GitLab);
    assert_eq!(reading.commands[0].host.weight, Weight::Platform);
    assert_eq!(&*reading.commands[0].host.key, "deploy.script");
    assert!(reading.links.iter().any(|it| it.host.key.is_empty()));
}

#[test]
fn a_service_and_its_variables_are_only_its_own() {
    let text = "services:\n  a: {environment: {X: migrate deploy}, command: ls}\n  b: {command: npx prisma $X}\n";
    let found = findings(&[("compose.yml", text)]);
    assert_eq!(found.len(), 1);
    assert!(found[0].message.contains("$X"), "{}", found[0].message);
}

#[test]
fn commands_are_named_as_a_reader_would() {
    for (path, text, key) in [
        ("compose.yml", "services: {web: {command: ls}}\n", "services.web"),
        ("render.yaml", "services: [{preDeployCommand: ls}]\n", "services.1.preDeployCommand"),
        (".circleci/config.yml", "jobs: {d: {steps: [run: ls]}}\n", "jobs.d.steps.1.run"),
        ("Taskfile.yml", "tasks: {deploy: ls}\n", "deploy"),
        ("lefthook.yml", "pre-push: {commands: {x: {run: ls}}}\n", "pre-push"),
        ("heroku.yml", "release: {command: [ls]}\n", "release"),
        (
            "k8s/x.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: app, command: [ls]}]}\n",
            "Pod web containers.app",
        ),
    ] {
        let reading = reading(&[(path, text)]);
        let read = if reading.commands.is_empty() {
            read_as(path, text, Kind::Kubernetes)
        } else {
            reading
        };
        assert_eq!(&*read.commands[0].host.key, key);
    }
}

#[test]
fn a_long_file_of_many_commands_is_read_in_time() {
    let jobs: String = (0..15_000)
        .map(|it| format!("j{it}:\n  extends: [.x, .y]\n  script: echo {it} $A\n"))
        .collect();
    let includes: String = (0..2000).map(|it| format!("  - ci/{it}.yml\n")).collect();
    let text = format!("include:\n{includes}variables:\n  A: x\n{jobs}");
    assert!(text.len() < 1 << 20);
    read_as(".gitlab-ci.yml", &text, Kind::GitLab);
    let lines = "{{ a }}".repeat(100_000);
    read_as("k8s/x.yaml", &format!("apiVersion: v1\nkind: Pod\nx: {lines}\n"), Kind::Kubernetes);
    let steps = "      - run: << a << b << parameters.x $A ${{ env.A }}\n".repeat(3000);
    let text = format!("env: {{A: '{}'}}\njobs:\n  d:\n    steps:\n{steps}", "x".repeat(1000));
    read_as(".github/workflows/x.yml", &text, Kind::Workflow);
    read_as(".circleci/config.yml", &text, Kind::CircleCi);
}
