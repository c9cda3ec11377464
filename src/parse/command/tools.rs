//! Tools that run what a file of theirs says: `make`, `docker build`, `fly deploy`, `foreman`.

use super::call::Call;
use super::kind::Kind;
use super::text::Text;
use super::word::Word;

/// The files that `program` runs what they say, and the parts of them. None: it is no such tool.
pub(super) fn calls(program: &str, arguments: &[Word]) -> Option<Vec<Call>> {
    let calls = match program {
        "make" | "gmake" | "remake" => targets(arguments, &MAKE),
        "just" => targets(arguments, &JUST),
        "task" | "go-task" => targets(arguments, &TASK),
        "docker" | "podman" | "nerdctl" => docker(arguments),
        "docker-compose" | "podman-compose" => compose(arguments),
        "buildah" => build(arguments.get(1..).unwrap_or_default()),
        "fly" | "flyctl" => fly(arguments),
        "kubectl" | "oc" if has(arguments, &["apply", "create", "replace"]) => {
            named(arguments, &["-f", "--filename"], Kind::Kubernetes)
        }
        "supervisord" => named(arguments, &["-c", "--configuration"], Kind::Supervisor),
        "supercronic" | "crontab" | "yacron" => {
            let file = arguments.iter().rfind(|it| !it.is_flag() && !it.is("-"));
            file.map(|it| Call::file_as(it.clone(), Kind::Crontab)).into_iter().collect()
        }
        "foreman" | "honcho" | "overmind" | "goreman" | "hivemind" | "forego" | "nf" => {
            procfile(arguments)
        }
        "heroku" if has(arguments, &["local", "local:start"]) => procfile(arguments),
        "prisma" if has(arguments, &["generate"]) => {
            let files = named(arguments, &["--schema"], Kind::Prisma);
            if files.is_empty() { vec![Call::usual(Kind::Prisma, None)] } else { files }
        }
        "pm2" | "pm2-runtime" => {
            let is_file =
                |it: &&Word| it.text.rsplit_once('.').is_some_and(|it| PM2.contains(&it.1));
            arguments.iter().filter(is_file).map(|it| Call::file(it.clone())).collect()
        }
        _ => return None,
    };
    Some(calls)
}

/// What `pm2` starts and what tells it how.
const PM2: &[&str] = &["js", "cjs", "mjs", "ts", "json", "yml", "yaml", "sh", "py"];

/// A tool that takes names of targets, and a file that it looks for by itself.
struct Runner {
    kind: Kind,
    file: &'static [&'static str],
    folder: &'static [&'static str],
    /// Other options whose value is the next word.
    valued: &'static [&'static str],
}

const MAKE: Runner = Runner {
    kind: Kind::Makefile,
    file: &["-f", "--file", "--makefile"],
    folder: &["-C", "--directory"],
    valued: &["-I", "-o", "-W", "--include-dir", "--old-file", "--what-if", "--eval"],
};
const JUST: Runner = Runner {
    kind: Kind::Justfile,
    file: &["-f", "--justfile"],
    folder: &["-d", "--working-directory"],
    valued: &["--shell", "--shell-arg", "--dotenv-path", "--dotenv-filename", "-E", "--color"],
};
const TASK: Runner = Runner {
    kind: Kind::Taskfile,
    file: &["-t", "--taskfile"],
    folder: &["-d", "--dir"],
    valued: &["-o", "--output", "-C", "--concurrency", "-I", "--interval"],
};

fn targets(arguments: &[Word], runner: &Runner) -> Vec<Call> {
    let mut path: Option<Word> = None;
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some(word) = arguments.get(at) {
        at += 1;
        if word.is("--") && runner.kind == Kind::Taskfile {
            // What follows are arguments of the commands.
            break;
        }
        let value = |at: &mut usize, options: &[&str]| value(arguments, at, options);
        let at = &mut at;
        if let Some(file) = value(at, runner.file) {
            path = Some(file);
        } else if let Some(folder) = value(at, runner.folder) {
            path = path.or(Some(folder));
        } else if word.is("--set") {
            *at += 2;
        } else if value(at, runner.valued).is_none()
            && !word.is_flag()
            && !word.is("--")
            && !word.text.contains('=')
        {
            parts.push(Some(word.clone()));
        }
    }
    if parts.is_empty() {
        parts.push(None);
    }
    let kind = Some(runner.kind);
    parts.into_iter().map(|part| Call::File { path: path.clone(), kind, part }).collect()
}

