//! The protocol of Postgres, as a server speaks it (Postgres manual, "Message Formats").

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

use super::embedded::VERSION;

/// The other side.
pub(super) struct Client {
    pub(super) stream: UnixStream,
}

impl Client {
    /// The role and the database that are asked for.
    pub(super) fn start(&mut self) -> std::io::Result<(String, String)> {
        const SSL: u32 = 80_877_103;
        loop {
            let body = self.body()?;
            let (code, rest) = body.split_at_checked(4).unwrap_or_default();
            if code == SSL.to_be_bytes() {
                self.stream.write_all(b"N")?;
                continue;
            }
            let words: Vec<String> = rest
                .split(|it| *it == 0)
                .map(|it| String::from_utf8_lossy(it).into_owned())
                .collect();
            let value = |name: &str| {
                let mut pairs = words.chunks_exact(2);
                pairs.find(|it| it[0] == name).map(|it| it[1].clone()).unwrap_or_default()
            };
            return Ok((value("user"), value("database")));
        }
    }

    /// What follows a length.
    fn body(&mut self) -> std::io::Result<Vec<u8>> {
        let mut length = [0; 4];
        self.stream.read_exact(&mut length)?;
        let length = u64::from(u32::from_be_bytes(length)).saturating_sub(4);
        let mut body = Vec::new();
        (&self.stream).take(length).read_to_end(&mut body)?;
        Ok(body)
    }

    /// The next message, whole; nothing where the other side is gone.
    pub(super) fn message(&mut self) -> std::io::Result<Option<(u8, Vec<u8>)>> {
        let mut kind = [0];
        if self.stream.read(&mut kind)? == 0 {
            return Ok(None);
        }
        let body = self.body()?;
        let length = u32::try_from(body.len() + 4).unwrap_or(u32::MAX).to_be_bytes();
        Ok(Some((kind[0], [&kind, &length[..], &body].concat())))
    }

    pub(super) fn welcome(&mut self) -> std::io::Result<()> {
        self.tell(b'R', &0_u32.to_be_bytes())?;
        for (name, value) in [("server_version", VERSION), ("client_encoding", "UTF8")] {
            self.tell(b'S', format!("{name}\0{value}\0").as_bytes())?;
        }
        self.tell(b'K', &[0; 8])?;
        self.ready()
    }

    pub(super) fn ready(&mut self) -> std::io::Result<()> {
        self.tell(b'Z', b"I")
    }

    pub(super) fn refuse(&mut self, code: &str, message: &str) -> std::io::Result<()> {
        let fields = format!("SERROR\0VERROR\0C{code}\0M{message}\0\0");
        self.tell(b'E', fields.as_bytes())
    }

    fn tell(&mut self, kind: u8, body: &[u8]) -> std::io::Result<()> {
        let length = u32::try_from(body.len() + 4).unwrap_or(u32::MAX).to_be_bytes();
        self.stream.write_all(&[&[kind], &length[..], body].concat())
    }
}
