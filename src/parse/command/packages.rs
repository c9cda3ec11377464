//! Package managers and task runners: which programs and scripts they run.

use super::call::Call;
use super::word::Word;

/// What a package manager runs.
pub(super) enum Run {
    Script(Call),
    Words(Vec<Word>),
    Shell(Word),
}

/// What `program` runs. None: it is no package manager.
pub(super) fn runs(program: &str, arguments: &[Word]) -> Option<Vec<Run>> {
    match program {
        "npm" | "npm-cli" => Some(npm(arguments)),
        "npx" | "pnpx" | "bunx" => Some(exec(arguments)),
        "pnpm" => Some(pnpm(arguments)),
        "yarn" | "yarnpkg" => Some(yarn(arguments)),
        "bun" => Some(bun(arguments)),
        "deno" => Some(deno(arguments)),
        "corepack" => Some(vec![Run::Words(arguments.to_vec())]),
        "npm-run-all" | "run-s" | "run-p" | "npm-run-all2" | "ultra" => {
            Some(scripts(arguments, false))
        }
        "concurrently" => Some(concurrently(arguments)),
        "turbo" | "lerna" | "nx" | "wsrun" => Some(tasks(arguments)),
        "dotenv-run-script" => Some(scripts(arguments, false)),
        _ => None,
    }
}

/// Options whose value is the next word, of all package managers.
const VALUED: &[&str] = &[
    "--prefix",
    "-C",
    "--dir",
    "--cwd",
    "-w",
    "--workspace",
    "--filter",
    "-F",
    "-p",
    "--package",
    "--loglevel",
    "--cache",
    "--userconfig",
    "--registry",
    "--node-options",
    "--script-shell",
    "--scope",
];

/// Options that make another folder's `package.json` the one that counts.
const ELSEWHERE: &[&str] = &[
    "--prefix",
    "-C",
    "--dir",
    "--cwd",
    "-w",
    "--workspace",
    "--workspaces",
    "-ws",
    "--filter",
    "-F",
    "-r",
    "--recursive",
    "-A",
    "--all",
    "--workspace-root",
];

/// Arguments after the options that stand before the first other word.
struct Rest<'a> {
    words: &'a [Word],
    elsewhere: bool,
}

fn rest(arguments: &[Word], elsewhere: bool) -> Rest<'_> {
    let mut at = 0;
    let mut elsewhere = elsewhere;
    while let Some(word) = arguments.get(at).filter(|it| it.is_flag() || it.is("--")) {
        let (option, _) = word.text.split_once('=').unwrap_or((&word.text, ""));
        elsewhere |= ELSEWHERE.contains(&option);
        at += 1 + usize::from(VALUED.contains(&word.text.as_str()));
        if word.is("--") {
            break;
        }
    }
    Rest { words: arguments.get(at..).unwrap_or_default(), elsewhere }
}

fn script(arguments: &[Word], elsewhere: bool) -> Option<Run> {
    let rest = rest(arguments, elsewhere);
    let (name, after) = rest.words.split_first()?;
    let trailing = after.iter().take_while(|it| !it.is("--"));
    let elsewhere = rest.elsewhere
        || trailing
            .into_iter()
            .any(|it| ELSEWHERE.contains(&it.text.split('=').next().unwrap_or_default()));
    let after = after.iter().filter(|it| !it.is("--")).cloned().collect();
    Some(Run::Script(Call::Script { name: name.clone(), arguments: after, elsewhere }))
}

fn npm(arguments: &[Word]) -> Vec<Run> {
    let rest = rest(arguments, false);
    let Some((verb, after)) = rest.words.split_first() else { return Vec::new() };
    match verb.text.as_str() {
        verb if verb.starts_with("run-") || matches!(verb, "run" | "rum" | "urn") => {
            npm_script(after, rest.elsewhere)
        }
        "start" | "stop" | "restart" | "test" | "t" | "tst" => {
            npm_script(rest.words, rest.elsewhere)
        }
        "exec" | "exe" | "x" => exec(after),
        _ if verb.unknown.is_some() => vec![Run::Words(rest.words.to_vec())],
        _ => Vec::new(),
    }
}

/// `npm run build -w a`: what says where the script is no script is given, wherever it stands before a `--`
/// (`npm help 7 config`). Each package of a workspace would else be another way to run the scripts of all.
fn npm_script(words: &[Word], elsewhere: bool) -> Vec<Run> {
    const WHERE: &[&str] = &["-w", "--workspace", "--prefix", "-C"];
    let own = words.iter().position(|it| it.is("--")).unwrap_or(words.len());
    let (mut value, mut elsewhere) = (false, elsewhere);
    let (own, given) = words.split_at(own);
    let mut left = own.to_vec();
    left.retain(|it| {
        let attached = it.text.split_once('=').is_some_and(|it| WHERE.contains(&it.0));
        let separate = WHERE.iter().any(|option| it.is(option));
        elsewhere |= attached || separate;
        !(std::mem::replace(&mut value, separate) || separate || attached)
    });
    left.extend_from_slice(given);
    script(&left, elsewhere).into_iter().collect()
}

