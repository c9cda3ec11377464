//! Scripts that nobody thought of: whatever was there before and is gone after them was refused.

use super::Trial;
use super::server::{Database, Sent};

const PAST: &str = "create table users (id bigint, email text);
alter table users enable row level security;
create table a.users (id bigint, email text);
alter table a.users enable row level security;
create table t (id bigint, email text);
alter table t enable row level security;
";

/// `T` is a table, `S` a schema, `C` a column, each by chance.
const STATEMENTS: &[&str] = &[
    "create table T (id bigint, email text)",
    "create table if not exists T (id bigint)",
    "create table S.T (C text)",
    "create temp table T (id bigint, email text)",
    "create temp table T (C int) on commit drop",
    "drop table T",
    "drop table if exists T",
    "drop table S.T cascade",
    "drop table pg_temp.T",
    "alter table T rename to N",
    "alter table S.T rename to N",
    "alter table T set schema S",
    "alter table T enable row level security",
    "alter table S.T enable row level security",
    "alter table T disable row level security",
    "alter table T add column C text",
    "alter table T add column if not exists C text",
    "alter table T drop column C",
    "alter table T drop column if exists C, add column C text",
    "alter table T rename column C to x",
    "alter table T rename x to C",
    "alter table T alter column C type text",
    "alter table T force row level security",
    "create table T (like users)",
    "create table T as select 1 as C",
    "select 1 as C into T",
    "begin",
    "begin",
    "commit",
    "commit",
    "rollback",
    "savepoint s",
    "rollback to s",
    "release s",
    "set search_path to S, public",
    "set search_path to S",
    "set local search_path to S",
    "reset search_path",
    "create schema b",
    "drop schema S cascade",
    "alter schema S rename to b",
    "create schema if not exists S",
    "discard temp",
    "select 1/0",
    "create view T as select 1 as id",
    "drop view T",
    "alter index T rename to N",
    "do $$ begin if random() < 2 then drop table T; end if; end $$",
    "do $$ begin if false then alter table T enable row level security; end if; end $$",
    "do $$ begin create table T (id bigint); alter table T enable row level security; end $$",
    "do $$ begin create table T (id bigint); exception when others then null; end $$",
    "do $$ begin alter table T enable row level security; perform 1/0; exception when others then null; end $$",
    "create table T (id bigint); alter table T enable row level security",
    "alter table T inherit N",
    "create table T () inherits (N)",
];

/// Chance that is the same every time.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Dice {
        Dice(0x9e37_79b9_7f4a_7c15 ^ seed)
    }

    fn below(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(sides).unwrap()).unwrap()
    }

    fn pick(&mut self, from: &[&'static str]) -> &'static str {
        from[self.below(from.len())]
    }

    pub(super) fn script(&mut self, statements: &[&'static str]) -> String {
        let mut script = String::new();
        for _ in 0..2 + self.below(7) {
            let (table, other) =
                (self.pick(&["users", "t", "n"]), self.pick(&["users", "t", "n", "m"]));
            let (schema, column) =
                (self.pick(&["a", "public", "b"]), self.pick(&["id", "email", "x"]));
            let words =
                self.pick(statements).split_inclusive(|it: char| !it.is_ascii_alphanumeric());
            for word in words {
                let (name, rest) = word.split_at(
                    word.find(|it: char| !it.is_ascii_alphanumeric()).unwrap_or(word.len()),
                );
                script += match name {
                    "T" => table,
                    "N" => other,
                    "S" => schema,
                    "C" => column,
                    _ => name,
                };
                script += rest;
            }
            script += ";\n";
        }
        script
    }
}

/// How many, and which: `DICE=2000 SEED=5` throws more, and others.
pub(super) fn throws() -> (u64, u64) {
    let number = |name: &str, usual| {
        let value = std::env::var(name).ok();
        value.and_then(|it| it.parse().ok()).unwrap_or(usual)
    };
    (number("DICE", 60), number("SEED", 1))
}

#[test]
fn what_a_script_takes_away_was_refused() {
    let Some(database) = Database::new() else { return };
    let (throws, seed) = throws();
    let mut dice = Dice::new(seed);
    let (mut wrong, mut lost) = (Vec::new(), 0);
    for _ in 0..throws {
        let script = dice.script(STATEMENTS);
        for sent in [Sent::Each, Sent::Whole] {
            let trial = Trial::run(&database, PAST, &script, sent);
            lost += usize::from(!super::losses(&trial.before, &trial.after).is_empty());
            let found = trial.wrong();
            if !found.is_empty() {
                let (hits, errors) = (trial.hits.join(", "), &trial.errors);
                wrong.push(format!(
                    "{sent:?}:\n{script}  {}\n  [{hits}] {errors}",
                    found.join("\n  ")
                ));
            }
        }
    }
    assert!(lost > 10, "the scripts are too tame: {lost}");
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), 2 * throws, wrong.join("\n"));
}
