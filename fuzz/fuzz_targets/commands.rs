//! What deployments run: a file of each kind, with the readers of TOML, JSON and shell below them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sprag::parse::command;
use sprag::rules::deploy;
use sprag::source::Source;

fuzz_target!(|text: &str| {
    let quoted = serde_json::to_string(text).unwrap();
    for (path, text) in [
        ("package.json", text.to_owned()),
        ("fly.toml", text.to_owned()),
        ("fly.json", text.to_owned()),
        ("package.json5", text.to_owned()),
        ("Dockerfile", text.to_owned()),
        ("Makefile", text.to_owned()),
        ("justfile", text.to_owned()),
        ("Procfile", text.to_owned()),
        ("x.service", text.to_owned()),
        ("supervisord.conf", text.to_owned()),
        ("crontab", text.to_owned()),
        ("schema.prisma", text.to_owned()),
        ("railway.toml", text.to_owned()),
        ("vercel.json", text.to_owned()),
        ("package.json", format!("{{\"scripts\":{{\"setup\":{quoted}}}}}")),
    ] {
        let source = Source::new(path, text.as_str());
        let reading = command::commands(&source);
        for span in reading.commands.iter().map(|it| &it.span) {
            assert!(text.get(span.range()).is_some());
        }
        for span in reading.problems.iter().map(|it| &it.span) {
            assert!(text.get(span.range()).is_some());
        }
        let judging = deploy::Judging {
            changed: &|_| true,
            local: &|_| false,
            rehearses: &|_| true,
            forbidden: &deploy::Forbidden::new([]),
        };
        for found in deploy::findings(&reading, &judging) {
            assert!(text.get(found.finding.span.range()).is_some());
        }
    }
});
