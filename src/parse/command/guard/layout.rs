//! What the keys of each system mean for a command in a file of it.

use super::bearing::Bearing;
use crate::parse::command::Kind;

use super::bearing::Bearing::{
    Before, Brings, Decides, Excuses, LeavesOut, Machine, Name, Named, Nothing, Runs, Variables,
    Waits,
};

/// How a system's file is laid out.
pub(super) struct Layout {
    /// Keys below which each entry or item runs by itself, whatever its neighbours do.
    pub(super) units: &'static [&'static str],
    /// Keys at the top that are none of the units there; empty where the top has no units.
    pub(super) globals: &'static [&'static str],
    /// Keys of lists whose items run one after the other.
    pub(super) steps: &'static [&'static str],
    /// Keys of shells' texts.
    pub(super) scripts: &'static [&'static str],
    /// Tables whose entries are looked at one by one.
    pub(super) opened: &'static [&'static str],
    pub(super) keys: &'static [(&'static str, Bearing)],
    /// `set -e` and `set -o pipefail`, as the system runs its texts.
    pub(super) shell: (bool, bool),
}

impl Layout {
    pub(super) fn bearing(&self, key: &str) -> Bearing {
        // What nobody has told us about is taken for the worst.
        self.keys.iter().find(|it| it.0 == key).map_or(Runs, |it| it.1)
    }
}

/// <https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax>; texts without `shell` are run by
/// `bash -e`.
const GITHUB: Layout = Layout {
    units: &["jobs"],
    globals: &[],
    steps: &["steps"],
    scripts: &["run"],
    opened: &[],
    keys: &[
        ("name", Name),
        ("run-name", Nothing),
        ("on", Nothing),
        ("permissions", Nothing),
        ("concurrency", Nothing),
        ("timeout-minutes", Nothing),
        ("outputs", Nothing),
        ("environment", Nothing),
        ("services", Nothing),
        ("secrets", Nothing),
        ("id", Nothing),
        ("description", Nothing),
        ("author", Nothing),
        ("branding", Nothing),
        ("inputs", Nothing),
        ("needs", Waits),
        ("if", LeavesOut),
        ("continue-on-error", Excuses),
        ("runs-on", Machine),
        ("container", Brings),
        ("uses", Brings),
        ("env", Variables),
    ],
    shell: (true, false),
};

/// <https://docs.gitlab.com/ci/yaml/>
const GITLAB: Layout = Layout {
    units: &[],
    globals: &[
        "image",
        "default",
        "variables",
        "workflow",
        "include",
        "before_script",
        "after_script",
        "stages",
        "services",
        "cache",
        "spec",
    ],
    steps: &["run"],
    scripts: &["script", "before_script", "after_script"],
    opened: &["default"],
    keys: &[
        ("stages", Nothing),
        ("stage", Nothing),
        ("services", Nothing),
        ("cache", Nothing),
        ("after_script", Nothing),
        ("artifacts", Nothing),
        ("coverage", Nothing),
        ("dependencies", Nothing),
        ("environment", Nothing),
        ("interruptible", Nothing),
        ("resource_group", Nothing),
        ("retry", Nothing),
        ("timeout", Nothing),
        ("secrets", Nothing),
        ("id_tokens", Nothing),
        ("release", Nothing),
        ("description", Nothing),
        ("name", Nothing),
        ("allow_failure", Excuses),
        ("rules", Decides),
        ("when", Decides),
        ("only", Decides),
        ("except", Decides),
        ("workflow", Decides),
        ("start_in", LeavesOut),
        ("needs", Waits),
        ("before_script", Before),
        ("hooks", Before),
        ("image", Brings),
        ("tags", Machine),
        ("variables", Variables),
    ],
    shell: (true, true),
};

/// <https://circleci.com/docs/reference/configuration-reference/>
const CIRCLE_CI: Layout = Layout {
    units: &["jobs", "commands"],
    globals: &[],
    steps: &["steps"],
    scripts: &["run", "command"],
    opened: &[],
    keys: &[
        ("version", Nothing),
        ("jobs", Nothing),
        ("workflows", Nothing),
        ("name", Nothing),
        ("description", Nothing),
        ("resource_class", Nothing),
        ("parallelism", Nothing),
        ("no_output_timeout", Nothing),
        ("max_auto_reruns", Nothing),
        ("orbs", Named),
        ("commands", Named),
        ("executors", Named),
        ("context", Nothing),
        ("post-steps", Nothing),
        ("pre-steps", Before),
        ("docker", Brings),
        ("filters", LeavesOut),
        ("when", LeavesOut),
        ("unless", LeavesOut),
        ("background", Excuses),
        ("requires", Waits),
        ("environment", Variables),
    ],
    shell: (true, true),
};

/// <https://support.atlassian.com/bitbucket-cloud/docs/bitbucket-pipelines-configuration-reference/>
const BITBUCKET: Layout = Layout {
    units: &[
        "pipelines",
        "default",
        "branches",
        "pull-requests",
        "custom",
        "tags",
        "parallel",
        "stage",
    ],
    globals: &[],
    steps: &["steps"],
    scripts: &["script", "after-script"],
    opened: &[],
    keys: &[
        ("definitions", Nothing),
        ("options", Nothing),
        ("clone", Nothing),
        ("name", Nothing),
        ("max-time", Nothing),
        ("size", Nothing),
        ("caches", Nothing),
        ("services", Nothing),
        ("artifacts", Nothing),
        ("after-script", Nothing),
        ("deployment", Nothing),
        ("oidc", Nothing),
        ("fail-fast", Nothing),
        ("trigger", LeavesOut),
        ("condition", LeavesOut),
        ("on-fail", Excuses),
        ("image", Brings),
        ("runs-on", Machine),
    ],
    shell: (true, false),
};

