//! sprag refuses schema changes that take away, and deployments that run migrations: on `git commit`, on `git push`,
//! on the server, over a whole repository and in CI, by one policy. The program is a thin shell around this library.
//!
//! # From a question to an answer
//!
//! `Scope → changes → documents → Changes → Findings → Verdict → Report`
//!
//! | step | where |
//! |---|---|
//! | which two trees are compared, and whose policy counts | [`gate`] |
//! | what differs between them, by content | [`repo::Repo::diff`], [`repo::Repo::read`] |
//! | which database a folder of migrations is for | [`gate`], by `migration_lock.toml` or the policy: a [`schema::Provider`] |
//! | what a migration does, statement by statement | [`parse::read`] gives [`schema::Change`]s, by [`parse::sql`] for Postgres and [`parse::dialect`] for the others |
//! | what somebody or something will run | [`parse::command::commands`], and whatever that runs in turn |
//! | the shortest way from what deploys to what migrates | [`rules::deploy::findings`] |
//! | what the database was before | [`schema::Catalog`], replayed from the migrations of the base, kept by [`cache`] |
//! | what Prisma believes the database is | [`parse::prisma::Datamodel`], and where it differs [`rules::schema`], [`rules::drift`] |
//! | where the tools are told that their files are | [`parse::layout`] |
//! | what its tool keeps beside it | [`parse::drizzle`], [`parse::prisma::Lock`], judged as a [`rules::History`] |
//! | what is wrong | [`rules::run`], [`rules::state`], [`rules::found`], by the rules that [hold for](rules::Rule::holds_for) the database |
//! | what it really does | [`postgres`], on a server that is thrown away, judged as a [`rules::Rehearsal`] |
//! | what a database in use has | [`postgres::Live`], read as a migration by [`parse::snapshot`], judged as a [`rules::Verification`] |
//! | what runs sprag, and whether a refusal there has a consequence | [`parse::command::guard::guards`], compared by [`policy::tampering::findings`] and told by [`hooks::doctor`] |
//! | what of it stands | [`verdict::judge`], by the [`policy`] and what it excuses |
//! | what an owner has let pass | [`approval::weigh`], by signed files in the proposed tree and lists of the trusted one |
//! | how to say it | [`report::render`] |
//!
//! Two views are always taken: what each statement does (a column that is dropped and added again under its name has
//! lost its data), and what the whole change leaves behind (row level security may be switched on in a later file).
//!
//! # One pipeline for every database
//!
//! `Provider → reader → Changes → rules`. Both readers say what they read in the same [`schema::Op`]s, with the same
//! exact places, and everything behind them knows no dialect. What is left of the difference is said in four places: a
//! database without schemas has tables in the schema `""`; [`schema::Catalog::unfold`] reads a table that is made anew,
//! as SQLite must, as the difference between both; [`rules::Rule::holds_for`] says which rules are true where; and
//! [`rules::Context::in_sql`] keeps SQL of Postgres out of the mouths of the others.
//!
//! A merged file that only the reader of another database can read whole was for that one ([`parse::Migration::read_past`]):
//! what comes behind it begins with an empty catalog. A new file is judged for the database in force, whatever it looks
//! like.
//!
//! # What deploys
//!
//! A file with commands is read into [`parse::command::Host`]s (a place whose commands run together: a script, a stage, a
//! step), [`parse::command::Command`]s (words, with all wrappers taken away) and [`parse::command::Link`]s (what runs
//! without a command: the `Dockerfile` of a `fly.toml`). Hosts and what they call make a graph; it is searched breadth
//! first, from all roots of one [`parse::command::Weight`] at once, the best proof first. The gate reads the files that
//! are called, whatever their names, until there are no more; and it does all of that only where a change makes a
//! difference to what some host runs.
//!
//! # Two databases that ought to be one
//!
//! What a server says that it has is written as the migration that would make it, and read as all others are: so both
//! sides are a [`schema::Catalog`], and whatever reading cannot tell it cannot tell on either. The migrations are
//! replayed twice, with all that may happen and with none of it; what differs from both is a finding, what differs from
//! one of them nobody can tell. `tests/referee` compares the same way after every file of a history.
//!
//! # Modules
//!
//! In the order of reading; each may use those before it and none after it, and each crate from outside has one owner
//! among them. Tests hold both.
//!
//! * [`failure`]: why the work could not be done. A finding is not a failure: a finding is the work done.
//! * [`source`]: paths, texts, and places in them.
//! * [`schema`]: what a database is and how it changes. Nothing here knows SQL.
//! * [`parse`]: files to what they do. Never fails: what cannot be read is said in place of it.
//! * [`kit`]: what to ask the live database before and after a migration.
//! * [`rollback`]: how to take a migration back, and what a rollback has left.
//! * [`rules`]: what is refused. A rule is a file, its header is its page (`sprag explain`), the page's examples are
//!   its test.
//! * [`signature`]: SSH keys, lists of them, and signatures.
//! * [`policy`]: `policy.toml`, every value with its place; the stricter of two policies; what loosens one.
//! * [`verdict`]: which findings stand, and why the others do not.
//! * [`approval`]: what somebody has signed for, and what of it counts.
//! * [`report`]: the verdict as text. A format never changes it.
//! * [`repo`]: git. Reads by libgit2 and by git, writes nothing.
//! * [`cache`]: what was worked out before, under the git directory, by content; never needed, never trusted when
//!   damaged.
//! * [`postgres`]: a throw-away server (programs of the machine, one that is built in, one that is lent), one that is in
//!   use, what their catalogs say, and what a rehearsal may take.
//! * [`gate`]: puts all of this together for a commit, a push, a range, an audit.
//! * [`fix`]: writes what a machine can, and only where it is sure of what comes of it.
//! * [`hooks`]: puts the hooks where git looks, beside whatever is there.
//! * [`cli`]: what people type. Exit codes: 0 passes, 1 refused, 2 could not judge; nothing else.
//!
//! The middle (`source` to `report`) does no I/O, reads no clock and no environment, and cannot fail: the same change
//! under the same policy gets the same verdict, on a laptop, on a server, in five years.
//!
//! # What is certain
//!
//! [`schema::Catalog::apply`] takes the worse of two outcomes wherever a statement may or may not run (a branch of a
//! `DO` block, a block that swallows errors, `IF NOT EXISTS`, the body of a function): what takes away counts in every
//! case, what protects or excuses counts only when it is certain. New is only what the same change has made for
//! certain, under its resolved name of at most 63 bytes; a rename takes the age along.

pub mod failure;

pub mod source;

pub mod schema;

pub mod parse;

pub mod kit;

pub mod rollback;

pub mod rules;

pub mod signature;

pub mod policy;

pub mod verdict;

pub mod approval;

pub mod report;

pub mod repo;

pub mod cache;

pub mod postgres;

pub mod gate;

pub mod fix;

pub mod hooks;

pub mod cli;
