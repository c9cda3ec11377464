//! Programs that run what they are given as a text or what they read: shells, interpreters, `xargs`.

use super::Input;
use super::program;
use super::text::Text;
use super::word::Word;
use super::wrappers::{Inner, tail};
use super::written;

/// `sh -c text`, `sh < text`, `echo text | sh`.
pub(super) fn shell(arguments: &[Word], input: &Input) -> Vec<Inner> {
    let mut at = 0;
    let mut command = false;
    while let Some(word) = arguments.get(at).filter(|it| it.text.starts_with(['-', '+'])) {
        at += 1;
        if word.is("-o") || word.is("+o") || word.is("--rcfile") || word.is("--init-file") {
            at += 1;
        } else if !word.text.starts_with("--") && word.text.contains('c') {
            command = true;
        }
    }
    let reads = arguments.iter().take(at).any(|it| it.is("-s"));
    let rest = arguments.get(at..).filter(|_| !reads).unwrap_or_default();
    let inputs = ["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"];
    let rest = match rest.first() {
        Some(file) if !command && inputs.contains(&file.text.as_str()) => &[],
        _ => rest,
    };
    match (rest.first(), input) {
        (Some(text), _) if command => {
            let script = Inner::Shell(vec![text.clone()]);
            [Some(script), tail(&rest[1..])].into_iter().flatten().collect()
        }
        // `busybox sh -c …`
        (Some(name), _) if matches!(program::name(name).as_deref(), Some("sh" | "ash")) => {
            vec![Inner::Words(rest.to_vec())]
        }
        (Some(_), _) => tail(&rest[1..]).into_iter().collect(),
        (None, Input::Text(text)) => vec![Inner::Text(text.clone())],
        (None, Input::Pipe(words)) => written::said(words).map(Inner::Text).into_iter().collect(),
        (None, _) => Vec::new(),
    }
}

/// What `xargs` reads becomes more words, which nobody knows.
pub(super) fn xargs(arguments: &[Word]) -> Vec<Inner> {
    let valued = [
        "-I",
        "-n",
        "-P",
        "-L",
        "-d",
        "-E",
        "-s",
        "-a",
        "--max-args",
        "--max-procs",
        "--delimiter",
    ];
    let mut at = 0;
    while let Some(word) = arguments.get(at).filter(|it| it.is_flag()) {
        at += 1 + usize::from(valued.contains(&word.text.as_str()));
    }
    let mut words = arguments.get(at..).unwrap_or_default().to_vec();
    let Some(range) = words.last().and_then(Word::range) else { return Vec::new() };
    let options = arguments.get(..at).unwrap_or_default();
    let placeholder = options.iter().enumerate().find_map(|(at, it)| {
        let attached = it.text.strip_prefix("-I").or_else(|| it.text.strip_prefix("--replace="))?;
        let next = options.get(at + 1).map_or("{}", |it| it.text.as_str());
        Some(if attached.is_empty() { next } else { attached })
    });
    if let Some(placeholder) = placeholder {
        for word in words.iter_mut().filter(|it| it.text.contains(placeholder)) {
            let range = word.range().unwrap_or_default();
            // As a variable, so that a shell inside does not know it either.
            let text = word.text.replace(placeholder, "$item");
            let open = word.is(placeholder);
            let inside = Word::new(Text::within(&text, &range));
            *word = if open { Word::unknown(&text, &range) } else { inside };
        }
        return vec![Inner::Words(words)];
    }
    words.push(Word::unknown("what xargs reads", &range));
    vec![Inner::Words(words)]
}

/// `node -e program`, `node < program`, `node node_modules/prisma/build/index.js …`.
pub(super) fn interpreter(program: &str, arguments: &[Word], input: &Input) -> Option<Vec<Inner>> {
    let options: &[&str] = match program {
        "python" | "python3" => &["-c"],
        "ruby" => &["-e"],
        "perl" => &["-e", "-E"],
        "php" => &["-r"],
        _ => &["-e", "--eval", "-p", "--print", "-pe"],
    };
    let code = arguments.windows(2).take_while(|it| it[0].is_flag());
    let code: Vec<Inner> = code
        .filter(|it| options.contains(&it[0].text.as_str()))
        .map(|it| Inner::Program(it[1].clone()))
        .chain(arguments.iter().filter_map(|it| {
            let value =
                it.text.strip_prefix("--eval=").or_else(|| it.text.strip_prefix("--print="))?;
            Some(Inner::Program(it.after(it.text.chars().count() - value.chars().count())))
        }))
        .collect();
    if !code.is_empty() {
        return Some(code);
    }
    if program.starts_with("python")
        && let Some(at) =
            arguments.iter().position(|it| !it.is_flag() && !it.is("-") || it.is("-m"))
    {
        // `python manage.py migrate`, `python -m alembic upgrade head`
        let from = at + usize::from(arguments[at].is("-m"));
        return Some(vec![Inner::Guess(arguments.get(from..).unwrap_or_default().to_vec())]);
    }
    if arguments.iter().all(|it| it.is_flag() || it.is("-") || it.is("/dev/stdin")) {
        let read = match input {
            Input::Text(text) => Some(text.clone()),
            Input::Pipe(words) => written::said(words),
            Input::File(_) | Input::Inherited => None,
        };
        return read.map(|it| vec![Inner::Program(Word::new(it))]);
    }
    let manager = |it: &Word| {
        let text = it.text.as_str();
        let asked = ["$(npm root", "`npm root", "$(which ", "$(command -v "];
        text.contains("node_modules/")
            || text.contains("npm_execpath")
            || asked.iter().any(|it| text.starts_with(it))
    };
    let package =
        arguments.iter().position(manager).filter(|_| !matches!(program, "bun" | "deno"))?;
    Some(vec![Inner::Words(arguments[package..].to_vec())])
}