/// The value of the option that stands before `at`, if it is one of these: `-f x`, `-fx`, `--file=x`.
fn value(arguments: &[Word], at: &mut usize, options: &[&str]) -> Option<Word> {
    let word = arguments.get(at.checked_sub(1)?)?;
    if options.contains(&word.text.as_str()) {
        let value = arguments.get(*at).cloned();
        *at += 1;
        return value;
    }
    options.iter().find_map(|option| {
        let rest = word.text.strip_prefix(option)?;
        let skipped = match (option.starts_with("--"), rest.starts_with('=')) {
            (_, true) => 1,
            (false, false) if !rest.is_empty() => 0,
            _ => return None,
        };
        Some(word.after(option.chars().count() + skipped))
    })
}

/// The values of these options, wherever they stand.
fn values(arguments: &[Word], options: &[&str]) -> Vec<Word> {
    (0..arguments.len()).filter_map(|at| value(arguments, &mut (at + 1), options)).collect()
}

fn named(arguments: &[Word], options: &[&str], kind: Kind) -> Vec<Call> {
    values(arguments, options).into_iter().map(|it| Call::file_as(it, kind)).collect()
}

fn has(arguments: &[Word], names: &[&str]) -> bool {
    arguments.iter().any(|it| names.contains(&it.text.as_str()))
}

fn docker(arguments: &[Word]) -> Vec<Call> {
    let Some(at) = arguments.iter().position(|it| !it.is_flag()) else { return Vec::new() };
    let rest = arguments.get(at + 1..).unwrap_or_default();
    match (arguments[at].text.as_str(), rest.first().map(|it| it.text.as_str())) {
        ("build", _) => build(rest),
        ("buildx" | "image" | "builder", Some("build")) => build(&rest[1..]),
        ("compose", _) => compose(rest),
        ("stack", Some("deploy" | "up")) => named(rest, &["-c", "--compose-file"], Kind::Compose),
        _ => Vec::new(),
    }
}

/// `docker build -f docker/app.Dockerfile --target web .`
fn build(arguments: &[Word]) -> Vec<Call> {
    const FILE: &[&str] = &["-f", "--file"];
    const TARGET: &[&str] = &["--target"];
    const BARE: &[&str] = &[
        "--push",
        "--load",
        "--no-cache",
        "--pull",
        "-q",
        "--quiet",
        "--rm",
        "--force-rm",
        "--squash",
        "--compress",
        "-D",
        "--debug",
    ];
    let mut path: Option<Word> = None;
    let mut context = None;
    let mut part = None;
    let mut at = 0;
    while let Some(word) = arguments.get(at) {
        at += 1;
        if let Some(file) = value(arguments, &mut at, FILE) {
            path = Some(file);
        } else if let Some(target) = value(arguments, &mut at, TARGET) {
            part = Some(target);
        } else if word.is_flag() {
            at += usize::from(!word.text.contains('=') && !BARE.contains(&word.text.as_str()));
        } else {
            context = Some(word.clone());
        }
    }
    let context = context.filter(|it| !it.is(".") && !it.is("-"));
    let kind = Some(Kind::Dockerfile);
    vec![Call::File { path: path.or(context), kind, part }]
}

