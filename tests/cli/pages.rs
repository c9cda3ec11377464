//! What the program says of itself.

use insta::assert_snapshot;

use super::shown;
use crate::support::Sandbox;

#[test]
fn help() {
    assert_snapshot!(shown(&Sandbox::new(), &["--help"]), @r###"
    Refuses schema changes that take away, and deployments that run migrations.

    Exit codes: 0 passes, 1 refused, 2 could not judge.

    Usage: sprag <COMMAND>

    Commands:
      check         Judge a change, or files
      fix           Show what a machine can mend, or write it
      audit         Judge everything that the repository holds
      drift         Compare schema.prisma with what the migrations leave behind, without a database
      rehearse      Apply a change to a throw-away Postgres, and compare what it does with what it says
      rollback      Write how to take migrations back, and prove it on a throw-away Postgres
      kit           Write what whoever applies migrations by hand needs: queries, scripts, checklist
      verify        Compare a database that is in use with what the migrations leave behind
      status        Say which migrations a database has, by what tools and the ledger record
      applied       Write down that migrations were applied by hand, or that somebody verified them
      baseline      Write down what was there before, so that only new findings are refused
      approve       Sign for what a rule refuses until somebody does
      approvals     List what was signed for, and what of it counts
      ci            Judge the change that a CI job is about
      hook          What the git hooks run
      install       Put the hooks where git looks
      uninstall     Take the hooks away again
      doctor        Say which gates are really there, how they are passed by, and what mends them
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
    "###);
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

    Without any of these, what is staged is judged, and where nothing is, what the branch has.
    [exit 0]
    "#);
}

#[test]
fn help_of_approve() {
    assert_snapshot!(shown(&Sandbox::new(), &["approve", "--help"]), @r###"
    Sign for what a rule refuses until somebody does

    Usage: sprag approve [OPTIONS] --rule <RULE> --reason <TEXT> <PATH>

    Arguments:
      <PATH>  The file that the finding is in

    Options:
          --rule <RULE>     The rule that refuses it, as the finding names it; `policy-change` for what
                            `policy-tampered` finds
          --reason <TEXT>   Why, for who reads it in a year
          --expires <DATE>  The last day on which it counts
          --days <N>        For how many days it counts: 14, or as many as the policy allows
          --as <PRINCIPAL>  Your name in the list of signers, where the key alone does not say it
          --key <FILE>      The key to sign with, private or public: git's `user.signingkey`, else the
                            only one of your agent
          --base <REF>      Approve what was committed since the branch left REF, not what is staged
      -h, --help            Print help

    Shows what is approved, writes it to .sprag/approvals, and has `ssh-keygen` sign it. It counts once
    it is part of the change: stage and commit both files.
    [exit 0]
    "###);
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

#[test]
fn help_of_verify() {
    assert_snapshot!(shown(&Sandbox::new(), &["verify", "--help"]), @"
    Compare a database that is in use with what the migrations leave behind

    Usage: sprag verify [OPTIONS]

    Options:
          --database-url <URL>       Look at the database that this URL names; a variable is safer
          --database-url-env <NAME>  Look at the database whose URL this environment variable has
          --rev <REV>                Compare with the migrations of this revision [default: HEAD]
          --migration <PATH>         Ask only for what this migration makes; may be given several times
          --folder <FOLDER>          The folder of one database, where the repository has the migrations
                                     of several
          --format <FORMAT>          How to say it; the verdict is the same [possible values: human,
                                     markdown, json]
      -v, --verbose                  Show what is excused as well
      -h, --help                     Print help

    Nothing is written: the session is read-only. Without `sslmode` in the URL a connection to another
    machine is encrypted; `verify-full` has the server's certificate verified as well. Exit codes: 0 the
    database is as the migrations leave it, 1 it differs, 2 it could not be looked at.
    [exit 0]
    ");
}

#[test]
fn help_of_doctor() {
    assert_snapshot!(shown(&Sandbox::new(), &["doctor", "-h"]), @r###"
    Say which gates are really there, how they are passed by, and what mends them

    Usage: sprag doctor [OPTIONS]

    Options:
          --server           The hook of a repository that people push to, though it has a working tree
          --ask-forge        Ask GitHub by `gh`, or GitLab by `glab`, which checks are required: the
                             only way that it uses the network
          --repo <DIR>       The repository, where it is not the current one
          --format <FORMAT>  [possible values: human, json, github]
      -h, --help             Print help
    [exit 0]
    "###);
}
