//! Commands that change a database, and commands nobody can know before they run.

use std::ops::Range;

use super::known::{downloads, passes};
use super::psql;
use crate::parse::command::{Call, Command, Input, Kind, Word};

/// The default list: a program, the words that follow it in this order, options that must be there or (`!`) must not.
/// `|` separates alternatives, `*` stands for any words.
const FORBIDDEN: &[&str] = &[
    "prisma migrate deploy|dev|reset|resolve|up|down",
    "prisma db push|execute|migrate",
    "prisma --accept-data-loss|--force-reset",
    "@prisma/cli migrate",
    "@prisma/cli migrate deploy|dev|reset|resolve|up|down",
    "@prisma/cli db push|execute|migrate",
    "prisma-next migrate",
    "prisma-next db migrate|push|update|init",
    "zenstack migrate deploy|dev|reset|resolve",
    "zenstack db push",
    "supabase db push !--dry-run !--local",
    "supabase db reset --linked|--db-url",
    "supabase migration up|down !--local",
    "supabase migration repair",
    "drizzle-kit push|migrate|push:pg|push:mysql|push:sqlite|up:pg",
    "knex migrate:latest|migrate:up|migrate:down|migrate:rollback",
    "sequelize|sequelize-cli db:migrate|db:migrate:undo|db:migrate:undo:all|db:drop",
    "typeorm|typeorm-ts-node-commonjs|typeorm-ts-node-esm migration:run|migration:revert|schema:sync|schema:drop",
    "mikro-orm migration:up|migration:down|migration:fresh|schema:update|schema:drop",
    "kysely migrate:latest|migrate:up|migrate:down|migrate:rollback",
    "node-pg-migrate up|down|redo",
    "graphile-migrate migrate|reset",
    "atlas migrate|schema apply",
    "flyway migrate|clean|undo|repair",
    "liquibase update|rollback|drop-all",
    "dbmate up|migrate|rollback|down|drop",
    "goose * up|up-to|up-by-one|down|down-to|redo|reset",
    "sqlx migrate run|revert",
    "sqlx database drop|reset|setup",
    "diesel migration run|redo|revert",
    "diesel database reset|setup",
    "pgroll start|migrate|complete",
    "sqitch deploy|revert|rebase",
    "alembic upgrade|downgrade",
    "django|django-admin|manage.py migrate",
    "flask db upgrade|downgrade",
    "rails|rake db:migrate|db:schema:load|db:reset|db:drop|db:prepare",
    // Told of programs that call these libraries.
    "drizzle-orm migrate",
    "@prisma/migrate",
    "umzug up",
    "sequelize sync",
    "postgrator migrate",
    "postgres-migrations migrate",
    "schema-engine",
    "migration-engine",
];

/// What is wrong with a command, and where it says so.
#[derive(Clone, Debug)]
pub(super) struct Hit {
    pub(super) what: What,
    pub(super) range: Range<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// The words that say it: `prisma migrate deploy`.
    Forbidden(String),
    /// A migration tool, and the word that hides what it will do.
    Hidden { program: String, word: String },
    /// A word that may be any program.
    Opaque { word: String },
}

impl What {
    /// In short, to whoever reads it.
    pub(super) fn told(&self) -> String {
        match self {
            What::Forbidden(words) => words.clone(),
            What::Hidden { program, word } => format!("{program} {word}"),
            What::Opaque { word } => word.clone(),
        }
    }

    /// The words that stand for it.
    pub(super) fn word(&self) -> &str {
        match self {
            What::Forbidden(word) | What::Hidden { word, .. } | What::Opaque { word } => word,
        }
    }
}

/// The commands that no deployment may run: the list of the program, and what a policy adds to it.
#[derive(Debug)]
pub struct Forbidden {
    patterns: Vec<Pattern>,
}

