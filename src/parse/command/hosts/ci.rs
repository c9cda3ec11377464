//! Continuous integration and platforms whose files say by their keys what is run.

use super::keys::{self, Keys};
use crate::parse::command::{Kind, Reading, Weight};
use crate::source::Source;

/// <https://circleci.com/docs/configuration-reference/>: `run: text`, `run: {command: text}`, `command` of a container.
const CIRCLE_CI: Keys = Keys {
    kind: Kind::CircleCi,
    commands: &["run", "command", "entrypoint"],
    variables: &["environment"],
    data: &["parameters", "name", "description", "save_cache", "restore_cache", "filters"],
    folders: &[],
    files: &[],
};

/// <https://support.atlassian.com/bitbucket-cloud/docs/step-options/>. `COMMAND` is what the pipe for SSH runs.
const BITBUCKET: Keys = Keys {
    kind: Kind::Bitbucket,
    commands: &["script", "after-script", "COMMAND"],
    variables: &[],
    data: &["caches", "artifacts", "condition", "name", "image"],
    folders: &[],
    files: &[],
};

/// <https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/>, and the inputs of the tasks that run scripts.
const AZURE: Keys = Keys {
    kind: Kind::Azure,
    commands: &["script", "bash", "pwsh", "powershell", "inlineScript", "Inline", "InlineScript"],
    variables: &["env"],
    data: &["displayName", "trigger", "pr", "pool", "condition", "name"],
    folders: &["workingDirectory"],
    files: &[
        ("template", Some(Kind::Azure)),
        ("filePath", None),
        ("scriptPath", None),
        ("dockerfile", Some(Kind::Dockerfile)),
        ("Dockerfile", Some(Kind::Dockerfile)),
    ],
};

/// Drone and Woodpecker, Buildkite, Travis, `AppVeyor`, `CodeBuild` of AWS.
const PIPELINE: Keys = Keys {
    kind: Kind::Pipeline,
    commands: &[
        "commands",
        "command",
        "script",
        "entrypoint",
        "init",
        "install",
        "finally",
        "before_install",
        "before_script",
        "before_deploy",
        "before_build",
        "before_test",
        "before_package",
        "before_cache",
        "after_script",
        "after_success",
        "after_failure",
        "after_deploy",
        "after_build",
        "after_test",
        "build_script",
        "deploy_script",
        "test_script",
        "on_success",
        "on_failure",
        "on_finish",
        "ps",
        "cmd",
        "sh",
        "pwsh",
    ],
    variables: &["environment", "env", "variables"],
    data: &["notifications", "artifacts", "cache", "trigger", "when", "reports", "label", "name"],
    folders: &[],
    files: &[("dockerfile", Some(Kind::Dockerfile))],
};

/// <https://docs.aws.amazon.com/amplify/latest/userguide/yml-specification-syntax.html>
const AMPLIFY: Keys = Keys {
    kind: Kind::Amplify,
    commands: &["commands"],
    variables: &["variables"],
    data: &["artifacts", "cache"],
    folders: &["appRoot"],
    files: &[],
};

/// <https://render.com/docs/blueprint-spec>
const RENDER: Keys = Keys {
    kind: Kind::Render,
    commands: &[
        "preDeployCommand",
        "buildCommand",
        "startCommand",
        "initialDeployHook",
        "dockerCommand",
    ],
    variables: &[],
    data: &["envVars", "envVarGroups", "headers", "buildFilter", "databases", "routes"],
    folders: &["rootDir"],
    files: &[("dockerfilePath", Some(Kind::Dockerfile))],
};

/// <https://docs.digitalocean.com/products/app-platform/reference/app-spec/>
const DIGITAL_OCEAN: Keys = Keys {
    kind: Kind::DigitalOcean,
    commands: &["run_command", "build_command"],
    variables: &["envs"],
    data: &["alerts", "domains", "databases", "ingress", "cors"],
    folders: &["source_dir"],
    files: &[("dockerfile_path", Some(Kind::Dockerfile))],
};

pub(super) fn circle_ci(source: &Source) -> Reading {
    keys::read(source, &CIRCLE_CI, Weight::Platform)
}

pub(super) fn bitbucket(source: &Source) -> Reading {
    keys::read(source, &BITBUCKET, Weight::Platform)
}

pub(super) fn azure(source: &Source) -> Reading {
    keys::read(source, &AZURE, Weight::Platform)
}

pub(super) fn pipeline(source: &Source) -> Reading {
    keys::read(source, &PIPELINE, Weight::Platform)
}

pub(super) fn amplify(source: &Source) -> Reading {
    keys::read(source, &AMPLIFY, Weight::Platform)
}

pub(super) fn render(source: &Source) -> Reading {
    keys::read(source, &RENDER, Weight::Platform)
}

pub(super) fn digital_ocean(source: &Source) -> Reading {
    keys::read(source, &DIGITAL_OCEAN, Weight::Platform)
}
