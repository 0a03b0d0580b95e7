//! Asking a person at a terminal: free text, one of several, yes or no. Whether to ask at all, and what option
//! spares the question, is the caller's; without a terminal nothing here waits.

use std::io::{self, IsTerminal as _};

use dialoguer::console::{Key, Term};
use rustyline::error::ReadlineError;
use rustyline::{Behavior, Config, DefaultEditor};

use super::clean::{cut, printable_line};
use super::lang::{t, tf};
use super::out::columns_of;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// Ctrl-C, Ctrl-D or Esc.
    #[error("{}", t("ui.ask.cancelled"))]
    Cancelled,
    /// Not at a terminal: exit 2, naming the option to give instead.
    #[error("{}", t("ui.ask.no_terminal"))]
    NoTerminal,
    /// The terminal failed.
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// True when stdin and stderr are terminals.
pub fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks for a line of text; asks again, with what was typed, until `check` is content. Read by rustyline:
/// dialoguer moves one column where a Chinese character takes two. It talks to /dev/tty, never to stdout.
pub fn text(question: &str, initial: &str, check: impl Fn(&str) -> Result<(), String>) -> Result<String, AskError> {
    let term = asked()?;
    let config = Config::builder().behavior(Behavior::PreferTerm).build();
    let mut editor = DefaultEditor::with_config(config).map_err(read_error)?;
    let question = format!("{} ", printable_line(question));
    let mut typed = initial.to_owned();
    loop {
        let line = editor.readline_with_initial(&question, (&typed, "")).map_err(read_error)?;
        let answer = line.trim().to_owned();
        match check(&answer) {
            Ok(()) => return Ok(answer),
            Err(why) => term.write_line(&printable_line(&why))?,
        }
        typed = answer;
    }
}

/// A check for [`text`]: something must be entered.
pub fn not_empty(answer: &str) -> Result<(), String> {
    if answer.is_empty() { Err(t("ui.ask.empty").to_owned()) } else { Ok(()) }
}

fn read_error(e: ReadlineError) -> AskError {
    match e {
        ReadlineError::Eof | ReadlineError::Interrupted => AskError::Cancelled,
        ReadlineError::Io(e) => AskError::Io(e),
        other => AskError::Io(io::Error::other(other)),
    }
}

/// Asks for one of several; gives its index. Drawn here on dialoguer's terminal: dialoguer's own `Select` answers
/// Ctrl-C by killing the process with the cursor still hidden, and miscounts items wider than the terminal.
pub fn choose(question: &str, items: &[String], first: usize) -> Result<usize, AskError> {
    let term = asked()?;
    if items.is_empty() {
        return Err(AskError::Cancelled);
    }
    let question = printable_line(question);
    let columns = columns_of(&term);
    term.write_line(&cut(&format!("{question} {}", t("ui.ask.choose_keys")), columns.saturating_sub(1)))?;
    let shown = usize::from(term.size().0).saturating_sub(2).clamp(1, items.len());
    let mut menu = Menu { at: first.min(items.len() - 1), len: items.len(), shown };
    loop {
        for i in menu.window() {
            let mark = if i == menu.at { "> " } else { "  " };
            let item = printable_line(&items[i]);
            term.write_line(&format!("{mark}{}", cut(&item, columns.saturating_sub(4))))?;
        }
        let key = term.read_key_raw();
        term.clear_last_lines(shown)?;
        match menu.press(&key?) {
            Step::Moved => {}
            Step::Chosen => {
                term.clear_last_lines(1)?;
                let line = format!("{question} {}", printable_line(&items[menu.at]));
                term.write_line(&cut(&line, columns.saturating_sub(1)))?;
                return Ok(menu.at);
            }
            Step::Left => return Err(AskError::Cancelled),
        }
    }
}

