//! `Dockerfile`: what a build runs, and what an image starts with.
//!
//! Only the last stage is what a build is for; of the others it takes what that one builds on or copies from. Each
//! stage has a place for each kind of instruction; the place of the stage itself leads to them.

mod copies;
mod lexer;
mod stage;
mod variables;

use std::ops::Range;

use crate::parse::command::names::is_local_file;
use crate::parse::command::{Call, Command, Host, Kind, Reading, Text, Weight, Word};
use crate::source::Source;

use copies::Origin;
use stage::{Form, Program, Stage};

pub(super) fn read(source: &Source) -> Reading {
    let mut reading = Reading::default();
    let (stages, problems) = stage::read(&source.text);
    for (range, message) in problems {
        reading.problem(&source.path, range, message);
    }
    let mut starts: Vec<Start> = Vec::new();
    for (at, stage) in stages.iter().enumerate() {
        let start = Start::new(&starts, at, stage);
        Writer { source, stages: &stages, at, stage, start, reading: &mut reading }.stage();
        starts.push(start);
    }
    reading
}

/// The stages whose instructions start the image that a stage makes.
#[derive(Clone, Copy, Default)]
struct Start {
    entrypoint: Option<usize>,
    cmd: Option<usize>,
    healthcheck: Option<usize>,
}

impl Start {
    /// What a stage does not set it has of the one it builds on. An `ENTRYPOINT` takes that one's `CMD` away
    /// ("Understand how CMD and ENTRYPOINT interact" in the Dockerfile reference).
    fn new(before: &[Start], at: usize, stage: &Stage) -> Start {
        let base = stage.base.and_then(|it| before.get(it)).copied().unwrap_or_default();
        let own = |set: bool| set.then_some(at);
        let entrypoint = own(stage.entrypoint.is_some());
        Start {
            entrypoint: entrypoint.or(base.entrypoint),
            cmd: own(stage.cmd.is_some()).or(base.cmd.filter(|_| entrypoint.is_none())),
            healthcheck: own(stage.healthcheck.is_some()).or(base.healthcheck),
        }
    }
}

struct Writer<'a> {
    source: &'a Source,
    stages: &'a [Stage],
    at: usize,
    stage: &'a Stage,
    start: Start,
    reading: &'a mut Reading,
}

