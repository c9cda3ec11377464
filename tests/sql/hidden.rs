//! Statements that hide from a reader who is not exact.

use super::found;

const USERS: &str = "create table users (id bigint primary key, email text);
    alter table users enable row level security;";

/// The rules that refuse a change; what is only told of is left out.
fn refused(change: &str) -> Vec<&'static str> {
    let found = found(&[USERS], &[change]);
    let mut refused: Vec<&str> = found
        .iter()
        .map(|it| it.rule)
        .filter(|it| it.level >= sprag::rules::Level::Approve)
        .map(|it| it.name)
        .collect();
    refused.sort_unstable();
    refused.dedup();
    refused
}

#[test]
fn a_string_that_goes_on_keeps_its_escapes() {
    for text in [
        "select E'a'\n'\\'';drop table users cascade;--';",
        "select e'a' -- c\n  '\\'';drop table users cascade;--';",
        "select E'a'\n'b'\n'\\'';drop table users cascade;--';",
        "do $$ begin perform E'a'\n'\\''; drop table users; --'; end $$;",
    ] {
        assert!(refused(text).contains(&"opaque-statement"), "{text}");
    }
    for text in ["select E'a\\'b';", "select E'a'\n'b';", "select 'a'\n'\\';", "select E'a', '\\';"]
    {
        assert_eq!(refused(text), [""; 0], "{text}");
    }
}

#[test]
fn only_copy_from_stdin_is_followed_by_rows() {
    for text in [
        "create temp table stdin (id int);\ncopy (select * from stdin) to stdout;\ndrop table users;",
        "copy (select extract(year from stdin) from (select now() as stdin) s) to stdout;\ndrop table users;",
    ] {
        assert!(refused(text).contains(&"drop-table"), "{text}");
    }
    assert_eq!(refused("copy users (id, email) from stdin;\n1\tdrop table users;\n\\.\n"), [""; 0]);
}

#[test]
fn strings_mean_the_same_in_the_whole_file() {
    for text in [
        "set \"standard_conforming_strings\" = off;",
        "set standard_conforming_strings to 'off';",
        "select set_config('standard_conforming_strings', 'off', false);",
        "do $$ begin perform pg_catalog.set_config('standard_conforming_strings', 'off', false); end $$;",
    ] {
        assert!(refused(text).contains(&"opaque-statement"), "{text}");
    }
    assert_eq!(refused("set standard_conforming_strings = on;"), [""; 0]);
}

#[test]
fn a_text_that_is_chosen_when_it_runs_is_not_read() {
    for text in [
        "do $$ begin execute (array['select 1', 'drop table users'])[2]; end $$;",
        "do $$ begin execute (values ('select 1'), ('drop table users') order by 1 limit 1); end $$;",
    ] {
        assert!(refused(text).contains(&"opaque-statement"), "{text}");
    }
    assert_eq!(refused("do $$ begin execute 'select 1'; end $$;"), [""; 0]);
    assert!(
        refused("do $$ begin execute ('drop table users'::text); end $$;").contains(&"drop-table")
    );
}

#[test]
fn what_stands_behind_the_mark_of_drizzle_is_a_statement() {
    let hidden = "select 1;--> statement-breakpoint drop table users;\n";
    assert!(refused(hidden).contains(&"opaque-statement"));
    assert_eq!(refused("select 1;\n--> statement-breakpoint\nselect 2;\n"), [""; 0]);
}

#[test]
fn calls_are_looked_at_wherever_a_block_makes_them() {
    let call = "dblink_exec('dbname=shop', 'drop table users cascade')";
    for text in [
        format!("raise notice '%', {call};"),
        format!("assert {call} is not null;"),
        format!("if false then null; elsif {call} = 'x' then null; end if;"),
        format!("case when {call} = 'x' then null; else null; end case;"),
        format!("loop exit when {call} = 'x'; end loop;"),
        format!("execute 'select $1' using {call};"),
    ] {
        let text = format!("do $$ begin {text} end $$;");
        assert!(refused(&text).contains(&"drop-table"), "{text}");
    }
}

#[test]
fn another_name_for_a_function_of_the_server_is_refused() {
    let text = "create function rd(text) returns text language internal as 'pg_read_file_all';";
    assert_eq!(refused(text), ["opaque-statement"]);
}

#[test]
fn what_a_cascade_takes_along_of_a_collation_or_an_operator_is_refused() {
    for what in [
        "collation ci",
        "access method heap2",
        "operator === (text, text)",
        "cast (users as text)",
        "text search configuration own",
    ] {
        assert_eq!(refused(&format!("drop {what} cascade;")), ["opaque-statement"], "{what}");
        assert_eq!(refused(&format!("drop {what};")), [""; 0], "{what}");
    }
}

#[test]
fn a_block_that_ends_in_an_error_protects_nothing() {
    let text = "create table notes (id bigint primary key);
        do $$ begin alter table notes enable row level security; raise exception 'x'; end $$;";
    assert_eq!(refused(text), ["table-without-rls"]);
    let checked = "create table notes (id bigint primary key);
        do $$ begin alter table notes enable row level security;
          if current_user <> 'postgres' then raise exception 'x'; end if; end $$;";
    assert_eq!(refused(checked), [""; 0]);
}

#[test]
fn a_text_that_is_made_of_constants_is_read() {
    let loops = |body: &str| {
        format!(
            "do $$ declare t text; begin foreach t in array array['users', 'users']::text[] loop {body} end loop; end $$;"
        )
    };
    for (text, rules) in [
        ("do $$ begin execute format('drop table %I', 'users'); end $$;".to_owned(), "drop-table"),
        (
            "do $$ begin execute 'drop ' || 'table ' || quote_ident('users'); end $$;".to_owned(),
            "drop-table",
        ),
        (
            loops("execute format('alter table public.%I disable row level security', t);"),
            "disabled-rls",
        ),
        (loops("execute format('%s', t);"), "opaque-statement"),
        (loops("t := 'other'; execute format('drop table %I', t);"), "opaque-statement"),
        (loops("select 'other' into t; execute format('drop table %I', t);"), "opaque-statement"),
        (loops("execute format('drop table %1$I', t);"), "opaque-statement"),
        (loops("execute format('drop table %I', upper(t));"), "opaque-statement"),
    ] {
        assert!(refused(&text).contains(&rules), "{text}: {:?}", refused(&text));
    }
    for text in [
        loops("execute format('comment on table %I is %L', t, 'it''s ' || t);"),
        "do $$ begin execute format('comment on table users is %L', 'it''s'); end $$;".to_owned(),
    ] {
        assert_eq!(refused(&text), [""; 0], "{text}");
    }
}

#[test]
fn a_name_that_is_cut_is_shown_where_it_stands() {
    let name = "Members may read everything that others of their team have written in it";
    for (head, tail) in
        [("", ";"), ("do $$ begin ", "; end $$;"), ("do $$ begin execute '", "'; end $$;")]
    {
        let text = format!(
            "{head}create policy \"{name}\" on users for select to authenticated using (id = 1){tail}"
        );
        let found = found(&[USERS], &[&text]);
        let cut = found.iter().find(|it| it.rule.name == "identifier-too-long").unwrap();
        assert_eq!(
            text.get(cut.finding.span.range().clone()),
            Some(format!("\"{name}\"").as_str()),
            "{text}"
        );
    }
}
