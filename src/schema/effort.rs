//! How much of a table a change has to go through before it is done.
//!
//! Measured on Postgres 15 by `pg_relation_filenode`; `tests/postgres` measures it again.

use std::borrow::Cow;

use super::type_change::Rework;
use super::{
    Catalog, ConstraintKind, Expression, Generated, NewColumn, NewConstraint, ObjectName, Op,
    Resolved, Table, TypeChange, TypeKind, Volatility, Work,
};

/// What a change does with the rows that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// It only writes to the catalog of the database.
    Nothing,
    /// It writes rows.
    Rows,
    /// It reads all of them.
    Scan,
    /// It builds an index of all of them.
    Index,
    /// It writes all of them anew, and all indexes.
    Rewrite,
}

/// Why a new column makes Postgres write every row anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rewrite {
    /// A default that is another for every row: the function it calls.
    Volatile(String),
    /// `SERIAL`, `IDENTITY`.
    Numbered,
    /// `GENERATED … STORED`.
    Computed,
    /// The domain has a constraint.
    Domain(String),
}

impl Catalog {
    pub fn effort(&self, op: &Op) -> Effort {
        match op {
            Op::AddColumn { column, constraints, .. } => self.of_column(column, constraints),
            Op::SetNotNull { table, column } if !self.is_proven(table, column) => Effort::Scan,
            Op::AddConstraint { constraint, .. } => of_constraint(constraint),
            Op::ValidateConstraint { .. } => Effort::Scan,
            Op::CreateIndex(_) => Effort::Index,
            Op::AlterColumnType { table, column, to, using } => {
                match self.rework(table, column, to, using.as_deref()) {
                    Rework::Nothing => Effort::Nothing,
                    Rework::Indexes | Rework::IndexesInUtc => Effort::Index,
                    Rework::Table => Effort::Rewrite,
                }
            }
            Op::SetStorage { what, .. } if super::lock::rewrites(what) => Effort::Rewrite,
            Op::Maintain { work, .. } => match work {
                Work::Vacuum | Work::Analyze => Effort::Scan,
                Work::Reindex { .. } => Effort::Index,
                Work::VacuumFull | Work::Cluster | Work::Refresh { .. } => Effort::Rewrite,
            },
            Op::Delete { .. } | Op::Update { .. } | Op::Insert { queried: true, .. } => {
                Effort::Rows
            }
            _ => Effort::Nothing,
        }
    }

    fn of_column(&self, column: &NewColumn, constraints: &[NewConstraint]) -> Effort {
        if self.rewrite(column).is_some() {
            return Effort::Rewrite;
        }
        let filled = column.default.as_ref().is_some_and(|it| !is_null(it));
        let efforts: Vec<Effort> = constraints
            .iter()
            // Without a value there is nothing to refer to (a check is made of every row all the same).
            .filter(|it| filled || !matches!(it.kind, ConstraintKind::ForeignKey(_)))
            .map(of_constraint)
            .collect();
        let has = |effort| efforts.contains(&effort);
        match () {
            () if has(Effort::Index) => Effort::Index,
            () if has(Effort::Scan) => Effort::Scan,
            () => Effort::Nothing,
        }
    }

    /// Why adding this column writes every row anew, if it does.
    pub fn rewrite(&self, column: &NewColumn) -> Option<Rewrite> {
        match column.generated {
            Some(Generated::Stored) => return Some(Rewrite::Computed),
            Some(Generated::Identity) => return Some(Rewrite::Numbered),
            Some(Generated::Virtual) => return None,
            None => {}
        }
        let serial = ["serial", "bigserial", "smallserial", "serial4", "serial8", "serial2"];
        if serial.contains(&column.data_type.as_str()) {
            return Some(Rewrite::Numbered);
        }
        let calls = column.default.iter().flat_map(|it| &it.calls);
        let mut volatile = calls.filter(|it| self.is_volatile(it));
        if let Some(function) = volatile.next() {
            return Some(Rewrite::Volatile(function.clone()));
        }
        let bare = column.data_type.trim_end_matches("[]");
        let domain = self.data_type(&self.resolve_type(&type_name(bare)))?;
        (bare == column.data_type && domain.kind == TypeKind::Domain { constrained: true })
            .then(|| Rewrite::Domain(column.data_type.clone()))
    }

    /// What a change of a column's type writes anew.
    pub fn rework(
        &self,
        table: &ObjectName,
        column: &str,
        to: &str,
        using: Option<&str>,
    ) -> Rework {
        let from = self.known(table).and_then(|it| Some(it.columns.get(column)?.data_type.clone()));
        TypeChange::of(&from.unwrap_or_default(), to, column, using).rework
    }