impl Writer<'_> {
    fn is_last(&self) -> bool {
        self.at + 1 == self.stages.len()
    }

    /// The key of an instruction of a stage; of the stage itself, where it is empty.
    fn key(&self, stage: usize, instruction: &str) -> String {
        let name = self.stages.get(stage).map_or("", |it| &it.key);
        match (stage + 1 == self.stages.len(), instruction) {
            (true, instruction) => instruction.to_owned(),
            (false, "") => name.to_owned(),
            (false, instruction) => format!("{name}: {instruction}"),
        }
    }

    fn host(&self, instruction: &str) -> Host {
        let counts = self.is_last() && !is_local_file(&self.source.path);
        let weight = if counts { Weight::Image } else { Weight::Maybe };
        Host::new(Kind::Dockerfile, self.source, self.key(self.at, instruction), weight)
    }

    fn stage(&mut self) {
        let stage = self.stage;
        self.programs("RUN", &stage.runs);
        self.programs("ONBUILD", &stage.onbuild);
        self.programs("ENTRYPOINT", stage.entrypoint.as_slice());
        self.programs("CMD", stage.cmd.as_slice());
        self.programs("HEALTHCHECK", stage.healthcheck.as_slice());
        self.joined();
        for inline in &stage.inline {
            let host = Host { weight: Weight::Maybe, ..self.host(&inline.key) };
            self.program(&host, &inline.program);
        }
        self.build();
        self.whole();
    }

    fn programs(&mut self, instruction: &str, programs: &[Program]) {
        let host = self.host(instruction);
        let first = self.reading.commands.len();
        for program in programs {
            self.program(&host, program);
        }
        let commands: Vec<Command> =
            self.reading.commands.get(first..).unwrap_or_default().to_vec();
        for command in commands {
            self.files(&host, &command);
        }
    }

    fn program(&mut self, host: &Host, program: &Program) {
        let Program { range, form, variables } = program;
        match form {
            Form::Shell(text) => self.reading.add_shell_with(host, range, text, variables),
            Form::Exec(words) => {
                self.reading.add_words_with(host, range, words.clone(), variables);
            }
        }
    }

    /// What `ENTRYPOINT` does with the words of `CMD`.
    fn joined(&mut self) {
        let program = |at: Option<usize>, of: fn(&Stage) -> &Option<Program>| {
            self.stages.get(at?).and_then(|it| of(it).as_ref())
        };
        let entrypoint = program(self.start.entrypoint, |it| &it.entrypoint);
        let cmd = program(self.start.cmd, |it| &it.cmd);
        let (Some(entrypoint), Some(cmd)) = (entrypoint, cmd) else { return };
        let (Form::Exec(first), Form::Exec(words)) = (&entrypoint.form, &cmd.form) else { return };
        let key = if self.start.cmd == Some(self.at) { "CMD" } else { "" };
        let words: Vec<Word> = first.iter().chain(words).cloned().collect();
        let mut variables = entrypoint.variables.clone();
        variables.extend(cmd.variables.clone());
        let host = self.host(key);
        self.reading.add_words_with(&host, &cmd.range, words, &variables);
    }

    /// Leads from a command to the files that were copied to where it looks for them.
    fn files(&mut self, host: &Host, command: &Command) {
        let mut names: Vec<Word> = command.words.first().cloned().into_iter().collect();
        names.extend(command.calls().into_iter().filter_map(|it| match it {
            Call::File { path, .. } => path,
            Call::Script { .. } => None,
        }));
        names.dedup();
        for name in names {
            let Some(text) = name.known() else { continue };
            let range = name.range().unwrap_or(command.span.range());
            for origin in copies::origins(self.stages, self.at, text) {
                let call = match origin {
                    Origin::File(path) => Call::file(Word::new(Text::within(&path, &range))),
                    Origin::Inline(key) => self.inline(&key, &range),
                };
                self.reading.link(host, range.clone(), call);
            }
        }
    }

    /// The file of that name that this stage or one before it writes.
    fn inline(&self, key: &str, range: &Range<usize>) -> Call {
        let writes = |it: &Stage| it.inline.iter().any(|it| it.key == key);
        let stages = self.stages.get(..=self.at).unwrap_or_default();
        let stage = stages.iter().rposition(writes).unwrap_or(self.at);
        Call::part(Word::new(Text::within(&self.key(stage, key), range)))
    }

    /// What a build runs besides: the stages this one builds on and copies from.
    fn build(&mut self) {
        let host = self.host("RUN");
        if let Some(base) = self.stage.base {
            for instruction in ["RUN", "ONBUILD"] {
                self.lead(&host, &self.stage.range.clone(), base, instruction);
            }
        }
        for (from, range) in &self.stage.uses {
            self.lead(&host, range, *from, "RUN");
        }
    }

    /// The stage as a whole.
    fn whole(&mut self) {
        let host = self.host("");
        let range = self.stage.range.clone();
        self.lead(&host, &range, self.at, "RUN");
        self.lead(&host, &range, self.at, "ONBUILD");
        let Start { entrypoint, cmd, healthcheck } = self.start;
        for (stage, instruction) in
            [(entrypoint, "ENTRYPOINT"), (cmd, "CMD"), (healthcheck, "HEALTHCHECK")]
        {
            if let Some(stage) = stage {
                self.lead(&host, &range, stage, instruction);
            }
        }
        for inline in self.stage.inline.iter().filter(|it| it.script) {
            self.lead(&host, &inline.program.range, self.at, &inline.key);
        }
        if self.is_last() {
            // The last stage may be asked for by its name too.
            let named = Host { key: self.stage.key.as_str().into(), weight: Weight::Maybe, ..host };
            self.lead(&named, &range, self.at, "");
        }
    }

    fn lead(&mut self, host: &Host, range: &Range<usize>, stage: usize, instruction: &str) {
        let key = Word::new(Text::within(&self.key(stage, instruction), range));
        self.reading.link(host, range.clone(), Call::part(key));
    }
}
