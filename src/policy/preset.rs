//! Levels and facts that fit a tool: `preset = "prisma"` at the top of the policy.
//!
//! A preset stands between the defaults and what the policy writes out: a line under `[rules]` or `[database]` wins over
//! it. Another preset, or none, is compared with the one before like any other change of levels. What is merged is
//! grandfathered whatever the preset: a change is judged for what it brings.
//!
//! | preset | what differs from the defaults |
//! |---|---|
//! | `prisma` | nothing is asked of `auth.uid()`, which its connection does not have; words that are reserved may be names, since its client quotes all of them |
//! | `supabase` | the API reaches `public` and `graphql_public`; a table nobody has a policy for, and policies that add up, are warned about |
//! | `drizzle` | as `prisma` of names |

use crate::rules::Level;

/// The tool that a policy is fitted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    Prisma,
    Supabase,
    Drizzle,
}

impl Preset {
    pub const ALL: [Preset; 3] = [Preset::Prisma, Preset::Supabase, Preset::Drizzle];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Preset::Prisma => "prisma",
            Preset::Supabase => "supabase",
            Preset::Drizzle => "drizzle",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Preset> {
        Preset::ALL.into_iter().find(|it| it.name() == name)
    }

    /// Rules with another level than their own.
    #[must_use]
    pub fn levels(self) -> &'static [(&'static str, Level)] {
        match self {
            Preset::Prisma => {
                &[("policy-per-row-call", Level::Allow), ("reserved-word", Level::Allow)]
            }
            Preset::Supabase => &[
                ("rls-without-policy", Level::Warn),
                ("multiple-permissive-policies", Level::Warn),
            ],
            Preset::Drizzle => &[("reserved-word", Level::Allow)],
        }
    }

    /// The schemas that clients reach where the policy names none: of Supabase those that its API has unless told
    /// otherwise.
    #[must_use]
    pub fn exposed_schemas(self) -> Option<&'static [&'static str]> {
        match self {
            Preset::Supabase => Some(&["public", "graphql_public"]),
            Preset::Prisma | Preset::Drizzle => None,
        }
    }
}
