//! Prints what was found and knows the exit code that goes with it.

use std::io::{IsTerminal, Write};

use super::arguments::Format;
use super::{NOT_JUDGED, PASSED, REFUSED, env};
use crate::failure::Failure;
use crate::gate::{Broken, Judged, Outcome, Stop};
use crate::report::{self, Action, GraphFormat, Problem, Report, Sources, Style};
use crate::rules::deploy::Map;

/// Where and how this process says what it has to say.
#[derive(Clone, Debug)]
pub(super) struct Output {
    /// Hooks speak on standard error: git gives a hook no other.
    hook: bool,
    format: Format,
    style: Style,
}

impl Output {
    pub(super) fn new(hook: bool, format: Format) -> Output {
        let is_terminal =
            if hook { std::io::stderr().is_terminal() } else { std::io::stdout().is_terminal() };
        let width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        Output { hook, format, style: Style::detect(env, is_terminal, width) }
    }

    pub(super) fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// Text that was asked for. A reader that has gone away changes no verdict.
    pub(super) fn say(&self, text: &str) {
        let written = if self.hook {
            std::io::stderr().write_all(text.as_bytes())
        } else {
            let mut out = std::io::stdout().lock();
            out.write_all(text.as_bytes()).and_then(|()| out.flush())
        };
        // A verdict that nobody could be told of stands all the same.
        let _ = written;
    }

    /// The same, where it names things of others.
    pub(super) fn tell(&self, text: &str) {
        self.say(&report::clean_text(text, &self.style));
    }

    pub(super) fn graph(&self, map: &Map, sources: &Sources, format: GraphFormat) {
        self.say(&report::graph(map, sources, format, &self.style));
    }

    pub(super) fn diff(&self, path: &str, before: Option<&str>, after: &str) {
        self.say(&report::diff(path, before, after, &self.style));
    }

    /// What is said beside what was asked for, which may be piped elsewhere.
    pub(super) fn aside(&self, text: &str) {
        Output::note(&report::clean_text(text, &self.style));
    }

    /// Text about the work itself.
    pub(super) fn note(text: &str) {
        let _ = std::io::stderr().write_all(text.as_bytes());
    }

    pub(super) fn verdict(&self, judged: Judged, action: &Action, verbose: bool) -> u8 {
        let mut outcome = match judged {
            Ok(outcome) => outcome,
            Err(stop) => return self.stopped(&stop, Some(action)),
        };
        let quiet = matches!(
            action,
            Action::Commit | Action::Merge | Action::Push { .. } | Action::Receive { .. }
        );
        if quiet && outcome.verdict.judged.is_empty() {
            // A repository that has no policy is told so when something is refused, and by the commands.
            outcome.verdict.notices.retain(|it| !it.contains("there is no policy.toml"));
        }
        let report = Report {
            verdict: &outcome.verdict,
            sources: &outcome.sources,
            action,
            policy: if outcome.policy.is_empty() { "policy.toml" } else { &outcome.policy },
            verbose,
        };
        self.say(&report::render(&report, self.format.into(), &self.style));
        if self.format == Format::Github {
            step_summary(&report::step_summary(&report));
        }
        if outcome.verdict.blocks() { REFUSED } else { PASSED }
    }

    /// There is no verdict.
    pub(super) fn stopped(&self, stop: &Stop, action: Option<&Action>) -> u8 {
        match stop {
            Stop::Failure(failure) => self.failed(failure, action),
            Stop::Policy(broken) => self.broken(broken, action),
        }
    }

    /// The same of a database in use, to be pasted into a report. `at` is the time of the day.
    pub(super) fn verification(
        &self,
        outcome: &Outcome,
        action: &Action,
        migrations: &[String],
        at: &str,
    ) {
        let (verdict, sources) = (&outcome.verdict, &outcome.sources);
        let report = Report { verdict, sources, action, policy: &outcome.policy, verbose: false };
        self.say(&report::verification(&report, migrations, at, &self.style));
    }

    pub(super) fn status(&self, status: &report::Status) {
        self.say(&report::status(status, self.format.into(), &self.style));
    }

    pub(super) fn failure(&self, failure: &Failure) -> u8 {
        self.failed(failure, None)
    }

    fn failed(&self, failure: &Failure, action: Option<&Action>) -> u8 {
        let text = report::failure(failure, action, self.format.into(), &self.style);
        if self.is_json() || self.hook {
            self.say(&text);
        } else {
            Output::note(&text);
        }
        NOT_JUDGED
    }

    fn broken(&self, broken: &Broken, action: Option<&Action>) -> u8 {
        let first = broken.problems.first();
        let place = first.map_or_else(
            || "policy.toml".to_owned(),
            |it| {
                let text = broken.sources.get(&it.span.path).unwrap_or_default();
                let at = crate::source::Lines::new(text).position(it.span.start);
                format!("{}:{}:{}", it.span.path, at.line, at.column)
            },
        );
        let what = first.map_or("it cannot be read", |it| it.message.as_str());
        let mut failure = Failure::new(format!("the policy has errors: {place}: {what}"));
        if !self.is_json() {
            let problems: Vec<Problem<'_>> = broken
                .problems
                .iter()
                .map(|it| Problem {
                    message: &it.message,
                    span: &it.span,
                    help: it.help.as_slice(),
                })
                .collect();
            let text = report::problems(&problems, &broken.sources, &self.style);
            if self.hook {
                self.say(&text);
            } else {
                Output::note(&text);
            }
            failure = failure.help("correct it; nothing was judged");
        } else if let Some(help) = first.and_then(|it| it.help.clone()) {
            failure = failure.help(help);
        }
        self.failed(&failure, action)
    }
}

fn step_summary(text: &str) {
    let Some(path) = env("GITHUB_STEP_SUMMARY") else { return };
    let file = std::fs::OpenOptions::new().append(true).create(true).open(path);
    // The summary is a service to the reader; the verdict is in the log and in the exit code.
    let _ = file.and_then(|mut file| file.write_all(text.as_bytes()));
}
