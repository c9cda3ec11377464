//! Postgres: a server that is thrown away, one that is in use, and what their catalogs say.
//!
//! One that is in use is connected to when somebody asks for it by its URL, in a transaction that can only read.
//!
//! A rehearsal executes SQL that somebody else wrote. It runs as a role that is no superuser, on a server that listens on
//! no network, in a folder that only its owner may enter, with a deadline and a limit of disk; what the server does, the
//! server's own process does, which is killed when this one ends.

mod address;
mod base;
mod binaries;
mod connect;
mod history;
mod live;
mod place;
mod prelude;
mod server;
mod session;
mod snapshot;
mod watch;

pub use address::Address;
pub use base::{Base, History, Told};
pub use binaries::{Binaries, find};
pub use history::{Failed, Sending, Step};
pub use live::Live;
pub use place::Place;
pub use server::{Server, initialize};
pub use session::{Refused, Session};
pub use watch::{Limits, Stopped};

/// The role that owns the server. Migrations never run as this one.
pub const OWNER: &str = "sprag_owner";
/// The role that migrations run as, called as hosted ones call theirs, since histories name it.
pub const ROLE: &str = "postgres";
