//! A file seen through a small buffer: the entries of a large index are only stepped over.

use std::io::{self, Read};

use super::{Header, Result, Unread};

const SIZE: usize = 1 << 18;

pub(in crate::repo) struct Window<R> {
    source: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

impl<R: Read> Window<R> {
    pub(in crate::repo) fn new(source: R) -> Window<R> {
        Window { source, buffer: vec![0; SIZE], start: 0, end: 0 }
    }

    /// Steps over the header and the entries.
    pub(in crate::repo) fn after_entries(&mut self, id_length: usize) -> io::Result<Result<()>> {
        let header = match Header::read(self.at_least(12)?) {
            Ok(header) => header,
            Err(unread) => return Ok(Err(unread)),
        };
        self.start += 12;
        let fixed = 42 + id_length;
        for _ in 0..header.entries {
            let entry = self.at_least(fixed + 2)?;
            if entry.len() < fixed + 2 {
                return Ok(Err(Unread::Damaged("it ends inside its entries")));
            }
            let flags = u16::from_be_bytes([entry[fixed - 2], entry[fixed - 1]]);
            let name = if flags & 0x4000 == 0 { fixed } else { fixed + 2 };
            let length = usize::from(flags & 0xfff);
            let size = if header.version == 4 {
                let Some(number) = self.find(name, |byte| byte & 0x80 == 0)? else {
                    return Ok(Err(Unread::Damaged("it ends inside a name")));
                };
                let Some(end) = self.find(number + 1, |byte| byte == 0)? else {
                    return Ok(Err(Unread::Damaged("it ends inside a name")));
                };
                end + 1
            } else if length < 0xfff {
                (name + length + 8) & !7
            } else {
                let Some(end) = self.find(name, |byte| byte == 0)? else {
                    return Ok(Err(Unread::Damaged("it ends inside a name")));
                };
                (end + 8) & !7
            };
            if self.at_least(size)?.len() < size {
                return Ok(Err(Unread::Damaged("it ends inside its entries")));
            }
            self.start += size;
        }
        Ok(Ok(()))
    }

    /// Everything from here to the end.
    pub(in crate::repo) fn rest(&mut self) -> io::Result<Vec<u8>> {
        let mut rest = self.buffer[self.start..self.end].to_vec();
        self.source.read_to_end(&mut rest)?;
        Ok(rest)
    }

    /// At least `count` bytes from here on, unless the file ends before.
    #[inline]
    fn at_least(&mut self, count: usize) -> io::Result<&[u8]> {
        if self.end - self.start < count {
            self.fill(count)?;
        }
        Ok(&self.buffer[self.start..self.end])
    }

    fn fill(&mut self, count: usize) -> io::Result<()> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.buffer.len() < count {
            self.buffer.resize(count.next_multiple_of(SIZE), 0);
        }
        while self.end < count {
            match self.source.read(&mut self.buffer[self.end..]) {
                Ok(0) => break,
                Ok(read) => self.end += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Where the first byte is that `is`, counted from here, looking from `from` on.
    fn find(&mut self, from: usize, is: impl Fn(u8) -> bool) -> io::Result<Option<usize>> {
        let mut seen = from;
        loop {
            let here = self.at_least(seen + 1)?;
            if here.len() <= seen {
                return Ok(None);
            }
            if let Some(found) = here[seen..].iter().position(|&byte| is(byte)) {
                return Ok(Some(seen + found));
            }
            seen = here.len();
        }
    }
}
