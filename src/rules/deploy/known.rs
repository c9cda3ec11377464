//! Commands that are known only when they run, and yet are what scripts write everywhere.

use crate::parse::command::Word;

/// Whether a word that nobody knows before it runs is one that scripts write and no deployment hides behind.
pub(super) fn passes(word: &str) -> bool {
    let bare = word.strip_prefix("${").and_then(|it| it.strip_suffix('}'));
    let bare = bare.or_else(|| word.strip_prefix('$')).unwrap_or_default();
    // The arguments of the script itself: whoever runs it is judged for them.
    let positional = bare.chars().next().is_some_and(|it| it.is_ascii_digit() || "@*".contains(it));
    // What stands for it where nothing else is said is read in its place: `${DOCKER:-docker}`.
    let after = bare.trim_start_matches(|it: char| it == '_' || it.is_ascii_alphanumeric());
    let default = word.starts_with("${")
        && after.trim_start_matches(':').starts_with('-')
        && !bare.contains(['$', '`']);
    positional || default || inside(word).is_some_and(|it| sets_up(it) || downloads_text(it))
}

/// The command of `$(…)`, `<(…)`, `` `…` ``, where it is a single one.
fn inside(word: &str) -> Option<&str> {
    let open = word.strip_prefix("$(").or_else(|| word.strip_prefix("<("));
    let inside = open.and_then(|it| it.strip_suffix(')'));
    let inside = inside.or_else(|| word.strip_prefix('`')?.strip_suffix('`'))?;
    (!inside.contains([';', '&', '|', '\n', '`', '('])).then_some(inside)
}

/// Whether a command says how to set up the shell for its tool: what `eval "$(…)"` is written for.
fn sets_up(command: &str) -> bool {
    const TOOLS: &[&str] = &[
        "ssh-agent",
        "direnv",
        "rbenv",
        "pyenv",
        "nodenv",
        "jenv",
        "brew",
        "fnm",
        "mise",
        "rtx",
        "asdf",
        "starship",
        "zoxide",
        "conda",
        "mamba",
        "micromamba",
        "register-python-argcomplete",
        "dircolors",
        "opam",
        "luarocks",
        "minikube",
        "docker-machine",
        "keychain",
        "gpg-agent",
        "thefuck",
        "atuin",
        "devbox",
        "pixi",
        "getopt",
    ];
    let first = command.split_whitespace().next().unwrap_or_default().trim_matches('"');
    TOOLS.contains(&first.rsplit('/').next().unwrap_or(first))
}

/// Where well-known tools are installed from by `curl … | sh`, as their own pages say.
const INSTALLERS: &[&str] = &[
    "sh.rustup.rs",
    "bun.sh/install",
    "bun.com/install",
    "fly.io/install.sh",
    "get.pnpm.io/install.sh",
    "deb.nodesource.com/",
    "rpm.nodesource.com/",
    "raw.githubusercontent.com/nvm-sh/nvm/",
    "raw.githubusercontent.com/creationix/nvm/",
    "raw.githubusercontent.com/Homebrew/install/",
    "raw.githubusercontent.com/helm/helm/",
    "raw.githubusercontent.com/golangci/golangci-lint/",
    "raw.githubusercontent.com/aquasecurity/trivy/",
    "raw.githubusercontent.com/anchore/",
    "get.docker.com",
    "get.volta.sh",
    "deno.land/install.sh",
    "deno.land/x/install/install.sh",
    "astral.sh/uv/",
    "astral.sh/ruff/",
    "install.python-poetry.org",
    "cli.doppler.com/install.sh",
    "install.determinate.systems/",
    "nixos.org/nix/install",
    "get.sdkman.io",
    "starship.rs/install.sh",
    "mise.run",
    "mise.jdx.dev/install.sh",
    "just.systems/install.sh",
    "taskfile.dev/install.sh",
    "sentry.io/get-cli/",
    "get.k3s.io",
    "get.helm.sh/",
    "tailscale.com/install.sh",
    "fnm.vercel.app/install",
    "yarnpkg.com/install.sh",
    "cli-assets.heroku.com/install.sh",
    "cli-assets.heroku.com/install-ubuntu.sh",
    "toolbelt.heroku.com/",
    "railway.com/install.sh",
    "railway.app/install.sh",
    "cli.infisical.com/",
    "artifacts-cli.infisical.com/",
    "dotenvx.sh",
    "sdk.cloud.google.com",
    "codecov.io/bash",
    "ollama.com/install.sh",
    "sh.sst.dev",
    "sst.dev/install",
    "get.opentofu.org/",
    "dl.dagger.io/",
    "releases.hashicorp.com/",
    "claude.ai/install.sh",
    "dot.net/v1/dotnet-install.sh",
    "deepsource.io/cli",
];

/// Whether these words fetch a well-known installer.
pub(super) fn downloads(words: &[Word]) -> bool {
    words.iter().all(|it| it.unknown.is_none())
        && downloads_text(&words.iter().map(|it| it.text.as_str()).collect::<Vec<_>>().join(" "))
}

fn downloads_text(command: &str) -> bool {
    let mut words = command.split_whitespace().map(|it| it.trim_matches(['"', '\'']));
    let first = words.next().unwrap_or_default();
    let mut addresses = words.filter(|it| it.contains("://") || it.contains('$')).peekable();
    let known = |it: &str| {
        let rest = it.strip_prefix("https://").unwrap_or_default();
        let begins = |known: &&&str| {
            rest.strip_prefix(**known).is_some_and(|rest| {
                known.ends_with('/') || rest.is_empty() || rest.starts_with(['/', '?'])
            })
        };
        INSTALLERS.iter().any(|it| begins(&it))
            && !it.contains(['$', '`', '@'])
            && !it.contains("/..")
    };
    matches!(first, "curl" | "wget") && addresses.peek().is_some() && addresses.all(known)
}
