//! How a failure is told: lines for a person, one JSON line for a program. What failed, its exit code and its
//! kind are decided elsewhere.

use serde_json::{Value, json};

use super::out::Out;
use super::render::Format;
use super::value::json_line;

/// A failure, ready to be told.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// The exit code.
    pub code: i32,
    /// The stable word for programs: `usage`, `refused`, `not_found` …
    pub kind: &'static str,
    /// What happened and where, in the person's language.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
    /// Facts for programs; an object, or null for none.
    pub details: Value,
}

impl Problem {
    /// A failure without hint and details.
    pub fn new(code: i32, kind: &'static str, message: impl Into<String>) -> Problem {
        Problem { code, kind, message: message.into(), hint: None, details: Value::Null }
    }

    /// Adds the next step.
    #[must_use]
    pub fn hinted(mut self, hint: impl Into<String>) -> Problem {
        self.hint = Some(hint.into());
        self
    }

    /// Adds facts.
    #[must_use]
    pub fn with(mut self, details: Value) -> Problem {
        self.details = details;
        self
    }

    /// The line for programs: `{"error":{"code":3,"kind":"refused",…}}`.
    pub fn to_json(&self) -> String {
        let details = if self.details.is_null() { json!({}) } else { self.details.clone() };
        json_line(&json!({"error": {
            "code": self.code,
            "kind": self.kind,
            "message": self.message,
            "hint": self.hint,
            "details": details,
        }}))
    }

    /// Tells it on stderr in the form that goes with stdout's.
    pub fn print(&self, out: &mut Out, format: Format) {
        if matches!(format, Format::Json | Format::Ndjson) {
            out.say_raw(&self.to_json());
            return;
        }
        out.fail(&self.message);
        if let Some(hint) = &self.hint {
            out.fail_hint(hint);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_reads_two_lines_and_a_program_one() {
        let problem = Problem::new(3, "refused", "row 1\u{202e}").hinted("mend it");
        let (mut out, _, said) = Out::in_memory(None);
        problem.print(&mut out, Format::Table);
        assert_eq!(said.text(), "error: row 1\\u202e\nhint: mend it\n");
        assert_eq!(problem.to_json(), r#"{"error":{"code":3,"kind":"refused","message":"row 1\u202e","hint":"mend it","details":{}}}"#);
        let bare = Problem::new(5, "conflict", "x").with(json!({"possible": ["close"]})).to_json();
        assert_eq!(bare, r#"{"error":{"code":5,"kind":"conflict","message":"x","hint":null,"details":{"possible":["close"]}}}"#);
    }
}
