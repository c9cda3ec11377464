//! The properties with literal values of the objects in a JavaScript or TypeScript file.
//!
//! Configurations are objects of literals, mostly inside `defineConfig({ … })`. Nothing is evaluated: what is no literal
//! has no value here.

use std::ops::Range;

/// A property with the keys that lead to it from the outermost object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Property {
    pub(super) path: Vec<String>,
    pub(super) value: String,
    pub(super) range: Range<usize>,
}

impl Property {
    pub(super) fn is(&self, path: &[&str]) -> bool {
        self.path == path
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
    Mark(char),
}

/// Each property whose value is a string, or `join`, `resolve` or the like of strings.
pub(super) fn properties(text: &str) -> Vec<Property> {
    let tokens = tokens(text);
    let kind = |at: usize| tokens.get(at).map(|it| &it.0);
    let mut all = Vec::new();
    // The keys of the objects that are open; a call or a list has none.
    let mut open: Vec<(char, Option<String>)> = Vec::new();
    let mut pending: Option<String> = None;
    let mut at = 0;
    while let Some((token, _)) = tokens.get(at) {
        match token {
            Token::Mark(c @ ('{' | '(' | '[')) => open.push((*c, pending.take())),
            Token::Mark('}' | ')' | ']') => {
                open.pop();
                pending = None;
            }
            Token::Mark(',' | ';') => pending = None,
            Token::Word(key) | Token::Text(key)
                if kind(at + 1) == Some(&Token::Mark(':'))
                    && open.last().is_some_and(|it| it.0 == '{') =>
            {
                let keys = open.iter().filter_map(|it| it.1.clone());
                let path: Vec<String> = keys.chain([key.clone()]).collect();
                if let Some((value, range)) = value(&tokens, at + 2) {
                    all.push(Property { path, value, range });
                }
                pending = Some(key.clone());
                at += 1;
            }
            _ => {}
        }
        at += 1;
    }
    all
}

/// The string that the tokens from `at` stand for.
fn value(tokens: &[(Token, Range<usize>)], at: usize) -> Option<(String, Range<usize>)> {
    let end = |at: usize| match tokens.get(at).map(|it| &it.0) {
        None => true,
        Some(Token::Mark(c)) => matches!(c, ',' | '}' | ')' | ']' | ';'),
        Some(Token::Word(word)) => word == "as" || word == "satisfies",
        Some(Token::Text(_)) => false,
    };
    match tokens.get(at)? {
        (Token::Text(text), range) => end(at + 1).then(|| (text.clone(), range.clone())),
        // `path.join(__dirname, "db", "schema.prisma")`
        (Token::Word(_), first) => {
            let called = tokens[at..].iter().position(|it| it.0 == Token::Mark('('))? + at;
            let name = tokens[at..called].iter().rev().find_map(|it| match &it.0 {
                Token::Word(word) => Some(word.as_str()),
                _ => None,
            })?;
            let plain =
                |it: &(Token, Range<usize>)| matches!(it.0, Token::Word(_) | Token::Mark('.'));
            if !matches!(name, "join" | "resolve") || !tokens[at..called].iter().all(plain) {
                return None;
            }
            let mut parts: Vec<&str> = Vec::new();
            for (token, range) in &tokens[called + 1..] {
                match token {
                    Token::Text(text) => parts.push(text),
                    Token::Mark(')') => {
                        let joined = parts.join("/");
                        return (!parts.is_empty()).then_some((joined, first.start..range.end));
                    }
                    // Where the file lies, which paths count from anyhow.
                    Token::Word(word)
                        if ["__dirname", "import", "meta", "dirname"].contains(&word.as_str()) => {}
                    Token::Mark(',' | '.') => {}
                    _ => return None,
                }
            }
            None
        }
        _ => None,
    }
}

/// The tokens with their places; comments are left out, and so is what a template has in `${}`.
fn tokens(text: &str) -> Vec<(Token, Range<usize>)> {
    let mut tokens = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        match c {
            '/' if text[start..].starts_with("//") => {
                while chars.next_if(|it| it.1 != '\n').is_some() {}
            }
            '/' if text[start..].starts_with("/*") => {
                let end = text[start + 2..].find("*/").map_or(text.len(), |it| start + it + 4);
                while chars.next_if(|it| it.0 < end).is_some() {}
            }
            '\'' | '"' | '`' => {
                let mut value = String::new();
                let mut end = text.len();
                while let Some((at, next)) = chars.next() {
                    if next == c {
                        end = at + 1;
                        break;
                    }
                    let escaped = if next == '\\' { chars.next().map(|it| it.1) } else { None };
                    value.push(escaped.unwrap_or(next));
                }
                tokens.push((Token::Text(value), start..end));
            }
            c if c.is_alphanumeric() || c == '_' || c == '$' => {
                let mut end = start + c.len_utf8();
                while let Some((at, next)) =
                    chars.next_if(|it| it.1.is_alphanumeric() || it.1 == '_' || it.1 == '$')
                {
                    end = at + next.len_utf8();
                }
                tokens.push((Token::Word(text[start..end].to_owned()), start..end));
            }
            c if c.is_whitespace() => {}
            c => tokens.push((Token::Mark(c), start..start + c.len_utf8())),
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::properties;

    fn all(text: &str) -> Vec<String> {
        let all = properties(text).into_iter();
        all.map(|it| format!("{} = {} ({})", it.path.join("."), it.value, &text[it.range]))
            .collect()
    }

    #[test]
    fn literals_and_joined_literals_are_read_with_the_keys_above_them() {
        let text = r#"
            import path from "node:path"; // schema: "no"
            /* out: 'no' */
            export default defineConfig({
              schema: path.join(__dirname, 'db', "schema.prisma"),
              "migrations": { path: `db/migrations`, seed: "tsx seed.ts" as string },
              url: process.env.URL!, out: './' + name, views: { path: join(dir, "views") },
            } satisfies Config);
        "#;
        assert_eq!(
            all(text),
            [
                "schema = db/schema.prisma (path.join(__dirname, 'db', \"schema.prisma\"))",
                "migrations.path = db/migrations (`db/migrations`)",
                "migrations.seed = tsx seed.ts (\"tsx seed.ts\")",
            ]
        );
    }

    #[test]
    fn what_never_ends_is_read_as_far_as_it_goes() {
        for text in ["{ a: 'b", "{ a: join('b'", "/* {", "{ a: `${", "}", "{ a:", "\\'", "é: 'ü"]
        {
            properties(text);
        }
        assert_eq!(all("{ a: 'é'"), ["a = é ('é')"]);
    }
}
