//! Which files hold commands, and how each is read.

use crate::source::RepoPath;

/// A kind of file with commands in it, as its own reader takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Fly,
    PackageJson,
    Dockerfile,
    Compose,
    Procfile,
    Render,
    Railway,
    Vercel,
    Netlify,
    Nixpacks,
    /// `heroku.yml`.
    Heroku,
    /// `app.json` of Heroku.
    AppJson,
    /// `shopify.web.toml`.
    Shopify,
    /// The app specification of `DigitalOcean`, `.do/app.yaml`.
    DigitalOcean,
    /// `cloudbuild.yaml` of Google Cloud.
    CloudBuild,
    /// `amplify.yml` of AWS.
    Amplify,
    /// A workflow of GitHub Actions.
    Workflow,
    /// `action.yml`: an action of GitHub Actions.
    Action,
    GitLab,
    CircleCi,
    Bitbucket,
    Azure,
    /// Drone, Woodpecker, Buildkite, Travis: lists of commands under well-known keys.
    Pipeline,
    /// A `Jenkinsfile`.
    Jenkins,
    Kubernetes,
    Makefile,
    Justfile,
    Taskfile,
    Lefthook,
    /// `.pre-commit-config.yaml`.
    PreCommit,
    /// What an agent or an editor may run: settings of Claude Code and Cursor, tasks of VS Code.
    Agent,
    /// `schema.prisma`, whose generators are command lines.
    Prisma,
    /// A unit of systemd.
    Systemd,
    Supervisor,
    Crontab,
    Shell,
    /// JavaScript and TypeScript.
    JavaScript,
    Python,
    Ruby,
}

impl Kind {
    /// What the name of a file says; nothing of one that is read only if something runs it, or if its text says what it
    /// is.
    pub fn by_name(path: &RepoPath) -> Option<Kind> {
        if Kind::is_foreign(path) {
            return None;
        }
        let path = path.to_str_lossy().to_ascii_lowercase();
        // Files of the same name in another case are the same file on half of all machines.
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        let yaml = matches!(extension, "yml" | "yaml");
        // Forgejo and Gitea run the workflows of GitHub, and have folders of their own for them.
        let folders = [".github/workflows", ".forgejo/workflows", ".gitea/workflows"];
        if yaml && folders.iter().any(|it| is_folder(folder, it)) {
            return Some(Kind::Workflow);
        }
        if is_folder(folder, ".husky") && extension.is_empty() {
            return Some(Kind::Shell);
        }
        let kind = match (stem, extension) {
            (_, "json") if is_folder(folder, ".claude") && stem.starts_with("settings") => {
                Kind::Agent
            }
            ("cli" | "permissions", "json") if is_folder(folder, ".cursor") => Kind::Agent,
            ("tasks", "json") if is_folder(folder, ".vscode") => Kind::Agent,
            ("package", "json" | "json5" | "yaml") => Kind::PackageJson,
            ("fly", "toml" | "json" | "yaml" | "yml") => Kind::Fly,
            (_, "toml" | "json" | "yaml" | "yml") if stem.starts_with("fly.") => Kind::Fly,
            ("", "dockerfile" | "containerfile") => return None,
            (_, "dockerfile" | "containerfile") => Kind::Dockerfile,
            _ if is_named(name, "dockerfile") || is_named(name, "containerfile") => {
                Kind::Dockerfile
            }
            _ if yaml && (is_named(stem, "compose") || is_named(stem, "docker-compose")) => {
                Kind::Compose
            }
            _ if is_named(name, "procfile") => Kind::Procfile,
            ("render", _) if yaml => Kind::Render,
            (_, "toml" | "json") if is_named(stem, "railway") => Kind::Railway,
            ("vercel" | "now", "json") => Kind::Vercel,
            ("netlify", "toml") => Kind::Netlify,
            ("nixpacks", "toml" | "json") => Kind::Nixpacks,
            ("heroku", _) if yaml => Kind::Heroku,
            ("app", "json") => Kind::AppJson,
            ("app", _) if yaml && is_folder(folder, ".do") => Kind::DigitalOcean,
            ("cloudbuild", "json") => Kind::CloudBuild,
            _ if yaml && is_named(stem, "cloudbuild") => Kind::CloudBuild,
            ("amplify", _) if yaml => Kind::Amplify,
            (_, "toml") if stem.starts_with("shopify") => Kind::Shopify,
            ("action", _) if yaml => Kind::Action,
            _ if yaml && stem.ends_with(".gitlab-ci") => Kind::GitLab,
            _ if yaml && is_folder(folder, ".gitlab/ci") => Kind::GitLab,
            ("config", _) if yaml && is_folder(folder, ".circleci") => Kind::CircleCi,
            ("bitbucket-pipelines", _) if yaml => Kind::Bitbucket,
            _ if yaml && is_named(stem, "azure-pipelines") => Kind::Azure,
            (".drone" | ".woodpecker" | ".travis" | "appveyor" | "buildspec", _) if yaml => {
                Kind::Pipeline
            }
            _ if yaml && (is_folder(folder, ".buildkite") || is_folder(folder, ".woodpecker")) => {
                Kind::Pipeline
            }
            _ if is_named(name, "jenkinsfile") || extension == "jenkinsfile" => Kind::Jenkins,
            _ if matches!(name, "makefile" | "gnumakefile") || extension == "mk" => Kind::Makefile,
            _ if matches!(name, "justfile" | ".justfile") || extension == "just" => Kind::Justfile,
            ("taskfile" | "taskfile.dist", _) if yaml => Kind::Taskfile,
            ("lefthook" | ".lefthook" | "lefthook-local" | ".lefthook-local", _)
                if yaml || matches!(extension, "toml" | "json" | "jsonc") =>
            {
                Kind::Lefthook
            }
            (".pre-commit-config", _) if yaml => Kind::PreCommit,
            ("prek", "toml") => Kind::PreCommit,
            (_, "prisma") => Kind::Prisma,
            (_, "service") => Kind::Systemd,
            _ if is_named(name, "crontab") || extension == "cron" => Kind::Crontab,
            (_, "conf" | "ini") if stem.starts_with("supervisor") => Kind::Supervisor,
            (_, "sh" | "bash" | "zsh" | "ksh") => Kind::Shell,
            _ => return None,
        };
        Some(kind)
    }

