//! `sprag approve` and `sprag approvals`.

use insta::assert_snapshot;

use super::{MIGRATION, Office};

/// What a command says, without what is another each time.
fn said(office: &Office, args: &[&str]) -> String {
    let (code, said) = office.repo.sprag(args);
    let mut shown = String::new();
    for line in said.lines() {
        let words = line.split(' ').map(|word| {
            let bare = word.trim_end_matches([':', ',', '`']);
            let is_time = bare.len() == 20 && bare.ends_with('Z');
            if is_time { word.replace(bare, "(time)") } else { word.to_owned() }
        });
        shown.push_str(&words.collect::<Vec<_>>().join(" "));
        shown.push('\n');
    }
    for name in ["ceo", "dba", "mallory"] {
        let public = office.public(name);
        let key = sprag::signature::Key::parse(&public).unwrap();
        shown = shown.replace(&public, &format!("({name}'s key)"));
        shown = shown.replace(&key.to_string(), &format!("({name}'s print)"));
    }
    let outside = office.repo.outside().to_str().unwrap().to_owned();
    format!("{}[exit {code}]", shown.replace(&outside, "(outside)"))
}

fn approve(office: &Office, more: &[&str]) -> String {
    office.repo.git(&["add", "-A"]);
    let args = ["approve", MIGRATION, "--rule", "alter-column-type", "--reason", "ticket DATA-42"];
    said(office, &[&args[..], more].concat())
}

