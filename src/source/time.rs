//! Moments, for approvals that begin and end.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Date;

/// Seconds since 1970 in UTC. Nothing here knows what time it is: the caller says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Time(pub i64);

const DAY: i64 = 86_400;

impl Time {
    /// Midnight in UTC, at which the day begins.
    #[must_use]
    pub fn start_of(date: Date) -> Time {
        // Days since 1970, counted in years that begin in March, so that the day of a leap year comes last.
        let month = i64::from(date.month);
        let year = i64::from(date.year) - i64::from(month <= 2);
        let day_of_year =
            (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + i64::from(date.day) - 1;
        let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
        Time((year * 365 + leap_days + day_of_year - 719_468) * DAY)
    }

    /// The day in UTC.
    #[must_use]
    pub fn date(self) -> Date {
        Date::from_unix_seconds(self.0)
    }

    #[must_use]
    pub fn plus_days(self, days: u32) -> Time {
        Time(self.0.saturating_add(i64::from(days) * DAY))
    }

    /// `2025-02-01T00:00:00Z`, and no other way to write a time.
    #[must_use]
    pub fn parse(text: &str) -> Option<Time> {
        let digits = text.strip_suffix('Z')?;
        let (day, clock) = digits.split_once('T')?;
        let date = Date::parse(day)?;
        let [hour, minute, second] = parts(clock, ':')?;
        let clock = (hour < 24 && minute < 60 && second < 60)
            .then_some(hour * 3600 + minute * 60 + second)?;
        let time = Time(Time::start_of(date).0 + i64::from(clock));
        (time.to_string() == text).then_some(time)
    }
}

impl Date {
    /// `2025-02-01`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Date> {
        let [year, month, day] = parts(text, '-')?;
        let narrow = |it: u32| u8::try_from(it).ok();
        let date = Date::new(u16::try_from(year).ok()?, narrow(month)?, narrow(day)?)?;
        (date.to_string() == text && year >= 1970).then_some(date)
    }
}

/// Three numbers with a sign between them.
fn parts(text: &str, between: char) -> Option<[u32; 3]> {
    let mut parts = text.split(between).map(|it| {
        let plain = !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
        if plain { it.parse().ok() } else { None }
    });
    let three = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(three)
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clock = self.0.rem_euclid(DAY);
        let (hour, minute, second) = (clock / 3600, clock / 60 % 60, clock % 60);
        write!(f, "{}T{hour:02}:{minute:02}:{second:02}Z", self.date())
    }
}

#[cfg(test)]
mod tests {
    use super::Time;
    use crate::source::Date;

    #[test]
    fn a_day_begins_where_the_day_before_it_ends() {
        let mut date = Date::new(1970, 1, 1).unwrap();
        for day in 0..150_000 {
            assert_eq!(Time::start_of(date), Time(day * 86_400));
            date = date.next();
        }
    }

    #[test]
    fn a_time_is_written_in_one_way() {
        for text in ["2025-02-01T00:00:00Z", "2099-12-31T23:59:59Z", "1970-01-01T00:00:00Z"] {
            assert_eq!(Time::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "2025-02-30T00:00:00Z",
            "2025-2-1T00:00:00Z",
            "2025-02-01T24:00:00Z",
            "2025-02-01T00:00:00",
            "2025-02-01T00:00:00+00:00",
            "2025-02-01 00:00:00Z",
            "+025-02-01T00:00:00Z",
            "1969-12-31T00:00:00Z",
        ] {
            assert_eq!(Time::parse(text), None, "{text}");
        }
    }
}
