//! A file seen through a small buffer: the entries of a large index are mostly stepped over.

use std::io::{self, Read};

use super::{Header, Result, Unread};

const SIZE: usize = 1 << 18;
const SHORT: Unread = Unread::Damaged("it ends inside its entries");

pub(super) struct Window<R> {
    source: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Where in the file the buffer begins.
    offset: u64,
    version: u32,
    id_length: usize,
}

/// One entry as it is written.
pub(super) struct Raw<'a> {
    pub mode: &'a [u8],
    pub id: &'a [u8],
    /// Not 0 in a conflict.
    pub stage: u16,
    /// Announced with `git add -N`: nothing is staged yet.
    pub intended: bool,
    /// How many bytes to take from the end of the name before, where it is not written in full.
    pub cut: Option<usize>,
    pub name: &'a [u8],
}

impl<R: Read> Window<R> {
    /// Reads the header, and says how many entries follow.
    pub(super) fn open(source: R, id_length: usize) -> Result<(Window<R>, usize)> {
        let mut window = Window {
            source,
            buffer: vec![0; SIZE],
            start: 0,
            end: 0,
            offset: 0,
            version: 0,
            id_length,
        };
        let header = Header::read(window.at_least(12)?)?;
        window.start += 12;
        window.version = header.version;
        Ok((window, header.entries))
    }

    /// The next entry.
    pub(super) fn entry(&mut self) -> Result<Raw<'_>> {
        let fixed = 42 + self.id_length;
        let head = self.at_least(fixed + 2)?;
        if head.len() < fixed + 2 {
            return Err(SHORT);
        }
        let word = |at: usize| u16::from_be_bytes([head[at], head[at + 1]]);
        let flags = word(fixed - 2);
        let extended = if flags & 0x4000 == 0 { None } else { Some(word(fixed)) };
        let mut name = if extended.is_some() { fixed + 2 } else { fixed };
        let length = usize::from(flags & 0xfff);
        let (end, size) = if self.version == 4 {
            let after = self.find(name, |byte| byte & 0x80 == 0)? + 1;
            let end = self.find(after, |byte| byte == 0)?;
            (end, end + 1)
        } else {
            let end =
                if length < 0xfff { name + length } else { self.find(name, |byte| byte == 0)? };
            (end, (end + 8) & !7)
        };
        if self.at_least(size)?.len() < size {
            return Err(SHORT);
        }
        let entry = &self.buffer[self.start..self.start + size];
        self.start += size;
        let mut cut = None;
        if self.version == 4 {
            let (number, used) = number(&entry[name..]).ok_or(SHORT)?;
            name += used;
            cut = Some(number);
        }
        Ok(Raw {
            mode: &entry[24..28],
            id: &entry[40..fixed - 2],
            stage: (flags >> 12) & 3,
            intended: extended.unwrap_or(0) & 0x2000 != 0,
            cut,
            name: &entry[name..end],
        })
    }

    /// How much of the file has been read.
    pub(super) fn position(&self) -> u64 {
        self.offset + self.start as u64
    }

    /// Everything from here to the end.
    pub(super) fn rest(&mut self) -> Result<Vec<u8>> {
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
        self.offset += self.start as u64;
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
    fn find(&mut self, from: usize, is: impl Fn(u8) -> bool) -> Result<usize> {
        let mut seen = from;
        loop {
            let here = self.at_least(seen + 1)?;
            if here.len() <= seen {
                return Err(SHORT);
            }
            if let Some(found) = here[seen..].iter().position(|&byte| is(byte)) {
                return Ok(seen + found);
            }
            seen = here.len();
        }
    }
}

/// git's variable-length number, and how many bytes it takes.
fn number(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value = usize::from(bytes.first()? & 0x7f);
    let mut used = 1;
    while bytes[used - 1] & 0x80 != 0 {
        value = value.checked_add(1)?.checked_mul(128)?;
        value = value.checked_add(usize::from(bytes.get(used)? & 0x7f))?;
        used += 1;
    }
    Some((value, used))
}
