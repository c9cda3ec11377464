//! What new things are called.

mod column_snake_case;
mod constraint_name;
mod enum_case;
mod identifier_too_long;
mod index_name;
mod named;
mod other_snake_case;
mod renamed;
mod reserved_word;
mod special_characters;
mod table_snake_case;

use super::Rule;

pub(super) const RULES: &[&Rule] = &[
    &column_snake_case::RULE,
    &table_snake_case::RULE,
    &identifier_too_long::RULE,
    &special_characters::RULE,
    &reserved_word::RULE,
    &index_name::RULE,
    &constraint_name::RULE,
    &enum_case::RULE,
    &other_snake_case::RULE,
];

/// Lower-case ASCII letters, digits and underscores, not beginning with a digit: a name that needs no quotes and
/// reads the same everywhere.
pub(super) fn is_snake_case(name: &str) -> bool {
    let first = name.bytes().next();
    first.is_some_and(|it| it.is_ascii_lowercase() || it == b'_')
        && name.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_')
}

/// The name in `snake_case`, where one can be told: `firstName`, `USER_ROLE` and `user profile` have one, a name with
/// letters outside of ASCII has none.
pub(super) fn snake_case(name: &str) -> Option<String> {
    let mut snake = String::new();
    let chars: Vec<char> = name.chars().collect();
    for (at, &c) in chars.iter().enumerate() {
        match c {
            'A'..='Z' => {
                let after_lower = at > 0 && !chars[at - 1].is_ascii_uppercase();
                let before_lower =
                    at > 0 && chars.get(at + 1).is_some_and(char::is_ascii_lowercase);
                if (after_lower || before_lower) && !snake.ends_with('_') && !snake.is_empty() {
                    snake.push('_');
                }
                snake.push(c.to_ascii_lowercase());
            }
            'a'..='z' | '0'..='9' | '_' => snake.push(c),
            ' ' | '-' | '.' | '$' => snake.push('_'),
            _ => return None,
        }
    }
    is_snake_case(&snake).then_some(snake)
}

#[cfg(test)]
mod tests {
    use super::snake_case;

    #[test]
    fn camel_pascal_screaming_and_spaced_names_have_a_snake_case() {
        for (name, snake) in [
            ("firstName", "first_name"),
            ("UserProfile", "user_profile"),
            ("USER_ROLE", "user_role"),
            ("user profile", "user_profile"),
            ("userID", "user_id"),
            ("HTMLPage", "html_page"),
            ("v2Items", "v2_items"),
        ] {
            assert_eq!(snake_case(name).as_deref(), Some(snake), "{name}");
        }
    }

    #[test]
    fn a_name_with_letters_outside_of_ascii_has_none() {
        assert_eq!(snake_case("em\u{430}il"), None);
    }
}
