//! What is read of a `Makefile` and of a `justfile`.

use sprag::parse::command;
use sprag::source::Source;

use super::{findings, package, said};

#[test]
fn every_way_to_write_a_recipe_is_read() {
    for text in [
        "deploy:\n\t@npx prisma migrate deploy\n",
        "deploy:\n\t-@ +npx prisma migrate deploy\n",
        "deploy: ; npx prisma migrate deploy\n",
        "deploy: build; @npx prisma migrate deploy\n",
        "deploy:: ## everything\n\tnpx prisma \\\n\t  migrate \\\n\t  deploy\n",
        "PRISMA := npx prisma\nM = migrate deploy\nrelease:\n\t$(PRISMA) $(M)\n",
        "release:\n\t${P} ${M}\nP = npx prisma\nM ?= migrate\nM += deploy # now\n",
        "B = deploy\nA = migrate $(B)\nrelease:\n\tnpx prisma $(A)\n",
        "ifdef CI\nS = deploy\nelse\nS = status\nendif\nrelease:\n\tnpx prisma migrate $(S)\n",
        "define RUN\n@echo now\n@npx prisma migrate $(1)\nendef\nrelease:\n\t$(call RUN,deploy)\n",
        "release: S = deploy\nrelease:\n\tnpx prisma migrate $(S)\n",
        "deploy:\n\tnpx prisma migrate $@\n",
        "release: build migrate\nbuild:\n\ttrue\nmigrate:\n\tnpx prisma migrate deploy\n",
        "release:\n\t$(MAKE) migrate\nmigrate:\n\tnpx prisma migrate deploy\n",
        ".RECIPEPREFIX = >\nrelease:\n>npx prisma migrate deploy\n",
        ".ONESHELL:\nrelease:\n\tX=deploy\n\tnpx prisma migrate $$X\n",
        "release:\n\tfor i in 1 2; do npx prisma migrate deploy; done\n",
        "release: X := $(shell npx prisma migrate deploy)\nrelease:\n\techo $(X)\n",
        "a build release: ; npx prisma migrate deploy\n",
        "X := $(Y\nrelease:\n\tnpx prisma migrate deploy\n",
        "%.o: %.c\n\tnpx prisma migrate reset\nrelease:\n\n# text\n\tnpx prisma migrate deploy\n",
    ] {
        assert_eq!(
            said(&[("Makefile", text)]).len(),
            1,
            "{text}: {:?}",
            said(&[("Makefile", text)])
        );
    }
}

#[test]
fn what_make_does_not_run_passes() {
    for text in [
        "# deploy: npx prisma migrate deploy\ndeploy:\n\techo done\n",
        "deploy:\n\t@echo 'npx prisma migrate deploy'\n\t# npx prisma migrate deploy\n",
        "db-migrate:\n\tnpx prisma migrate deploy\nbuild:\n\tnpm run build\n",
        "HELP = npx prisma migrate deploy\ndeploy:\n\t$(info npx prisma migrate deploy)\n",
        "deploy-local:\n\tnpx prisma migrate deploy\n",
        "deploy:\n\t$(DOCKER_FLAGS)\n\tcd $(CURDIR) && npm start\n",
    ] {
        let found = said(&[("Makefile", text)]);
        assert!(!found.iter().any(|it| it.contains("prisma")), "{text}: {found:?}");
    }
}

#[test]
fn the_words_in_a_recipe_are_shown_where_they_run() {
    let text = "M = migrate deploy\nrelease:\n\tnpx prisma $(M) # é\n";
    let found = findings(&[("Makefile", text)]);
    assert_eq!(text.get(found[0].span.range()), Some("prisma $(M)"));
    assert_eq!(found[0].subject.to_string(), "Makefile:release");
}

