//! The process edge: parse, run, exit code. Nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<std::ffi::OsString> = std::env::args_os().collect();
    // Every code of the contract fits a byte.
    ExitCode::from(u8::try_from(rencai::cli::run(&args)).unwrap_or(74))
}
