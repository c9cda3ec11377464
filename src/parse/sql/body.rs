//! SQL inside SQL: `DO` blocks, function bodies, and constant texts that are executed.

use std::ops::Range;

use squawk_syntax::ast::{self, AstNode, Stmt};
use squawk_syntax::{SourceFile, SyntaxKind as Kind, SyntaxNode};

use super::statement::{child, temporary_tables};
use super::{
    CutName, DEEPEST_BODY, Lower, Place, dialect, guard, names, range, statement, trimmed,
};
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
    let inner = place.inside(&decoded);
    let guarded = guard::guard_body(decoded.text());
    for problem in guarded.problems {
        cx.opaque(&inner, problem.range, problem.why, problem.help);
    }
    let parse = SourceFile::parse(&guarded.text);
    let errors = parse.errors();
    if let Some(error) = errors.first() {
        cx.opaque(
            &inner,
            range(error.range()),
            super::syntax(error.message()),
            "correct the statement in the text",
        );
    }
    let root = parse.syntax_node();
    cx.note_long_names(&inner, &root);
    let outer = std::mem::replace(&mut cx.temporary, temporary_tables(&root));
    for child in root.children() {
        statement::lower(cx, &inner, &child, certainty);
    }
    cx.temporary = outer;
    Some(root)
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
    let text = dialect::without_into(&dialect::without_second_declare(&guarded.text));
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
    for (at, written) in names::too_long(&root) {
        let at = at.start.saturating_sub(shift)..at.end.saturating_sub(shift);
        cx.cut.push(CutName { at: inner.map(at), written });
    }
    let outer = std::mem::replace(&mut cx.temporary, temporary_tables(&root));
    let first = cx.changes.len();
    let mut walk = Walk { cx, place: &inner, fails: false };
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

struct Walk<'a, 'b> {
    cx: &'a mut Lower,
    place: &'a Place<'b>,
    /// It ends in an error whatever happens, so that nothing of it stays.
    fails: bool,
}

impl Walk<'_, '_> {
    /// Statements in order. What follows a possible way out of the block is no longer certain.
    fn sequence(&mut self, body: &SyntaxNode, certainty: &mut Certainty) {
        for statement in body.children() {
            self.statement(&statement, certainty);
        }
    }

    fn statement(&mut self, node: &SyntaxNode, certainty: &mut Certainty) {
        match node.kind() {
            Kind::PLPGSQL_BLOCK => self.block(node, certainty),
            Kind::PLPGSQL_EXEC_SQL_STMT
            | Kind::PLPGSQL_PERFORM_STMT
            | Kind::PLPGSQL_CALL_STMT
            | Kind::PLPGSQL_DO_STMT
            | Kind::PLPGSQL_RETURN_QUERY_STMT => {
                for inner in node.children().filter(|it| Stmt::can_cast(it.kind())) {
                    statement::lower(self.cx, self.place, &inner, *certainty);
                }
            }
            Kind::PLPGSQL_DYN_EXECUTE_STMT | Kind::PLPGSQL_RETURN_QUERY_EXECUTE_STMT => {
                self.execute(node, *certainty);
            }
            Kind::PLPGSQL_OPEN_STMT => {
                if node.descendants().any(|it| it.kind() == Kind::PLPGSQL_EXPR) {
                    let dynamic =
                        node.descendants_with_tokens().any(|it| it.kind() == Kind::EXECUTE_KW);
                    if dynamic {
                        self.execute(node, *certainty);
                    }
                }
                self.queries(node, *certainty);
            }
            Kind::PLPGSQL_FOR_DYN_STMT => {
                self.execute(node, *certainty);
                self.bodies(node, certainty);
            }
            Kind::PLPGSQL_FOR_QUERY_STMT => {
                self.queries(node, *certainty);
                self.bodies(node, certainty);
            }
            Kind::PLPGSQL_RETURN_STMT | Kind::PLPGSQL_EXIT_STMT | Kind::PLPGSQL_CONTINUE_STMT => {
                self.expressions(node, *certainty);
                self.leave(certainty);
            }
            Kind::PLPGSQL_RAISE_STMT => {
                self.expressions(node, *certainty);
                let text = node.text().to_string().to_ascii_lowercase();
                let quiet = ["notice", "warning", "info", "log", "debug"];
                let level = text.split_whitespace().nth(1).unwrap_or_default();
                if !quiet.contains(&level) {
                    self.fails |= *certainty == Certainty::Sure;
                    self.leave(certainty);
                }
            }
            Kind::PLPGSQL_ASSERT_STMT => {
                self.expressions(node, *certainty);
                self.leave(certainty);
            }
            // It takes back what the block did, or what it did until here, as the tool has sent it.
            Kind::PLPGSQL_ROLLBACK_STMT if *certainty != Certainty::Deferred => self.cx.opaque(
                self.place,
                trimmed(node),
                "this takes back what was done before it, as far as nobody can say",
                "leave transactions to whoever applies the migration",
            ),
            Kind::PLPGSQL_IF_STMT
            | Kind::PLPGSQL_CASE_STMT
            | Kind::PLPGSQL_LOOP_STMT
            | Kind::PLPGSQL_WHILE_STMT
            | Kind::PLPGSQL_FOR_I_STMT
            | Kind::PLPGSQL_FOR_EACH_STMT
            | Kind::PLPGSQL_FOR_CURSOR_STMT => {
                self.expressions(node, *certainty);
                self.bodies(node, certainty);
            }
            _ => self.expressions(node, *certainty),
        }
    }

