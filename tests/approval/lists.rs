//! Who may sign is a list of names and keys, and nothing that could mean more than it shows.

use std::fmt::Write as _;

use insta::assert_snapshot;
use sprag::signature::{Revoked, Signers};
use sprag::source::{Lines, Source};

use super::{FILE, Office};

const KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHVuTE4mcSLWTV4Tc0ObiE3W9RPxxPJz2dt4ZVNrZcFz";
const OTHER: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqt";

fn flaws(list: &str) -> String {
    let list = list.replace("KEY", KEY).replace("OTHER", OTHER);
    let (_, flaws) = Signers::parse(&Source::new("list", list.as_str()));
    let lines = Lines::new(&list);
    let mut out = String::new();
    for it in flaws {
        let at = lines.position(it.span.start);
        let _ = writeln!(out, "{}:{}: {}\n  help: {}", at.line, at.column, it.message, it.help);
    }
    out
}

#[test]
fn a_list_is_read_as_openssh_reads_it() {
    let list = "# owners\n\nceo@x namespaces=\"git,sprag-approval\",valid-after=\"20250101\" KEY the boss's\n\
                dba@x\tvalid-before=\"202601021530Z\"  OTHER\n  ceo@x KEY\n";
    assert_eq!(flaws(list), "");
    let text = list.replace("KEY", KEY).replace("OTHER", OTHER);
    let (signers, _) = Signers::parse(&Source::new("list", text));
    assert_eq!(signers.principals(), ["ceo@x", "dba@x"]);
    let [ceo, dba, again] = signers.list.as_slice() else { panic!() };
    assert!(ceo.may_sign("sprag-approval") && ceo.may_sign("git") && !ceo.may_sign("file"));
    assert!(again.may_sign("file"));
    assert_eq!(ceo.valid_after.unwrap().to_string(), "2025-01-01T00:00:00Z");
    assert_eq!(dba.valid_before.unwrap().to_string(), "2026-01-02T15:30:00Z");
}

