//! How a command fails: a kind (which is the exit code), a message key, the facts of the case and details for scripts.
//! The words stand in locales/ (`err.KEY` and `hint.KEY`); nothing personal may enter the facts unmasked.

use crate::ui;
use serde_json::{Map, Value};

/// What sort of failure it is: decides the exit code (退出码) and the `kind` of the JSON error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 2: the command line can't be understood.
    Usage,
    /// 3: a rule refuses; the clause is printed.
    Refused,
    /// 4: no such record.
    NotFound,
    /// 5: exists already, or is in the wrong state.
    Conflict,
    /// 65: the data are bad.
    BadData,
    /// 66: no such input.
    NoInput,
    /// 73: the output can't be created.
    CannotCreate,
    /// 74: I/O error, disk full.
    Io,
    /// 75: busy, try again.
    Busy,
    /// 76: not an office file, damaged, older or newer.
    NotOffice,
    /// 77: not permitted.
    NotPermitted,
    /// 78: policy or configuration.
    Policy,
}

impl Kind {
    /// The process exit code.
    pub fn exit_code(self) -> i32 {
        match self {
            Kind::Usage => 2,
            Kind::Refused => 3,
            Kind::NotFound => 4,
            Kind::Conflict => 5,
            Kind::BadData => 65,
            Kind::NoInput => 66,
            Kind::CannotCreate => 73,
            Kind::Io => 74,
            Kind::Busy => 75,
            Kind::NotOffice => 76,
            Kind::NotPermitted => 77,
            Kind::Policy => 78,
        }
    }

    /// The stable name scripts see.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Usage => "usage",
            Kind::Refused => "refused",
            Kind::NotFound => "not_found",
            Kind::Conflict => "conflict",
            Kind::BadData => "bad_data",
            Kind::NoInput => "no_input",
            Kind::CannotCreate => "cannot_create",
            Kind::Io => "io",
            Kind::Busy => "busy",
            Kind::NotOffice => "not_office",
            Kind::NotPermitted => "not_permitted",
            Kind::Policy => "policy",
        }
    }
}

/// A failure on its way to the clerk.
#[derive(Debug, thiserror::Error)]
#[error("{} ({key})", kind.as_str())]
pub struct Error {
    /// Sort and exit code.
    pub kind: Kind,
    /// `err.KEY` in the locales; also `details.reason` for scripts.
    pub key: &'static str,
    /// What `{name}` in the message stands for.
    pub facts: Vec<(&'static str, String)>,
    /// More for scripts.
    pub details: Map<String, Value>,
}

/// The result of anything that can fail before a clerk.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// A failure of `kind` worded by `err.KEY`.
    pub fn new(kind: Kind, key: &'static str) -> Error {
        Error { kind, key, facts: Vec::new(), details: Map::new() }
    }

    /// Adds a fact for the message.
    #[must_use]
    pub fn fact(mut self, name: &'static str, value: impl ToString) -> Error {
        self.facts.push((name, value.to_string()));
        self
    }

    /// Adds a detail for scripts.
    #[must_use]
    pub fn detail(mut self, name: &str, value: impl Into<Value>) -> Error {
        self.details.insert(name.to_owned(), value.into());
        self
    }
}

/// Short makers, one a kind, so that a refusal reads as a sentence where it is raised.
macro_rules! makers {
    ($($name:ident $kind:ident),*) => { $(
        #[doc = concat!("An error of kind ", stringify!($kind), ".")]
        pub fn $name(key: &'static str) -> Error { Error::new(Kind::$kind, key) }
    )* };
}
makers!(
    usage Usage, refused Refused, not_found NotFound, conflict Conflict, bad_data BadData, no_input NoInput,
    cannot_create CannotCreate, io Io, busy Busy, not_office NotOffice, not_permitted NotPermitted, policy Policy
);

/// What SQLite said, in the office's terms. No SQL text ever reaches a clerk.
impl From<rusqlite::Error> for Error {
    fn from(e: rusqlite::Error) -> Error {
        use rusqlite::Error as R;
        use rusqlite::ErrorCode as C;
        match &e {
            R::SqliteFailure(f, _) => match f.code {
                C::DatabaseBusy | C::DatabaseLocked => busy("busy"),
                C::DiskFull => io("disk_full"),
                C::SystemIoFailure => io("sqlite_io").fact("what", f.extended_code),
                // The file was moved away by a restore while this command waited for it.
                C::ReadOnly if f.extended_code == rusqlite::ffi::SQLITE_READONLY_DBMOVED => busy("busy"),
                C::ReadOnly | C::PermissionDenied => not_permitted("read_only"),
                C::CannotOpen => io("sqlite_open"),
                C::OutOfMemory => io("memory"),
                C::DatabaseCorrupt | C::NotADatabase => not_office("damaged"),
                C::ConstraintViolation => conflict("constraint").fact("what", f.extended_code),
                // A schema that lacks what ours has: the file was changed by other hands.
                _ => not_office("damaged"),
            },
            // A column that doesn't hold what our schema promises: damaged or edited from outside.
            _ => not_office("damaged"),
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(e: std::io::Error) -> Error {
        use std::io::ErrorKind as K;
        match e.kind() {
            K::StorageFull => io("disk_full"),
            K::PermissionDenied => not_permitted("file_permission"),
            _ => io("file_io").fact("what", ui::out::why(&e)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::ffi;

    #[test]
    fn what_sqlite_and_the_system_report_has_a_name_and_a_code() {
        for (code, key, exit) in [
            (ffi::SQLITE_BUSY, "busy", 75),
            (ffi::SQLITE_READONLY_DBMOVED, "busy", 75),
            (ffi::SQLITE_FULL, "disk_full", 74),
            (ffi::SQLITE_IOERR_FSYNC, "sqlite_io", 74),
            (ffi::SQLITE_NOMEM, "memory", 74),
            (ffi::SQLITE_CANTOPEN, "sqlite_open", 74),
            (ffi::SQLITE_READONLY, "read_only", 77),
            (ffi::SQLITE_CONSTRAINT_CHECK, "constraint", 5),
            (ffi::SQLITE_CORRUPT, "damaged", 76),
            (ffi::SQLITE_NOTADB, "damaged", 76),
        ] {
            let e = Error::from(rusqlite::Error::SqliteFailure(ffi::Error::new(code), Some("secret words of SQL".into())));
            assert_eq!((e.key, e.kind.exit_code()), (key, exit));
            assert!(e.facts.iter().all(|f| !f.1.contains("SQL")));
        }
        for (kind, key, exit) in [
            (std::io::ErrorKind::StorageFull, "disk_full", 74),
            (std::io::ErrorKind::PermissionDenied, "file_permission", 77),
            (std::io::ErrorKind::Interrupted, "file_io", 74),
        ] {
            let e = Error::from(std::io::Error::from(kind));
            assert_eq!((e.key, e.kind.exit_code()), (key, exit));
        }
    }
}