#[test]
fn what_calls_a_target_leads_to_it() {
    let makefile = "all:\n\ttrue\nmigrate:\n\tnpx prisma migrate deploy\n";
    for (script, path) in [
        ("make migrate", "Makefile"),
        ("make -j4 -s migrate CI=1", "Makefile"),
        ("make -C ops migrate", "ops/Makefile"),
        ("make --directory=ops migrate", "ops/Makefile"),
        ("make -f build.mk migrate", "build.mk"),
        ("make all migrate", "GNUmakefile"),
    ] {
        let files = [("package.json", package(&[("setup", script)])), (path, makefile.to_owned())];
        let files: Vec<(&str, &str)> = files.iter().map(|it| (it.0, it.1.as_str())).collect();
        assert_eq!(findings(&files).len(), 1, "{script}");
    }
    let file = package(&[("setup", "make")]);
    assert_eq!(findings(&[("package.json", &file), ("Makefile", makefile)]), []);
    let first = "migrate:\n\tnpx prisma migrate deploy\n";
    assert_eq!(findings(&[("package.json", &file), ("Makefile", first)]).len(), 1);
    let include = "include ops/more.mk\nrelease: migrate\n";
    assert_eq!(findings(&[("Makefile", include), ("ops/more.mk", makefile)]).len(), 1);
}

#[test]
fn every_way_to_write_a_just_recipe_is_read() {
    for text in [
        "deploy:\n    npx prisma migrate deploy\n",
        "@deploy:\n  @-npx prisma \\\n    migrate deploy\n",
        "sub := 'migrate' + ' deploy'\ndeploy:\n    npx prisma {{sub}}\n",
        "deploy:\n    npx prisma {{ sub }}\nsub := \"migrate deploy\"\n",
        "deploy: build migrate\nbuild:\n    true\nmigrate:\n    npx prisma migrate deploy\n",
        "deploy: (migrate 'x') && build\nbuild:\n\nmigrate name='a':\n    npx prisma migrate deploy\n",
        "deploy:\n    #!/usr/bin/env bash\n    X=deploy\n    npx prisma migrate $X\n",
        "[script('bash')]\ndeploy:\n    X=deploy\n    npx prisma migrate $X\n",
        "deploy:\n    #!/usr/bin/env node\n    require('child_process').execSync('npx prisma migrate deploy')\n",
        "deploy what:\n    npx prisma migrate {{what}}\n",
        "alias release := db\ndb:\n    npx prisma migrate deploy\ndeploy: release\n",
    ] {
        assert_eq!(
            said(&[("justfile", text)]).len(),
            1,
            "{text}: {:?}",
            said(&[("justfile", text)])
        );
    }
    for text in [
        "# deploy: npx prisma migrate deploy\ndeploy:\n    echo 'npx prisma migrate deploy'\n",
        "db:\n    npx prisma migrate deploy\n",
        "note := 'npx prisma migrate deploy'\ndeploy target='x':\n    fly deploy {{target}}\n",
    ] {
        assert_eq!(said(&[("justfile", text)]), [""; 0], "{text}");
    }
    let just = "all:\n    true\ndb:\n    npx prisma migrate deploy\n";
    for (script, count) in [("just db", 1), ("just --set a db all", 0), ("just", 0)] {
        let file = package(&[("setup", script)]);
        let found = findings(&[("package.json", &file), ("justfile", just)]);
        assert_eq!(found.len(), count, "{script}");
    }
}

#[test]
fn hostile_recipes_are_read_in_time() {
    let many = 20_000;
    for text in [
        format!("A = {}\nx:\n\t$(A)\n", "$(A)".repeat(many)),
        (0..500)
            .map(|it| format!("A{it} = $(A{0})$(A{0})\n", it + 1))
            .chain(["x:\n\t$(A0)\n".into()])
            .collect(),
        format!("x:\n\t{}\n", "$(a ".repeat(50_000)),
        format!("x:\n{}", "\t$(A)\n".repeat(many)),
        "A += x\n".repeat(many),
        format!("{}:\n{}", "a ".repeat(many), "\tb\n".repeat(many)),
        format!("{}\n\tx\n", "a:".repeat(many)),
        format!("A = {}#{}\n", "a".repeat(100_000), "a".repeat(100_000)),
        format!("x: ; {}", "\\\n".repeat(100_000)),
    ] {
        for name in ["Makefile", "justfile"] {
            let reading = command::commands(&Source::new(name, text.as_str()));
            for it in &reading.commands {
                assert!(text.get(it.span.range()).is_some());
            }
        }
    }
}
