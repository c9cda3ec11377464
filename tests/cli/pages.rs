//! What the program says of itself.

use insta::assert_snapshot;

use super::shown;
use crate::support::Sandbox;

#[test]
fn help() {
    assert_snapshot!(shown(&Sandbox::new(), &["--help"]), @"
    Refuses schema changes that take away, and deployments that run migrations.

    Exit codes: 0 passes, 1 refused, 2 could not judge.

    Usage: sprag <COMMAND>

    Commands:
      check         Judge a change, or files
      fix           Show what a machine can mend, or write it
      audit         Judge everything that the repository holds
      drift         Compare schema.prisma with what the migrations leave behind, without a database
      rehearse      Apply a change to a throw-away Postgres, and compare what it does with what it says
      baseline      Write down what was there before, so that only new findings are refused
      ci            Judge the change that a CI job is about
      hook          What the git hooks run
      install       Put the hooks where git looks
      uninstall     Take the hooks away again
      doctor        Say whether the hooks are really there, and what mends them
      init          Write a policy.toml that fits the repository
      deploy-graph  Show what deployments run, and what that runs
      explain       Show a rule's page
      rules         List every rule
      help          Print this message or the help of the given subcommand(s)

    Options:
      -h, --help
              Print help (see a summary with '-h')

      -V, --version
              Print version
    [exit 0]
    ");
}

#[test]
fn help_of_rehearse() {
    assert_snapshot!(shown(&Sandbox::new(), &["rehearse", "-h"]), @"
    Apply a change to a throw-away Postgres, and compare what it does with what it says

    Usage: sprag rehearse [OPTIONS]

    Options:
          --base <REF>             What was committed since the branch left REF
          --rev <REV>              What one commit did to its first parent
          --deadline <SECONDS>     Stop what takes longer [default: 60]
          --engine <ENGINE>        What runs Postgres: programs of this machine, or what is built into
                                   sprag [default: auto] [possible values: auto, local, embedded]
          --shadow-url <URL>       Make a database for this on a server that is kept for it, and drop it
                                   again
          --shadow-url-env <NAME>  The same, and the URL stands in a variable of the environment
          --allow-hosted-shadow    The shadow server may be a hosted one
          --format <FORMAT>        How to say it; the verdict is the same [possible values: human, json,
                                   github]
      -v, --verbose                Show what is excused as well
      -h, --help                   Print help (see more with '--help')

    Without --base and --rev, what is staged is rehearsed on top of what is merged.
    [exit 0]
    ");
}

#[test]
fn help_of_check() {
    assert_snapshot!(shown(&Sandbox::new(), &["check", "--help"]), @r#"
    Judge a change, or files

    Usage: sprag check [OPTIONS] [PATHS]...

    Arguments:
      [PATHS]...  Files as they lie, as if they were new; `-` for a migration from standard input

    Options:
          --staged           What is about to be committed
          --base <REF>       What was committed since the branch left REF
          --range <A..B>     From A to B, or with three dots from where they parted
          --rev <REV>        What one commit did to its first parent
          --format <FORMAT>  How to say it; the verdict is the same [possible values: human, json,
                             github]
      -v, --verbose          Show what is excused as well
      -h, --help             Print help

    Without any of these, what is staged is judged.
    [exit 0]
    "#);
}

#[test]
fn the_rules_begin_with_what_destroys() {
    let said = shown(&Sandbox::new(), &["rules"]);
    assert!(said.ends_with("[exit 0]"), "{said}");
    let head: Vec<&str> = said.lines().take(8).collect();
    assert_snapshot!(head.join("\n"), @"
    destructive
      drop-table                         deny     Dropping a table deletes its rows for good and breaks every client that still reads it.
      drop-column                        deny     Dropping a column deletes its data for good and breaks every client that still reads it.
      drop-schema                        deny     Dropping a schema or a database deletes everything in it.
      drop-type                          deny     Dropping a type or domain breaks every client that uses it; with `CASCADE` the columns of that type go too.
      enum-value-removed                 deny     An enum that is made anew without one of its labels cannot hold the rows that have it, and clients that write it break.
      recreated-enum                     warn     Making an enum anew writes every table that uses it again, while nobody else can read or write them; `add value` writes nothing.
      truncate                           deny     `TRUNCATE` deletes every row of a table, and with `CASCADE` every row of the tables that refer to it.
    ");
}

#[test]
fn the_page_of_a_rule() {
    assert_snapshot!(shown(&Sandbox::new(), &["explain", "drop-column"]), @r#"
    # drop-column

    Dropping a column deletes its data for good and breaks every client that still reads it.

    Stop reading the column and leave it. Dropping it and adding it again, under the same name or another, loses the
    data all the same. Indexes, unique keys and foreign keys that the column is part of go with it.

    ## Fails

    ```sql
    alter table users drop column email;
    ```

    ```sql
    alter table users drop column age, add column age bigint;
    ```

    ```sql before
    create table users (id bigint primary key, email text, team bigint);
    alter table users enable row level security;
    create unique index users_team_email_key on users (team, email);
    ```

    ```sql
    alter table users drop column email, add column mail text;
    ```

    ```text
    error[drop-column]: `public.users.email` and all its data are gone after this, and with it the unique index `users_team_email_key`
      ╭▸ prisma/migrations/20260101000000_example/migration.sql:1:19
      │
    1 │ alter table users drop column email, add column mail text;
      │                   ━━━━━━━━━━━━━━━━━
      │
      ├ note: by default, `drop-column` is denied
      ├ help: keep the column; if `mail` is to be the same under a new name, rename only the field: in Prisma, `@map("email")`
      ╰ explain: sprag explain drop-column
    ```

    The fields of a composite type are columns inside of columns.

    ```sql
    alter type address drop attribute city cascade;
    ```

    ## Passes

    Nobody can be reading a column that the same change created, or one of a table that it created.

    ```sql
    create table drafts (id bigint primary key, note text);
    alter table drafts drop column note;
    ```

    ```sql before
    create table users (id bigint);
    alter table users enable row level security;
    ```

    ```sql
    alter table users add column nick text;
    alter table users drop column nick;
    ```

    Default level: deny
    [exit 0]
    "#);
}

#[test]
fn a_rule_that_is_nearly_there() {
    let sandbox = Sandbox::new();
    assert_snapshot!(shown(&sandbox, &["explain", "drop-colum"]), @r#"
    error: could not judge: there is no rule `drop-colum`
     |
     = help: did you mean `drop-column`?
     = help: `sprag rules` lists them
    [exit 2]
    "#);
    assert_snapshot!(shown(&sandbox, &["explain", "xyzzy"]), @r#"
    error: could not judge: there is no rule `xyzzy`
     |
     = help: `sprag rules` lists them
    [exit 2]
    "#);
}

#[test]
fn a_word_that_is_no_command() {
    assert_snapshot!(shown(&Sandbox::new(), &["chekc"]), @r#"
    error: unrecognized subcommand 'chekc'

      tip: a similar subcommand exists: 'check'

    Usage: sprag <COMMAND>

    For more information, try '--help'.
    [exit 2]
    "#);
}
