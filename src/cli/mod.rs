//! What people type. No verdict is made here: commands ask the gate and print what it says.

mod approvals;
mod approve;
mod arguments;
mod audit;
mod check;
mod ci;
mod deploy_graph;
mod fix;
mod hook;
mod init;
mod install;
mod job;
mod output;
mod progress;
mod rehearse;
mod rollback;
mod rules;
mod sign;
mod status;
mod verify;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::Parser;

use crate::failure::Failure;
use crate::policy::Date;
use crate::source::Time;
use arguments::{Arguments, Command, Kit, Rollback};
use output::Output;

/// Nothing is wrong.
pub const PASSED: u8 = 0;
/// The change is refused.
pub const REFUSED: u8 = 1;
/// There is no verdict. A hook refuses on this as well.
pub const NOT_JUDGED: u8 = 2;

/// Nothing that is judged takes this long; what does is stuck.
const DEADLINE: Duration = Duration::from_mins(5);
/// The parser's guards keep it far below this.
const STACK: usize = 32 << 20;

/// Runs the command line of this process and gives its exit code.
pub fn run() -> u8 {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are asked for; all else is a mistake.
            let _ = error.print();
            return if error.use_stderr() { NOT_JUDGED } else { PASSED };
        }
    };
    // A panic is told below, in the words of a failure.
    std::panic::set_hook(Box::new(|_| {}));
    let hook = matches!(arguments.command, Command::Hook { .. });
    let output = Output::new(hook, arguments.command.format());
    // A rehearsal has a deadline of its own, and some work before and after it.
    let deadline = match &arguments.command {
        Command::Rehearse(it) => DEADLINE + Duration::from_secs(it.deadline.saturating_mul(4)),
        Command::Rollback(Rollback { migrations, .. }) | Command::Kit(Kit { migrations, .. }) => {
            DEADLINE + Duration::from_secs(migrations.deadline.saturating_mul(4))
        }
        // It is ended by who started it.
        #[cfg(feature = "embedded-postgres")]
        Command::EmbeddedPostgres(_) => Duration::from_hours(24),
        _ => DEADLINE,
    };
    let (tell, told) = mpsc::channel();
    let worker = output.clone();
    let work = move || {
        let done = catch_unwind(AssertUnwindSafe(|| dispatch(arguments.command, &worker)));
        let _ = tell.send(done.unwrap_or_else(|cause| {
            let cause = cause
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| cause.downcast_ref::<&str>().copied())
                .unwrap_or("no reason given");
            Err(Failure::new(format!("sprag itself failed: {cause}"))
                .help("this is a defect of sprag; please report what you did"))
        }));
    };
    if let Err(error) = std::thread::Builder::new().stack_size(STACK).spawn(work) {
        return output.failure(&Failure::new(format!("could not start to work: {error}")));
    }
    match told.recv_timeout(deadline) {
        Ok(Ok(code)) => code,
        Ok(Err(failure)) => output.failure(&failure),
        Err(_) => output.failure(
            &Failure::new("this took longer than five minutes and was given up")
                .help("look for a very large or very deep file among the changed ones"),
        ),
    }
}

fn dispatch(command: Command, output: &Output) -> crate::failure::Result<u8> {
    match command {
        Command::Check(it) => check::run(&it, output),
        Command::Fix(it) => fix::run(&it, output),
        Command::Audit(it) => audit::run(&it, output),
        Command::Drift(it) => audit::drift(&it, output),
        Command::Rehearse(it) => rehearse::run(&it, output),
        Command::Rollback(it) => rollback::run(&it, output),
        Command::Kit(it) => rollback::kit(&it, output),
        Command::Status(it) => status::run(&it, output),
        Command::Applied(it) => status::applied(&it, output),
        Command::Verify(it) => verify::run(&it, output),
        Command::Baseline { .. } => audit::baseline(output),
        Command::Approve(it) => approve::run(&it, output),
        Command::Approvals(it) => approvals::run(&it, output),
        Command::Ci(it) => ci::run(&it, output),
        Command::Hook { hook } => hook::run(&hook, output),
        Command::Install(it) => install::install(&it, output),
        Command::Uninstall(it) => install::uninstall(&it, output),
        Command::Doctor(it) => install::doctor(&it, output),
        Command::Init => init::run(output),
        Command::DeployGraph(it) => deploy_graph::run(&it, output),
        Command::Explain { rule } => rules::explain(&rule, output),
        Command::Rules { format } => Ok(rules::list(format, output)),
        #[cfg(feature = "embedded-postgres")]
        Command::EmbeddedPostgres(it) => {
            crate::postgres::serve(&it.data, &it.sockets, it.storage == "memory").map(|()| PASSED)
        }
    }
}

/// The day it is, in UTC.
fn today() -> Date {
    now().date()
}

/// What time it is. Only what ends asks: exceptions and approvals.
fn now() -> Time {
    let seconds = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_secs()).map_or(i64::MIN, |it| -it),
    };
    Time(seconds)
}

/// A variable of the environment, where it is text.
fn env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
