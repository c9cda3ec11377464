//! What a server may take: time and disk.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::{Duration, Instant};

use super::keeper::Stop;

/// How much a rehearsal may take before it is stopped.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub time: Duration,
    /// Bytes that the data directory may grow by.
    pub disk: u64,
}

/// Which limit was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    Time,
    Disk,
}

pub(super) struct Watch {
    over: Arc<AtomicBool>,
    stopped: Arc<AtomicU8>,
}

impl Watch {
    /// Watches from a thread of its own: the SQL that runs may never come back.
    pub(super) fn over(data: &Path, limits: Limits, stop: Stop) -> Watch {
        const EVERY: Duration = Duration::from_millis(50);
        let (over, stopped) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU8::new(0)));
        let watch = Watch { over: over.clone(), stopped: stopped.clone() };
        let data = data.to_owned();
        std::thread::spawn(move || {
            let begin = Instant::now();
            let most = size(&data).saturating_add(limits.disk);
            let mut looked = Instant::now();
            while !over.load(Ordering::Acquire) {
                std::thread::sleep(EVERY);
                let late = begin.elapsed() > limits.time;
                // Thousands of files are looked through less often.
                let look = looked.elapsed() > EVERY * 10;
                if look {
                    looked = Instant::now();
                }
                if late || (look && size(&data) > most) {
                    stopped.store(if late { 1 } else { 2 }, Ordering::Release);
                    stop.now();
                    return;
                }
            }
        });
        watch
    }

    pub(super) fn stopped(&self) -> Option<Stopped> {
        match self.stopped.load(Ordering::Acquire) {
            1 => Some(Stopped::Time),
            2 => Some(Stopped::Disk),
            _ => None,
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Release);
    }
}

/// The bytes of all files below a folder.
fn size(folder: &Path) -> u64 {
    let mut open: Vec<PathBuf> = vec![folder.to_owned()];
    let mut bytes = 0;
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.metadata() {
                Ok(it) if it.is_dir() => open.push(entry.path()),
                Ok(it) => bytes += it.len(),
                Err(_) => {}
            }
        }
    }
    bytes
}
