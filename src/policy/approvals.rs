//! `[approvals]`: who signs for what is refused until somebody does.

use std::collections::{BTreeMap, BTreeSet};

/// What an approval names as its rule where the gate's own files are changed: what `policy-tampered` finds.
pub const POLICY_CHANGE: &str = "policy-change";

/// What it takes to let a finding pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approvals {
    /// A file in OpenSSH's format of allowed signers.
    pub signers: String,
    /// What a signature has to be made for, so that none that was made for anything else counts.
    pub namespace: String,
    /// The name that approvals give this repository. Absent: any.
    pub repo: Option<String>,
    /// For how many days an approval may hold. Absent: any number.
    pub longest_days: Option<u32>,
    /// Whether who wrote a change cannot approve it.
    pub distinct: bool,
    /// Whether a branch other than the main one may hold what still waits for an approval: whoever signs has to get it
    /// from somewhere.
    pub branches_may_wait: bool,
    /// How many people have to sign, where nothing else is said about a rule.
    pub threshold: usize,
    /// People by what they answer for.
    pub roles: BTreeMap<String, Vec<String>>,
    /// What is said about single rules.
    pub rules: BTreeMap<String, Asked>,
    /// How many have to sign for another policy, where this is [made of two](Approvals::stricter).
    to_change: Option<usize>,
}

/// Who has to sign for one rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Absent: anybody on the list of signers.
    pub role: Option<String>,
    pub threshold: Option<usize>,
}

impl Default for Approvals {
    fn default() -> Approvals {
        Approvals {
            signers: ".sprag/allowed_signers".to_owned(),
            namespace: "sprag-approval".to_owned(),
            repo: None,
            longest_days: None,
            distinct: true,
            branches_may_wait: false,
            threshold: 1,
            roles: BTreeMap::new(),
            rules: BTreeMap::new(),
            to_change: None,
        }
    }
}

impl Approvals {
    /// The role that a rule asks for.
    #[must_use]
    pub fn role(&self, rule: &str) -> Option<&str> {
        self.rules.get(rule)?.role.as_deref()
    }

    /// Who may sign for a rule. Nothing: anybody on the list.
    #[must_use]
    pub fn people(&self, rule: &str) -> Option<&[String]> {
        let role = self.role(rule)?;
        // A role that does not exist is an error before anybody asks; it has nobody.
        Some(self.roles.get(role).map_or(&[], Vec::as_slice))
    }

    /// How many different people have to sign. Whoever may change these numbers must not be fewer than they are.
    #[must_use]
    pub fn threshold(&self, rule: &str) -> usize {
        let own = |rule: &str| self.rules.get(rule).and_then(|it| it.threshold);
        let asked = own(rule).unwrap_or(self.threshold);
        if rule != POLICY_CHANGE {
            return asked;
        }
        if let Some(asked) = self.to_change {
            return asked;
        }
        let all = self.rules.values().filter_map(|it| it.threshold).chain([self.threshold]);
        all.max().unwrap_or(asked)
    }

    /// What both ask for, word by word the stricter one. Whose signature counts is still only for the trusted one to say,
    /// and so is who may change the policy: else nobody could put other people in the place of those who were asked.
    #[must_use]
    pub fn stricter(trusted: &Approvals, proposed: &Approvals) -> Approvals {
        let days = [trusted.longest_days, proposed.longest_days];
        let mut both = Approvals {
            repo: trusted.repo.clone().or_else(|| proposed.repo.clone()),
            longest_days: days.into_iter().flatten().min(),
            distinct: trusted.distinct || proposed.distinct,
            branches_may_wait: trusted.branches_may_wait && proposed.branches_may_wait,
            threshold: trusted.threshold.max(proposed.threshold),
            to_change: Some(trusted.threshold(POLICY_CHANGE)),
            ..trusted.clone()
        };
        for rule in trusted.rules.keys().chain(proposed.rules.keys()) {
            let threshold = trusted.threshold(rule).max(proposed.threshold(rule));
            let role = both.narrower_role(trusted, proposed, rule);
            both.rules.insert(rule.clone(), Asked { role, threshold: Some(threshold) });
        }
        match trusted.rules.get(POLICY_CHANGE) {
            Some(asked) => both.rules.insert(POLICY_CHANGE.to_owned(), asked.clone()),
            None => both.rules.remove(POLICY_CHANGE),
        };
        both
    }

