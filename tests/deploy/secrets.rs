//! Connection strings that open a database.

use sprag::rules::deploy::written;
use sprag::rules::{Found, Level};

/// What is said of a file, before and after a change.
fn between(path: &str, before: Option<&str>, after: &str) -> Vec<Found> {
    let found = written(&path.into(), after, before);
    found.into_iter().filter(|it| it.rule.name == "production-url").collect()
}

/// What is said of a new file.
fn said(path: &str, text: &str) -> Vec<Found> {
    between(path, None, text)
}

fn url(password: &str, host: &str) -> String {
    format!("postgresql://app:{password}@{host}:5432/shop?sslmode=require")
}

const HOST: &str = "db.abcdefghijklmnop.supabase.co";
const PASSWORD: &str = "kX9vTq2LmZ";

#[test]
fn every_hosted_database_counts() {
    for host in [
        HOST,
        "DB.ABCDEF.SUPABASE.CO",
        "aws-0-eu-central-1.pooler.supabase.com",
        "shop-db.flycast",
        "shop-db.internal",
        "top2.nearest.of.shop-db.internal",
        "postgres.railway.internal",
        "ep-cool-sun-1234.eu-central-1.aws.neon.tech",
        "shop.abc123.eu-west-1.rds.amazonaws.com",
        "dpg-abc123-a.frankfurt-postgres.render.com",
        "roundhouse.proxy.rlwy.net",
        "shop-1234.5xj.cockroachlabs.cloud",
        "shop.postgres.database.azure.com",
        "eu.pg.psdb.cloud",
    ] {
        let text = format!("A=1\nDATABASE_URL={}\n", url(PASSWORD, host));
        let found = said("config/live.env", &text);
        assert_eq!(found.len(), 1, "{host}");
        assert!(found[0].finding.message.contains(host), "{}", found[0].finding.message);
        assert!(found[0].finding.message.contains("line 2 "));
        assert_eq!(found[0].rule.level, Level::Deny);
    }
}

#[test]
fn a_database_of_the_machine_does_not() {
    for host in [
        "localhost",
        "127.0.0.1",
        "db",
        "postgres",
        "host.docker.internal",
        "example.com",
        "supabase.co",
        "neon.tech.example.com",
    ] {
        assert!(said("config/live.env", &url(PASSWORD, host)).is_empty(), "{host}");
    }
}

#[test]
fn the_password_is_in_nothing_that_is_said() {
    let text = format!("X=1 {}\n", url(PASSWORD, HOST));
    for it in said(".env", &text) {
        let all = format!("{:?}", it.finding);
        assert!(!all.contains(PASSWORD), "{all}");
        // No line of the file is shown.
        assert_eq!(it.finding.span.range(), 0..0);
        assert_eq!(it.finding.evidence, format!("app@{HOST}/shop"));
    }
}

#[test]
fn a_place_for_a_password_is_none() {
    for password in [
        "",
        "[PASSWORD]",
        "[YOUR-PASSWORD]",
        "%5BYOUR-PASSWORD%5D",
        "<password>",
        "${DB_PASSWORD}",
        "$DB_PASSWORD",
        "{{password}}",
        "{password}",
        "****",
        "password",
        "PASSWORD",
        "postgres",
        "secret",
        "changeme",
        "change-me",
        "example",
        "your-password",
        "YOUR_PASSWORD_HERE",
        "xxx",
        "XXXXXXXX",
        "%s",
        "$(cat secret)",
        "********",
        "prefix-${SECRET}",
        "#{password}",
        "...",
    ] {
        let text = url(password, HOST);
        assert!(said(".env.production", &text).is_empty(), "{password}");
    }
    assert!(said(".env", &format!("postgres://app@{HOST}/shop")).is_empty());
}

#[test]
fn a_password_may_hold_what_ends_a_host() {
    for password in ["a/b9Kx", "p@ss9Kx", "a:b9Kx", "k9X?z", "password123!", "k#9X"] {
        assert_eq!(said(".env", &url(password, HOST)).len(), 1, "{password}");
    }
}

#[test]
fn every_way_to_write_a_url_counts() {
    let bare = format!("app:{PASSWORD}@{HOST}/shop");
    for text in [
        format!("postgres://{bare}"),
        format!("POSTGRESQL://{bare}"),
        format!("postgresql+asyncpg://{bare}"),
        format!("# DATABASE_URL=postgres://{bare}"),
        format!("new Pool({{ url: 'postgres://{bare}' }})"),
        format!("{{\"url\": \"postgres://{bare}\"}}"),
        format!("psql postgres://{bare} -f a.sql"),
        format!("postgres://localhost/a,postgres://{bare}"),
        format!("jdbc:postgres://{bare}"),
    ] {
        assert_eq!(said("config/a.txt", &text).len(), 1, "{text}");
    }
    for text in [
        format!("https://{bare}"),
        format!("mypostgres://{bare}"),
        format!("://{bare}"),
        "postgres://".to_owned(),
    ] {
        assert!(said("config/a.txt", &text).is_empty(), "{text}");
    }
}

#[test]
fn examples_and_tests_are_made_up() {
    let text = url(PASSWORD, HOST);
    for path in [
        ".env.example",
        ".env.sample",
        "env.template",
        ".env.dist",
        "config/database.example.yml",
        "tests/a.rs",
        "src/__tests__/a.ts",
        "src/url.test.ts",
        "src/url.spec.ts",
        "test/fixtures/a.env",
        "spec/a.rb",
    ] {
        assert!(said(path, &text).is_empty(), "{path}");
    }
    for path in
        [".env", ".env.local", ".env.production", "src/attest.ts", "contest/a.env", "src/a.ts"]
    {
        assert_eq!(said(path, &text).len(), 1, "{path}");
    }
}

#[test]
fn what_stood_there_before_is_no_news() {
    let old = url(PASSWORD, HOST);
    let again = format!("A=1\n\nB={old}\n");
    assert!(between(".env", Some(&old), &again).is_empty());
    let other = url("aNewOne77", HOST);
    assert_eq!(between(".env", Some(&old), &format!("{old}\n{other}\n")).len(), 1);
    assert!(between(".env", Some(&old), "A=1\n").is_empty());
}

#[test]
fn the_same_database_is_told_once() {
    let text = format!("A={0}\nB={0}\n", url(PASSWORD, HOST));
    assert_eq!(said(".env", &text).len(), 1);
}

#[test]
fn long_and_odd_texts_are_read_to_their_end() {
    for piece in [
        "postgres://",
        "postgres://a:b@",
        "://",
        "postgres://é:@é",
        "@",
        "postgres://a:b@x.internal ",
    ] {
        let text = piece.repeat(1_000_000 / piece.len());
        assert!(said(".env", &text).len() <= 1, "{piece}");
    }
    let many: Vec<String> =
        (0..20_000).map(|it| url(PASSWORD, &format!("shop{it}.internal"))).collect();
    assert_eq!(said("a.txt", &many.join("\n")).len(), many.len());
}

#[test]
fn any_part_of_a_text_can_be_read() {
    let text = format!("é {} é\u{feff} postgres://ü:päß@x.internal/ö '", url("é9Kx", HOST));
    for from in (0..text.len()).filter(|it| text.is_char_boundary(*it)) {
        for to in (from..=text.len()).filter(|it| text.is_char_boundary(*it)) {
            let part = &text[from..to];
            let hidden = sprag::rules::deploy::without_passwords(part);
            assert!(hidden.is_none_or(|it| it.len() == part.len()), "{part}");
            said("a.txt", part);
        }
    }
}