    /// Whether a validated check already says that the column is never null: then nothing is read (Postgres 12).
    pub fn is_proven(&self, table: &ObjectName, column: &str) -> bool {
        let Some(table) = self.known(table) else { return false };
        let wanted = format!("{} is not null", column.to_ascii_lowercase());
        table.constraints.values().any(|it| match &it.kind {
            ConstraintKind::Check(check) if it.validated && it.born.sure => {
                let text = check.text.to_ascii_lowercase().replace(['(', ')', '"'], " ");
                let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                !text.contains(" or ") && text.split(" and ").any(|it| it == wanted)
            }
            ConstraintKind::NotNull { column: it_is } => it.validated && it_is == column,
            _ => false,
        })
    }

    /// Whether the function may give another value for every row. What nobody knows may.
    fn is_volatile(&self, function: &str) -> bool {
        let bare = function.strip_prefix("pg_catalog.").unwrap_or(function);
        if STEADY.contains(&bare) {
            return false;
        }
        let name = type_name(function);
        let found = self.resolve_routine(&name, None);
        let routine = self.routine(&found);
        routine.is_none_or(|it| it.volatility == Volatility::Volatile)
    }

    fn known(&self, table: &ObjectName) -> Option<Cow<'_, Table>> {
        match self.resolve(table) {
            Resolved::Permanent(name) => self.table(&name),
            Resolved::Temporary(_) => None,
        }
    }
}

fn of_constraint(constraint: &NewConstraint) -> Effort {
    match constraint.kind {
        _ if constraint.not_valid => Effort::Nothing,
        _ if constraint.using_index.is_some() => Effort::Nothing,
        ConstraintKind::Default { .. } => Effort::Nothing,
        ConstraintKind::PrimaryKey { .. }
        | ConstraintKind::Unique { .. }
        | ConstraintKind::Exclude { .. } => Effort::Index,
        ConstraintKind::ForeignKey(_)
        | ConstraintKind::Check(_)
        | ConstraintKind::NotNull { .. } => Effort::Scan,
    }
}

fn is_null(default: &Expression) -> bool {
    default.text.split("::").next().is_some_and(|it| it.trim().eq_ignore_ascii_case("null"))
}

/// The name that a text like `shop."Mood"` writes.
fn type_name(text: &str) -> ObjectName {
    let (schema, name) = match text.rsplit_once('.') {
        Some((schema, name)) => (Some(schema.trim_matches('"')), name),
        None => (None, text),
    };
    ObjectName::new(schema, name.trim_matches('"'))
}

/// Functions of the server, and of platforms on it, that give one value for a whole statement (`pg_proc.provolatile`),
/// as far as a default may call them.
const STEADY: &[&str] = &[
    "abs",
    "age",
    "array_append",
    "array_cat",
    "array_fill",
    "array_length",
    "array_remove",
    "array_to_json",
    "array_to_string",
    "auth.email",
    "auth.jwt",
    "auth.role",
    "auth.uid",
    "btrim",
    "ceil",
    "ceiling",
    "char_length",
    "chr",
    "coalesce",
    "concat",
    "concat_ws",
    "current_catalog",
    "current_database",
    "current_date",
    "current_role",
    "current_schema",
    "current_setting",
    "current_time",
    "current_timestamp",
    "current_user",
    "date",
    "date_part",
    "date_trunc",
    "decode",
    "digest",
    "encode",
    "extract",
    "floor",
    "format",
    "greatest",
    "hstore",
    "initcap",
    "int4range",
    "int8range",
    "json_array",
    "json_build_array",
    "json_build_object",
    "json_object",
    "jsonb_build_array",
    "jsonb_build_object",
    "jsonb_object",
    "jsonb_set",
    "least",
    "left",
    "length",
    "localtime",
    "localtimestamp",
    "lower",
    "lpad",
    "ltrim",
    "make_date",
    "make_interval",
    "make_time",
    "make_timestamp",
    "make_timestamptz",
    "md5",
    "mod",
    "now",
    "nullif",
    "numrange",
    "position",
    "power",
    "quote_ident",
    "quote_literal",
    "regexp_replace",
    "repeat",
    "replace",
    "reverse",
    "right",
    "round",
    "row_to_json",
    "rpad",
    "rtrim",
    "session_user",
    "sha256",
    "sign",
    "split_part",
    "sqrt",
    "statement_timestamp",
    "string_to_array",
    "strpos",
    "substr",
    "substring",
    "system_user",
    "timestamp",
    "timezone",
    "to_char",
    "to_date",
    "to_json",
    "to_jsonb",
    "to_number",
    "to_timestamp",
    "to_tsvector",
    "transaction_timestamp",
    "translate",
    "trim",
    "trunc",
    "tsrange",
    "tstzrange",
    "upper",
    "user",
    "uuid_nil",
    "uuid_ns_dns",
    "uuid_ns_url",
];
