//! What others wrote must not move the cursor, turn a line, or forge one.

use insta::assert_snapshot;
use proptest::prelude::*;
use sprag::report::{
    Action, Format, Problem, Report, Sources, Style, problems, render, step_summary,
};
use sprag::rules::Finding;
use sprag::source::{RepoPath, Span};
use sprag::verdict::{Excuse, Judged, Outcome, SetBy, Verdict};

use super::{ASCII, DROP_COLUMN, UNICODE, judged, span, tell, tell_one, verdict};

fn one(text: &str, part: &str, style: Style) -> String {
    tell_one(
        judged(&DROP_COLUMN, Finding::new("s", span("a.sql", text, part), "gone")),
        text,
        style,
    )
}

#[test]
fn control_characters_are_shown_and_not_sent() {
    let sql = "\u{feff}\tdrop\u{1b}[2J table \u{7f}\u{9b}31m t\u{7};\r\n";
    assert_snapshot!(one(sql, "table", UNICODE), @r#"
    error[drop-column]: gone
      ╭▸ a.sql:1:11
      │
    1 │     drop␛[2J table ␡�31m t␇;
      │              ━━━━━
      │
      ├ note: by default, `drop-column` is denied
      ╰ explain: sprag explain drop-column

    refused: 1 error in 1 of 3 files (12 statements judged by policy.toml, 1 could not be read).
    "#);
    assert_snapshot!(one(sql, "table", ASCII), @r#"
    error[drop-column]: gone
     --> a.sql:1:11
      |
    1 |     drop?[2J table ??31m t?;
      |              ^^^^^
      |
      = note: by default, `drop-column` is denied
      = explain: sprag explain drop-column

    refused: 1 error in 1 of 3 files (12 statements judged by policy.toml, 1 could not be read).
    "#);
}

#[test]
fn text_that_turns_around_is_named() {
    let sql = "drop table \u{202e}sresu\u{202c} cas\u{200b}cade;";
    assert_snapshot!(one(sql, "drop table \u{202e}sresu\u{202c} cas\u{200b}cade", UNICODE), @r#"
    error[drop-column]: gone
      ╭▸ a.sql:1:1
      │
    1 │ drop table �sresu� cas�cade;
      │ ━━━━━━━━━━━━━━━━━━━━━━━━━━━
      │
      ├ note: the statement contains U+202E, U+202C, which show text in another order
      ├ note: the statement contains U+200B, which is invisible
      ├ note: by default, `drop-column` is denied
      ╰ explain: sprag explain drop-column

    refused: 1 error in 1 of 3 files (12 statements judged by policy.toml, 1 could not be read).
    "#);
}

#[test]
fn a_name_cannot_forge_a_line() {
    let path = RepoPath::from(&b"a\nerror: \x1b[1mnot me\xff\xe2\x80\xae.sql"[..]);
    let finding = Finding::new(
        "s",
        Span::new(path.clone(), 0..4),
        "`x\nnote: all is well` \u{1b}[0m is gone",
    )
    .help("type\r`y`\u{202e}");
    let sources: Sources = [(path, "drop".into())].into_iter().collect();
    let verdict = verdict(vec![judged(&DROP_COLUMN, finding)]);
    assert_snapshot!(tell(&verdict, &sources, &Action::Files, Format::Human, UNICODE), @r#"
    error[drop-column]: `x\nnote: all is well` \u{1b}[0m is gone
      ╭▸ a\nerror: \u{1b}[1mnot me\xff\u{202e}.sql:1:1
      │
    1 │ drop
      │ ━━━━
      │
      ├ note: the file's name contains U+202E, which shows text in another order
      ├ note: by default, `drop-column` is denied
      ├ help: type\r`y`\u{202e}
      ╰ explain: sprag explain drop-column

    refused: 1 error in 1 of 3 files (12 statements judged by policy.toml, 1 could not be read).
    "#);
}

#[test]
fn one_line_of_many_bytes_is_cut_around_the_place() {
    let sql =
        format!("{}drop table users;{}", "select 1; ".repeat(20_000), "select 2; ".repeat(20_000));
    let style = Style { width: Some(60), ..UNICODE };
    assert_snapshot!(one(&sql, "drop table users", style), @r#"
    error[drop-column]: gone
      ╭▸ a.sql:1:200001
      │
    1 │ …lect 1; select 1; drop table users;select 2; select 2;…
      │                    ━━━━━━━━━━━━━━━━
      │
      ├ note: by default, `drop-column` is denied
      ╰ explain: sprag explain drop-column

    refused: 1 error in 1 of 3 files (12 statements judged by policy.toml, 1 could not be read).
    "#);
}

#[test]
fn a_statement_as_wide_as_its_file_is_cut() {
    let sql = format!("insert into t values {};", "('ü'), ".repeat(20_000));
    let finding = Finding::new("s", Span::new("a.sql".into(), 0..sql.len()), "much");
    let style = Style { width: Some(60), ..UNICODE };
    assert_snapshot!(tell_one(judged(&DROP_COLUMN, finding), &sql, style), @r#"
    error[drop-column]: much
      ╭▸ a.sql:1:1
      │
    1 │ insert into t values ('ü'), ('ü'), ('ü'), ('ü'), ('ü')…
      │ ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
      │
      ├ note: by default, `drop-column` is denied
      ╰ explain: sprag explain drop-column

    refused: 1 error in 1 of 3 files (12 statements judged by policy.toml, 1 could not be read).
    "#);
}

#[test]
fn wide_characters_and_every_kind_of_line_end() {
    let sql = "select 1;\rselect '日本語', '🦀' from t;\r\n\r\ndrop table 表;";
    assert_snapshot!(one(sql, "'🦀'", UNICODE), @r#"
    error[drop-column]: gone
      ╭▸ a.sql:2:15
      │
    2 │ select '日本語', '🦀' from t;
      │                  ━━━━
      │
      ├ note: by default, `drop-column` is denied
      ╰ explain: sprag explain drop-column

    refused: 1 error in 1 of 3 files (12 statements judged by policy.toml, 1 could not be read).
    "#);
    assert_snapshot!(one(sql, "'🦀'", ASCII), @r#"
    error[drop-column]: gone
     --> a.sql:2:15
      |
    2 | select '???', '?' from t;
      |               ^^^
      |
      = note: by default, `drop-column` is denied
      = explain: sprag explain drop-column

    refused: 1 error in 1 of 3 files (12 statements judged by policy.toml, 1 could not be read).
    "#);
    assert_snapshot!(one(sql, "表", UNICODE), @r#"
    error[drop-column]: gone
      ╭▸ a.sql:4:12
      │
    4 │ drop table 表;
      │            ━━
      │
      ├ note: by default, `drop-column` is denied
      ╰ explain: sprag explain drop-column

    refused: 1 error in 1 of 3 files (12 statements judged by policy.toml, 1 could not be read).
    "#);
}

#[test]
fn the_end_of_a_file_is_a_place() {
    for (sql, at) in [("select 1;", 9), ("select 1;\n", 10), ("\n", 1), ("select 1;", 400)] {
        let finding = Finding::new("s", Span::new("a.sql".into(), at..at), "unfinished");
        let told = tell_one(judged(&DROP_COLUMN, finding), sql, UNICODE);
        assert!(told.contains("a.sql:"), "{told}");
    }
    let finding = Finding::new("s", Span::new("a.sql".into(), 10..10), "unfinished");
    assert_snapshot!(tell_one(judged(&DROP_COLUMN, finding), "select 1;\n", UNICODE), @r#"
    error[drop-column]: unfinished
      ╭▸ a.sql:2:1
      │
    2 │  
      │ ━
      │
      ├ note: by default, `drop-column` is denied
      ╰ explain: sprag explain drop-column

    refused: 1 error in 1 of 3 files (12 statements judged by policy.toml, 1 could not be read).
    "#);
}

/// What may never be sent, once our own colours are taken away.
fn is_harmless(text: &str) -> bool {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        let end = after.find(|c: char| !c.is_ascii_digit() && c != ';').unwrap_or(after.len());
        if !after[end..].starts_with('m') {
            return false;
        }
        rest = &after[end + 1..];
    }
    plain.push_str(rest);
    plain.chars().all(|c| {
        let is_bidi = matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}');
        let is_mark = matches!(c, '\u{feff}' | '\u{fdd0}'..='\u{fdef}');
        c == '\n' || !(c.is_control() || is_bidi || is_mark)
    })
}

/// Texts made of what breaks texts.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<char>().prop_map(String::from),
        "[ -~]{0,12}",
        prop::sample::select(vec![
            "\n",
            "\r",
            "\r\n",
            "\t",
            "\u{feff}",
            "\u{202e}",
            "\u{200d}",
            "👩‍👩‍👧",
            "表",
            "\u{1b}[31m",
            "\u{0}",
            "\u{85}",
            "e\u{301}",
            "\u{fdd0}0\u{fdd1}:1:1",
            "::error::x",
            "##[error]",
            "                              ",
        ])
        .prop_map(str::to_owned),
        Just("long ".repeat(60)),
        Just("\n".repeat(220)),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn styles() -> impl Strategy<Value = Style> {
    let width = prop::option::of(prop_oneof![0..50_usize, Just(usize::MAX)]);
    (any::<bool>(), any::<bool>(), width, any::<bool>())
        .prop_map(|(color, unicode, width, links)| Style { color, unicode, width, links })
}

fn offsets() -> impl Strategy<Value = usize> {
    prop_oneof![9 => 0..400_usize, 9 => 0..1500_usize, 1 => Just(usize::MAX)]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_breaks_a_report(
        text in texts(),
        path in texts(),
        message in texts(),
        places in prop::collection::vec((offsets(), offsets()), 1..5),
        style in styles(),
    ) {
        let path = RepoPath::from(path.as_str());
        let other = RepoPath::from("other.sql");
        let span = |at: usize| {
            let (start, end) = places[at % places.len()];
            Span { path: if at % 3 == 2 { other.clone() } else { path.clone() }, start, end }
        };
        let mut finding = Finding::new(message.as_str(), span(0), message.as_str()).help(message.as_str());
        for at in 1..places.len() {
            finding = finding.label(span(at), message.as_str());
        }
        let sources: Sources =
            [(path.clone(), text.as_str().into()), (other.clone(), text.as_str().into())].into_iter().collect();
        let set_by = Some(SetBy { span: span(5), reason: Some(message.clone()) });
        let blocked = Judged { set_by, ..judged(&DROP_COLUMN, finding) };
        let excuse = Excuse::Policy { span: span(3), reason: message.clone() };
        let finding = Finding::new("s", span(2), "excused");
        let excused = Judged { outcome: Outcome::Excused(excuse), ..judged(&DROP_COLUMN, finding) };
        let verdict = Verdict { notices: vec![message.clone()], ..verdict(vec![excused, blocked]) };
        let action = Action::Push { refs: vec![message.clone()] };
        let report = Report { verdict: &verdict, sources: &sources, action: &action, policy: &message, verbose: true };
        for format in [Format::Human, Format::Github, Format::Json] {
            let told = render(&report, format, &style);
            prop_assert!(is_harmless(&told), "{told:?}");
            prop_assert!(told.ends_with('\n'));
            if format == Format::Human && !style.unicode {
                prop_assert!(told.is_ascii(), "{told:?}");
            }
            if format == Format::Json {
                let json: serde_json::Value = serde_json::from_str(&told).unwrap();
                prop_assert_eq!(json["findings"][0]["message"].as_str(), Some(message.as_str()));
                prop_assert_eq!(json["verdict"].as_str(), Some("refused"));
            }
        }
        prop_assert!(is_harmless(&step_summary(&report)));
        let problem = Problem { message: &message, span: &span(0), help: &[] };
        prop_assert!(is_harmless(&problems(&[problem], &sources, &style)));
    }
}
