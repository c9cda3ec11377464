//! Which paths a list of globs is about.

use proptest::prelude::*;
use sprag::policy::Globs;
use sprag::source::Span;

fn globs(list: &[&str]) -> Globs {
    Globs::new(list.iter().map(|it| ((*it).to_owned(), Span::file("policy.toml".into()))).collect())
}

#[test]
fn a_star_stays_in_its_folder_and_two_cross_folders() {
    let one = globs(&["supabase/migrations/*.sql"]);
    assert!(one.matches(b"supabase/migrations/1.sql"));
    assert!(!one.matches(b"supabase/migrations/old/1.sql"));
    assert!(!one.matches(b"apps/supabase/migrations/1.sql"));
    let two = globs(&["**/prisma/migrations/*/migration.sql"]);
    assert!(two.matches(b"prisma/migrations/1/migration.sql"));
    assert!(two.matches(b"a/b/prisma/migrations/1/migration.sql"));
    assert!(!two.matches(b"a/prisma/migrations/1/2/migration.sql"));
}

#[test]
fn case_and_odd_bytes_hide_nothing() {
    let list = globs(&["Supabase/Migrations/*.sql"]);
    assert!(list.matches(b"supabase/MIGRATIONS/a.SQL"));
    assert!(list.matches(b"supabase/migrations/\xff\n.sql"));
    assert!(list.directory(b"SUPABASE"));
}

#[test]
fn two_stars_reach_every_depth() {
    let list = globs(&["db/**"]);
    assert!(list.matches(b"db/a/b/c/d.sql"));
    assert!(list.directory(b"db/a/b/c"));
    assert!(list.directory(b""));
    assert!(!list.directory(b"dx"));
}

#[test]
fn a_folder_that_nothing_can_be_in_is_left_out() {
    let list = globs(&["supabase/migrations/*.sql", "drizzle/*.sql"]);
    assert!(list.directory(b"supabase") && list.directory(b"supabase/migrations"));
    assert!(!list.directory(b"supabase/migrations/old"));
    assert!(!list.directory(b"src") && !list.directory(b"supabase/functions"));
}

#[test]
fn a_wider_glob_covers_a_narrower_one() {
    let covers = |wide: &str, narrow: &str| globs(&[wide]).cover(narrow);
    assert!(covers("**/supabase/migrations/*.sql", "supabase/migrations/*.sql"));
    assert!(covers("**/migrations/*/migration.sql", "**/prisma/migrations/*/migration.sql"));
    assert!(covers("db/**", "db/a/*.sql"));
    assert!(covers("DB/*", "db/0*.sql"));
    assert!(!covers("db/*", "db/**"));
    assert!(!covers("db/**", "db"));
    assert!(!covers("db/*.sql", "db/*"));
    assert!(!covers("supabase/migrations/*.sql", "**/supabase/migrations/*.sql"));
    assert!(!covers("db/[ab].sql", "db/a.sql"), "in doubt the answer is no");
}

#[test]
fn a_list_that_cannot_be_understood_matches_everything() {
    assert!(globs(&["db/[a"]).matches(b"x"));
}

fn part() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[abAB]{1,2}",
        2 => Just("**".to_owned()),
        2 => Just("*".to_owned()),
        1 => "[ab*]{1,3}",
        1 => "[ab]\\?",
        1 => Just("[ab]".to_owned()),
        1 => Just("[!a]b".to_owned()),
        1 => Just("{a,b/a}".to_owned()),
        1 => Just("é".to_owned()),
    ]
}

fn glob() -> impl Strategy<Value = String> {
    prop::collection::vec(part(), 1..5)
        .prop_map(|it| it.join("/"))
        .prop_filter("a glob", |it| Globs::check(it).is_ok())
}

fn path() -> impl Strategy<Value = String> {
    let name = prop_oneof!["[abAB]{1,3}", Just("é".to_owned()), Just("É".to_owned())];
    prop::collection::vec(name, 1..6).prop_map(|it| it.join("/"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// Else a whole tree is passed over in silence.
    #[test]
    fn every_folder_above_a_match_can_hold_one(list in prop::collection::vec(glob(), 1..3), path in path()) {
        let list = globs(&list.iter().map(String::as_str).collect::<Vec<_>>());
        if list.matches(path.as_bytes()) {
            prop_assert!(list.directory(b""));
            for (at, _) in path.match_indices('/') {
                prop_assert!(list.directory(&path.as_bytes()[..at]), "{}", &path[..at]);
            }
        }
    }

    #[test]
    fn what_is_covered_is_matched(wide in glob(), narrow in glob(), path in path()) {
        let covers = globs(&[&wide]).cover(&narrow);
        if covers && globs(&[&narrow]).matches(path.as_bytes()) {
            prop_assert!(globs(&[&wide]).matches(path.as_bytes()));
        }
    }

    #[test]
    fn a_union_matches_what_either_matches(a in glob(), b in glob(), path in path()) {
        let (a, b) = (globs(&[&a]), globs(&[&b]));
        let path = path.as_bytes();
        prop_assert_eq!(a.union(&b).matches(path), a.matches(path) || b.matches(path));
    }
}
