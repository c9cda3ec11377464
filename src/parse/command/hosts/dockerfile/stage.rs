//! The stages of a `Dockerfile`, and what each of them runs.

use std::ops::Range;

use super::copies::{Copy, absolute};
use super::lexer::{self, Instruction, first_word, words, written};
use super::variables;
use crate::parse::command::{Spot, Text, Variables, Word, environment};
use crate::parse::json::{self, Json};

/// How many stages and how many copies of each are followed.
const STAGES: usize = 200;
const COPIES: usize = 200;

/// From one `FROM` to the next.
#[derive(Default)]
pub(super) struct Stage {
    /// Its name in small letters, as Docker compares it, or its number.
    pub(super) key: String,
    pub(super) range: Range<usize>,
    /// The stage it builds on.
    pub(super) base: Option<usize>,
    /// Where it works, from the top of the image.
    pub(super) folder: String,
    pub(super) runs: Vec<Program>,
    pub(super) onbuild: Vec<Program>,
    /// Of these only the last of a stage counts.
    pub(super) entrypoint: Option<Program>,
    pub(super) cmd: Option<Program>,
    pub(super) healthcheck: Option<Program>,
    /// The stages it takes files from, and where it says so.
    pub(super) uses: Vec<(usize, Range<usize>)>,
    pub(super) copies: Vec<Copy>,
    pub(super) inline: Vec<Inline>,
    variables: Variables,
    /// What runs commands that are written as text, where it is no usual shell.
    shell: Vec<Word>,
}

/// What an instruction runs.
#[derive(Clone)]
pub(super) struct Program {
    pub(super) range: Range<usize>,
    pub(super) form: Form,
    /// Those it names.
    pub(super) variables: Variables,
}

/// How a command is written.
#[derive(Clone)]
pub(super) enum Form {
    /// As a list of words.
    Exec(Vec<Word>),
    /// As a shell reads it.
    Shell(Text),
}

/// A file that is written in the `Dockerfile` itself.
pub(super) struct Inline {
    pub(super) key: String,
    pub(super) program: Program,
    /// Whether its first line says what runs it.
    pub(super) script: bool,
}

