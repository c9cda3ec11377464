//! A report of hostile names and texts is drawn, whatever the width, and its JSON is JSON.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sprag::gate;
use sprag::policy::Date;
use sprag::report::{Action, Format, Report, Style, render};
use sprag::source::{Content, File, Mode, ObjectId, RepoPath};

fuzz_target!(|input: (&str, &str, u8)| {
    let (name, text, width) = input;
    let file = File {
        path: RepoPath::from(name),
        mode: Mode::Regular,
        id: ObjectId(String::new()),
        content: Content::from_bytes(text.as_bytes().to_vec(), 1 << 16),
    };
    let Ok(outcome) = gate::files(None, &[file], Date::from_unix_seconds(0)) else { return };
    let action = Action::Files;
    let report = Report {
        verdict: &outcome.verdict,
        sources: &outcome.sources,
        action: &action,
        policy: &outcome.policy,
        verbose: true,
    };
    let width = (width > 0).then_some(usize::from(width));
    for unicode in [false, true] {
        let style = Style { color: !unicode, unicode, width, links: false };
        let human = render(&report, Format::Human, &style);
        assert!(unicode || human.is_ascii());
        render(&report, Format::Github, &style);
        let json = render(&report, Format::Json, &style);
        serde_json::from_str::<serde_json::Value>(&json).unwrap();
    }
});
