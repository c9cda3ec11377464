//! The way to a database: what is said where it does not lead there, and what is not.

use std::net::TcpListener;
use std::process::Command;

use sprag::postgres::{Address, Live};

use super::{InUse, POSTS, SECRET, USERS, repository, run, verify};

#[test]
fn the_session_can_only_read() {
    let Some(shop) = InUse::new() else { return };
    shop.apply(USERS);
    let mut live = Live::connect(&Address::read(&shop.url()).unwrap()).unwrap();
    let refused = live.rows("insert into public.users values (1, 'a')").unwrap_err();
    assert!(refused.message.contains("read-only transaction"), "{}", refused.message);
    assert_eq!(shop.rows("select count(*) from users"), [["0"]]);
    let asked = shop.rows("select application_name from pg_stat_activity where usename = 'app'");
    assert_eq!(asked, [["sprag"]]);
}

#[test]
fn a_way_that_leads_nowhere_is_told_without_the_password() {
    let Some(shop) = InUse::new() else { return };
    let repo = repository();
    let said = verify(&repo, &shop.url_of("app", "hunter3", "shop"), &[]);
    assert_eq!(said.code, 2);
    assert!(said.text.contains("the password is wrong, or there is no such user"), "{}", said.text);
    let said = verify(&repo, &shop.url_of("app", SECRET, "shopp"), &[]);
    assert_eq!(said.code, 2);
    assert!(said.text.contains("has no such database"), "{}", said.text);
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("postgres://app:{SECRET}@127.0.0.1:{nobody}/shop");
    let said = verify(&repo, &url, &[]);
    assert_eq!(said.code, 2);
    assert!(
        said.text.contains(&format!("cannot connect to `127.0.0.1`, port {nobody}")),
        "{}",
        said.text
    );
    for url in [
        format!("postgres://app:{SECRET}@@127.0.0.1/shop"),
        format!("postgres://app:{SECRET}/x@127.0.0.1:x/shop"),
        format!("host=127.0.0.1 password={SECRET}"),
        format!("postgres://app:{SECRET}@127.0.0.1/shop?sslmode={SECRET}"),
        format!("postgres://app:%{SECRET}@127.0.0.1/shop"),
    ] {
        let said = run(&repo, &url, &["verify"]);
        assert_eq!(said.code, 2, "{}", said.text);
    }
    let (code, said) = repo.sprag(&["verify", "--database-url-env", "SPRAG_NOT_SET"]);
    assert_eq!(code, 2);
    assert!(said.contains("`SPRAG_NOT_SET` is not set"), "{said}");
    let (code, said) = repo.sprag(&["verify"]);
    assert_eq!(code, 2);
    assert!(said.contains("no database is named"), "{said}");
}

#[test]
fn a_connection_is_encrypted_and_verified_as_the_url_says() {
    // All of 127 is this machine, on Linux; an address of its own meets no other server.
    let [high, low, ..] = std::process::id().to_le_bytes();
    let host = format!("127.77.{high}.{low}");
    if !cfg!(target_os = "linux") {
        return;
    }
    let configuration = format!("listen_addresses = '{host}'\nssl = on\n");
    let made = std::cell::Cell::new(false);
    let shop = InUse::with(&configuration, |place, data| {
        let (key, certificate) = (data.join("server.key"), data.join("server.crt"));
        let said = Command::new("openssl")
            .args(["req", "-new", "-x509", "-days", "2", "-nodes", "-subj", "/CN=shop"])
            .args(["-addext", &format!("subjectAltName=IP:{host}"), "-out"])
            .arg(&certificate)
            .arg("-keyout")
            .arg(&key)
            .output();
        made.set(said.is_ok_and(|it| it.status.success()));
        if made.get() {
            for file in [&key, &certificate] {
                place.give(file).unwrap();
            }
        } else {
            // A server without a certificate does not come up.
            let file = data.join("postgresql.conf");
            let text = std::fs::read_to_string(&file).unwrap();
            std::fs::write(&file, text.replace("ssl = on", "ssl = off")).unwrap();
        }
    });
    let Some(shop) = shop.filter(|_| made.get()) else { return };
    shop.apply(USERS).apply(POSTS);
    let repo = repository();
    let url = |rest: &str| format!("postgresql://app:{SECRET}@{host}/shop{rest}");
    let said = verify(&repo, &url("?sslmode=require"), &[]);
    assert_eq!(said.code, 0, "{}", said.text);
    assert!(
        said.text.contains("encryption, the server's certificate not verified"),
        "{}",
        said.text
    );
    let certificate = shop.data().join("server.crt");
    // Whoever runs the tests reads it where its folder is another account's.
    let copy = repo.outside().join("root.crt");
    std::fs::copy(&certificate, &copy).unwrap();
    let said =
        verify(&repo, &url(&format!("?sslmode=verify-full&sslrootcert={}", copy.display())), &[]);
    assert_eq!(said.code, 0, "{}", said.text);
    assert!(said.text.contains("the server's certificate verified"), "{}", said.text);
    let said = verify(&repo, &url("?sslmode=verify-full"), &[]);
    assert_eq!(said.code, 2);
    assert!(said.text.contains("certificate is not trusted"), "{}", said.text);
    let said = verify(&repo, &url("?sslmode=disable"), &[]);
    assert_eq!(said.code, 2);
    assert!(said.text.contains("takes encrypted connections only"), "{}", said.text);
}
