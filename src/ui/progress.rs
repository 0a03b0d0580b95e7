//! A progress bar on stderr, on a terminal only. Everywhere else it does nothing, so that callers need not ask.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::out::Out;

/// A running bar; gone when dropped.
pub struct Progress(ProgressBar);

impl Progress {
    /// Counts rows; without a total it is a spinner.
    pub fn rows(out: &Out, what: &str, total: Option<u64>) -> Progress {
        Progress::new(out, what, total, "{pos}/{len}", "{pos}")
    }

    /// Counts bytes.
    pub fn bytes(out: &Out, what: &str, total: Option<u64>) -> Progress {
        Progress::new(out, what, total, "{bytes}/{total_bytes}", "{bytes}")
    }

    /// For callers without an [`Out`].
    pub fn none() -> Progress {
        Progress(ProgressBar::hidden())
    }

    fn new(out: &Out, what: &str, total: Option<u64>, counted: &str, open: &str) -> Progress {
        if out.is_quiet() || !out.is_heard() {
            return Progress::none();
        }
        let bar = match total {
            Some(n) => ProgressBar::new(n),
            None => ProgressBar::new_spinner(),
        };
        let template = match total {
            Some(_) => format!("{{msg}} [{{bar:30}}] {counted} {{eta}}"),
            None => format!("{{msg}} {{spinner}} {open}"),
        };
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_message(super::out::shown(what));
        // Ten times a second is enough for the eye and costs an import nothing.
        bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
        Progress(bar)
    }

    /// So many more are done.
    pub fn inc(&self, n: u64) {
        self.0.inc(n);
    }

    /// So many are done in all.
    pub fn set(&self, n: u64) {
        self.0.set_position(n);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_no_bar_without_a_terminal() {
        let (out, _, said) = Out::in_memory(None);
        for bar in [Progress::rows(&out, "x", Some(3)), Progress::bytes(&out, "x", None)] {
            bar.inc(1);
            bar.set(3);
            assert!(bar.0.is_hidden());
        }
        assert_eq!(said.text(), "");
    }
}
