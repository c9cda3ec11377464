//! Variables that are set where a command runs.

use super::Variables;
use super::text::Text;

/// Those of the variables that a text names, so that not all of them are handed on with each text.
pub(super) fn named<'a>(
    variables: &Variables,
    texts: impl IntoIterator<Item = &'a Text>,
) -> Variables {
    let mut found = Variables::new();
    for text in texts {
        let spots = text.spots();
        for at in (0..spots.len()).filter(|at| spots[*at].c == '$') {
            let rest = &spots[at + 1..];
            let braced = usize::from(rest.first().is_some_and(|it| it.c == '{'));
            let rest = &rest[braced..];
            let length = rest.iter().take_while(|it| is_name(it.c)).count();
            let name: String = rest[..length].iter().map(|it| it.c).collect();
            if let Some(value) = variables.get(&name) {
                found.insert(name, value.clone());
            }
        }
    }
    found
}

fn is_name(c: char) -> bool {
    c == '_' || c.is_ascii_alphanumeric()
}
