use sprag::report::Style;

type Env<'a> = &'a [(&'a str, &'a str)];

fn detect(env: Env<'_>, is_terminal: bool) -> Style {
    let env = |name: &str| env.iter().find(|it| it.0 == name).map(|it| it.1.to_owned());
    Style::detect(env, is_terminal, Some(120))
}

#[test]
fn color_is_for_terminals_unless_the_user_says_otherwise() {
    let cases: &[(Env<'_>, bool, bool)] = &[
        (&[], true, true),
        (&[], false, false),
        (&[("NO_COLOR", "1")], true, false),
        (&[("NO_COLOR", "")], true, true),
        (&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], true, false),
        (&[("CLICOLOR", "0")], true, false),
        (&[("CLICOLOR_FORCE", "1")], false, true),
        (&[("CLICOLOR_FORCE", "0")], false, false),
        (&[("FORCE_COLOR", "1")], false, true),
        (&[("FORCE_COLOR", "0")], true, false),
        (&[("TERM", "dumb")], true, false),
        (&[("TERM", "dumb"), ("FORCE_COLOR", "1")], true, true),
        (&[("TERM", "xterm")], true, true),
        (&[("CI", "true"), ("GITHUB_ACTIONS", "true")], false, false),
    ];
    for &(env, is_terminal, color) in cases {
        assert_eq!(detect(env, is_terminal).color, color, "{env:?} {is_terminal}");
    }
}

#[test]
fn glyphs_follow_the_locale() {
    assert!(detect(&[("LANG", "de_DE.UTF-8")], true).unicode);
    assert!(detect(&[("LANG", "C.utf8")], true).unicode);
    assert!(!detect(&[("LANG", "C")], true).unicode);
    assert!(!detect(&[], true).unicode);
    assert!(!detect(&[("LC_ALL", "C"), ("LANG", "de_DE.UTF-8")], true).unicode);
    assert!(detect(&[("LC_ALL", ""), ("LC_CTYPE", "en_US.UTF-8"), ("LANG", "C")], true).unicode);
    assert!(detect(&[("CI", "true")], false).unicode);
}

#[test]
fn columns_say_how_wide_it_is() {
    assert_eq!(detect(&[], true).width, Some(120));
    assert_eq!(detect(&[("COLUMNS", "80")], true).width, Some(80));
    assert_eq!(detect(&[("COLUMNS", "0")], true).width, Some(120));
    assert_eq!(detect(&[("COLUMNS", "wide")], true).width, Some(120));
}

#[test]
fn links_are_for_people_at_a_terminal() {
    assert!(detect(&[], true).links);
    assert!(!detect(&[], false).links);
    assert!(!detect(&[("CI", "1")], true).links);
    assert!(!detect(&[("FORCE_COLOR", "1")], false).links);
}