    fn block(&mut self, node: &SyntaxNode, certainty: &mut Certainty) {
        let swallows = child(node, Kind::PLPGSQL_EXCEPTION_SECTION).is_some();
        if let Some(declared) = child(node, Kind::PLPGSQL_DECLARE_SECTION) {
            self.queries(&declared, *certainty);
            self.expressions(&declared, *certainty);
        }
        if let Some(body) = child(node, Kind::PLPGSQL_BODY) {
            if swallows && *certainty != Certainty::Deferred {
                let mut inside = self.cx.branch();
                self.sequence(&body, &mut inside);
            } else {
                self.sequence(&body, certainty);
            }
        }
        for handlers in node.children().filter(|it| it.kind() == Kind::PLPGSQL_EXCEPTION_SECTION) {
            for body in handlers.descendants().filter(|it| it.kind() == Kind::PLPGSQL_BODY) {
                if body.ancestors().skip(1).find(|it| it.kind() == Kind::PLPGSQL_BLOCK).as_ref()
                    == Some(node)
                {
                    let mut inside = self.inside(*certainty);
                    self.sequence(&body, &mut inside);
                }
            }
        }
    }

    /// The bodies directly inside a branching or looping statement, each a branch of its own.
    fn bodies(&mut self, node: &SyntaxNode, certainty: &mut Certainty) {
        let mut leaves = false;
        for part in node.children() {
            let body = match part.kind() {
                Kind::PLPGSQL_BODY => Some(part),
                Kind::PLPGSQL_ELSIF_CLAUSE
                | Kind::PLPGSQL_ELSE_CLAUSE
                | Kind::PLPGSQL_CASE_WHEN => child(&part, Kind::PLPGSQL_BODY),
                _ => None,
            };
            if let Some(body) = body {
                let mut inside = self.inside(*certainty);
                self.sequence(&body, &mut inside);
                leaves |= body.descendants().any(|it| {
                    matches!(
                        it.kind(),
                        Kind::PLPGSQL_RETURN_STMT
                            | Kind::PLPGSQL_EXIT_STMT
                            | Kind::PLPGSQL_CONTINUE_STMT
                            | Kind::PLPGSQL_RAISE_STMT
                    )
                });
            }
        }
        if leaves {
            self.leave(certainty);
        }
    }

    fn inside(&mut self, certainty: Certainty) -> Certainty {
        if certainty == Certainty::Deferred { certainty } else { self.cx.branch() }
    }

    fn leave(&mut self, certainty: &mut Certainty) {
        *certainty = self.inside(*certainty);
    }

    fn queries(&mut self, node: &SyntaxNode, certainty: Certainty) {
        for inner in node.descendants().filter(|it| Stmt::can_cast(it.kind())) {
            let in_body = inner
                .ancestors()
                .take_while(|it| it != node)
                .any(|it| it.kind() == Kind::PLPGSQL_BODY);
            let nested = inner
                .ancestors()
                .skip(1)
                .take_while(|it| it != node)
                .any(|it| Stmt::can_cast(it.kind()));
            if !in_body && !nested {
                statement::lower(self.cx, self.place, &inner, certainty);
            }
        }
    }

    /// Expressions can call what runs a text.
    fn expressions(&mut self, node: &SyntaxNode, certainty: Certainty) {
        if !self.cx.calls {
            return;
        }
        let body = |it: &SyntaxNode| it.kind() == Kind::PLPGSQL_BODY;
        for expression in node.descendants().filter(|it| it.kind() == Kind::PLPGSQL_EXPR) {
            // What stands in a body is met there.
            if !expression.ancestors().skip(1).take_while(|it| it != node).any(|it| body(&it)) {
                super::expression::calls(self.cx, self.place, &expression, certainty);
            }
        }
    }

    /// `EXECUTE`: a constant is judged as what it says; anything computed is not known until it runs.
    fn execute(&mut self, node: &SyntaxNode, certainty: Certainty) {
        self.expressions(node, certainty);
        let query = node.descendants().find(|it| it.kind() == Kind::PLPGSQL_EXPR);
        let Some(query) = query else { return };
        match super::expression::constant(&query) {
            Some(literal) => {
                let certainty = self.inside(certainty);
                text(self.cx, self.place, &literal, certainty);
            }
            None => self.cx.opaque(
                self.place,
                trimmed(&query),
                "this statement is computed when it runs, so nobody can say beforehand what it does",
                "write the statements out, one for each table",
            ),
        }
    }
}
