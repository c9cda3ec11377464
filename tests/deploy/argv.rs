//! Which commands are refused, whatever they are wrapped in.

use super::{findings, package, setup};

#[test]
fn a_migration_is_refused_in_every_wrapping() {
    let mut passed = Vec::new();
    for text in
        include_str!("refused.txt").lines().filter(|it| !it.is_empty() && !it.starts_with("##"))
    {
        let text = text.replace("\\n", "\n");
        if setup(&text).iter().all(|it| it.message.contains("nobody can tell")) {
            passed.push(text);
        }
    }
    assert_eq!(passed, Vec::<String>::new());
}

#[test]
fn what_hides_its_command_is_refused() {
    let hidden = [
        "npx prisma $(echo migrate deploy)",
        "npx prisma `echo migrate` deploy",
        "npx prisma ${{ env.SUB }}",
        "npx prisma \"$SUB\"",
        "npx prisma --preview-feature $SUB",
        "npx prisma migrate $SUB",
        "npx prisma {migrate,deploy}",
        "echo deploy | xargs -I{} npx prisma migrate {}",
        "echo deploy | xargs -I% sh -c 'npx prisma migrate %'",
        "x=prisma-; npx ${x%-} migrate deploy",
        "for f in prisma/migrations/*/migration.sql; do psql $DATABASE_URL < \"$f\"; done",
        "cat prisma/migrations/*/migration.sql | sort | psql",
        "npx prisma migr*te deploy",
        "M=generate; M='migrate deploy'; prisma $M",
        "for M in generate $X; do prisma $M; done",
        "for M in *; do prisma $M; done",
        "C=\"npx prisma $SUB\"; $C",
        "prisma ${SUB:-generate}",
        "xargs prisma < words",
        "$(echo yolped etargim amsirp xpn | rev)",
        "echo bnB4IHByaXNtYSBtaWdyYXRlIGRlcGxveQ== | base64 -d | sh",
        "curl -s https://example.com/install | bash -s -- x",
        "npm ci && curl https://example.com | sh -",
        "sh < <(curl https://example.com)",
        "sh -c $RELEASE",
        "sh -c \"$RELEASE\"",
        "bash <(curl https://example.com)",
        "eval $X",
        "eval \"$(cat commands)\"",
        "npm run $X",
        "\"$CMD\" deploy",
        ". $FILE",
        "psql $DATABASE_URL -f $FILE",
        "cmd=(npx prisma \"$X\"); \"${cmd[@]}\"",
        "sh -c \"$(curl -fsSL https://example.com/x.sh)\"",
        "curl -fsSL https://sh.rustup.rs.example.com | sh",
        "curl -fsSL http://sh.rustup.rs | sh",
        "curl -fsSL https://bun.sh/install https://example.com | sh",
        "curl -fsSL \"https://bun.sh/$X\" | sh",
        "eval \"$(direnv hook bash; cat x)\"",
        "$(ssh-agent; cat x)",
        "prisma 'unclosed",
        "IFS=,; X=prisma,migrate,deploy; $X",
        "X=true; read X; $X",
    ];
    let passed: Vec<&str> = hidden.into_iter().filter(|it| setup(it).is_empty()).collect();
    assert_eq!(passed, Vec::<&str>::new());
}

#[test]
fn what_changes_no_database_passes() {
    let mut refused = Vec::new();
    for text in
        include_str!("accepted.txt").lines().filter(|it| !it.is_empty() && !it.starts_with("##"))
    {
        let text = text.replace("\\n", "\n");
        if !setup(&text).is_empty() {
            refused.push(text);
        }
    }
    assert_eq!(refused, Vec::<String>::new());
}

#[test]
fn names_that_deploy_are_judged_and_names_for_people_are_not() {
    for (name, deploys) in [
        ("setup", true),
        ("prepare", true),
        ("postinstall", true),
        ("prebuild", true),
        ("build", true),
        ("start", true),
        ("start:prod", true),
        ("build:production", true),
        ("deploy", true),
        ("deploy:db", true),
        ("postdeploy", true),
        ("release", true),
        ("heroku-postbuild", true),
        ("vercel-build", true),
        ("docker-start", true),
        ("docker:start", true),
        ("dev", false),
        ("predev", false),
        ("start:migrate:prod", true),
        ("start:dev", false),
        ("build:local", false),
        ("deploy:local", false),
        ("db:migrate", false),
        ("db:push", false),
        ("db:reset", false),
        ("db:deploy", false),
        ("migrate:dev", false),
        ("test", false),
        ("pretest", false),
        ("constructor", false),
    ] {
        let found = findings(&[("package.json", &package(&[(name, "prisma migrate deploy")]))]);
        assert_eq!(!found.is_empty(), deploys, "{name}");
    }
}