impl Forbidden {
    /// `more` are lines as those of the built-in list: a program, then words that follow it in this order.
    pub fn new<'a>(more: impl IntoIterator<Item = &'a str>) -> Forbidden {
        let lines = FORBIDDEN.iter().copied().chain(more);
        Forbidden { patterns: lines.map(Pattern::new).collect() }
    }

    pub(super) fn judge(&self, command: &Command) -> Option<Hit> {
        let first = command.words.first()?;
        let Some(program) = command.program() else {
            // `test:${{ matrix.group }}` is a script of a package, and followed as one.
            let known = first.text.split(first.unknown.as_deref().unwrap_or_default()).next();
            let script = known.is_some_and(|it| it.ends_with(':'));
            let counts = !command.guessed && !is_program(command.host.kind) && !script;
            return opaque(command, first).filter(|_| counts);
        };
        let hit = self.migrates(command, &program).or_else(|| opaque_program(command, &program))?;
        let sure = match hit.what {
            What::Forbidden(_) => true,
            What::Hidden { .. } => !command.guessed,
            // A program that starts others runs what it is told; only tools that migrate are asked for more.
            What::Opaque { .. } => !command.guessed && !is_program(command.host.kind),
        };
        sure.then_some(hit)
    }

    fn migrates(&self, command: &Command, program: &str) -> Option<Hit> {
        if program == "psql" {
            return psql::judge(command);
        }
        let mut hidden = None;
        for pattern in &self.patterns {
            match pattern.meets(program, &command.words) {
                Meeting::Full(what, last) => {
                    let range = range(command, 0, last);
                    return Some(Hit { what: What::Forbidden(what), range });
                }
                Meeting::Hidden(at) => {
                    hidden.get_or_insert(at);
                }
                Meeting::None => {}
            }
        }
        let at = hidden?;
        let word = command.words[at].text.clone();
        Some(Hit {
            what: What::Hidden { program: program.to_owned(), word },
            range: range(command, 0, at),
        })
    }
}

/// The bytes from one word to another.
pub(super) fn range(command: &Command, from: usize, to: usize) -> Range<usize> {
    let ranges = || command.words[from..=to].iter().filter_map(Word::range);
    let start = ranges().map(|it| it.start).min().unwrap_or(command.span.start);
    let end = ranges().map(|it| it.end).max().unwrap_or(command.span.end);
    start..end
}

/// One line of the list.
#[derive(Debug)]
struct Pattern {
    programs: Vec<String>,
    words: Vec<Vec<String>>,
    options: Vec<Vec<String>>,
    absent: Vec<String>,
}

enum Meeting {
    /// The words that met it, and the index of the last of them.
    Full(String, usize),
    /// The word that may or may not complete it.
    Hidden(usize),
    None,
}

impl Pattern {
    fn new(line: &str) -> Pattern {
        let alternatives = |it: &str| it.split('|').map(str::to_owned).collect();
        let mut parts = line.split_whitespace();
        let programs = alternatives(parts.next().unwrap_or_default());
        let mut pattern =
            Pattern { programs, words: Vec::new(), options: Vec::new(), absent: Vec::new() };
        for part in parts {
            match part.strip_prefix('!') {
                Some(option) => pattern.absent.push(option.to_owned()),
                None if part.starts_with("--") => pattern.options.push(alternatives(part)),
                None => pattern.words.push(alternatives(part)),
            }
        }
        pattern
    }

    /// Follows the words as the program itself would, not knowing which of its options take a value.
    fn meets(&self, program: &str, words: &[Word]) -> Meeting {
        let named = |it: &&String| {
            *it == program || (it.ends_with("-engine") && program.starts_with(&**it))
        };
        let Some(name) = self.programs.iter().find(named) else { return Meeting::None };
        let has =
            |option: &str| words.iter().position(|it| it.text.split('=').next() == Some(option));
        if self.absent.iter().any(|it| has(it).is_some()) {
            return Meeting::None;
        }
        let mut said = vec![name.clone()];
        let mut last = 0;
        // Which lengths of the pattern the words so far may have met.
        let mut met = vec![true];
        met.resize(self.words.len() + 1, false);
        let mut value = false;
        let mut hidden = None;
        for (at, word) in words.iter().enumerate().skip(1) {
            if met[self.words.len()] {
                break;
            }
            if word.is_flag() || word.is("--") {
                value = word.is_flag() && !word.text.contains('=');
                continue;
            }
            if word.unknown.is_some() || word.globs {
                let open = met.iter().any(|it| *it);
                if open && !value {
                    return self.or_later(words, at, &met, said);
                }
                hidden = hidden.or(open.then_some(at));
                value = false;
                continue;
            }
            for length in (0..self.words.len()).rev().filter(|it| met[*it]).collect::<Vec<_>>() {
                let star = self.words[length] == ["*"];
                let next = length + usize::from(star);
                if self.words.get(next).is_some_and(|it| it.contains(&word.text)) {
                    met[next + 1] = true;
                    last = at;
                    said.truncate(length + 1);
                    said.push(word.text.clone());
                }
                met[length] = value || star;
            }
            value = false;
        }
        if !met[self.words.len()] {
            return match hidden {
                Some(at) if met.iter().any(|it| *it) => Meeting::Hidden(at),
                _ => Meeting::None,
            };
        }
        for option in &self.options {
            let Some((option, at)) = option.iter().find_map(|it| Some((it, has(it)?))) else {
                return Meeting::None;
            };
            said.push(option.clone());
            last = last.max(at);
        }
        Meeting::Full(said.join(" "), last)
    }

