//! Texts that a script hands from one command to another: by a pipe, by a file that it writes and then runs.

use std::collections::BTreeMap;

use super::Input;
use super::program;
use super::shell::Nested;
use super::text::{Spot, Text};
use super::word::Word;
use super::wrappers::only_talks;

/// How many characters `printf` is followed for: its format is used again and again.
const PRINTED: usize = 1 << 16;

/// Commands, what each reads, and what is known of where their texts go.
#[derive(Default)]
pub(super) struct Flows {
    /// A command, and the one whose output it reads.
    pub(super) pipes: Vec<(usize, usize)>,
    /// A command, and the file it writes.
    pub(super) files: Vec<(usize, Word)>,
    /// What the group before a `|` writes, where it is known.
    pub(super) said: Option<Text>,
}

/// What `echo` and `printf` write.
pub(super) fn said(words: &[Word]) -> Option<Text> {
    let (talker, rest) = words.split_first()?;
    let prints = talker.is("printf");
    if !prints && !talker.is("echo") {
        return None;
    }
    let mut words = rest.iter().skip_while(|it| it.is_flag());
    let mut text = Text::default();
    if !prints {
        for word in words {
            if let Some(last) = text.spots().last().copied() {
                text.push(Spot { c: ' ', ..last });
            }
            escaped(word.spots.spots(), &mut text);
        }
        return Some(text);
    }
    let format = words.next()?;
    let spots = format.spots.spots();
    let mut left = words.collect::<Vec<_>>().into_iter();
    // The format is used again as long as there are words for it.
    loop {
        let before = left.len();
        let mut at = 0;
        let mut from = 0;
        while at < spots.len() {
            let is = |at: usize, c: char| spots.get(at).is_some_and(|it| it.c == c);
            if is(at, '%') && (is(at + 1, 's') || is(at + 1, 'b')) {
                escaped(&spots[from..at], &mut text);
                if let Some(word) = left.next() {
                    text.extend(word.spots.spots());
                }
                from = at + 2;
                at += 1;
            }
            at += 1;
        }
        escaped(&spots[from..], &mut text);
        if left.len() == 0 || left.len() == before || text.spots().len() > PRINTED {
            return Some(text);
        }
    }
}

/// What `printf`, and `echo` of some shells, make of `\n` and `\t`.
fn escaped(spots: &[Spot], text: &mut Text) {
    let mut at = 0;
    while let Some(spot) = spots.get(at) {
        let c = match (spot.c, spots.get(at + 1).map(|it| it.c)) {
            ('\\', Some('n')) => Some('\n'),
            ('\\', Some('t')) => Some('\t'),
            _ => None,
        };
        text.push(c.map_or(*spot, |c| Spot { c, ..*spot }));
        at += 1 + usize::from(c.is_some());
    }
}

/// What the commands of a group write together; none where nothing of it is known.
pub(super) fn of_group(commands: Option<&[(Vec<Word>, Input)]>) -> Option<Text> {
    let mut text = Text::default();
    for (words, input) in commands.unwrap_or_default() {
        let copies = words.first().is_some_and(|it| it.is("cat"));
        let own = match input {
            Input::Text(body) if copies => Some(body.clone()),
            _ => said(words),
        };
        if let Some(last) = text.spots().last().copied() {
            text.push(Spot { c: '\n', ..last });
        }
        if let Some(own) = own {
            text.extend(own.spots());
        }
    }
    (!text.is_empty()).then_some(text)
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
pub(super) fn scripts(commands: &[(Vec<Word>, Input)], flows: &Flows) -> Vec<Nested> {
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
    // Each file that is run, and whether by a shell; a program may only read what it is given.
    let mut run: BTreeMap<&str, bool> = BTreeMap::new();
    for (words, _) in commands {
        let Some((first, rest)) = words.split_first() else { continue };
        run.insert(bare(first), true);
        let Some(program) = program::name(first).filter(|it| !only_talks(it)) else { continue };
        let sure =
            matches!(&*program, "sh" | "bash" | "dash" | "zsh" | "ash" | "ksh" | "." | "source");
        for word in rest {
            *run.entry(bare(word)).or_default() |= sure;
        }
    }
    for (at, file) in &files {
        let Some(sure) = run.get(bare(file)) else { continue };
        let nested = if *sure { Nested::sure } else { Nested::perhaps };
        let Some((words, input)) = commands.get(*at) else { continue };
        match (words.first(), input) {
            (Some(_), Input::Text(text)) => found.push(nested(text.clone())),
            (Some(_), _) => {
                let known: Vec<Word> =
                    words.iter().filter(|it| it.text != file.text).cloned().collect();
                found.extend(said(&known).map(nested));
            }
            _ => {}
        }
    }
    found
}

fn bare(word: &Word) -> &str {
    word.text.trim_start_matches("./")
}
