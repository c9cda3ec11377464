//! Days, for exceptions that end.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A day of the Gregorian calendar. Nothing here knows which day it is: the caller says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Date {
    pub year: u16,
    pub month: u8,
    pub day: u8,
}

impl Date {
    /// Nothing for a day that is in no calendar, such as 30 February.
    #[must_use]
    pub fn new(year: u16, month: u8, day: u8) -> Option<Date> {
        let leap =
            year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let last = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        (1..=last).contains(&day).then_some(Date { year, month, day })
    }

    /// The day in UTC. Times before 1970 and after the year 9999 are taken to these ends.
    #[must_use]
    pub fn from_unix_seconds(seconds: i64) -> Date {
        let mut days = seconds.div_euclid(86_400).clamp(0, 2_932_896);
        // 400 years have always the same number of days, so one division leaves at most 400 steps.
        let mut year = 1970 + days / 146_097 * 400;
        days %= 146_097;
        let mut date = Date { year: u16::try_from(year).unwrap_or(9999), month: 1, day: 1 };
        while days >= days_of_year(date.year) {
            days -= days_of_year(date.year);
            year += 1;
            date.year = u16::try_from(year).unwrap_or(9999);
        }
        for _ in 0..days {
            date = date.next();
        }
        date
    }

    /// The day after. After 9999 comes the year 10000, which nobody will read.
    #[must_use]
    pub fn next(self) -> Date {
        Date::new(self.year, self.month, self.day + 1)
            .or_else(|| Date::new(self.year, self.month + 1, 1))
            .unwrap_or(Date { year: self.year + 1, month: 1, day: 1 })
    }
}

fn days_of_year(year: u16) -> i64 {
    if Date::new(year, 2, 29).is_some() { 366 } else { 365 }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}
