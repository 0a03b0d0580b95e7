//! The one way to standard output and standard error: data to the first, everything said to a person to the
//! second. Knows terminals, colour and `--quiet`; forms no text of its own (see `render`).

use std::ffi::OsString;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::sync::{Arc, Mutex, PoisonError};

use anstyle::{AnsiColor, Style};
use dialoguer::console::Term;

use super::clean::{printable, printable_line};
use super::lang::{option_value, t, tf};

/// `--color`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set.
    #[default]
    Auto,
    /// In a pipe too.
    Always,
    /// Never.
    Never,
}

impl ColorChoice {
    /// What the command line asks for, read before clap does; for help and usage errors.
    pub fn detect(args: &[OsString]) -> ColorChoice {
        let asked = option_value(args, "--color");
        match asked.as_deref() {
            Some("always") => ColorChoice::Always,
            Some("never") => ColorChoice::Never,
            _ => ColorChoice::Auto,
        }
    }

    fn on(self, terminal: bool) -> bool {
        match self {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()),
        }
    }
}

/// Why data did not reach standard output.
#[derive(Debug, thiserror::Error)]
pub enum OutError {
    /// The reader closed the pipe (`| head`): stop without a word, exit 0.
    #[error("the reader closed the pipe")]
    Closed,
    /// Disk full, I/O error, nothing to write to: exit 74.
    #[error("{0}")]
    Failed(io::Error),
}

impl OutError {
    /// 0 or 74.
    pub fn exit_code(&self) -> i32 {
        match self {
            OutError::Closed => 0,
            OutError::Failed(_) => 74,
        }
    }

    /// What to tell the person; nothing for a closed pipe.
    pub fn problem(&self) -> Option<super::Problem> {
        match self {
            OutError::Closed => None,
            OutError::Failed(e) => {
                let problem = super::Problem::new(74, "io", tf("err.stdout", &[("what", &why(e))]));
                Some(problem.hinted(t("hint.stdout")).with(serde_json::json!({"reason": "stdout"})))
            }
        }
    }
}

impl From<io::Error> for OutError {
    fn from(e: io::Error) -> OutError {
        if e.kind() == io::ErrorKind::BrokenPipe { OutError::Closed } else { OutError::Failed(e) }
    }
}

/// Standard output and standard error of this run.
pub struct Out {
    data: BufWriter<Box<dyn Write + Send>>,
    said: Box<dyn Write + Send>,
    columns: Option<usize>,
    said_terminal: bool,
    data_colour: bool,
    said_colour: bool,
    quiet: bool,
}

impl Out {
    /// The process's own streams.
    pub fn new(colour: ColorChoice, quiet: bool) -> Out {
        let (data_terminal, said_terminal) = (io::stdout().is_terminal(), io::stderr().is_terminal());
        Out {
            data: BufWriter::with_capacity(64 * 1024, standard_output()),
            said: Box::new(io::stderr()),
            columns: data_terminal.then(|| columns_of(&Term::stdout())),
            said_terminal,
            data_colour: colour.on(data_terminal),
            said_colour: colour.on(said_terminal),
            quiet,
        }
    }

    /// Columns of the terminal that shows the data; `None` in a pipe or a file.
    pub fn columns(&self) -> Option<usize> {
        self.columns
    }

    /// True when what is said on stderr is seen on a terminal.
    pub fn is_heard(&self) -> bool {
        self.said_terminal
    }

    /// True with `--quiet`.
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// True when data may carry blocks (sparklines and bars): on a terminal that shows them.
    pub fn draws(&self) -> bool {
        self.columns.is_some() && super::spark::shows_blocks(|name| std::env::var(name).ok())
    }

    /// True when data may carry colour.
    pub fn data_colour(&self) -> bool {
        self.data_colour
    }

    /// True when messages may carry colour.
    pub fn said_colour(&self) -> bool {
        self.said_colour
    }

    /// Writes data as it is; who forms it also cleans it.
    pub fn data(&mut self, text: &str) -> Result<(), OutError> {
        self.bytes(text.as_bytes())
    }

    /// Writes free text to stdout, made printable.
    pub fn text(&mut self, text: &str) -> Result<(), OutError> {
        self.data(&printable(text))
    }

    /// Writes bytes (an export in another encoding, a file on `-`).
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<(), OutError> {
        Ok(self.data.write_all(bytes)?)
    }

    /// Sends what is still held; the process edge calls it last and heeds its error.
    pub fn finish(&mut self) -> Result<(), OutError> {
        Ok(self.data.flush()?)
    }

    /// A message to the person, not with `--quiet`.
    pub fn note(&mut self, text: &str) {
        if !self.quiet {
            self.say("", Style::new(), text);
        }
    }

    /// What to do next, not with `--quiet`.
    pub fn hint(&mut self, text: &str) {
        if !self.quiet {
            self.say(t("ui.hint"), AnsiColor::Cyan.on_default(), text);
        }
    }

    /// Something the person should know although the command goes on; also with `--quiet`.
    pub fn warn(&mut self, text: &str) {
        self.say(t("ui.warning"), AnsiColor::Yellow.on_default(), text);
    }

    /// A failure's first line; see [`super::Problem::print`].
    pub(super) fn fail(&mut self, text: &str) {
        self.say(t("ui.error"), AnsiColor::Red.on_default().bold(), text);
    }

