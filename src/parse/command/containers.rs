//! Commands that are run in another container or on another machine: `docker run image command`.

use super::word::Word;

/// Options of `docker run`, `docker exec` and their like that have no value.
const BARE: &[&str] = &[
    "-d",
    "--detach",
    "-i",
    "--interactive",
    "-t",
    "--tty",
    "-it",
    "-ti",
    "-dit",
    "-itd",
    "-id",
    "-dt",
    "--rm",
    "-P",
    "--publish-all",
    "--privileged",
    "--init",
    "--read-only",
    "--no-healthcheck",
    "--oom-kill-disable",
    "--disable-content-trust",
    "-q",
    "--quiet",
    "-T",
    "--no-TTY",
    "--no-deps",
    "--build",
    "--service-ports",
    "--use-aliases",
    "--quiet-pull",
    "--remove-orphans",
    "--command",
    "--sig-proxy",
    "--replace",
    "--all",
];

/// What `program` runs elsewhere. None: it is not told to run anything.
pub(super) fn inner(program: &str, arguments: &[Word]) -> Option<Vec<Word>> {
    let at = arguments.iter().position(|it| it.is("run") || it.is("exec") || it.is("create"))?;
    let after = arguments.get(at + 1..).unwrap_or_default();
    match program {
        "docker" | "podman" | "nerdctl" | "docker-compose" | "podman-compose" => container(after),
        "kubectl" | "oc" => {
            let dashes = after.iter().position(|it| it.is("--"));
            match dashes {
                Some(dashes) => Some(after.get(dashes + 1..).unwrap_or_default().to_vec()),
                None => container(after),
            }
        }
        _ => None,
    }
}

/// Options, an image or a container, and the command; `--entrypoint` comes before it.
fn container(arguments: &[Word]) -> Option<Vec<Word>> {
    let mut command = Vec::new();
    let mut at = 0;
    while let Some(word) = arguments.get(at).filter(|it| it.is_flag()) {
        at += 1;
        match word.text.strip_prefix("--entrypoint") {
            Some("") => {
                command.extend(arguments.get(at).cloned());
                at += 1;
            }
            Some(value) if value.starts_with('=') => {
                command.push(word.after("--entrypoint=".len()));
            }
            _ => at += usize::from(!word.text.contains('=') && !BARE.contains(&word.text.as_str())),
        }
    }
    command.extend(arguments.get(at + 1..).unwrap_or_default().iter().cloned());
    (!command.is_empty()).then_some(command)
}
