//! Which gates there are besides the hooks, what each stops, and whether it can be passed by.

use super::doctor::{Check, State, check, ok, warn};
use super::forge::{Answer, Forge, Kind};
use crate::failure::Result;
use crate::gate::{self, Guarded, Guards};
use crate::repo::Repo;

const WORKFLOW: &str = "\
write this into .github/workflows/sprag.yml:
on: [pull_request, merge_group]
permissions: { contents: read }
jobs:
  sprag:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with: { fetch-depth: 2, persist-credentials: false }
      - run: sprag ci    # after bringing the program onto the runner";

const PIPELINE: &str = "\
write this into .gitlab-ci.yml:
sprag:
  rules: [{ if: $CI_PIPELINE_SOURCE == \"merge_request_event\" }]
  variables: { GIT_DEPTH: 0 }
  script: [sprag ci]    # after bringing the program onto the runner";

/// How those who look are asked for.
pub(super) struct Question {
    /// Whether people push to the repository, rather than commit in it.
    pub(super) serves: bool,
    /// Whether every hook that this repository has to have is in place.
    pub(super) hooked: bool,
    /// Whether the forge may be asked, by its program.
    pub(super) ask_forge: bool,
}

pub(super) fn gates(repo: &Repo, it: &Question) -> Vec<Check> {
    let mut checks = vec![local(it), server(it)];
    let url = remote(repo);
    let forge = url.as_deref().and_then(Forge::of);
    match gate::guards(repo) {
        Ok(guards) => {
            ci(&guards, forge.as_ref(), &mut checks);
            checks.push(required(&guards, url.as_deref(), forge.as_ref(), it.ask_forge));
        }
        Err(failure) => {
            let fix = failure.help.first().cloned();
            let fix = fix.unwrap_or_else(|| "mend the repository, and ask again".to_owned());
            checks.push(warn(CI, format!("could not be looked for: {}", failure.message), fix));
        }
    }
    checks
}

const CI: &str = "gate: CI";
const REQUIRED: &str = "gate: required check";

fn local(it: &Question) -> Check {
    const NAME: &str = "gate: local hooks";
    if it.serves {
        return check(
            NAME,
            State::Unknown,
            "those who push have their own, which cannot be seen from here",
        );
    }
    if it.hooked {
        return ok(NAME, "stop commits, merges and pushes made here; `--no-verify` passes them by");
    }
    warn(NAME, "do not stop everything: see above", super::doctor::INSTALL)
}

fn server(it: &Question) -> Check {
    const NAME: &str = "gate: server hook";
    if !it.serves {
        let text = "cannot be seen from a clone; it stops every push, and nobody who pushes can pass it by";
        let fix = "where git serves the repository: sprag doctor --server";
        return Check { fix: Some(fix.to_owned()), ..check(NAME, State::Unknown, text) };
    }
    if it.hooked {
        return ok(NAME, "stops every push; nobody who pushes can pass it by");
    }
    warn(NAME, "is not there, so whatever is pushed is taken", "sprag install --server")
}

fn ci(guards: &Guards, forge: Option<&Forge>, checks: &mut Vec<Check>) {
    for (path, why) in &guards.unread {
        let text = format!("`{path}` names sprag, and {why}");
        checks.push(warn(CI, text, "look whether it fails where sprag does"));
    }
    for it in &guards.automatic {
        let path = &it.guard.span.path;
        let text = format!("`{path}:{}` runs `{}`{}", it.line, it.guard.words, circumstances(it));
        checks.push(if it.weaknesses.is_empty() {
            ok(CI, format!("{text}; whoever commits cannot pass it by"))
        } else {
            check(CI, State::Warn, format!("{text}; it can be passed by:"))
        });
        for (line, weakness) in &it.weaknesses {
            checks.push(warn(CI, format!("`{path}:{line}`: {}", weakness.text), &weakness.fix));
        }
    }
    if guards.automatic.is_empty() && guards.unread.is_empty() {
        let of_gitlab = forge.is_some_and(|it| it.kind == Kind::GitLab);
        let fix = if of_gitlab { PIPELINE } else { WORKFLOW };
        checks.push(warn(
            CI,
            "no file here makes CI run sprag: who skips the hooks is not stopped",
            fix,
        ));
    }
}

/// As which job, and on what.
fn circumstances(it: &Guarded) -> String {
    let job = job(it).map_or(String::new(), |it| format!(" as `{it}`"));
    let events = it.guard.triggers.iter().flatten().map(|it| it.event.as_str());
    let events = events.collect::<Vec<_>>().join(", ");
    if events.is_empty() { job } else { format!("{job} on {events}") }
}

/// The name that a check of the job has.
fn job(it: &Guarded) -> Option<&str> {
    let unit = it.guard.unit.rsplit('.').next().filter(|it| !it.is_empty());
    it.guard.name.as_deref().or(unit)
}

fn required(guards: &Guards, url: Option<&str>, forge: Option<&Forge>, ask: bool) -> Check {
    let main = &guards.main;
    let Some(forge) = forge else {
        let text = match url {
            Some(url) => format!(
                "nobody can be asked whether `{main}` needs it: `{}` is no GitHub or GitLab",
                without_password(url)
            ),
            None => format!("nobody can be asked whether `{main}` needs it: there is no remote"),
        };
        return check(REQUIRED, State::Unknown, text);
    };
    let says = forge.says();
    if !ask {
        let text = format!("unknown: whether `{main}` takes what CI has refused is set at {says}");
        let fix = format!("`sprag doctor --ask-forge` asks {says}");
        return Check { fix: Some(fix), ..check(REQUIRED, State::Unknown, text) };
    }
    match forge.ask(main) {
        Answer::Required(checks) => named(guards, forge, &checks),
        Answer::Pipeline { must_succeed: false, .. } => warn(
            REQUIRED,
            format!("{says} merges into `{main}` what its pipeline has refused, or skipped"),
            format!(
                "switch on \"Pipelines must succeed\", without \"Skipped pipelines are considered successful\": {}",
                forge.settings()
            ),
        ),
        Answer::Pipeline { protected: false, .. } => warn(
            REQUIRED,
            format!("`{main}` is not protected: whoever may push to it needs no pipeline"),
            format!("protect it: https://{}/{}/-/settings/repository", forge.host, forge.name),
        ),
        Answer::Pipeline { .. } => {
            ok(REQUIRED, format!("{says} merges into `{main}` only what its pipeline has passed"))
        }
        Answer::Unasked(why, fix) => warn(REQUIRED, why, fix),
    }
}

/// Whether one of the required checks is a job that runs sprag.
fn named(guards: &Guards, forge: &Forge, checks: &[String]) -> Check {
    let (main, says) = (&guards.main, forge.says());
    let is = |it: &&Guarded, check: &str| {
        let path = it.guard.span.path.to_str_lossy();
        // A job of a matrix has its values behind its name, one of a called workflow its caller before it.
        check == path
            || job(it).is_some_and(|name| {
                let bare = check.rsplit(" / ").next().unwrap_or_default();
                bare == name || bare.strip_prefix(name).is_some_and(|it| it.starts_with(" ("))
            })
    };
    let found = checks.iter().find(|check| guards.automatic.iter().any(|it| is(&it, check)));
    if let Some(found) = found {
        let text = format!("{says} merges into `{main}` only what has passed `{found}`");
        return ok(REQUIRED, text);
    }
    let names: Vec<String> = checks.iter().map(|it| format!("`{it}`")).collect();
    let others = if names.is_empty() {
        "none at all".to_owned()
    } else {
        format!("only {}", names.join(", "))
    };
    let text = format!("`{main}` requires no check that runs sprag, {others}");
    match guards.automatic.iter().find_map(job) {
        Some(name) => {
            warn(REQUIRED, text, format!("require `{name}` for `{main}`: {}", forge.settings()))
        }
        None => warn(REQUIRED, text, "first let CI run sprag, then require its job"),
    }
}

/// The remote that changes go to.
fn remote(repo: &Repo) -> Option<String> {
    let target = repo.target().ok().flatten().map(|it| it.name);
    let name = target.as_deref().and_then(|it| it.strip_prefix("refs/remotes/")?.split('/').next());
    let url = |name: &str| -> Result<Option<String>> { repo.config(&format!("remote.{name}.url")) };
    url(name.unwrap_or("origin")).ok().flatten()
}

fn without_password(url: &str) -> String {
    match url.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.split_once('@')?.1))) {
        Some((scheme, rest)) => format!("{scheme}://{rest}"),
        None => url.to_owned(),
    }
}