    /// An unknown word where the command would be: the words after it may still say it outright.
    fn or_later(&self, words: &[Word], at: usize, met: &[bool], mut said: Vec<String>) -> Meeting {
        let mut length = met.iter().rposition(|it| *it).unwrap_or(0);
        for (later, word) in words.iter().enumerate().skip(at + 1) {
            if self.words.get(length).is_some_and(|it| it.contains(&word.text)) {
                said.push(word.text.clone());
                length += 1;
                if length == self.words.len() && self.options.is_empty() {
                    return Meeting::Full(said.join(" "), later);
                }
            }
        }
        Meeting::Hidden(at)
    }
}

/// Whether what it holds is no list of commands, but a program that may start some.
fn is_program(kind: Kind) -> bool {
    matches!(kind, Kind::JavaScript | Kind::Python | Kind::Ruby)
}

/// Shells and package managers that are handed what nobody knows.
fn opaque_program(command: &Command, program: &str) -> Option<Hit> {
    let arguments = &command.words[1..];
    match program {
        "sh" | "bash" | "zsh" | "dash" | "ash" | "ksh" | "." | "source" => {
            let file = arguments.iter().find(|it| !it.is_flag() && !it.is("-") && !it.is("--"));
            let file = file.filter(|_| !arguments.iter().any(|it| it.is("-s")));
            match (file, &command.input) {
                // It only looks whether it could.
                _ if arguments.iter().any(|it| it.is("-n")) => None,
                (Some(word), _) if ends_in_a_name(word) => None,
                (Some(word), _) => word.unknown.as_ref().and_then(|_| opaque(command, word)),
                (None, Input::Pipe(before)) if !downloads(before) => {
                    let said: Vec<&str> = before.iter().map(|it| it.text.as_str()).collect();
                    let word = format!("{} | {program}", said.join(" "));
                    Some(Hit { what: What::Opaque { word }, range: command.span.range() })
                }
                (None, Input::File(word)) => {
                    word.unknown.as_ref().and_then(|_| opaque(command, word))
                }
                (None, Input::Text(_) | Input::Pipe(_) | Input::Inherited) => None,
            }
        }
        "npm" | "pnpm" | "yarn" | "bun" | "run-s" | "run-p" | "npm-run-all" => {
            command.calls().iter().find_map(|it| match it {
                // A name whose beginning is known is followed to every script it may be.
                Call::Script { name, .. } => {
                    let hidden = name.unknown.as_ref().filter(|it| name.text.starts_with(&***it));
                    hidden.and_then(|_| opaque(command, name))
                }
                Call::File { .. } => None,
            })
        }
        _ => None,
    }
}

fn opaque(command: &Command, word: &Word) -> Option<Hit> {
    if passes(&word.text) || command.words.is_empty() {
        return None;
    }
    let range = word.range().unwrap_or(command.span.range());
    Some(Hit { what: What::Opaque { word: word.text.clone() }, range })
}

/// `"$NVM_DIR/nvm.sh"`: where it lies is open, but what it is is said; if it is one of this repository, it is followed.
fn ends_in_a_name(word: &Word) -> bool {
    let Some(unknown) = &word.unknown else { return false };
    let rest = word.text.strip_prefix(unknown.as_str()).unwrap_or_default();
    rest.starts_with('/') && !rest.contains(['$', '`']) && !rest.ends_with('/')
}
