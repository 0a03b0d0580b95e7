//! Papers (批文与附件): decisions that other records cite, and the files kept beside the office. What a decision covers is judged
//! here; SQL lives in `store`, the folder of files in `keep`, commands in `cmd`.

pub mod cmd;
pub mod keep;
pub mod letter;
#[cfg(feature = "pdf")]
pub mod pdf;
pub mod sheet;
pub mod store;

use crate::base::day::Day;
use crate::base::money::Fen;
use crate::db::digest::Val;
use crate::error::{self, Result};

/// Prefix of a decision's human number.
pub const PREFIX: &str = "D";

/// What is known of a decision (批文), one version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// Document number (文号), as the paper has it.
    pub document_no: String,
    /// Somebody entered the paper; before that only its number was cited.
    pub checked: bool,
    /// Who decided (发文机关).
    pub body: Option<String>,
    /// Title (标题).
    pub title: Option<String>,
    /// Day of the decision (成文日期).
    pub day: Option<Day>,
    /// Most persons it covers (人数).
    pub persons: Option<i64>,
    /// Most money it covers (金额).
    pub limit: Option<Fen>,
}

impl Decision {
    /// The data columns of decision_profile in order.
    pub fn values<'a>(&'a self, folded: &'a str) -> Vec<Val<'a>> {
        vec![
            Val::Text(&self.document_no),
            Val::Text(folded),
            Val::Int(self.checked.into()),
            Val::text(self.body.as_deref()),
            Val::text(self.title.as_deref()),
            Val::int(self.day.map(|d| d.0)),
            Val::int(self.persons),
            Val::int(self.limit.map(|f| f.0)),
        ]
    }

    /// Whether the paper covers so many persons and so much money in all, what was used before included. Exit 3 where it doesn't.
    pub fn covers(&self, no: &str, persons: i64, sum: Fen) -> Result<()> {
        let beyond = |key, what: &str, used: String, most: String| {
            error::refused(key)
                .fact("document_no", &self.document_no)
                .fact("used", &used)
                .fact("most", &most)
                .detail("clause", what)
                .detail("no", no)
                .detail("used", used)
                .detail("most", most)
        };
        if let Some(most) = self.persons.filter(|most| persons > *most) {
            return Err(beyond("decision_persons", "persons", persons.to_string(), most.to_string()));
        }
        if let Some(most) = self.limit.filter(|most| sum > *most) {
            return Err(beyond("decision_sum", "limit", sum.to_string(), most.to_string()));
        }
        Ok(())
    }
}

/// A document number as it is matched: width, kinds of brackets and blanks made even (内人才〔2019〕1号 = 内人才（2019） 1 号).
pub fn fold(document_no: &str) -> String {
    document_no
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '〔' | '［' | '【' | '(' | '（' | '[' => '[',
            '〕' | '］' | '】' | ')' | '）' | ']' => ']',
            '！'..='～' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
            c => c,
        })
        .collect::<String>()
        .to_uppercase()
}

/// Where a file of that digest lies below the folder of files.
pub fn place(sha256: &str) -> String {
    format!("{}/{sha256}", &sha256[..2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_number_is_matched_however_it_is_typed() {
        for other in ["内人才[2019]1号", "内人才（２０１９）１号", " 内人才 〔2019〕 1 号"] {
            assert_eq!(fold(other), fold("内人才〔2019〕1号"));
        }
        assert_ne!(fold("内人才〔2019〕1号"), fold("内人才〔2019〕11号"));
    }

    #[test]
    fn a_decision_covers_at_most_what_it_states() {
        let d = Decision { persons: Some(2), limit: Some(Fen(100)), ..Decision::default() };
        assert!(d.covers("D1", 2, Fen(100)).is_ok());
        assert_eq!(d.covers("D1", 3, Fen(0)).unwrap_err().details["clause"], "persons");
        let beyond = d.covers("D1", 1, Fen(101)).unwrap_err();
        assert_eq!((beyond.key, &beyond.details["clause"]), ("decision_sum", &"limit".into()));
        assert!(Decision::default().covers("D1", 1000, Fen(i64::MAX)).is_ok());
    }
}