/// The stages, and the places where there are more of something than is followed.
pub(super) fn read(text: &str) -> (Vec<Stage>, Vec<(Range<usize>, &'static str)>) {
    let (instructions, escape) = lexer::read(text);
    let mut reader =
        Reader { stages: Vec::new(), global: Variables::new(), escape, problems: Vec::new() };
    for instruction in &instructions {
        if !reader.instruction(instruction) {
            break;
        }
    }
    (reader.stages, reader.problems)
}

struct Reader {
    stages: Vec<Stage>,
    /// The variables before the first stage.
    global: Variables,
    escape: char,
    problems: Vec<(Range<usize>, &'static str)>,
}

impl Reader {
    /// False where no more is to be read.
    fn instruction(&mut self, it: &Instruction) -> bool {
        if it.name == "FROM" {
            return self.from(it);
        }
        let escape = self.escape;
        if it.name == "ARG" && self.stages.is_empty() {
            variables::arg(&it.rest, escape, &mut self.global, &Variables::new());
            return true;
        }
        if self.stages.is_empty() {
            self.stages.push(Stage::new("stage 1".to_owned(), it.range.clone()));
        }
        let Some((stage, before)) = self.stages.split_last_mut() else { return true };
        let before = &*before;
        match it.name.as_str() {
            "ARG" => variables::arg(&it.rest, escape, &mut stage.variables, &self.global),
            "ENV" => variables::env(&it.rest, escape, &mut stage.variables),
            "WORKDIR" => {
                let folder = stage.expanded(it.rest.spots(), escape);
                stage.folder = absolute(&stage.folder, &folder);
            }
            "SHELL" => stage.shell(&it.rest),
            "ENTRYPOINT" => stage.entrypoint = stage.program(it),
            "CMD" => stage.cmd = stage.program(it),
            "HEALTHCHECK" => stage.healthcheck = stage.healthcheck(it),
            "RUN" => {
                stage.mounts(it, before, escape);
                stage.runs.extend(stage.program(it));
            }
            "COPY" | "ADD" if stage.copies.len() >= COPIES => {
                self.problems.push((it.range.clone(), "more files are copied than are followed"));
            }
            "COPY" | "ADD" => stage.copy(it, before, escape),
            "ONBUILD" => {
                let inner = inner(it);
                match inner.name.as_str() {
                    "RUN" | "CMD" | "ENTRYPOINT" => stage.onbuild.extend(stage.program(&inner)),
                    "HEALTHCHECK" => stage.onbuild.extend(stage.healthcheck(&inner)),
                    "COPY" if stage.copies.len() < COPIES => stage.copy(&inner, before, escape),
                    _ => {}
                }
            }
            _ => {}
        }
        true
    }

    fn from(&mut self, it: &Instruction) -> bool {
        if self.stages.len() >= STAGES {
            self.problems.push((it.range.clone(), "there are more stages than are followed"));
            return false;
        }
        let (_, rest) = variables::options(&it.rest);
        let mut words = words(rest.spots(), self.escape).into_iter();
        let image = words.next().unwrap_or_default();
        let image = variables::expand(image, &self.global, self.escape);
        let image = image.map(|it| it.to_string().to_lowercase());
        let base = image.and_then(|image| self.stages.iter().rposition(|it| it.key == image));
        let named = words.next().is_some_and(|it| written(it).eq_ignore_ascii_case("as"));
        let name = words.next().filter(|_| named).map(|it| written(it).to_lowercase());
        let name = name.filter(|name| !self.stages.iter().any(|it| it.key == *name));
        let key = name.unwrap_or_else(|| format!("stage {}", self.stages.len() + 1));
        let mut stage = Stage::new(key, it.range.clone());
        if let Some(parent) = base.and_then(|at| self.stages.get(at)) {
            stage.base = base;
            stage.folder.clone_from(&parent.folder);
            stage.variables.clone_from(&parent.variables);
            stage.shell.clone_from(&parent.shell);
        }
        self.stages.push(stage);
        true
    }
}

/// The instruction that `ONBUILD` puts off.
fn inner(it: &Instruction) -> Instruction {
    let (name, rest) = first_word(it.rest.spots());
    let heredocs =
        it.heredocs.iter().map(|it| lexer::Heredoc { body: it.body.clone(), end: it.end.clone() });
    Instruction {
        name: written(name).to_ascii_uppercase(),
        range: it.range.clone(),
        rest: Text::from(rest),
        heredocs: heredocs.collect(),
    }
}

impl Stage {
    fn new(key: String, range: Range<usize>) -> Stage {
        Stage { key, range, folder: "/".to_owned(), ..Stage::default() }
    }

    /// What an instruction runs; none where that is nothing.
    fn program(&self, it: &Instruction) -> Option<Program> {
        let (_, rest) = variables::options(&it.rest);
        if let Some(words) = exec(&rest) {
            let variables = environment::named(&self.variables, words.iter().map(|it| &it.spots));
            let form = Form::Exec(words);
            return Some(Program { range: it.range.clone(), form, variables });
        }
        let text = match it.heredocs.as_slice() {
            [only]
                if written(rest.spots()).starts_with("<<")
                    && words(rest.spots(), '\\').len() == 1 =>
            {
                only.body.clone()
            }
            several => {
                let mut text = rest.clone();
                text.extend(&line_end(&rest));
                for it in several {
                    text.extend(it.body.spots());
                    text.extend(it.end.spots());
                }
                text
            }
        };
        self.shell_program(it.range.clone(), text)
    }

    fn shell_program(&self, range: Range<usize>, text: Text) -> Option<Program> {
        if lexer::trimmed(text.spots()).is_empty() {
            return None;
        }
        let variables = environment::named(&self.variables, [&text]);
        let form = match interpreter(&text) {
            Some(words) => Form::Exec(words),
            None if self.shell.is_empty() => Form::Shell(text),
            None => Form::Exec(self.shell.iter().cloned().chain([Word::new(text)]).collect()),
        };
        Some(Program { range, form, variables })
    }

    /// `HEALTHCHECK --interval=5s CMD curl …`, or `NONE`.
    fn healthcheck(&self, it: &Instruction) -> Option<Program> {
        let (_, rest) = variables::options(&it.rest);
        let (kind, rest) = first_word(rest.spots());
        let runs = written(kind).eq_ignore_ascii_case("CMD");
        let rest = Text::from(rest);
        let it = Instruction {
            name: it.name.clone(),
            range: it.range.clone(),
            rest,
            heredocs: Vec::new(),
        };
        self.program(&it).filter(|_| runs)
    }

    /// `SHELL ["bash", "-c"]`. What is no shell is kept, to be told what to run.
    fn shell(&mut self, rest: &Text) {
        let words = exec(rest).unwrap_or_default();
        let name = words.first().map(|it| it.text.to_ascii_lowercase()).unwrap_or_default();
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let name = name.trim_end_matches(".exe");
        let usual = ["sh", "bash", "ash", "dash", "zsh", "ksh", "cmd", "powershell", "pwsh"];
        self.shell = if usual.contains(&name) { Vec::new() } else { words };
    }

    /// `RUN --mount=type=bind,from=builder …`.
    fn mounts(&mut self, it: &Instruction, before: &[Stage], escape: char) {
        for option in variables::options(&it.rest).0 {
            let from = option.split([',', '=']).skip_while(|it| *it != "from").nth(1);
            self.uses_stage(from, &it.range, before, escape);
        }
    }

    /// Notes that this takes files from the stage of that name, and says which one it is.
    fn uses_stage(
        &mut self,
        name: Option<&str>,
        range: &Range<usize>,
        before: &[Stage],
        escape: char,
    ) -> Option<usize> {
        let name = Text::within(name?.trim_matches('"'), range);
        let name = self.expanded(name.spots(), escape).to_lowercase();
        let number = name.parse().ok().filter(|it| *it < before.len());
        let at = number.or_else(|| before.iter().rposition(|it| it.key == name))?;
        self.uses.push((at, range.clone()));
        Some(at)
    }

    /// `COPY --from=builder a b /target/`, `COPY <<EOF /start.sh`.
    fn copy(&mut self, it: &Instruction, before: &[Stage], escape: char) {
        let (options, rest) = variables::options(&it.rest);
        let from = options.iter().find_map(|it| it.strip_prefix("from="));
        let from = self.uses_stage(from, &it.range, before, escape);
        let names: Vec<String> = match exec(&rest) {
            Some(words) => words.into_iter().map(|it| it.text).collect(),
            None => {
                let words = words(rest.spots(), escape).into_iter();
                words.map(|it| self.expanded(it, escape)).collect()
            }
        };
        let Some((target, sources)) = names.split_last() else { return };
        let folder = sources.len() > 1 || target.ends_with('/') || target.ends_with('.');
        let target = absolute(&self.folder, target);
        let mut bodies = it.heredocs.iter();
        let mut files = Vec::new();
        for source in sources {
            let Some(name) =
                source.trim_start_matches(|it: char| it.is_ascii_digit()).strip_prefix("<<")
            else {
                files.push(source.trim_start_matches("./").trim_end_matches('/').to_owned());
                continue;
            };
            let Some(body) = bodies.next() else { continue };
            let name = name.trim_start_matches('-').trim_matches(['"', '\'']);
            let path = if folder {
                format!("{}/{name}", target.trim_end_matches('/'))
            } else {
                target.clone()
            };
            self.write(path, &it.range, &body.body);
        }
        if !files.is_empty() {
            self.copies.push(Copy { from, sources: files, target, folder, inline: None });
        }
    }

    /// A file whose text stands here.
    fn write(&mut self, path: String, range: &Range<usize>, body: &Text) {
        let script = written(&body.spots()[..body.spots().len().min(2)]) == "#!";
        let shell = std::mem::take(&mut self.shell);
        let program = self.shell_program(body.range().unwrap_or(range.clone()), body.clone());
        self.shell = shell;
        let Some(program) = program else { return };
        let key = path.clone();
        if self.inline.iter().all(|it| it.key != key) {
            self.inline.push(Inline { key: key.clone(), program, script });
            let inline = Some(key);
            let copy =
                Copy { from: None, sources: Vec::new(), target: path, folder: false, inline };
            self.copies.push(copy);
        }
    }

    /// A word with its variables replaced, those that are not known as they are written.
    fn expanded(&self, word: &[Spot], escape: char) -> String {
        let word = lexer::trimmed(word);
        variables::expand(word, &self.variables, escape)
            .map_or_else(|| written(word), |it| it.to_string())
    }
}

/// The words of a command that is a JSON array of strings. Docker takes all else for shell text.
fn exec(rest: &Text) -> Option<Vec<Word>> {
    let spots = lexer::trimmed(rest.spots());
    let written = written(spots);
    if !written.starts_with('[') {
        return None;
    }
    let Json::Value(value) = json::read(&written) else { return None };
    // Where each byte of what is written stands in the file.
    let mut places = Vec::with_capacity(written.len());
    for spot in spots {
        places.extend(std::iter::repeat_n((spot.start, spot.end), spot.c.len_utf8()));
    }
    let place = |it: &Spot| {
        let start = places.get(it.start)?.0;
        Some(Spot { c: it.c, start, end: places.get(it.end.checked_sub(1)?)?.1 })
    };
    let word = |it: json::Value<'_>| {
        let spots: Option<Vec<Spot>> = it.text()?.spots().iter().map(place).collect();
        Some(Word::new(Text::from(spots?.as_slice())))
    };
    value.items()?.into_iter().map(word).collect()
}

/// The end of a line after a text.
fn line_end(text: &Text) -> Vec<Spot> {
    let last = text.spots().last();
    last.map(|it| Spot { c: '\n', start: it.end, end: it.end }).into_iter().collect()
}

/// The command that runs a script which begins with the name of another program than a shell.
fn interpreter(text: &Text) -> Option<Vec<Word>> {
    let line: String = text.spots().iter().map(|it| it.c).take_while(|it| *it != '\n').collect();
    let line = line.trim_start().strip_prefix("#!")?;
    let names = ["node", "tsx", "bun", "deno", "python", "ruby", "perl", "php"];
    let mut words = line.split(|it: char| it.is_whitespace() || it == '/');
    let name = words.find_map(|word| names.into_iter().find(|it| word.starts_with(it)))?;
    let range = text.range().unwrap_or_default();
    let word = |it: &str| Word::new(Text::within(it, &range));
    Some(vec![word(name), word("-e"), Word::new(text.clone())])
}
