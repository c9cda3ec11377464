//! When a trigger fires, read from the words between its name and `EXECUTE`.

/// Conditions that leave out nothing that a trigger is for: a row that stays as it is, a trigger that fires itself.
const HARMLESS: &[&str] = &[
    "(old.*isdistinctfromnew.*)",
    "(oldisdistinctfromnew)",
    "(pg_trigger_depth()=0)",
    "(pg_trigger_depth()<1)",
];

pub(super) struct Firing<'a> {
    /// `before`, `after`, `instead of`.
    timing: &'a str,
    /// Each with the columns of its `OF`. Without: whichever is written.
    events: Vec<(&'a str, Vec<&'a str>)>,
    /// What follows the table.
    rest: &'a str,
    /// What follows `WHEN`, without white space.
    condition: Option<String>,
    /// The text is in lower case, so what is in quotes says too little.
    told: bool,
}

impl<'a> Firing<'a> {
    /// `before insert or update of body on notes for each row when (…)`, in lower case and without comments.
    pub(super) fn of(text: &'a str) -> Self {
        let (head, tail) = text.split_once(" on ").unwrap_or((text, ""));
        let (table, rest) = tail.split_once(' ').unwrap_or((tail, ""));
        let (head, instead) = (head.trim(), "instead of");
        let of = if head.starts_with(instead) { Some(instead.len()) } else { head.find(' ') };
        let (timing, events) = of.and_then(|it| head.split_at_checked(it)).unwrap_or((head, ""));
        let events = events.split(" or ").map(|it| {
            let (event, columns) = it.trim().split_once(" of ").unwrap_or((it.trim(), ""));
            let columns = columns.split(',').map(str::trim).filter(|it| !it.is_empty());
            (event, columns.collect())
        });
        let condition = tail.split_once(" when ").map(|(_, it)| it);
        let quoted = head.contains('"') || rest.contains(['\'', '"']);
        Firing {
            timing,
            events: events.collect(),
            rest,
            condition: condition.map(|it| it.chars().filter(|it| !it.is_whitespace()).collect()),
            told: !quoted && !tail.is_empty() && table.matches('"').count() % 2 == 0,
        }
    }

    /// Whether a trigger of another name certainly fires for the same rows, and at all of its events.
    pub(super) fn takes_over(&self, old: &Firing<'_>) -> bool {
        self.told
            && old.told
            && self.rest == old.rest
            && self.timing == old.timing
            && self.has_events_of(old)
    }

    /// Whether a trigger that is made again leaves out nothing that it fired for before. One whose function is written
    /// anew with it may fire at another moment.
    pub(super) fn renews(&self, old: &Firing<'_>, rewritten: bool) -> bool {
        let condition = match &self.condition {
            None => true,
            Some(it) => Some(it) == old.condition.as_ref() || HARMLESS.contains(&it.as_str()),
        };
        let moment = rewritten || self.timing == old.timing;
        condition && moment && self.by_row() == old.by_row() && self.has_events_of(old)
    }

    fn has_events_of(&self, old: &Firing<'_>) -> bool {
        let covered = |old: &(&str, Vec<&str>)| {
            self.events.iter().any(|(event, columns)| {
                let listed = !old.1.is_empty() && old.1.iter().all(|it| columns.contains(it));
                *event == old.0 && (columns.is_empty() || listed)
            })
        };
        old.events.iter().all(covered)
    }

    fn by_row(&self) -> bool {
        let level = self.rest.split("when ").next().unwrap_or_default();
        level.split_whitespace().any(|it| it == "row")
    }
}
