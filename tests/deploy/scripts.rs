//! Shell scripts that are files of their own.

use super::{findings, package};

#[test]
fn a_script_that_migrates_is_refused() {
    for (path, text) in [
        (
            "scripts/deploy.sh",
            "#!/usr/bin/env bash\nset -euo pipefail\nnpx prisma migrate deploy\n",
        ),
        ("scripts/ship", "#!/bin/sh\nnpx prisma migrate deploy\n"),
        ("scripts/apply.sh", "npx prisma \\\n  migrate \\\n  deploy\n"),
        (".husky/post-merge", "npx prisma migrate deploy\n"),
        ("scripts/go.sh", "#!/bin/bash\ngo() {\n  npx prisma migrate deploy\n}\ngo \"$@\"\n"),
    ] {
        let found = findings(&[(path, text)]);
        assert_eq!(found.len(), 1, "{path} {text}");
    }
}

#[test]
fn the_place_of_the_command_is_shown() {
    let text = "#!/bin/bash\nx='migrate deploy'\n\necho a\nnpx prisma $x --schema a\n";
    let found = findings(&[("scripts/deploy.sh", text)]);
    assert_eq!(&text[found[0].span.range()], "prisma $x");
}

#[test]
fn a_script_for_people_is_theirs() {
    for path in ["scripts/test/migrate.sh", "scripts/migrate-local.sh", "e2e/setup.sh"] {
        assert_eq!(findings(&[(path, "npx prisma migrate deploy\n")]), [], "{path}");
    }
    let json = package(&[("db:migrate", "./scripts/migrate.sh")]);
    let script = ("scripts/migrate.sh", "npx prisma migrate deploy\n");
    assert_eq!(findings(&[("package.json", json.as_str()), script]), []);
}

#[test]
fn a_script_runs_what_it_sources_and_calls() {
    for call in [
        ". ./lib/db.sh",
        "source \"$(dirname \"$0\")/lib/db.sh\"",
        "D=\"$(cd \"$(dirname \"${BASH_SOURCE[0]}\")\" && pwd)\"\n\"$D/lib/db.sh\" now",
        "bash -e lib/db.sh",
        "./lib/db.sh",
    ] {
        let db = ("scripts/lib/db.sh", "migrate() { npx prisma migrate deploy; }\n");
        let found =
            findings(&[("scripts/deploy.sh", &format!("#!/bin/bash\n{call}\nmigrate\n")), db]);
        assert_eq!(found.len(), 1, "{call}");
        assert_eq!(found[0].path.len(), 2, "{call}");
    }
}

#[test]
fn a_script_written_to_break_its_reader_does_not() {
    let n = 20_000;
    for text in [
        format!("a=aaaaaaaaaaaaaaaaaaaa\n{}", "a=$a$a$a\nb=$a$a\n".repeat(2000)),
        (0..5000).map(|it| format!("a{it}=x$a{} $(echo $a{it})\n", it.max(1) - 1)).collect(),
        format!("for x in {}; do echo $x; done\n", "a b ".repeat(n)),
        "for x in a b; do ".repeat(n / 2),
        "x=(".repeat(n),
        "x+=(a $x)\n".repeat(n),
        "x+=a$x\n".repeat(n),
        "cat > x <<E\na\nE\n. x\n".repeat(n / 10),
        "${a:-${a:-".repeat(n),
        "sh < <(".repeat(n),
        format!("a() {{ echo $1; {} }}\n{}", "x; ".repeat(2000), "a b$x\n".repeat(2000)),
        "a() { ".repeat(n),
        "a() { a $1; }; a b; ".repeat(n / 10),
        format!("printf '{}' {} | sh", "%s".repeat(n), "a ".repeat(n)),
        format!("printf '%s{}' {} | sh", "x".repeat(n), "a ".repeat(n)),
        "cat <<E\n$($($(`\nE\n".repeat(n / 10),
        "shift; ".repeat(n),
        "{ ( ".repeat(n),
    ] {
        findings(&[("deploy.sh", &text)]);
    }
}