/// <https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/>; `script` and `bash` do not stop at what fails.
const AZURE: Layout = Layout {
    units: &["stages", "jobs"],
    globals: &[],
    steps: &["steps"],
    scripts: &["script", "bash", "pwsh", "powershell"],
    opened: &[],
    keys: &[
        ("name", Nothing),
        ("schedules", Nothing),
        ("appendCommitMessageToRunName", Nothing),
        ("timeoutInMinutes", Nothing),
        ("cancelTimeoutInMinutes", Nothing),
        ("services", Nothing),
        ("failOnStderr", Nothing),
        ("displayName", Name),
        ("job", Name),
        ("stage", Name),
        ("trigger", Decides),
        ("pr", Decides),
        ("condition", LeavesOut),
        ("enabled", LeavesOut),
        ("continueOnError", Excuses),
        ("ignoreLASTEXITCODE", Excuses),
        ("dependsOn", Waits),
        ("pool", Machine),
        ("container", Brings),
        ("task", Brings),
        ("env", Variables),
        ("variables", Variables),
    ],
    shell: (false, false),
};

/// Drone, Woodpecker, Buildkite, Travis, `AppVeyor`, `CodeBuild` and what is like them.
const OTHERS: Layout = Layout {
    units: &["steps", "pipeline", "jobs", "include"],
    globals: &[],
    steps: &[],
    scripts: &[
        "commands",
        "command",
        "script",
        "install",
        "before_install",
        "before_script",
        "test_script",
        "build_script",
    ],
    opened: &[],
    keys: &[
        ("name", Nothing),
        ("jobs", Nothing),
        ("label", Nothing),
        ("key", Nothing),
        ("notifications", Nothing),
        ("notify", Nothing),
        ("services", Nothing),
        ("cache", Nothing),
        ("clone", Nothing),
        ("artifacts", Nothing),
        ("artifact_paths", Nothing),
        ("timeout_in_minutes", Nothing),
        ("retry", Nothing),
        ("after_script", Nothing),
        ("after_success", Nothing),
        ("after_failure", Nothing),
        ("after_deploy", Nothing),
        ("deploy", Nothing),
        ("volumes", Nothing),
        ("failure", Excuses),
        ("soft_fail", Excuses),
        ("allow_failures", Excuses),
        ("detach", Excuses),
        ("async", Excuses),
        ("when", Decides),
        ("trigger", Decides),
        ("branches", Decides),
        ("if", LeavesOut),
        ("skip", LeavesOut),
        ("depends_on", Waits),
        ("before_install", Before),
        ("before_script", Before),
        ("install", Before),
        ("image", Brings),
        ("agents", Machine),
        ("environment", Variables),
        ("env", Variables),
        ("variables", Variables),
    ],
    shell: (true, false),
};

/// <https://lefthook.dev/configuration/>
const LEFTHOOK: Layout = Layout {
    units: &["commands", "jobs", "scripts"],
    globals: &["extends", "remotes", "remote", "rc", "lefthook", "templates", "source_dir"],
    steps: &[],
    scripts: &["run"],
    opened: &[],
    keys: &[
        ("name", Nothing),
        ("commands", Nothing),
        ("jobs", Nothing),
        ("scripts", Nothing),
        ("fail_text", Nothing),
        ("stage_fixed", Nothing),
        ("interactive", Nothing),
        ("priority", Nothing),
        ("parallel", Nothing),
        ("piped", Nothing),
        ("follow", Nothing),
        ("source_dir", Nothing),
        ("tags", Nothing),
        ("skip", LeavesOut),
        ("only", LeavesOut),
        ("exclude", LeavesOut),
        ("exclude_tags", LeavesOut),
        ("glob", LeavesOut),
        ("files", LeavesOut),
        ("file_types", LeavesOut),
        ("env", Variables),
    ],
    shell: (false, false),
};

/// <https://pre-commit.com/#pre-commit-configyaml---hooks>
const PRE_COMMIT: Layout = Layout {
    units: &["repos", "hooks"],
    globals: &[],
    steps: &[],
    scripts: &["entry"],
    opened: &[],
    keys: &[
        ("name", Nothing),
        ("ci", Nothing),
        ("minimum_pre_commit_version", Nothing),
        ("default_language_version", Nothing),
        ("fail_fast", Nothing),
        ("verbose", Nothing),
        ("require_serial", Nothing),
        ("pass_filenames", Nothing),
        ("description", Nothing),
        ("log_file", Nothing),
        ("repo", Nothing),
        ("id", Nothing),
        ("rev", Brings),
        ("files", LeavesOut),
        ("exclude", LeavesOut),
        ("types", LeavesOut),
        ("types_or", LeavesOut),
        ("exclude_types", LeavesOut),
        ("stages", Decides),
        ("always_run", Decides),
        ("default_stages", Decides),
        ("default_install_hook_types", Decides),
    ],
    shell: (false, false),
};

/// Of the kinds that are tables and lists of one system.
pub(super) fn of(kind: Kind) -> Option<&'static Layout> {
    match kind {
        Kind::Workflow | Kind::Action => Some(&GITHUB),
        Kind::GitLab => Some(&GITLAB),
        Kind::CircleCi => Some(&CIRCLE_CI),
        Kind::Bitbucket => Some(&BITBUCKET),
        Kind::Azure => Some(&AZURE),
        Kind::Pipeline | Kind::CloudBuild | Kind::Amplify => Some(&OTHERS),
        Kind::Lefthook => Some(&LEFTHOOK),
        Kind::PreCommit => Some(&PRE_COMMIT),
        _ => None,
    }
}
