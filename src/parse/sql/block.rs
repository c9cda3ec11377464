//! A PL/pgSQL block, statement by statement.

use squawk_syntax::ast::{AstNode, Stmt};
use squawk_syntax::{SyntaxKind as Kind, SyntaxNode};

use super::folded::{self, Constants};
use super::statement::child;
use super::{DEEPEST_BODY, Lower, Place, body, statement, trimmed};
use crate::schema::Certainty;

pub(super) struct Walk<'a, 'b> {
    cx: &'a mut Lower,
    place: &'a Place<'b>,
    /// It ends in an error whatever happens, so that nothing of it stays.
    pub(super) fails: bool,
    /// What variables hold in the round of a loop at hand.
    constants: Constants,
    /// A query of the block writes to variables, nobody looks to which.
    assigns: bool,
}

impl<'a, 'b> Walk<'a, 'b> {
    pub(super) fn new(cx: &'a mut Lower, place: &'a Place<'b>, assigns: bool) -> Walk<'a, 'b> {
        Walk { cx, place, fails: false, constants: Constants::new(), assigns }
    }

    /// Statements in order. What follows a possible way out of the block is no longer certain.
    fn sequence(&mut self, body: &SyntaxNode, certainty: &mut Certainty) {
        for statement in body.children() {
            self.statement(&statement, certainty);
        }
    }

    pub(super) fn statement(&mut self, node: &SyntaxNode, certainty: &mut Certainty) {
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
            Kind::PLPGSQL_FOR_EACH_STMT if self.rounds(node, certainty) => {}
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

    /// Goes through a loop that only executes texts which are known beforehand, once for each value.
    fn rounds(&mut self, node: &SyntaxNode, certainty: &mut Certainty) -> bool {
        let rounds = folded::rounds(node, &self.constants).filter(|_| !self.assigns);
        let (Some(rounds), Some(body)) = (rounds, child(node, Kind::PLPGSQL_BODY)) else {
            return false;
        };
        for round in rounds {
            let before = std::mem::replace(&mut self.constants, round);
            self.sequence(&body, certainty);
            self.constants = before;
        }
        true
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
                body::text(self.cx, self.place, &literal, certainty);
            }
            None => self.computed(&query, certainty),
        }
    }

    fn computed(&mut self, query: &SyntaxNode, certainty: Certainty) {
        let text = folded::text(query, &self.constants);
        match text.filter(|_| self.place.depth < DEEPEST_BODY) {
            Some(text) => {
                body::run(self.cx, &self.place.computed(trimmed(query)), &text, certainty);
            }
            None => self.cx.opaque(
                self.place,
                trimmed(query),
                "this statement is computed when it runs, so nobody can say beforehand what it does",
                "write the statements out, one for each table",
            ),
        }
    }
}