#[test]
fn what_is_approved_is_shown_and_what_to_do_next() {
    let Some(office) = Office::new() else { return };
    let key = office.key("ceo");
    assert_snapshot!(approve(&office, &["--key", key.to_str().unwrap()]), @r###"
    ceo@x approves, until (time):
      alter-column-type in db/2_total.sql (sha256 012d2b1202f5)
        private.orders.total: `private.orders.total` is no longer numeric(10,2) but numeric(12,2) after this: every value fits, and no row is written
      because: ticket DATA-42
    wrote .sprag/approvals/e5d5acb7bcc3fb09.alter-column-type.ceo@x and its signature
    next: git add .sprag/approvals/e5d5acb7bcc3fb09.alter-column-type.ceo@x .sprag/approvals/e5d5acb7bcc3fb09.alter-column-type.ceo@x.sig
    [exit 0]
    "###);
    assert_snapshot!(said(&office, &["approvals"]), @r###"
    .sprag/approvals/e5d5acb7bcc3fb09.alter-column-type.ceo@x
      does not count: it is not staged: git add .sprag/approvals/e5d5acb7bcc3fb09.alter-column-type.ceo@x*
    [exit 0]
    "###);
    office.passes();
    assert_snapshot!(said(&office, &["approvals"]), @r###"
    .sprag/approvals/e5d5acb7bcc3fb09.alter-column-type.ceo@x
      alter-column-type in db/2_total.sql, by ceo@x until (time): ticket DATA-42
      counts
    [exit 0]
    "###);
    assert_snapshot!(approve(&office, &["--key", key.to_str().unwrap()]), @r###"
    error: could not judge: `ceo@x` has approved this already: .sprag/approvals/e5d5acb7bcc3fb09.alter-column-type.ceo@x
    [exit 2]
    "###);
}

#[test]
fn git_s_own_signing_key_is_the_key() {
    let Some(office) = Office::new() else { return };
    let file = office.key("ceo").with_extension("pub");
    assert!(approve(&office, &[]).contains("nothing says which key you sign with"));
    office.repo.git(&["config", "gpg.format", "ssh"]);
    office.repo.git(&["config", "user.signingkey", office.key("ceo").to_str().unwrap()]);
    let done = approve(&office, &["--expires", "2098-12-31"]);
    assert!(done.ends_with("[exit 0]"), "{done}");
    office.passes();
    let text = std::fs::read_dir(office.repo.path().join(".sprag/approvals")).unwrap();
    let texts: Vec<String> =
        text.map(|it| std::fs::read_to_string(it.unwrap().path()).unwrap()).collect();
    assert!(texts.iter().any(|it| it.contains("\nexpires: 2099-01-01T00:00:00Z\n")), "{texts:?}");
    assert!(file.exists());
}

#[test]
fn the_only_key_of_the_agent_that_is_on_the_list_is_the_key() {
    let Some(office) = Office::new() else { return };
    office.repo.git(&["add", "-A"]);
    let (ceo, mallory) = (office.key("ceo"), office.key("mallory"));
    let (code, said) = office.repo.sh(&format!(
        "command -v ssh-agent >/dev/null || exit 77; eval $(ssh-agent -s) >/dev/null; ssh-add -q {} {}; \
         {} approve {MIGRATION} --rule alter-column-type --reason x; code=$?; kill $SSH_AGENT_PID; exit $code",
        ceo.display(),
        mallory.display(),
        env!("CARGO_BIN_EXE_sprag")
    ));
    if code == 77 {
        super::skipped("there is no ssh-agent on PATH");
        return;
    }
    assert_eq!(code, 0, "{said}");
    office.passes();
}

#[test]
fn what_cannot_be_approved_is_said_before_anything_is_signed() {
    let Some(office) = Office::with("longest-days = 30\n") else { return };
    let (ceo, mallory) = (office.key("ceo"), office.key("mallory"));
    let (ceo, mallory) = (ceo.to_str().unwrap(), mallory.to_str().unwrap());
    let mut all = String::new();
    for more in [
        &["--key", mallory][..],
        &["--key", ceo, "--as", "nobody@x"],
        &["--key", ceo, "--as", "dba@x"],
        &["--key", "/nowhere/key"],
        &["--key", ceo, "--days", "31"],
        &["--key", ceo, "--expires", "2020-01-01"],
        &["--key", ceo, "--expires", "soon"],
        &["--key", ceo, "--reason", "  "],
    ] {
        let args = ["approve", MIGRATION, "--rule", "alter-column-type"];
        office.repo.git(&["add", "-A"]);
        let reason: &[&str] = if more.contains(&"--reason") { &[] } else { &["--reason", "x"] };
        all.push_str(&said(&office, &[&args[..], reason, more].concat()));
        all.push('\n');
    }
    for (path, rule) in [
        (MIGRATION, "drop-table"),
        (MIGRATION, "drop-tabel"),
        ("db/1_orders.sql", "alter-column-type"),
        ("nowhere.sql", "alter-column-type"),
    ] {
        let args = ["approve", path, "--rule", rule, "--reason", "x", "--key", ceo];
        all.push_str(&said(&office, &args));
        all.push('\n');
    }
    assert!(!office.repo.path().join(".sprag/approvals").exists());
    assert_snapshot!(all, @r###"
    error: could not judge: the key (mallory's print) is not in `.sprag/allowed_signers` of the state that is trusted, or may not sign for `sprag-approval`
     |
     = help: choose another one by `--key FILE`
     = help: or let those who are in the list add yours: `name@example.com namespaces="sprag-approval" (mallory's key)`
    [exit 2]
    error: could not judge: `nobody@x` is not in `.sprag/allowed_signers` of the state that is trusted
     |
     = help: known are ceo@x, dba@x
    [exit 2]
    error: could not judge: the key (ceo's print) is that of `ceo@x`, not of `dba@x`
     |
     = help: choose the key of `dba@x` by `--key FILE`
    [exit 2]
    error: could not judge: could not read the key `/nowhere/key`: No such file or directory (os error 2)
    [exit 2]
    error: could not judge: the policy lets no approval hold for more than 30 days
     |
     = help: ask for fewer: `--days 30`
    [exit 2]
    error: could not judge: it would have expired already, on (time)
    [exit 2]
    error: could not judge: `soon` is no day
     |
     = help: write it as 2027-01-31
    [exit 2]
    error: could not judge: the reason is empty
     |
     = help: say why, for who reads it in a year: --reason "ticket DATA-42"
    [exit 2]
    error: could not judge: `drop-table` refuses nothing in `db/2_total.sql`
     |
     = help: what waits for somebody there is alter-column-type
    [exit 2]
    error: could not judge: there is no rule `drop-tabel`
     |
     = help: did you mean `drop-table`?
     = help: `sprag rules` lists them
    [exit 2]
    error: could not judge: `alter-column-type` refuses nothing in `db/1_orders.sql`
     |
     = help: stage the change, or name what it is compared with: `--base REF`
    [exit 2]
    error: could not judge: `alter-column-type` refuses nothing in `nowhere.sql`
     |
     = help: stage the change, or name what it is compared with: `--base REF`
    [exit 2]
    "###);
}

#[test]
fn what_is_denied_cannot_be_approved() {
    let Some(office) = Office::new() else { return };
    office.repo.write(MIGRATION, "drop table private.orders;\n").git(&["add", "-A"]);
    let key = office.key("ceo");
    let args = ["approve", MIGRATION, "--rule", "drop-table", "--reason", "x", "--key"];
    assert_snapshot!(said(&office, &[&args[..], &[key.to_str().unwrap()]].concat()), @r###"
    error: could not judge: `drop-table` is at level `deny`, which nobody signs away
     |
     = help: take the change back; or let an owner write an exception into policy.toml of the main branch
    [exit 2]
    "###);
}

#[test]
fn who_is_not_asked_is_told_who_is() {
    let roles = "[approvals.roles]\nowner = [\"ceo@x\"]\n[approvals.rules]\nalter-column-type = \"owner\"\npolicy-change = \"owner\"\n";
    let Some(office) = Office::with(roles) else { return };
    let key = office.key("dba");
    let done = approve(&office, &["--key", key.to_str().unwrap()]);
    assert!(done.contains("`dba@x` may not approve `alter-column-type`"), "{done}");
    assert!(done.contains("the policy asks ceo@x"), "{done}");
}

#[test]
fn your_own_work_is_not_for_you_to_approve() {
    let Some(office) = Office::new() else { return };
    office.repo.run("git add -A; git -c user.email=ceo@x commit -qnm change");
    let key = office.key("ceo");
    let done = approve(&office, &["--key", key.to_str().unwrap(), "--base", "origin/main"]);
    assert!(
        done.contains(
            "this would not count, so nothing was written: `ceo@x` is author or committer of "
        ),
        "{done}"
    );
    assert!(!office.repo.path().join(".sprag/approvals").exists());
}

#[test]
fn a_path_and_a_reason_in_any_script_are_signed_for_as_they_are() {
    let Some(office) = Office::new() else { return };
    office.repo.run("mv db/2_total.sql 'db/2 größe.sql'; git add -A");
    let key = office.key("ceo");
    let args = [
        "approve",
        "db/2 größe.sql",
        "--rule",
        "alter-column-type",
        "--reason",
        "für Zoë",
        "--key",
    ];
    let (code, said) = office.repo.sprag(&[&args[..], &[key.to_str().unwrap()]].concat());
    assert_eq!(code, 0, "{said}");
    office.passes();
    assert!(office.repo.sprag(&["check", "--format", "json"]).1.contains("für Zoë"));
    office.refused_after_moving();
}

impl Office {
    #[track_caller]
    fn refused_after_moving(&self) {
        self.repo.run("git mv 'db/2 größe.sql' 'db/2 grosse.sql'");
        self.refused("sprag approve 'db/2 grosse.sql' --rule alter-column-type");
    }
}