    /// The hint that belongs to a failure; also with `--quiet`.
    pub(super) fn fail_hint(&mut self, text: &str) {
        self.say(t("ui.hint"), AnsiColor::Cyan.on_default(), text);
    }

    /// One line on stderr as it is (the JSON form of a failure).
    pub(super) fn say_raw(&mut self, line: &str) {
        let _ = self.data.flush();
        let _ = writeln!(self.said, "{line}");
        let _ = self.said.flush();
    }

    /// A message is never worth a failure: errors of stderr are dropped. Data goes first, so that on a
    /// terminal both appear in the order they were written; an error of that flush comes back in `finish`.
    fn say(&mut self, prefix: &str, style: Style, text: &str) {
        if self.said_terminal {
            let _ = self.data.flush();
        }
        let text = printable(text);
        let line =
            if self.said_colour && !prefix.is_empty() { format!("{style}{prefix}{style:#}{text}\n") } else { format!("{prefix}{text}\n") };
        let _ = self.said.write_all(line.as_bytes());
        let _ = self.said.flush();
    }

    /// For a command that is run within another: nothing is heard of it, its data are kept.
    pub fn kept() -> (Out, Memory) {
        let data = Memory::default();
        let out = Out {
            data: BufWriter::new(Box::new(data.clone())),
            said: Box::new(io::sink()),
            columns: None,
            said_terminal: false,
            data_colour: false,
            said_colour: false,
            quiet: true,
        };
        (out, data)
    }

    /// Streams in memory, as if on a terminal of so many columns or in a pipe.
    #[cfg(test)]
    pub(crate) fn in_memory(columns: Option<usize>) -> (Out, Memory, Memory) {
        let (data, said) = (Memory::default(), Memory::default());
        let out = Out {
            data: BufWriter::new(Box::new(data.clone())),
            said: Box::new(said.clone()),
            columns,
            said_terminal: false,
            data_colour: false,
            said_colour: false,
            quiet: false,
        };
        (out, data, said)
    }
}

/// A path, name or other outside value for use inside a message: on one line, nothing that steers a terminal.
pub fn shown(value: &str) -> String {
    printable_line(value).into_owned()
}

/// An I/O error in the person's words; the system's own text for the rarer ones.
pub fn why(e: &io::Error) -> String {
    use io::ErrorKind as K;
    let key = match e.kind() {
        K::StorageFull | K::QuotaExceeded | K::FileTooLarge => "ui.io.full",
        K::ReadOnlyFilesystem => "ui.io.read_only",
        K::PermissionDenied => "ui.io.denied",
        K::NotFound => "ui.io.missing",
        K::AlreadyExists => "ui.io.exists",
        K::IsADirectory => "ui.io.folder",
        K::NotADirectory => "ui.io.not_folder",
        K::InvalidFilename => "ui.io.name",
        K::BrokenPipe => "ui.io.closed",
        _ if e.raw_os_error() == Some(9) => "ui.io.closed", // EBADF has no kind of its own
        _ => return shown(e.to_string().split(" (os error").next().unwrap_or_default()),
    };
    t(key).to_owned()
}

/// The width of a terminal, 100 when it does not tell.
pub(super) fn columns_of(term: &Term) -> usize {
    term.size_checked().map(|(_, c)| usize::from(c)).filter(|c| *c > 0).unwrap_or(100).max(20)
}

/// A duplicate of descriptor 1 rather than `io::stdout()`, which takes EBADF (`1</dev/null`) for success
/// and writes line by line. A closed descriptor 1 was opened on /dev/null by the runtime before `main`.
#[cfg(unix)]
fn standard_output() -> Box<dyn Write + Send> {
    use std::os::fd::AsFd as _;
    match io::stdout().as_fd().try_clone_to_owned() {
        Ok(fd) => Box::new(std::fs::File::from(fd)),
        Err(_) => Box::new(io::stdout()),
    }
}

#[cfg(not(unix))]
fn standard_output() -> Box<dyn Write + Send> {
    Box::new(io::stdout())
}

/// A stream that can be read back.
#[derive(Clone, Debug, Default)]
pub struct Memory(Arc<Mutex<Vec<u8>>>);

impl Memory {
    /// What was written so far.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_pipe_is_no_error_and_a_full_disk_is_74() {
        let closed = OutError::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert_eq!(closed.exit_code(), 0);
        assert!(closed.problem().is_none());
        let full = OutError::from(io::Error::from(io::ErrorKind::StorageFull));
        assert_eq!(full.exit_code(), 74);
        let problem = full.problem().unwrap();
        assert_eq!((problem.code, problem.kind), (74, "io"));
        assert!(problem.message.ends_with("the disk is full"), "{}", problem.message);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_device_is_reported_at_the_end() {
        let (mut out, _, _) = Out::in_memory(None);
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        out.data = BufWriter::new(Box::new(full));
        out.data("x\n").unwrap();
        out.note("a note does not swallow it");
        assert!(matches!(out.finish(), Err(OutError::Failed(_))));
    }

    #[test]
    fn messages_are_made_printable_and_quiet_keeps_warnings() {
        let (mut out, data, said) = Out::in_memory(None);
        out.note("a\x1b[2J");
        out.quiet = true;
        out.note("not heard");
        out.hint("not heard");
        out.warn("heard");
        assert_eq!(said.text(), "a\\x1b[2J\nwarning: heard\n");
        assert_eq!(data.text(), "");
    }
}
