//! Platforms whose commands are spread over several keys: `heroku.yml`, Cloud Build.

use super::values;
use crate::parse::command::tree::{self, Format, Node, Tree};
use crate::parse::command::{Call, Host, Kind, Reading, Text, Variables, Weight, Word};
use crate::source::Source;

/// `heroku.yml` (<https://devcenter.heroku.com/articles/build-docker-images-heroku-yml>).
pub(super) fn heroku(source: &Source) -> Reading {
    let mut reading = Reading::default();
    let host = |key: String| Host::new(Kind::Heroku, source, key, Weight::Platform).in_folder("");
    for tree in tree::read(source, Format::Yaml, &mut reading) {
        for entry in tree.at(&["build", "docker"]).map(Tree::entries).unwrap_or_default() {
            let file = entry.value.get("dockerfile").unwrap_or(&entry.value);
            if let Some(text) = file.text() {
                let host = host(format!("build.docker.{}", values::short(&entry.key)));
                let call = Call::file_as(Word::new(text.clone()), Kind::Dockerfile);
                reading.link(&host, file.range.clone(), call);
            }
        }
        if let Some(release) = tree.get("release") {
            process(&mut reading, &host("release".to_owned()), release);
        }
        for entry in tree.get("run").map(Tree::entries).unwrap_or_default() {
            let host = host(format!("run.{}", values::short(&entry.key)));
            process(&mut reading, &host, &entry.value);
        }
    }
    values::join(&mut reading, source, Kind::Heroku, Weight::Platform);
    reading
}

fn process(reading: &mut Reading, host: &Host, tree: &Tree) {
    let command = tree.get("command").unwrap_or(tree);
    values::add_lines(reading, host, command, &Variables::new());
}

/// `cloudbuild.yaml` (<https://cloud.google.com/build/docs/build-config-file-schema>), which may be JSON too.
pub(super) fn cloud_build(source: &Source) -> Reading {
    let mut reading = Reading::default();
    // JSON is YAML.
    for tree in tree::read(source, Format::Yaml, &mut reading) {
        let mut variables = Variables::new();
        if let Some(tree) = tree.get("substitutions") {
            values::set(&mut variables, tree);
        }
        for (at, step) in tree.get("steps").map(Tree::items).unwrap_or_default().iter().enumerate()
        {
            let key = format!("steps.{}", at + 1);
            let host = Host::new(Kind::CloudBuild, source, key, Weight::Platform).in_folder("");
            let folder = step.get("dir").and_then(Tree::text).map(Text::to_string);
            let host = match folder.as_deref().and_then(values::folder) {
                Some(folder) => host.in_folder(folder),
                None => host,
            };
            let mut variables = variables.clone();
            if let Some(tree) = step.get("env") {
                values::set(&mut variables, tree);
            }
            if let Some(script) = step.get("script") {
                values::add_lines(&mut reading, &host, script, &variables);
            }
            image(&mut reading, &host, step, &variables);
        }
    }
    values::join(&mut reading, source, Kind::CloudBuild, Weight::Platform);
    reading
}

/// A step is an image that is given words: `gcr.io/cloud-builders/npm` and `[run, migrate]`.
fn image(reading: &mut Reading, host: &Host, step: &Tree, variables: &Variables) {
    let Some(args) = step.get("args") else { return };
    let program = match step.get("entrypoint").or(step.get("name")) {
        Some(Tree { node: Node::Text(text), range, .. }) => {
            let name = text.to_string();
            let name = name.rsplit('/').next().unwrap_or_default();
            let name = name.split([':', '@']).next().unwrap_or_default();
            values::implied(name, range)
        }
        _ => return,
    };
    let filled = |it: &Text| match variables.get(it.to_string().trim_matches(['$', '{', '}'])) {
        Some(Some(value)) if it.to_string().starts_with('$') => value.clone(),
        _ => it.clone(),
    };
    let items = args.text().into_iter().chain(args.items().iter().filter_map(Tree::text));
    let words = items.map(|it| script_or_argument(&filled(it)));
    let words = std::iter::once(program).chain(words).collect();
    reading.add_words(host, &args.range, words);
}

/// The text that `bash -c` is given is looked into by itself, whatever is filled in.
fn script_or_argument(text: &Text) -> Word {
    if text.spots().iter().any(|it| it.c.is_whitespace()) {
        Word::new(text.clone())
    } else {
        values::argument(text)
    }
}