    /// What a program's or manifest's name says, of which a repository has so many that each is looked at only if it
    /// changes, or if something runs it. A file without an extension may be a script of any kind.
    pub fn perhaps(path: &RepoPath) -> bool {
        let name = String::from_utf8_lossy(path.file_name()).to_ascii_lowercase();
        let extension = name.rsplit_once('.').map_or("", |it| it.1);
        let known = program(extension).is_some() || matches!(extension, "" | "yml" | "yaml");
        known && !Kind::is_foreign(path)
    }

    /// What a file is that has no telling name, by its extension, its first line, or its keys.
    pub fn by_text(path: &RepoPath, text: &str) -> Option<Kind> {
        if Kind::is_foreign(path) {
            return None;
        }
        let name = String::from_utf8_lossy(path.file_name()).to_ascii_lowercase();
        let extension = name.rsplit_once('.').map_or("", |it| it.1);
        let first = text.lines().next().unwrap_or_default();
        match (program(extension), first.strip_prefix("#!")) {
            (Some(kind), _) => Some(kind),
            (None, Some(line)) => shebang(line),
            (None, None) if matches!(extension, "yml" | "yaml") => {
                let key = |name: &str| text.lines().any(|it| it.starts_with(name));
                (key("apiVersion:") && key("kind:")).then_some(Kind::Kubernetes)
            }
            (None, None) => None,
        }
    }

    /// Code of others, which is not this repository's to judge.
    pub(super) fn is_foreign(path: &RepoPath) -> bool {
        path.as_bytes().split(|&it| it == b'/').any(|it| it == b"node_modules" || it == b".yarn")
    }

    /// Whether it is run by a system that tests, builds and deploys.
    pub fn is_automation(self) -> bool {
        matches!(
            self,
            Kind::Workflow
                | Kind::Action
                | Kind::GitLab
                | Kind::CircleCi
                | Kind::Bitbucket
                | Kind::Azure
                | Kind::Pipeline
                | Kind::CloudBuild
                | Kind::Jenkins
        )
    }

    /// Whether git runs it, through a manager of hooks.
    pub fn is_hook(self) -> bool {
        matches!(self, Kind::Lefthook | Kind::PreCommit)
    }

    /// What such a file is called where a tool looks for it by itself.
    pub fn usual_names(self) -> &'static [&'static str] {
        match self {
            Kind::Fly => &["fly.toml", "fly.json", "fly.yaml"],
            Kind::PackageJson => &["package.json", "package.json5", "package.yaml"],
            Kind::Dockerfile => &["Dockerfile", "dockerfile", "Containerfile"],
            Kind::Compose => {
                &["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"]
            }
            Kind::Procfile => &["Procfile"],
            Kind::Makefile => &["GNUmakefile", "makefile", "Makefile"],
            Kind::Justfile => &["justfile", "Justfile", ".justfile"],
            Kind::Taskfile => &[
                "Taskfile.yml",
                "taskfile.yml",
                "Taskfile.yaml",
                "taskfile.yaml",
                "Taskfile.dist.yml",
            ],
            Kind::Action => &["action.yml", "action.yaml"],
            Kind::Prisma => &["prisma/schema.prisma", "schema.prisma"],
            Kind::JavaScript => &["index.js", "index.ts", "index.mjs"],
            _ => &[],
        }
    }
}

/// Whether a path ends in these folders.
fn is_folder(path: &str, folders: &str) -> bool {
    path.strip_suffix(folders).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
}

/// `Dockerfile`, `Dockerfile.prod`, `docker-compose.prod`, `compose-prod`.
fn is_named(name: &str, base: &str) -> bool {
    const TEXTS: &[&str] =
        &[".md", ".txt", ".dockerignore", ".ts", ".js", ".py", ".rs", ".go", ".json", ".html"];
    name.strip_prefix(base).is_some_and(|rest| {
        (rest.is_empty() || rest.starts_with(['.', '-', '_']))
            && !TEXTS.iter().any(|it| rest.ends_with(it))
    })
}

fn program(extension: &str) -> Option<Kind> {
    match extension {
        "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "cts" | "tsx" => Some(Kind::JavaScript),
        "py" => Some(Kind::Python),
        "rb" => Some(Kind::Ruby),
        "sh" | "bash" | "zsh" | "ksh" => Some(Kind::Shell),
        _ => None,
    }
}

fn shebang(line: &str) -> Option<Kind> {
    let mut words = line.split_whitespace().filter(|it| !it.starts_with('-'));
    let mut name = words.next()?.rsplit('/').next()?;
    if name == "env" {
        name = words.find(|it| !it.contains('='))?.rsplit('/').next()?;
    }
    match name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.') {
        "sh" | "bash" | "dash" | "zsh" | "ksh" | "ash" => Some(Kind::Shell),
        "node" | "nodejs" | "tsx" | "ts-node" | "bun" | "deno" | "zx" => Some(Kind::JavaScript),
        "python" => Some(Kind::Python),
        "ruby" => Some(Kind::Ruby),
        "make" => Some(Kind::Makefile),
        "just" => Some(Kind::Justfile),
        _ => None,
    }
}
