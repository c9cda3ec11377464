//! The program: runs the command line, and whatever happens ends in 0, 1 or 2.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(sprag::cli::run())
}
