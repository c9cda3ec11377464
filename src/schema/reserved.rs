//! Words that are no names unless they stand in quotes.

/// What `pg_get_keywords()` of Postgres 15 calls reserved.
pub const RESERVED: &str = "all analyse analyze and any array as asc asymmetric both case cast check collate column \
    constraint create current_catalog current_date current_role current_time current_timestamp current_user default \
    deferrable desc distinct do else end except false fetch for foreign from grant group having in initially intersect \
    into lateral leading limit localtime localtimestamp not null offset on only or order placing primary references \
    returning select session_user some symmetric table then to trailing true union unique user using variadic when \
    where window with";

/// What it calls reserved but for the names of functions and types.
pub const RESERVED_BUT_FOR_FUNCTIONS: &str = "authorization binary collation concurrently cross current_schema freeze full \
    ilike inner is isnull join left like natural notnull outer overlaps right similar tablesample verbose";

/// Whether a word of SQL stands in the way of a name.
pub(super) fn is_reserved(name: &str) -> bool {
    let is = |words: &str| words.split_whitespace().any(|it| it == name);
    is(RESERVED) || is(RESERVED_BUT_FOR_FUNCTIONS)
}
