//! Postgres: a server that is thrown away, one that is in use, and what their catalogs say.
//!
//! One that is in use is connected to when somebody asks for it by its URL, in a transaction that can only read.
//!
//! There are three [`Engine`]s: programs of this machine, a WebAssembly module in this program, a server that somebody
//! keeps for this. They differ in how a database is copied, watched and stopped; what is sent to it is the same.
//!
//! A rehearsal executes SQL that somebody else wrote. On this machine it runs as a role that is no superuser, on a server
//! that listens on no network, in a folder that only its owner may enter, with a deadline and a limit of disk; what the
//! server does, the server's own process does, which is killed when this one ends.

mod address;
#[cfg(feature = "embedded-postgres")]
mod backend;
mod base;
mod binaries;
mod connect;
mod embedded;
mod engine;
mod history;
mod keeper;
mod kept;
mod lent;
mod live;
mod place;
mod prelude;
mod server;
mod session;
mod shadow;
mod snapshot;
mod watch;
#[cfg(feature = "embedded-postgres")]
mod wire;

pub use address::Address;
#[cfg(feature = "embedded-postgres")]
pub use backend::serve;
pub use base::{Base, History, Told};
pub use binaries::{Binaries, find};
pub use embedded::{Embedded, IS_BUILT_IN};
pub use engine::{Engine, READY, Running};
pub use history::{Failed, Sending, Step};
pub use lent::{ShadowAddress, addresses};
pub use live::Live;
pub use place::Place;
pub use server::{Server, initialize};
pub use session::{Refused, Session};
pub use shadow::{OnShadow, Shadow};
pub use watch::{Limits, Stopped};

use session::socket;

/// The role that owns the server. Migrations never run as this one.
pub const OWNER: &str = "sprag_owner";
/// The role that migrations run as, called as hosted ones call theirs, since histories name it.
pub const ROLE: &str = "postgres";