/// `docker compose -f compose.prod.yml up -d web`.
fn compose(arguments: &[Word]) -> Vec<Call> {
    const FILE: &[&str] = &["-f", "--file"];
    const VALUED: &[&str] =
        &["-p", "--project-name", "--profile", "--env-file", "--project-directory"];
    const BARE: &[&str] = &[
        "-d",
        "--detach",
        "--build",
        "--wait",
        "-V",
        "--quiet-pull",
        "--no-deps",
        "--force-recreate",
        "--remove-orphans",
        "--abort-on-container-exit",
        "--no-build",
        "--no-recreate",
        "--rm",
        "-T",
        "--no-TTY",
        "-it",
        "-i",
        "-t",
        "--service-ports",
        "--pull",
        "--no-cache",
        "--push",
    ];
    let files = values(arguments, FILE);
    let mut at = 0;
    while let Some(word) = arguments.get(at).filter(|it| it.is_flag()) {
        at += 1;
        let mut skipped = at;
        if value(arguments, &mut skipped, FILE).is_some() || VALUED.contains(&word.text.as_str()) {
            at = skipped.max(at + usize::from(VALUED.contains(&word.text.as_str())));
        }
    }
    let Some(verb) = arguments.get(at) else { return Vec::new() };
    let one = verb.is("run");
    if !one && !["up", "start", "restart", "create", "watch", "build"].contains(&verb.text.as_str())
    {
        return Vec::new();
    }
    let mut services: Vec<Word> = Vec::new();
    at += 1;
    while let Some(word) = arguments.get(at) {
        at += 1;
        if word.is_flag() {
            at += usize::from(!word.text.contains('=') && !BARE.contains(&word.text.as_str()));
        } else {
            services.push(word.clone());
            if one {
                break;
            }
        }
    }
    // `run web npx …` runs that instead of what the service is for.
    if one && at < arguments.len() {
        return Vec::new();
    }
    let mut parts: Vec<Option<Word>> = services.iter().map(|it| Some(service(it))).collect();
    if parts.is_empty() {
        parts.push(None);
    }
    let mut paths: Vec<Option<Word>> = files.into_iter().map(Some).collect();
    if paths.is_empty() {
        paths.push(None);
    }
    let call = |path: &Option<Word>, part: &Option<Word>| {
        let (path, part) = (path.clone(), part.clone());
        Call::File { path, kind: Some(Kind::Compose), part }
    };
    paths.iter().take(8).flat_map(|path| parts.iter().map(move |part| call(path, part))).collect()
}

/// The key of a service in its file.
fn service(name: &Word) -> Word {
    Word::new(Text::within(&format!("services.{}", name.text), &name.range().unwrap_or_default()))
}

/// `fly deploy -c infra/prod.toml --dockerfile ops/Dockerfile --build-target web`.
fn fly(arguments: &[Word]) -> Vec<Call> {
    const CONFIG: &[&str] = &["-c", "--config"];
    let Some(verb) = arguments.iter().position(|it| it.is("deploy") || it.is("launch")) else {
        return Vec::new();
    };
    let part = values(arguments, &["--build-target"]).pop();
    let path = values(arguments, &["--dockerfile"]).pop();
    let mut calls = Vec::new();
    if path.is_some() || part.is_some() {
        calls.push(Call::File { path, kind: Some(Kind::Dockerfile), part });
    }
    let configs = named(arguments, CONFIG, Kind::Fly);
    let folder = arguments.get(verb + 1).filter(|it| !it.is_flag());
    match (configs.is_empty(), folder) {
        (false, _) => calls.extend(configs),
        (true, Some(folder)) => calls.push(Call::file_as(folder.clone(), Kind::Fly)),
        (true, None) => calls.push(Call::usual(Kind::Fly, None)),
    }
    calls
}

/// `foreman start -f Procfile.prod`.
fn procfile(arguments: &[Word]) -> Vec<Call> {
    let files = named(arguments, &["-f", "--procfile", "-j"], Kind::Procfile);
    if !files.is_empty() {
        return files;
    }
    let file = arguments.iter().find(|it| it.text.contains("Procfile"));
    let call = file.map(|it| Call::file_as(it.clone(), Kind::Procfile));
    vec![call.unwrap_or(Call::usual(Kind::Procfile, None))]
}
