//! Who gets at what: words that several rules of the family share.

use std::borrow::Cow;

use crate::rules::{Context, Finding, Made, State};
use crate::schema::{
    Born, Catalog, Certainty, Change, Expression, Op, Policy, PolicyCommand, RelationKind,
    Resolved, Shown, Table, TableName,
};

/// Whoever reaches the API without logging in: the role that Supabase has for it, and everybody.
pub(super) fn is_anyone(role: &str) -> bool {
    matches!(role, "anon" | "public")
}

/// The same, and everyone who has an account, which mostly anybody can make.
pub(super) fn is_api(role: &str) -> bool {
    is_anyone(role) || role == "authenticated"
}

/// Who of them has what is granted to a role: it is the role, or a member of it.
pub(super) fn api_within(catalog: &Catalog, role: &str) -> Vec<&'static str> {
    let within = |it: &&str| *it == role || catalog.groups_of(it).contains(role);
    ["public", "anon", "authenticated"].into_iter().filter(within).collect()
}

/// How a policy lets everyone read or write, if it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opens {
    /// Rows can be read.
    Reading,
    /// Rows can be added, and nothing else.
    Adding,
    Writing,
}

/// What a policy leaves open to the roles it is for: its condition holds for every row.
pub(super) fn opens(policy: &Policy) -> Option<Opens> {
    let always = |it: &Option<Expression>| {
        it.as_ref().is_some_and(|it| it.constant == Some(true) || is_same_for_all(it))
    };
    let reached = policy.permissive && policy.roles.iter().any(|it| is_api(it));
    let opens = match policy.command {
        PolicyCommand::Select => always(&policy.using).then_some(Opens::Reading),
        PolicyCommand::Insert => always(&policy.check).then_some(Opens::Adding),
        PolicyCommand::Update | PolicyCommand::Delete => {
            always(&policy.using).then_some(Opens::Writing)
        }
        PolicyCommand::All if always(&policy.using) => Some(Opens::Writing),
        PolicyCommand::All => always(&policy.check).then_some(Opens::Adding),
    };
    opens.filter(|_| reached)
}

/// Functions that know nothing of who asks, and words that are written like one.
const BLIND: &[&str] = &[
    "now",
    "current_date",
    "current_time",
    "current_timestamp",
    "localtime",
    "localtimestamp",
    "clock_timestamp",
    "statement_timestamp",
    "transaction_timestamp",
    "date_trunc",
    "date_part",
    "extract",
    "random",
    "coalesce",
    "nullif",
    "greatest",
    "least",
    "length",
    "char_length",
    "lower",
    "upper",
    "trim",
    "abs",
    "any",
    "array",
];

/// Whether a condition may depend on who asks: it calls something, or looks into other tables.
pub(super) fn asks_who(condition: &Expression) -> bool {
    let blind = |it: &String| BLIND.contains(&it.strip_prefix("pg_catalog.").unwrap_or(it));
    !condition.calls.iter().all(blind) || !condition.reads.is_empty()
}

/// It looks at the clock, or at nothing: neither at the row nor at who asks.
fn is_same_for_all(condition: &Expression) -> bool {
    condition.constant.is_none()
        && condition.columns.is_empty()
        && !condition.calls.is_empty()
        && !asks_who(condition)
}

/// The commands that a policy is about, each for itself.
pub(super) fn commands(policy: &Policy) -> &[PolicyCommand] {
    match &policy.command {
        PolicyCommand::All => &EACH,
        one => std::slice::from_ref(one),
    }
}

const EACH: [PolicyCommand; 4] =
    [PolicyCommand::Select, PolicyCommand::Insert, PolicyCommand::Update, PolicyCommand::Delete];

/// `public.users.readers`.
pub(super) fn policy_name(table: &TableName, policy: &str) -> String {
    format!("{table}.{}", Shown(policy))
}

/// A relation that the API shows, from which its roles have not been taken away.
pub(super) fn is_exposed(state: &State<'_>, name: &TableName, table: &Table) -> bool {
    let taken = |role| table.granted.get(role) == Some(&false);
    let closed = taken("anon") && taken("authenticated");
    (state.target.exposed_schemas.contains(&name.schema) || table.somewhere) && !closed
}

/// Views over views over views are followed so far.
pub(super) const DEEPEST_VIEW: usize = 8;

/// A relation that it reads, itself or through other views, and whose rows are not for everyone.
pub(super) fn protected_source(state: &State<'_>, view: &Table) -> Option<TableName> {
    protected_below(state.catalog, view, DEEPEST_VIEW)
}

