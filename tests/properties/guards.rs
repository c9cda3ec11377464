//! A text that was made to be slow, deep or large comes to an end, and with a finding where it was not read.

use super::read;

/// It is not read, and the statement after it is.
#[track_caller]
fn opaque(name: &str, text: &str) {
    let script = read(&format!("{text};\ndrop table users;"));
    assert!(script.opaque > 0, "{name} was read");
    let drops = |it: &sprag::schema::Change| matches!(it.op, sprag::schema::Op::DropTable { .. });
    assert!(script.changes.iter().any(drops), "{name} hides what comes after it");
}

fn nested(before: &str, inner: &str, after: &str, times: usize) -> String {
    format!("{}{inner}{}", before.repeat(times), after.repeat(times))
}

#[test]
fn what_is_too_deep_is_not_read() {
    opaque("200,000 parentheses", &format!("select {}", nested("(", "1", ")", 200_000)));
    opaque("200,000 brackets", &format!("select {}", nested("array[", "1", "]", 200_000)));
    opaque("50,000 calls", &format!("select {}", nested("f(", "1", ")", 50_000)));
    opaque(
        "50,000 selects",
        &format!("select * from {}", nested("(select * from ", "t", ") x", 50_000)),
    );
    opaque(
        "50,000 cases",
        &format!("select {}", nested("case when ", "true", " then 1 end", 50_000)),
    );
    opaque("50,000 CTEs", &nested("with x as (", "select 1", ") select 1", 50_000));
    opaque("50,000 types", &format!("create table t (a {})", nested("setof(", "int", ")", 50_000)));
}

#[test]
fn what_is_too_long_a_chain_is_not_read() {
    opaque("100,000 terms", &format!("select {}1", "1+".repeat(100_000)));
    opaque("100,000 casts", &format!("select 1{}", "::int".repeat(100_000)));
    opaque("100,000 ANDs", &format!("select {} true", "true and ".repeat(100_000)));
    opaque("100,000 NOTs", &format!("select {} true", "not ".repeat(100_000)));
    opaque("100,000 minus signs", &format!("select {} 1", "- ".repeat(100_000)));
    opaque("50,000 UNIONs", &format!("select 1 {}", "union select 1 ".repeat(50_000)));
    opaque("50,000 JOINs", &format!("select * from t {}", "natural join t ".repeat(50_000)));
    opaque("50,000 COLLATEs", &format!("select a {}", "collate \"C\" ".repeat(50_000)));
    opaque("50,000 ISNULLs", &format!("select a {}", "isnull ".repeat(50_000)));
    opaque("50,000 AT TIME ZONEs", &format!("select a {}", "at time zone 'x' ".repeat(50_000)));
}

#[test]
fn words_that_the_parser_follows_downwards_are_counted() {
    for word in [
        "with",
        "declare",
        "prepare x as",
        "create view v as",
        "create table t as",
        "with x as",
        "declare c cursor for",
        "create rule r as on insert to t do",
        "explain",
        "not",
        "- ",
    ] {
        opaque(word, &format!("{word} ").repeat(100_000));
    }
    for after in [".b", "[1]", "()", "::int", "[]"] {
        opaque(after, &format!("select (a){}", after.repeat(100_000)));
    }
}

#[test]
fn a_chain_in_each_of_many_brackets_is_as_long_as_all_of_them() {
    for link in ["not ", "- ", "1 + ", "explain "] {
        let deep = nested(&format!("{}(", link.repeat(900)), "1", ")", 250);
        opaque(link, &format!("select {deep}"));
    }
}

#[test]
fn a_long_body_is_not_a_deep_one() {
    let many = |part: &str| format!("do $$ begin {} end $$;", part.repeat(2_000));
    for part in [
        "case a when 1 then null; end case; ",
        "if a then null; end if; ",
        "for r in select 1 loop null; end loop; ",
        "begin null; exception when others then null; end; ",
        "alter table t add column if not exists x int; ",
        "x := case when a then 1 else 2 end; ",
    ] {
        assert_eq!(read(&many(part)).opaque, 0, "{part}");
    }
}

#[test]
fn bodies_in_bodies_have_a_bottom() {
    let mut text = "drop table users;".to_owned();
    for depth in 0..40 {
        text = format!("do $a{depth}$ begin {text} end $a{depth}$;");
    }
    assert!(read(&text).opaque > 0);
    let blocks = format!("do $$ {} $$", nested("begin ", "null;", " end;", 20_000));
    opaque("20,000 blocks", &blocks);
    let ifs = format!("do $$ begin {} end $$", nested("if a then ", "null;", " end if;", 20_000));
    opaque("20,000 IFs", &ifs);
    let loops = format!("do $$ begin {} end $$", nested("loop ", "null;", " end loop;", 20_000));
    opaque("20,000 loops", &loops);
}

#[test]
fn what_is_only_large_is_read() {
    for (name, text) in [
        ("1,000,000 semicolons", ";".repeat(1_000_000)),
        ("200,000 nested comments", format!("{} select 1;", nested("/*", "", "*/", 200_000))),
        ("a comment of 4 MB", format!("/*{}*/ select 1;", "x".repeat(4 << 20))),
        ("a string of 4 MB", format!("select '{}';", "x".repeat(4 << 20))),
        ("200,000 line comments", "-- x\n".repeat(200_000)),
        ("200,000 dollar-quoted strings", format!("select {}1;", "$t1$x$t1$,".repeat(200_000))),
        ("20,000 columns", format!("create table t ({} z int);", "a int,".repeat(20_000))),
        ("20,000 rows", format!("insert into t values {}(1);", "(1, 'x'),".repeat(20_000))),
        ("10,000 statements", "alter table t enable row level security;\n".repeat(10_000)),
    ] {
        let script = read(&text);
        assert_eq!(script.opaque, 0, "{name}");
    }
}

#[test]
fn what_never_ends_is_not_read() {
    let tags: Vec<String> = (0..100_000).map(|it| format!("$t{it} $u{it}$ ")).collect();
    for (name, text) in [
        ("200,000 dollar tags", tags.concat()),
        ("200,000 comments that never end", "/*".repeat(200_000)),
        ("a string that never ends", format!("select '{}", "x".repeat(1 << 20))),
        ("a dollar quote that never ends", format!("do $$ {}", "x ".repeat(200_000))),
        ("100,000 open parentheses", "(".repeat(100_000)),
        ("100,000 closing ones", ")".repeat(100_000)),
        ("100,000 backslash lines", "\\x\n".repeat(100_000)),
        ("NUL bytes", "select 1;\0\0drop\0".repeat(1000)),
        ("300,000 words of garbage", "lorem ipsum ) dolor ".repeat(75_000)),
        ("10,000 wrong statements", "create tabel t (id int);\n".repeat(10_000)),
    ] {
        assert!(read(&text).opaque > 0, "{name}");
    }
}

#[test]
fn many_drops_are_many_findings() {
    let text: Vec<String> = (0..5_000).map(|it| format!("drop table t{it};\n")).collect();
    let text = text.concat();
    let found = crate::sql::found(&[], &[&text]);
    let drops = found.iter().filter(|it| it.rule.name == "drop-table");
    assert_eq!(drops.count(), 5_000);
}
