//! Texts that a script hands from one command to another: by a pipe, by a file that it writes and then runs.

use super::Input;
use super::program;
use super::text::{Spot, Text};
use super::word::Word;
use super::wrappers::only_talks;

/// Commands, what each reads, and what is known of where their texts go.
#[derive(Default)]
pub(super) struct Flows {
    /// A command, and the one whose output it reads.
    pub(super) pipes: Vec<(usize, usize)>,
    /// A command, and the file it writes.
    pub(super) files: Vec<(usize, Word)>,
}

/// Gives each command that reads what `cat` reads that very text.
pub(super) fn follow_pipes(commands: &mut [(Vec<Word>, Input)], flows: &Flows) {
    for (to, from) in &flows.pipes {
        let Some((words, Input::Text(text))) = commands.get(*from) else { continue };
        let passes =
            words.first().is_some_and(|it| it.is("cat") || it.is("envsubst") || it.is("tee"));
        let text = text.clone();
        if let Some((_, input @ Input::Pipe(_))) = commands.get_mut(*to).filter(|_| passes) {
            *input = Input::Text(text);
        }
    }
}

/// What is written to a file that another command of the script runs.
pub(super) fn scripts(commands: &[(Vec<Word>, Input)], flows: &Flows) -> Vec<Text> {
    let mut found = Vec::new();
    let mut files = flows.files.clone();
    for (at, (words, _)) in commands.iter().enumerate() {
        if words.first().is_some_and(|it| it.is("tee")) {
            files.extend(words[1..].iter().filter(|it| !it.is_flag()).map(|it| (at, it.clone())));
        }
    }
    if files.is_empty() {
        return found;
    }
    let mut run = std::collections::BTreeSet::new();
    for (words, _) in commands {
        let Some(first) = words.first() else { continue };
        run.insert(bare(first));
        if program::name(first).is_some_and(|it| !only_talks(&it)) {
            run.extend(words.iter().map(bare));
        }
    }
    for (at, file) in files.iter().filter(|(_, it)| run.contains(bare(it))) {
        let Some((words, input)) = commands.get(*at) else { continue };
        match (words.first(), input) {
            (Some(_), Input::Text(text)) => found.push(text.clone()),
            (Some(talker), _) if talker.is("echo") || talker.is("printf") => {
                let said = words[1..].iter().filter(|it| !it.is_flag() && it.text != file.text);
                let mut text = Text::default();
                for word in said {
                    if let Some(last) = text.spots().last().copied() {
                        text.push(Spot { c: ' ', ..last });
                    }
                    text.extend(word.spots.spots());
                }
                found.push(text);
            }
            _ => {}
        }
    }
    found
}

fn bare(word: &Word) -> &str {
    word.text.trim_start_matches("./")
}