/// Asks yes or no; takes y/n and 是/否, and Enter when there is a default.
pub fn confirm(question: &str, default: Option<bool>) -> Result<bool, AskError> {
    let term = asked()?;
    let key = match default {
        None => "ui.ask.confirm",
        Some(true) => "ui.ask.confirm_yes",
        Some(false) => "ui.ask.confirm_no",
    };
    term.write_str(&tf(key, &[("question", &printable_line(question))]))?;
    let answer = loop {
        match yes_or_no(&term.read_key_raw()?, default) {
            Some(answer) => break answer,
            None => continue,
        }
    };
    let word = match answer {
        Some(true) => t("ui.yes"),
        Some(false) => t("ui.no"),
        None => "",
    };
    term.write_line(&format!(" {word}"))?;
    answer.ok_or(AskError::Cancelled)
}

/// `None`: a key that says nothing; `Some(None)`: the person leaves.
fn yes_or_no(key: &Key, default: Option<bool>) -> Option<Option<bool>> {
    match key {
        Key::Char('y' | 'Y' | '是') => Some(Some(true)),
        Key::Char('n' | 'N' | '否') => Some(Some(false)),
        Key::Enter => default.map(Some),
        key if leaves(key) => Some(None),
        _ => None,
    }
}

/// A terminal that has gone away reads as `Unknown` for ever: leave rather than spin.
fn leaves(key: &Key) -> bool {
    matches!(key, Key::CtrlC | Key::Escape | Key::Char('\u{4}') | Key::Unknown)
}

fn asked() -> Result<Term, AskError> {
    if can_ask() { Ok(Term::stderr()) } else { Err(AskError::NoTerminal) }
}

struct Menu {
    at: usize,
    len: usize,
    shown: usize,
}

#[derive(Debug, PartialEq)]
enum Step {
    Moved,
    Chosen,
    Left,
}

impl Menu {
    /// The items on the screen: the chosen one always among them.
    fn window(&self) -> std::ops::Range<usize> {
        let start = self.at.saturating_sub(self.shown / 2).min(self.len - self.shown);
        start..start + self.shown
    }

    fn press(&mut self, key: &Key) -> Step {
        let last = self.len - 1;
        self.at = match key {
            Key::Enter => return Step::Chosen,
            key if leaves(key) => return Step::Left,
            Key::ArrowUp | Key::Char('k') => self.at.checked_sub(1).unwrap_or(last),
            Key::ArrowDown | Key::Char('j') | Key::Tab if self.at == last => 0,
            Key::ArrowDown | Key::Char('j') | Key::Tab => self.at + 1,
            Key::PageUp => self.at.saturating_sub(self.shown),
            Key::PageDown => (self.at + self.shown).min(last),
            Key::Home => 0,
            Key::End => last,
            _ => self.at,
        };
        Step::Moved
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arrows_go_round_and_the_window_follows() {
        let mut menu = Menu { at: 0, len: 10, shown: 4 };
        assert_eq!(menu.window(), 0..4);
        assert_eq!(menu.press(&Key::ArrowUp), Step::Moved);
        assert_eq!((menu.at, menu.window()), (9, 6..10));
        menu.press(&Key::ArrowDown);
        menu.press(&Key::PageDown);
        assert_eq!((menu.at, menu.window()), (4, 2..6));
        assert_eq!(menu.press(&Key::CtrlC), Step::Left);
        assert_eq!(menu.press(&Key::Enter), Step::Chosen);
    }

    #[test]
    fn yes_and_no_are_understood_in_both_languages() {
        assert_eq!(yes_or_no(&Key::Char('是'), None), Some(Some(true)));
        assert_eq!(yes_or_no(&Key::Char('N'), None), Some(Some(false)));
        assert_eq!(yes_or_no(&Key::Enter, None), None);
        assert_eq!(yes_or_no(&Key::Enter, Some(false)), Some(Some(false)));
        assert_eq!(yes_or_no(&Key::Char('\u{4}'), Some(true)), Some(None));
        assert_eq!(yes_or_no(&Key::Char('x'), Some(true)), None);
    }
}