#[test]
fn a_line_that_could_mean_anybody_is_a_flaw_of_the_list() {
    assert_snapshot!(flaws(
        "*@x KEY\n\
         ceo@x,dba@x KEY\n\
         !ceo@x KEY\n\
         \"ceo x\" KEY\n\
         ceo@x cert-authority KEY\n\
         ceo@x namespaces=\"sprag*\" KEY\n\
         ceo@x namespaces=\"\" KEY\n\
         ceo@x restrict KEY\n\
         ceo@x valid-before=\"tomorrow\" KEY\n\
         ceo@x valid-before=\"20250230\" KEY\n\
         ceo@x namespaces=\"a\" valid-before=\"20250101\" KEY\n\
         ceo@x namespaces=\"a\",namespaces=\"b\" KEY\n\
         KEY\n\
         ceo@x\n\
         ceo@x ssh-dss AAAAB3NzaC1kc3M=\n\
         ceo@x ssh-ed25519 AAAA\n\
         ceo@x ssh-ed25519-cert-v01@openssh.com AAAA\n\
         ceo@x KEY\n\
         dba@x KEY\n"
    ), @r###"
    1:1: `*@x` is a pattern: who holds this key could be anybody it fits
      help: write the one name of the one person who holds the key
    2:1: `ceo@x,dba@x` is more than one name for one key
      help: give each person a line and a key of their own
    3:1: `!ceo@x` is a pattern: who holds this key could be anybody it fits
      help: write the one name of the one person who holds the key
    4:1: `"ceo` cannot be a name here
      help: use letters, digits and signs as in an e-mail address, without quotes
    5:1: with `cert-authority`, the holder of this key says who is `ceo@x`
      help: remove the line, and list the key of each person
    6:1: `sprag*` is a pattern
      help: write what the key may sign word by word: namespaces="sprag-approval"
    7:1: `namespaces` names nothing
      help: write namespaces="sprag-approval"
    8:1: nobody knows the option `restrict`
      help: known are namespaces="...", valid-after="..." and valid-before="..."
    9:1: `tomorrow` is no time
      help: write a day, "20270131", or a time in UTC, "20270131180000Z"
    10:1: `20250230` is no time
      help: write a day, "20270131", or a time in UTC, "20270131180000Z"
    11:1: `namespaces="a" valid-before="20250101"` is more than one word before the key
      help: put commas between options, and no spaces
    12:1: `namespaces` is there twice
      help: leave one of the two
    13:1: whose key this is is missing
      help: write a name before the key
    14:1: there is no public key here
      help: write `name ssh-ed25519 AAAA...`, a line each
    15:1: DSA keys can be broken
      help: remove the line; `ssh-keygen -t ed25519` makes a key that can sign
    16:1: this is no public key of a kind that is known
      help: remove the line; `ssh-keygen -t ed25519` makes a key that can sign
    17:1: certificates are not read: they let others say who signs
      help: remove the line; `ssh-keygen -t ed25519` makes a key that can sign
    19:1: `ceo@x` and `dba@x` have the same key
      help: give each person a key of their own, or leave one name
    "###);
}

#[test]
fn a_short_rsa_key_is_a_flaw_of_the_list() {
    let Some(office) = Office::new() else { return };
    office.make_key("short", &["-t", "rsa", "-b", "1024"]);
    let line = format!("ceo@x {}\n", office.public("short"));
    assert_snapshot!(flaws(&line), @r###"
    1:1: an RSA key of 1024 bits: only those of 2048 to 4096 are read
      help: remove the line; `ssh-keygen -t ed25519` makes a key that can sign
    "###);
}

#[test]
fn revoked_keys_are_found_in_every_form() {
    let line = format!("{KEY}\n");
    let print = {
        let (signers, _) = Signers::parse(&Source::new("list", format!("ceo@x {KEY}\n")));
        signers.list[0].key.to_string()
    };
    for text in
        [&line, &format!("ceo@x {line}"), &format!("ceo@x namespaces=\"a b\" {line}"), &print]
    {
        let (revoked, flaws) = Revoked::parse(&Source::new("revoked", text.as_str()));
        let (signers, _) = Signers::parse(&Source::new("list", format!("a {KEY}\nb {OTHER}\n")));
        assert!(flaws.is_empty(), "{text}");
        assert!(revoked.has(&signers.list[0].key), "{text}");
        assert!(!revoked.has(&signers.list[1].key), "{text}");
    }
    let (_, flaws) = Revoked::parse(&Source::new("revoked", "the old laptop\n"));
    assert_eq!(flaws[0].message, "nobody can say which key this revokes");
}

#[test]
fn a_list_that_cannot_be_trusted_stops_who_has_something_signed_and_nobody_else() {
    let Some(office) = Office::new() else { return };
    let broken = office.lines(&["ceo"]) + &format!("*@x {}\n", office.public("dba"));
    office.merged(&[(".sprag/allowed_signers", &broken)]);
    office.refused("error[alter-column-type]");
    office.post(FILE, &office.letter().text(), "ceo");
    let (code, said) = office.check();
    assert_eq!(code, 2, "{said}");
    assert!(said.contains(".sprag/allowed_signers:2:1"), "{said}");
    assert!(
        said.contains("`*@x` is a pattern: who holds this key could be anybody it fits"),
        "{said}"
    );
    // Whoever takes only that line away needs nobody.
    office.repo.run("git rm -rqf --cached db/2_total.sql .sprag/approvals; rm -r db/2_total.sql .sprag/approvals");
    office.list(&["ceo"]);
    office.passes();
    office.list(&["dba"]);
    office.refused("error[policy-tampered]");
}

#[test]
fn what_would_leave_nobody_to_sign_is_signed_by_nobody() {
    let Some(office) = Office::new() else { return };
    office.repo.run("rm db/2_total.sql");
    for (path, text) in [
        (".sprag/allowed_signers", office.lines(&["ceo", "dba"]) + "eve ssh-rsa AAAAgarbage\n"),
        (
            ".sprag/allowed_signers",
            office.lines(&["ceo", "dba"]) + &format!("mallory@x {}\n", office.public("ceo")),
        ),
        (".sprag/revoked_keys", "ssh-ed25519 AAAAgarbage mallory\n".to_owned()),
    ] {
        office.repo.write(path, &text);
        office.refused(&format!("with this nobody can judge by `{path}`"));
        let letter = sprag::approval::Letter {
            rule: "policy-change".to_owned(),
            path: path.into(),
            sha256: office.hash(path),
            ..office.letter()
        };
        office.post(".sprag/approvals/list", &letter.text(), "ceo");
        let (code, said) = office.check();
        assert_ne!(code, 0, "{said}");
        office.repo.run("git reset -q --hard; rm -rf .sprag/approvals .sprag/revoked_keys");
    }
}

#[test]
fn a_signer_is_silenced_by_another_and_by_nobody_else() {
    let Some(office) = Office::new() else { return };
    office.repo.run("rm db/2_total.sql");
    let path = ".sprag/revoked_keys";
    office.repo.write(path, office.public("mallory"));
    office.passes();
    office.repo.write(path, office.public("dba"));
    office.refused("after this `dba@x` signs no longer");
    office.consent("list", path, "dba");
    office.refused("the key of `dba@x` is revoked");
    office.consent("list", path, "ceo");
    office.passes();
}

#[test]
fn a_list_of_comments_is_no_list_to_sign_by() {
    let Some(office) = Office::new() else { return };
    office.merged(&[(".sprag/allowed_signers", "# name ssh-ed25519 AAAA\n")]);
    office.post(FILE, &office.letter().text(), "ceo");
    office.refused("nobody may sign yet");
    office.repo.run("git rm -rqf --cached db/2_total.sql .sprag/approvals; rm -r db/2_total.sql .sprag/approvals");
    office.list(&["ceo"]);
    office.passes();
}