    /// The role of those whom both ask. Two that are not the same become a third.
    fn narrower_role(
        &mut self,
        trusted: &Approvals,
        proposed: &Approvals,
        rule: &str,
    ) -> Option<String> {
        let own = |it: &Approvals| Some((it.role(rule)?.to_owned(), it.people(rule)?.to_vec()));
        let (name, people) = match (own(trusted), own(proposed)) {
            (None, None) => return None,
            (Some(one), None) => return Some(one.0),
            (None, Some((name, people))) => (format!("{name} (proposed)"), people),
            (Some(one), Some(other)) if one.1 == other.1 => return Some(one.0),
            (Some((old, before)), Some((new, after))) => {
                let both = before.into_iter().filter(|it| after.contains(it)).collect();
                (format!("{old} and {new} (proposed)"), both)
            }
        };
        self.roles.insert(name.clone(), people);
        Some(name)
    }

    /// What `self` lets pass and `trusted` does not, each as a sentence.
    pub(super) fn weaker_than(&self, trusted: &Approvals) -> Vec<String> {
        let mut found = Vec::new();
        for (key, from, to) in [
            ("signers", &trusted.signers, &self.signers),
            ("namespace", &trusted.namespace, &self.namespace),
        ] {
            if from != to {
                found.push(format!("{key} `{from}` -> `{to}`"));
            }
        }
        match (&trusted.repo, &self.repo) {
            (Some(from), Some(to)) if from != to => found.push(format!("repo `{from}` -> `{to}`")),
            (Some(from), None) => found.push(format!("repo `{from}` is gone")),
            (None, _) | (Some(_), Some(_)) => {}
        }
        match (trusted.longest_days, self.longest_days) {
            (Some(from), Some(to)) if to > from => {
                found.push(format!("longest-days {from} -> {to}"));
            }
            (Some(from), None) => found.push(format!("longest-days {from} is gone")),
            (None, _) | (Some(_), Some(_)) => {}
        }
        if trusted.distinct && !self.distinct {
            found.push("who wrote a change may approve it".to_owned());
        }
        if self.branches_may_wait && !trusted.branches_may_wait {
            found.push("branches may hold what waits for an approval".to_owned());
        }
        let named: BTreeSet<&str> =
            trusted.rules.keys().chain(self.rules.keys()).map(String::as_str).collect();
        // The empty name stands for every rule that nothing is said about.
        for rule in named.into_iter().chain(["", POLICY_CHANGE]) {
            let shown = if rule.is_empty() {
                "threshold".to_owned()
            } else {
                format!("`{rule}`: threshold")
            };
            let (from, to) = (trusted.threshold(rule), self.threshold(rule));
            if to < from {
                found.push(format!("{shown} {from} -> {to}"));
            }
            found.extend(self.newcomers(trusted, rule));
        }
        found.dedup();
        found
    }

    /// Who may sign for a rule and could not before.
    fn newcomers(&self, trusted: &Approvals, rule: &str) -> Option<String> {
        let before = trusted.people(rule)?;
        let Some(after) = self.people(rule) else {
            return Some(format!("`{rule}`: anybody on the list may approve it"));
        };
        let new: Vec<String> = { after }
            .iter()
            .filter(|it| !before.contains(it))
            .map(|it| format!("`{it}`"))
            .collect();
        (!new.is_empty()).then(|| format!("`{rule}`: {} may approve it", new.join(", ")))
    }
}