/// `npx`, `npm exec`, `pnpm dlx`, `bunx`.
fn exec(arguments: &[Word]) -> Vec<Run> {
    let call = arguments
        .windows(2)
        .take_while(|it| it[0].is_flag() || VALUED.contains(&it[0].text.as_str()));
    let call =
        call.filter(|it| it[0].is("-c") || it[0].is("--call")).map(|it| Run::Shell(it[1].clone()));
    let attached = arguments.iter().filter_map(|it| {
        it.text.strip_prefix("--call=").map(|_| Run::Shell(it.after("--call=".len())))
    });
    let calls: Vec<Run> = call.chain(attached).collect();
    if calls.is_empty() { vec![Run::Words(rest(arguments, false).words.to_vec())] } else { calls }
}

fn pnpm(arguments: &[Word]) -> Vec<Run> {
    // Of npm it takes the name of a package, of pnpm none: it means the top of the workspace.
    let top = arguments.first().is_some_and(|it| it.is("-w"));
    let rest = rest(arguments.get(usize::from(top)..).unwrap_or_default(), top);
    let Some((verb, after)) = rest.words.split_first() else { return Vec::new() };
    match verb.text.as_str() {
        "run" | "run-script" => script_or_program(after, rest.elsewhere),
        "exec" | "dlx" | "x" => exec(after),
        "add" | "install" | "i" | "remove" | "rm" | "update" | "up" | "link" | "why" | "list"
        | "ls" | "audit" | "publish" | "pack" | "store" | "config" | "fetch" | "import"
        | "prune" | "rebuild" | "create" | "init" => Vec::new(),
        _ => script_or_program(rest.words, rest.elsewhere),
    }
}

fn yarn(arguments: &[Word]) -> Vec<Run> {
    let rest = rest(arguments, false);
    let Some((verb, after)) = rest.words.split_first() else { return Vec::new() };
    match verb.text.as_str() {
        "run" => script_or_program(after, rest.elsewhere),
        "exec" | "dlx" => exec(after),
        "workspace" => script_or_program(after.get(1..).unwrap_or_default(), true),
        "workspaces" => {
            let run = after.iter().position(|it| it.is("run"));
            run.map_or_else(Vec::new, |at| script_or_program(&after[at + 1..], true))
        }
        "add" | "install" | "remove" | "up" | "upgrade" | "why" | "list" | "audit" | "publish"
        | "pack" | "config" | "cache" | "import" | "init" | "create" | "set" | "plugin"
        | "global" | "info" | "link" => Vec::new(),
        _ => script_or_program(rest.words, rest.elsewhere),
    }
}

fn bun(arguments: &[Word]) -> Vec<Run> {
    let rest = rest(arguments, false);
    let Some((verb, after)) = rest.words.split_first() else { return Vec::new() };
    match verb.text.as_str() {
        "run" => script_or_program(after, rest.elsewhere),
        "x" => exec(after),
        "add" | "install" | "i" | "remove" | "rm" | "update" | "link" | "test" | "pm"
        | "create" | "init" | "build" => Vec::new(),
        _ => script_or_program(rest.words, rest.elsewhere),
    }
}

fn deno(arguments: &[Word]) -> Vec<Run> {
    match arguments.split_first() {
        Some((verb, after)) if verb.is("task") => script(after, false).into_iter().collect(),
        Some((verb, after)) if verb.is("run") || verb.is("x") => {
            vec![Run::Words(rest(after, false).words.to_vec())]
        }
        _ => Vec::new(),
    }
}

/// A script of that name, or else a program.
fn script_or_program(words: &[Word], elsewhere: bool) -> Vec<Run> {
    let program = Run::Words(rest(words, elsewhere).words.to_vec());
    script(words, elsewhere).into_iter().chain([program]).collect()
}

/// `run-s build "lint -- --fix" db:*`.
fn scripts(arguments: &[Word], elsewhere: bool) -> Vec<Run> {
    let names = arguments.iter().filter(|it| !it.is_flag() && !it.is("--"));
    names.map(|it| Run::Script(named(it, 0, elsewhere))).collect()
}

/// `concurrently "npm:db-*" "vite build"`.
fn concurrently(arguments: &[Word]) -> Vec<Run> {
    let managers = ["npm:", "yarn:", "pnpm:", "bun:", "node:", "deno:"];
    let commands = arguments.iter().filter(|it| !it.is_flag() && !it.is("--"));
    let run = |it: &Word| match managers.iter().find(|manager| it.text.starts_with(**manager)) {
        Some(manager) => Run::Script(named(it, manager.len(), false)),
        None => Run::Shell(it.clone()),
    };
    commands.map(run).collect()
}

/// `turbo run db:deploy --filter=x`, `nx run api:migrate`, `lerna run build`.
fn tasks(arguments: &[Word]) -> Vec<Run> {
    let run = |it: &Word| {
        let target = it.text.rfind([':', '#']).map_or(0, |at| it.text[..=at].chars().count());
        let whole = Run::Script(named(it, 0, true));
        let part = (target > 0).then(|| Run::Script(named(it, target, true)));
        [Some(whole), part].into_iter().flatten()
    };
    let flag_value = |it: &Word| {
        let (_, names) = it
            .text
            .split_once('=')
            .filter(|(option, _)| matches!(*option, "--target" | "--targets"))?;
        Some(Run::Script(named(it, it.text.chars().count() - names.chars().count(), true)))
    };
    let names =
        arguments.iter().filter(|it| !it.is_flag() && !it.is("run") && !it.is("--")).flat_map(run);
    names.chain(arguments.iter().filter_map(flag_value)).collect()
}

/// The script a word names, up to its first blank, from character `from` on.
fn named(word: &Word, from: usize, elsewhere: bool) -> Call {
    Call::Script { name: word.after(from).first_field(), arguments: Vec::new(), elsewhere }
}
