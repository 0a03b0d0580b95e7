//! Which encoding and dialect a file is in, found by looking it through once, and the stream of UTF-8 that is made of it.
//! Nothing is replaced in silence: what does not decode stops the reading.

use super::{MOST_BYTES, ReadFault};
use encoding_rs::{Decoder, DecoderResult, GB18030, UTF_16BE, UTF_16LE};
use sha2::{Digest, Sha256};

use std::fs::File;
use std::io::{self, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What looking through a file found.
#[derive(Clone, Debug)]
pub struct Survey {
    /// Name of the encoding.
    pub encoding: &'static str,
    /// Bytes of the byte order mark.
    pub bom: u64,
    /// Delimiter.
    pub delimiter: u8,
    /// Length.
    pub bytes: u64,
    /// SHA-256, hex.
    pub sha256: String,
    /// An odd number of quotation marks: perhaps one is never closed.
    pub odd_quotes: bool,
    /// Carriage returns that stand alone end lines too.
    lone_cr: bool,
}

/// So much of the beginning decides about the delimiter.
const SAMPLE: usize = 1 << 16;

/// Looks a file through once, from its beginning.
pub fn survey(file: &mut File) -> Result<Survey, ReadFault> {
    // The digest is taken beside: it costs as much as looking.
    std::thread::scope(|scope| {
        let shared = file.try_clone().map_err(ReadFault::Io)?;
        let digest = scope.spawn(move || sha256_of(&shared));
        let survey = look_through(file)?;
        let sha256 = digest.join().unwrap_or_else(|_| Err(io::Error::other("digest"))).map_err(ReadFault::Io)?;
        Ok(Survey { sha256, ..survey })
    })
}

/// SHA-256 of a file, hex; reads at places of its own, as the descriptor's place is shared.
pub fn sha256_of(file: &File) -> io::Result<String> {
    use std::os::unix::fs::FileExt as _;
    let mut sha = Sha256::new();
    let mut buf = vec![0u8; 1 << 18];
    let mut at = 0u64;
    loop {
        match file.read_at(&mut buf, at) {
            Ok(0) => return Ok(crate::db::digest::hex(&sha.finalize())),
            Ok(n) => {
                sha.update(&buf[..n]);
                at += n as u64;
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
}

fn look_through(file: &mut File) -> Result<Survey, ReadFault> {
    let mut look = Look::default();
    let mut buf = vec![0u8; 1 << 20];
    let mut first = Vec::new();
    let mut bytes = 0u64;
    loop {
        let n = file.read(&mut buf).map_err(ReadFault::Io)?;
        if n == 0 {
            break;
        }
        let chunk = &buf[..n];
        if first.len() < SAMPLE {
            first.extend_from_slice(&chunk[..chunk.len().min(SAMPLE - first.len())]);
        }
        bytes += n as u64;
        look.chunk(chunk);
    }
    look.end();
    let (encoding, bom) = encoding_of(&first, &look)?;
    if bytes <= bom {
        return Err(ReadFault::Empty);
    }
    let wide = encoding.starts_with("utf-16");
    let text = sample(&first[usize::try_from(bom).unwrap_or(0)..], encoding);
    Ok(Survey {
        encoding,
        bom,
        delimiter: delimiter_of(&text),
        bytes,
        sha256: String::new(),
        odd_quotes: look.quotes % 2 == 1,
        // In UTF-16 the bytes were not letters: the sample must do.
        lone_cr: if wide { text.replace("\r\n", "").contains('\r') } else { look.lone_cr },
    })
}

/// What one pass over the bytes sees.
#[derive(Default)]
struct Look {
    /// Row (by line breaks) of the first byte that is no UTF-8.
    broken: Option<u64>,
    /// Letters beyond ASCII that were UTF-8 before that.
    wide_letters: u64,
    nul: Option<u64>,
    nul_even: u64,
    nul_odd: u64,
    quotes: u64,
    lone_cr: bool,
    lines: u64,
    at: u64,
    last_cr: bool,
    carry: Vec<u8>,
}

impl Look {
    fn chunk(&mut self, chunk: &[u8]) {
        self.utf8(chunk);
        let Some(first) = chunk.first() else { return };
        self.lone_cr |= self.last_cr && *first != b'\n';
        self.lone_cr |= memchr::memchr_iter(b'\r', chunk).any(|i| chunk.get(i + 1).is_some_and(|b| *b != b'\n'));
        self.last_cr = chunk.ends_with(b"\r");
        self.quotes += memchr::memchr_iter(b'"', chunk).count() as u64;
        for i in memchr::memchr_iter(0, chunk) {
            self.nul.get_or_insert_with(|| self.lines + 1 + memchr::memchr_iter(b'\n', &chunk[..i]).count() as u64);
            if (self.at + i as u64).is_multiple_of(2) { self.nul_even += 1 } else { self.nul_odd += 1 }
        }
        self.lines += memchr::memchr_iter(b'\n', chunk).count() as u64;
        self.at += chunk.len() as u64;
    }

    /// Whether the bytes go on being UTF-8; a letter cut by the chunk's end waits for the next.
    fn utf8(&mut self, chunk: &[u8]) {
        if self.broken.is_some() {
            return;
        }
        let joined;
        let bytes: &[u8] = if self.carry.is_empty() {
            chunk
        } else {
            self.carry.extend_from_slice(chunk);
            joined = std::mem::take(&mut self.carry);
            &joined
        };
        match std::str::from_utf8(bytes) {
            Ok(_) => self.wide_letters += u64::from(!bytes.is_ascii()) * 16,
            Err(e) => {
                let good = &bytes[..e.valid_up_to()];
                self.wide_letters += good.iter().filter(|b| **b >= 0xC0).count() as u64;
                if e.error_len().is_none() {
                    self.carry = bytes[e.valid_up_to()..].to_vec();
                } else {
                    self.broken = Some(self.lines + 1 + good.iter().filter(|b| **b == b'\n').count() as u64);
                }
            }
        }
    }

    fn end(&mut self) {
        if !self.carry.is_empty() {
            self.broken.get_or_insert(self.lines + 1);
        }
        self.lone_cr |= self.last_cr && self.lines == 0;
    }
}

/// By byte order mark, else strict UTF-8, else UTF-16 by where the NULs stand, else GB 18030 (which decodes GBK and GB 2312 too).
fn encoding_of(first: &[u8], look: &Look) -> Result<(&'static str, u64), ReadFault> {
    if first.starts_with(&[0xFF, 0xFE, 0, 0]) || first.starts_with(&[0, 0, 0xFE, 0xFF]) {
        return Err(ReadFault::NotText { row: 1 });
    }
    if first.starts_with(&[0xFF, 0xFE]) {
        return Ok(("utf-16le", 2));
    }
    if first.starts_with(&[0xFE, 0xFF]) {
        return Ok(("utf-16be", 2));
    }
    let utf8 = |name, bom| match (look.broken, look.nul) {
        (Some(row), _) => Err(ReadFault::Encoding { row, guessed: "utf-8" }),
        (None, Some(row)) => Err(ReadFault::NotText { row }),
        (None, None) => Ok((name, bom)),
    };
    if first.starts_with(&[0xEF, 0xBB, 0xBF]) {
        return utf8("utf-8-sig", 3);
    }
    if look.nul.is_some() {
        // Latin letters, digits and commas have a NUL beside them in UTF-16, always on the same side.
        let share = |n: u64| n * 8 > look.at;
        return match (share(look.nul_even), share(look.nul_odd)) {
            (false, true) if look.nul_even * 50 < look.nul_odd => Ok(("utf-16le", 0)),
            (true, false) if look.nul_odd * 50 < look.nul_even => Ok(("utf-16be", 0)),
            _ => Err(ReadFault::NotText { row: look.nul.unwrap_or(1) }),
        };
    }
    match look.broken {
        None => utf8("utf-8", 0),
        // Ten Chinese letters that happen to be UTF-8 are no accident: the file is UTF-8 with a broken place.
        Some(_) if look.wide_letters >= 10 => utf8("utf-8", 0),
        Some(_) => Ok(("gb18030", 0)),
    }
}

fn decoder_of(encoding: &str) -> Option<Decoder> {
    match encoding {
        "gb18030" => Some(GB18030.new_decoder_without_bom_handling()),
        "utf-16le" => Some(UTF_16LE.new_decoder_without_bom_handling()),
        "utf-16be" => Some(UTF_16BE.new_decoder_without_bom_handling()),
        _ => None,
    }
}

/// The beginning as text; a letter cut at its end does not matter here.
fn sample(bytes: &[u8], encoding: &str) -> String {
    match decoder_of(encoding) {
        None => String::from_utf8_lossy(bytes).into_owned(),
        Some(mut d) => {
            let mut s = String::with_capacity(bytes.len() * 3 + 16);
            let _ = d.decode_to_string(bytes, &mut s, false);
            s
        }
    }
}

/// Comma, semicolon or tab: the one that most rows have most of, outside quotation marks.
fn delimiter_of(text: &str) -> u8 {
    let mut best = (0usize, b',');
    for d in [b',', b';', b'\t'] {
        let (mut quoted, mut here, mut most) = (false, 0usize, Vec::new());
        for b in text.bytes() {
            match b {
                b'"' => quoted = !quoted,
                b'\n' | b'\r' if !quoted => {
                    if here > 0 {
                        most.push(here);
                    }
                    here = 0;
                }
                b if b == d && !quoted => here += 1,
                _ => {}
            }
            if most.len() >= 50 {
                break;
            }
        }
        most.push(here);
        let score = most.iter().sum::<usize>();
        if score > best.0 {
            best = (score, d);
        }
    }
    best.1
}

/// Why a stream of text stopped.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// One row is larger than any roster's.
    #[error("row too long")]
    TooLong,
    /// Bytes that are not of the encoding.
    #[error("malformed {0}")]
    Malformed(&'static str),
}

/// How much of the present row was handed out, and the last piece of text: shared between the stream and who reads rows from it.
#[derive(Clone, Debug, Default)]
pub struct Meter {
    handed: Arc<AtomicU64>,
    piece: Arc<Mutex<Piece>>,
}

/// A piece of the stream and where it begins.
#[derive(Debug, Default)]
struct Piece {
    start: u64,
    bytes: Vec<u8>,
}

impl Meter {
    /// A new row begins.
    pub fn reset(&self) {
        self.handed.store(0, Ordering::Relaxed);
    }

    /// The byte before a place in the stream, if it is in the last piece handed out.
    pub fn before(&self, place: u64) -> Option<u8> {
        let piece = self.piece.lock().unwrap_or_else(PoisonError::into_inner);
        let at = place.checked_sub(piece.start + 1)?;
        piece.bytes.get(usize::try_from(at).ok()?).copied()
    }

    fn handed_out(&self, bytes: &[u8]) -> bool {
        let mut piece = self.piece.lock().unwrap_or_else(PoisonError::into_inner);
        piece.start += piece.bytes.len() as u64;
        piece.bytes.clear();
        piece.bytes.extend_from_slice(bytes);
        self.handed.fetch_add(bytes.len() as u64, Ordering::Relaxed) <= MOST_BYTES
    }
}

/// The file as UTF-8; lone carriage returns become line feeds where they end lines.
pub struct Decoding<R> {
    inner: R,
    encoding: &'static str,
    decoder: Option<Decoder>,
    lone_cr: bool,
    raw: Vec<u8>,
    raw_at: usize,
    text: Vec<u8>,
    text_at: usize,
    ended: bool,
    held_cr: bool,
    meter: Meter,
}

impl<R: Read> Decoding<R> {
    /// Over bytes behind the byte order mark.
    pub fn new(inner: R, survey: &Survey) -> Decoding<R> {
        Decoding {
            inner,
            encoding: survey.encoding,
            decoder: decoder_of(survey.encoding),
            lone_cr: survey.lone_cr,
            raw: Vec::new(),
            raw_at: 0,
            text: Vec::new(),
            text_at: 0,
            ended: false,
            held_cr: false,
            meter: Meter::default(),
        }
    }

    /// The meter of this stream.
    pub fn meter(&self) -> Meter {
        self.meter.clone()
    }

    /// Fills `text` with the next piece; empty at the end.
    fn fill(&mut self) -> io::Result<()> {
        self.text.clear();
        self.text_at = 0;
        while self.text.is_empty() && !self.ended {
            if self.raw_at == self.raw.len() {
                self.raw.resize(1 << 16, 0);
                let n = self.inner.read(&mut self.raw)?;
                self.raw.truncate(n);
                self.raw_at = 0;
                self.ended = n == 0;
            }
            match &mut self.decoder {
                None => {
                    std::mem::swap(&mut self.text, &mut self.raw);
                    self.raw.clear();
                    self.raw_at = 0;
                }
                Some(d) => {
                    let from = &self.raw[self.raw_at..];
                    let room = d.max_utf8_buffer_length_without_replacement(from.len()).unwrap_or(from.len() * 4 + 16);
                    self.text.resize(room, 0);
                    let (result, read, written) = d.decode_to_utf8_without_replacement(from, &mut self.text, self.ended);
                    self.raw_at += read;
                    self.text.truncate(written);
                    if matches!(result, DecoderResult::Malformed(..)) {
                        return Err(io::Error::new(io::ErrorKind::InvalidData, Stop::Malformed(self.encoding)));
                    }
                }
            }
            if self.text.contains(&0) {
                return Err(io::Error::new(io::ErrorKind::InvalidData, Stop::Malformed(self.encoding)));
            }
            if self.lone_cr {
                self.mend_breaks();
            }
        }
        Ok(())
    }

    /// Every line break becomes one line feed.
    fn mend_breaks(&mut self) {
        let mut out = Vec::with_capacity(self.text.len() + 1);
        for b in self.text.drain(..) {
            if self.held_cr && b == b'\n' {
                self.held_cr = false;
                continue;
            }
            self.held_cr = b == b'\r';
            out.push(if b == b'\r' { b'\n' } else { b });
        }
        self.text = out;
    }
}

impl<R: Read> Read for Decoding<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.text_at == self.text.len() {
            self.fill()?;
        }
        let n = buf.len().min(self.text.len() - self.text_at);
        buf[..n].copy_from_slice(&self.text[self.text_at..self.text_at + n]);
        self.text_at += n;
        if !self.meter.handed_out(&buf[..n]) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, Stop::TooLong));
        }
        Ok(n)
    }
}
