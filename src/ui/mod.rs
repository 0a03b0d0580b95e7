//! How things reach a person: language, rendering, prompts, progress, help and errors.
//! Only `cmd.rs` files and the process edge use it; no rule, no SQL and no business word lives here.

pub mod clean;
pub mod csv;
pub mod entry;
pub mod error;
pub mod filter;
pub mod help;
pub mod lang;
pub mod list;
pub mod out;
pub mod progress;
pub mod prompt;
pub mod render;
pub mod said;
pub mod spark;
pub mod usage;
pub mod value;

pub use error::Problem;
pub use lang::{Lang, lang, set_lang, t, t_in, tf, try_t};
pub use list::ListWriter;
pub use out::{ColorChoice, Out, OutError};
pub use render::{Align, Column, Format, Labeller, Renderer, View};