/// The same in a catalog at hand.
pub(super) fn protected_below(catalog: &Catalog, view: &Table, depth: usize) -> Option<TableName> {
    view.reads.iter().find_map(|name| {
        let source = catalog.table(name)?;
        match source.kind {
            RelationKind::Table => source.rls.then(|| name.clone()),
            RelationKind::View if depth > 0 => protected_below(catalog, &source, depth - 1),
            RelationKind::View | RelationKind::MaterializedView | RelationKind::ForeignTable => {
                None
            }
        }
    })
}

/// Every relation that is judged: all of them, or those that the change set wrote to.
pub(super) fn each_table(state: &State<'_>, mut look: impl FnMut(&TableName, &Table)) {
    if state.everything {
        for (name, table) in state.catalog.tables() {
            look(&name, &table);
        }
    } else {
        for (name, table) in state.catalog.touched_tables() {
            look(name, table);
        }
    }
}

/// Came to be, or was given its present shape, in what is judged.
pub(super) fn is_ours(state: &State<'_>, born: &Born) -> bool {
    state.everything || state.catalog.is_recent(born)
}

/// A policy, and the roles of the API that are members of those it is for.
fn reaching<'a>(catalog: &Catalog, policy: &'a Policy) -> Cow<'a, Policy> {
    let within = policy.roles.iter().flat_map(|it| api_within(catalog, it));
    let more: Vec<_> = within.filter(|it| policy.roles.iter().all(|role| role != it)).collect();
    if more.is_empty() {
        return Cow::Borrowed(policy);
    }
    let mut policy = policy.clone();
    policy.roles.extend(more.into_iter().map(str::to_owned));
    Cow::Owned(policy)
}

/// Every policy that is judged, with its table.
pub(super) fn each_policy(
    state: &State<'_>,
    mut look: impl FnMut(&TableName, &Table, &str, &Policy),
) {
    each_table(state, |name, table| {
        for (policy_name, policy) in &table.policies {
            if is_ours(state, &policy.defined) {
                look(name, table, policy_name, &reaching(state.catalog, policy));
            }
        }
    });
}

/// What a rule says of every policy that is judged.
pub(super) fn every_policy(
    state: &State<'_>,
    finding: fn(&TableName, &str, &Policy) -> Option<Finding>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    each_policy(state, |name, _, policy, it| findings.extend(finding(name, policy, it)));
    findings
}

/// A policy of a table that no migration made, or one that none made itself: what becomes of it cannot be followed,
/// so it is judged at once. What the statement leaves unsaid is the worst.
pub(super) fn unknown_policy(
    cx: &Context<'_>,
    change: &Change,
) -> Option<(TableName, String, Policy)> {
    let (Op::CreatePolicy { table, name, .. } | Op::AlterPolicy { table, name, .. }) = &change.op
    else {
        return None;
    };
    let Resolved::Permanent(on) = cx.catalog.resolve(table) else { return None };
    let created = matches!(change.op, Op::CreatePolicy { .. });
    if cx.catalog.table(&on).is_some_and(|it| created || it.policies.contains_key(name)) {
        return None;
    }
    let (command, permissive, roles, using, check) = match &change.op {
        Op::CreatePolicy { command, permissive, roles, using, check, .. } => {
            (*command, *permissive, roles.clone(), using, check)
        }
        Op::AlterPolicy { roles, using, check, .. } => {
            (PolicyCommand::All, true, roles.clone().unwrap_or_default(), using, check)
        }
        _ => return None,
    };
    let at = Some(cx.span(&change.span));
    let policy = Policy {
        command,
        permissive,
        roles: if roles.is_empty() { vec!["public".to_owned()] } else { roles },
        using: using.clone(),
        check: check.clone(),
        born: Born::default(),
        defined: Born { at, ..Born::default() },
    };
    Some((on, name.clone(), policy))
}

/// Whether the change set makes a thing again that it drops here: for certain, or in the same branch.
pub(super) fn is_made_again(
    cx: &Context<'_>,
    change: &Change,
    (made, name): (Made, &str),
    same: impl Fn(&Op) -> bool,
) -> bool {
    let later = cx.migration.script.changes.iter().skip_while(|it| it.span != change.span);
    let mut together = later
        .filter(|it| it.certainty == change.certainty && it.certainty != Certainty::Sure)
        .map(|it| &it.op);
    cx.made_later(made, name).iter().any(|it| same(&it.op)) || together.any(same)
}
