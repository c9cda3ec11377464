//! What a value in a file has to do with a command in it.

/// What a value beside a command has to do with whether the command counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bearing {
    /// None at all.
    Nothing,
    /// A failure has no consequence: counts where it is new or another one.
    Excuses,
    /// It is left out at times: counts where it is new or another one.
    LeavesOut,
    /// It says when it runs, so that nobody can tell whether another value is less.
    Decides,
    /// It runs only after something else, and not where that was left out.
    Waits,
    /// It runs before, and can put another program in place.
    Before,
    /// How it is run, and with what.
    Runs,
    /// What brings the programs: an image or an action, which may become a newer one.
    Brings,
    /// The machine.
    Machine,
    /// Variables: those that say what a program is or does.
    Variables,
    /// One such variable.
    Variable,
    /// What it is known by: a required check is known by its name.
    Name,
    /// Values of which only those count that the command's part of the file names.
    Named,
}
