//! SQL inside SQL: `DO` blocks, function bodies, and constant texts that are executed.

use std::ops::Range;

use squawk_syntax::ast::{self, AstNode, Stmt};
use squawk_syntax::{SourceFile, SyntaxKind as Kind, SyntaxNode};

use super::block::Walk;
use super::statement::{child, temporary_tables};
use super::{DEEPEST_BODY, Lower, Place, dialect, guard, range, statement, trimmed};
use crate::schema::Certainty;

/// `CREATE FUNCTION`, `CREATE PROCEDURE`: the body runs later, any number of times. Answers with the tree of the body.
pub(super) fn routine(cx: &mut Lower, place: &Place<'_>, node: &SyntaxNode) -> Option<SyntaxNode> {
    let options = child(node, Kind::FUNC_OPTION_LIST);
    let options = options.iter().flat_map(SyntaxNode::children).collect::<Vec<_>>();
    let language = options.iter().find_map(|it| ast::LanguageFuncOption::cast(it.clone()));
    let language =
        language.and_then(|it| it.language_name()).map(|it| it.name.to_ascii_lowercase());
    let definition = options.iter().find(|it| it.kind() == Kind::AS_FUNC_OPTION);
    let literal = definition.and_then(|it| it.descendants().find_map(ast::Literal::cast));
    match (language.as_deref(), literal) {
        (None | Some("sql"), None) => {
            // BEGIN ATOMIC … END and RETURN are part of the statement's own syntax.
            for atomic in node.descendants().filter(|it| it.kind() == Kind::ATOMIC_BODY) {
                for inner in atomic.descendants().filter(|it| Stmt::can_cast(it.kind())) {
                    let outer = inner.ancestors().skip(1).find(|it| Stmt::can_cast(it.kind()));
                    if outer.as_ref() == Some(node) {
                        statement::lower(cx, place, &inner, Certainty::Deferred);
                    }
                }
            }
            Some(node.clone())
        }
        (None | Some("sql"), Some(body)) => text(cx, place, &body, Certainty::Deferred),
        (Some("plpgsql"), Some(body)) => plpgsql(cx, place, &body, Certainty::Deferred),
        (Some("internal"), _) => {
            // Who may call it is asked of the function that is created, and everyone may.
            let why =
                "this is another way to a function of the server, past whoever may not call it";
            cx.opaque(place, trimmed(node), why, "call the function itself");
            None
        }
        (Some(language), _) => {
            let why = format!("this function is written in {language}, which is not read");
            cx.opaque(place, trimmed(node), why, "write it in SQL or PL/pgSQL");
            None
        }
    }
}

/// `DO`: runs now, once.
pub(super) fn anonymous(cx: &mut Lower, place: &Place<'_>, node: &ast::Do, certainty: Certainty) {
    let language = node.do_language().and_then(|it| it.language_name());
    let language = language.map_or_else(|| "plpgsql".to_owned(), |it| it.name.to_ascii_lowercase());
    match (language.as_str(), node.body()) {
        ("plpgsql", Some(body)) => drop(plpgsql(cx, place, &body, certainty)),
        ("plpgsql", None) => {}
        (other, _) => {
            let why = format!("this block is written in {other}, which is not read");
            cx.opaque(place, trimmed(node.syntax()), why, "write it in SQL or PL/pgSQL");
        }
    }
}

/// A constant text that is run as SQL.
pub(super) fn text(
    cx: &mut Lower,
    place: &Place<'_>,
    literal: &ast::Literal,
    certainty: Certainty,
) -> Option<SyntaxNode> {
    let at = trimmed(literal.syntax());
    let Some(decoded) = literal.decoded_value() else { return unreadable(cx, place, at) };
    if place.depth >= DEEPEST_BODY {
        return unreadable(cx, place, at);
    }
    Some(run(cx, &place.inside(&decoded), decoded.text(), certainty))
}

/// Statements that come out of a text; `inner` says where the text is from.
pub(super) fn run(
    cx: &mut Lower,
    inner: &Place<'_>,
    text: &str,
    certainty: Certainty,
) -> SyntaxNode {
    let guarded = guard::guard_body(text);
    for problem in guarded.problems {
        cx.opaque(inner, problem.range, problem.why, problem.help);
    }
    let parse = SourceFile::parse(&guarded.text);
    let errors = parse.errors();
    if let Some(error) = errors.first() {
        cx.opaque(
            inner,
            range(error.range()),
            super::syntax(error.message()),
            "correct the statement in the text",
        );
    }
    let root = parse.syntax_node();
    cx.note_long_names(inner, &root);
    let outer = std::mem::replace(&mut cx.temporary, temporary_tables(&root));
    for child in root.children() {
        statement::lower(cx, inner, &child, certainty);
    }
    cx.temporary = outer;
    root
}

fn unreadable(cx: &mut Lower, place: &Place<'_>, at: Range<usize>) -> Option<SyntaxNode> {
    let why = "this text is not read: it is nested too deeply, or its escapes are broken";
    cx.opaque(place, at, why, "write the statements plainly");
    None
}

/// A PL/pgSQL body. `certainty` is that of its outermost statements.
fn plpgsql(
    cx: &mut Lower,
    place: &Place<'_>,
    literal: &ast::Literal,
    certainty: Certainty,
) -> Option<SyntaxNode> {
    let at = trimmed(literal.syntax());
    let Some(decoded) = literal.decoded_value() else { return unreadable(cx, place, at) };
    if place.depth >= DEEPEST_BODY {
        return unreadable(cx, place, at);
    }
    let inner = place.inside(&decoded);
    let guarded = guard::guard_body(decoded.text());
    for problem in guarded.problems {
        cx.opaque(&inner, problem.range, problem.why, problem.help);
    }
    let (text, assigns) = dialect::readable(&guarded.text);
    // The parser has no entrance for a body alone, so the body goes in as a DO of its own.
    let mut tag = "$sprag$".to_owned();
    while text.contains(&tag) {
        tag.insert(tag.len() - 1, 'x');
    }
    let wrapped = SourceFile::parse(&format!("DO {tag}{text}{tag}"));
    let block = wrapped.syntax_node().descendants().find_map(ast::Do::cast);
    let Some(body) = block.and_then(|it| it.plpgsql()) else { return unreadable(cx, place, at) };
    let shift = 3 + tag.len();
    if let Some(error) = body.errors().first() {
        let found = range(error.range());
        let found = found.start.saturating_sub(shift)..found.end.saturating_sub(shift);
        cx.opaque(
            &inner,
            found,
            super::syntax(error.message()),
            "write the statement in plain SQL outside of the block",
        );
    }
    let root = body.syntax();
    cx.note_long_names(&inner, &root);
    let outer = std::mem::replace(&mut cx.temporary, temporary_tables(&root));
    let first = cx.changes.len();
    let mut walk = Walk::new(cx, &inner, assigns);
    for block in root.children() {
        walk.statement(&block, &mut { certainty });
    }
    if walk.fails {
        let never = cx.branch();
        for change in cx.changes.iter_mut().skip(first) {
            if change.certainty == Certainty::Sure {
                change.certainty = never;
            }
        }
    }
    cx.temporary = outer;
    Some(root.clone())
}
