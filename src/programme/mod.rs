//! Programmes (人才活动, plan 五（二）3, 四（一）1, 四（一）2（9）): training, forums, study trips, practice of Hong Kong and Macao students, exchange. Types,
//! and who may take part, all pure; figures by named project are in `figures`, SQL in `store`, acts in `change`, the commands on participants in `participants`.

pub mod change;
pub mod cmd;
pub mod figures;
mod participants;
pub mod store;

use crate::base::day::Day;
use crate::base::money::Fen;
use crate::base::number;
use crate::base::sheet::{self, Checked, Column, Sheet, What};
use crate::db::digest::Val;
use crate::db::subject::TASK_SUBJECT;
use crate::org;
use crate::workflow::Machine;

/// Prefix of a programme's human number.
pub const PREFIX: &str = "PR";

/// States of a programme, as acts bring them about; planned, running and ended are what time alone does.
pub const MACHINE: Machine =
    Machine { kind: "programme", moves: &[("open", &["closed", "cancelled"]), ("closed", &[]), ("cancelled", &[])] };

/// Whoever is younger needs a guardian's consent (Civil Code 17 to 19).
const ADULT: i32 = 18;

/// What kind of programme it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Skills training, free for whoever takes part (培训).
    Training,
    /// A forum that leading talent holds (论坛峰会).
    Forum,
    /// A study trip of entrepreneurs (考察学习).
    Trip,
    /// Practice of Hong Kong and Macao students (港澳学生实践锻炼).
    Practice,
    /// Exchange of talent, in or out (人才交流).
    Exchange,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 5] = [Kind::Training, Kind::Forum, Kind::Trip, Kind::Practice, Kind::Exchange];

    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Kind::Training => "training",
            Kind::Forum => "forum",
            Kind::Trip => "trip",
            Kind::Practice => "practice",
            Kind::Exchange => "exchange",
        }
    }

    /// From its code.
    pub fn from_code(code: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|k| k.code() == code)
    }

    /// The benefit that pays for it, where the plan orders one.
    pub fn scheme(self) -> Option<&'static str> {
        match self {
            Kind::Training => Some("training"),
            Kind::Forum => Some("forum"),
            Kind::Trip => Some("trip"),
            Kind::Practice | Kind::Exchange => None,
        }
    }

    /// As what somebody takes part where nothing is said: a forum is held by who applies for it.
    pub fn usual_role(self) -> Role {
        if self == Kind::Forum { Role::Applicant } else { Role::Participant }
    }
}

/// As what somebody takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Who holds a forum and has its costs reimbursed (申办人).
    Applicant,
    /// Everybody else (参加人).
    Participant,
}

impl Role {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Role::Applicant => "applicant",
            Role::Participant => "participant",
        }
    }

    /// From its code.
    pub fn from_code(code: &str) -> Role {
        if code == "applicant" { Role::Applicant } else { Role::Participant }
    }
}

/// What a programme is, one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Name (活动名称).
    pub name: String,
    /// bim, ai, finance, bigdata: which of the plan's four it belongs to (靶向育才工程).
    pub named_project: Option<String>,
    /// in, out: of an exchange (交流方向).
    pub direction: Option<String>,
    /// The plan's task line that it carries out (重点任务).
    pub task_id: Option<i64>,
    /// The school or unit that holds it (承办单位).
    pub org_id: Option<i64>,
    /// The other side (合作方).
    pub partner: Option<String>,
    /// Where (地点).
    pub place: Option<String>,
    /// First day.
    pub first: Day,
    /// Last day.
    pub last: Day,
    /// Hours of class (学时).
    pub hours: Option<i64>,
    /// What it costs in all (经费).
    pub cost: Option<Fen>,
}

impl Profile {
    /// The data columns of programme_profile in order; `folded` is the name's matching form.
    pub fn values<'a>(&'a self, folded: &'a str) -> Vec<Val<'a>> {
        vec![
            Val::Text(&self.name),
            Val::Text(folded),
            Val::text(self.named_project.as_deref()),
            Val::text(self.direction.as_deref()),
            Val::int(self.task_id),
            Val::int(self.org_id),
            Val::text(self.partner.as_deref()),
            Val::text(self.place.as_deref()),
            Val::Int(self.first.0.into()),
            Val::Int(self.last.0.into()),
            Val::int(self.hours),
            Val::int(self.cost.map(|f| f.0)),
        ]
    }

    /// Whether a day is one of the programme's.
    pub fn covers(&self, day: Day) -> bool {
        self.first <= day && day <= self.last
    }
}

const fn column(name: &'static str, zh: &'static str, what: What) -> Column {
    Column { name, zh, aliases: &[], what, set: None, personal: false, required: false }
}

/// Columns of a programme; its kind comes last, as an edit can't change it.
pub static COLUMNS: &[Column] = &[
    column("no", "编号", What::No),
    Column { required: true, ..column("name", "活动名称", What::Name) },
    Column { required: true, ..column("from_date", "起始日期", What::Day) },
    Column { required: true, ..column("until", "结束日期", What::Day) },
    Column { set: Some("named_project"), ..column("named_project", "靶向育才工程", What::Code) },
    Column { set: Some("direction"), ..column("direction", "交流方向", What::Code) },
    column("task", "重点任务", What::Text),
    column("org", "承办单位", What::Unit),
    column("partner", "合作方", What::Text),
    column("place", "地点", What::Text),
    column("hours", "学时", What::Count),
    column("cost", "经费（元）", What::Money),
    Column { required: true, set: Some("programme_kind"), ..column("kind", "活动类型", What::Code) },
];

/// Place of a column of `COLUMNS`.
pub fn place(name: &str) -> usize {
    COLUMNS.iter().position(|c| c.name == name).unwrap_or(0)
}

/// Checks what the options or a JSON object say.
pub fn check<'a>(cell: impl Fn(usize) -> Option<&'a str>) -> Checked {
    let mut checked = sheet::check(COLUMNS, cell);
    checked.in_order(place("from_date"), place("until"));
    checked
}

impl Sheet for Profile {
    fn columns() -> &'static [Column] {
        COLUMNS
    }

    // Units and tasks are found before they are set; the kind stands at the anchor.
    fn get(&self, column: &str) -> Option<String> {
        match column {
            "name" => Some(self.name.clone()),
            "from_date" => Some(self.first.iso()),
            "until" => Some(self.last.iso()),
            "named_project" => self.named_project.clone(),
            "direction" => self.direction.clone(),
            "task" => self.task_id.map(|id| number::format(TASK_SUBJECT.prefix, id)),
            "org" => self.org_id.map(|id| number::format(org::PREFIX, id)),
            "partner" => self.partner.clone(),
            "place" => self.place.clone(),
            "hours" => self.hours.map(|h| h.to_string()),
            "cost" => self.cost.map(|f| f.to_string()),
            _ => None,
        }
    }

    fn set(&mut self, column: &str, value: Option<String>) {
        let day = |held: Day| value.as_deref().and_then(Day::parse_iso).unwrap_or(held);
        match column {
            "name" => self.name = value.unwrap_or_default(),
            "from_date" => self.first = day(self.first),
            "until" => self.last = day(self.last),
            "named_project" => self.named_project = value,
            "direction" => self.direction = value,
            "task" => self.task_id = self.task_id.filter(|_| value.is_some()),
            "org" => self.org_id = self.org_id.filter(|_| value.is_some()),
            "partner" => self.partner = value,
            "place" => self.place = value,
            "hours" => self.hours = value.and_then(|v| v.parse().ok()).filter(|h| *h > 0),
            "cost" => self.cost = value.and_then(|v| Fen::parse(&v).ok()),
            _ => {}
        }
    }
}

/// The status of a programme on a day: `state` is what acts brought about.
pub fn status<'a>(state: &'a str, p: &Profile, day: Day) -> &'a str {
    match state {
        "open" if day < p.first => "planned",
        "open" if day <= p.last => "running",
        "open" => "ended",
        done => done,
    }
}

/// What is known of somebody who is to take part.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// talent, student, related.
    pub kind: &'a str,
    /// Primary corps, empty where there is none.
    pub corps: &'a str,
    /// Works here on the day.
    pub here: bool,
    /// Age on the programme's first day.
    pub age: Option<i32>,
    /// The guardian's consent is there.
    pub consent: bool,
}

/// Why somebody can't take part: the rule, and the clause of the plan or of the law behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Message key.
    pub key: &'static str,
    /// Clause.
    pub clause: &'static str,
}

/// Whether somebody may take part in a programme of a kind. Leading talent holds forums, entrepreneurs go on study trips, students come for practice,
/// who goes out in exchange works here; minors need a consent wherever they go.
pub fn admits(kind: Kind, direction: Option<&str>, role: Role, c: Candidate<'_>) -> Result<(), Refusal> {
    let refuse = |key, clause| Err(Refusal { key, clause });
    match kind {
        Kind::Forum if role == Role::Applicant && !(c.corps == "leading" && c.here) => return refuse("not_leading", "五（二）3"),
        Kind::Trip if !(c.corps == "entrepreneur" && c.here) => return refuse("not_entrepreneur", "五（二）3"),
        Kind::Practice if c.kind != "student" => return refuse("not_student", "四（一）2（9）"),
        Kind::Exchange if direction == Some("out") && !c.here => return refuse("not_here", "四（一）2（9）"),
        _ => {}
    }
    // A student of unknown age may be a minor; a talent at work is not.
    let minor = c.age.map_or(c.kind != "talent", |age| age < ADULT);
    if minor && !c.consent {
        return refuse("needs_consent", "民法典第十九条");
    }
    Ok(())
}

/// Where somebody stands: the outcome, else whether they have been there.
pub fn standing(outcome: Option<&str>, days: usize) -> &str {
    match outcome {
        Some(outcome) => outcome,
        None if days > 0 => "attended",
        None => "enrolled",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TALENT: Candidate<'static> = Candidate { kind: "talent", corps: "leading", here: true, age: Some(40), consent: false };

    fn why(kind: Kind, direction: Option<&str>, role: Role, c: Candidate<'_>) -> &'static str {
        admits(kind, direction, role, c).map_or_else(|r| r.key, |()| "")
    }

    #[test]
    fn each_kind_has_its_own_people() {
        use Role::{Applicant, Participant};
        let owner = Candidate { corps: "entrepreneur", ..TALENT };
        let student = Candidate { kind: "student", corps: "", here: true, age: Some(20), consent: false };
        assert_eq!((why(Kind::Forum, None, Applicant, TALENT), why(Kind::Forum, None, Applicant, owner)), ("", "not_leading"));
        assert_eq!((why(Kind::Forum, None, Participant, owner), why(Kind::Forum, None, Participant, student)), ("", ""));
        assert_eq!((why(Kind::Trip, None, Participant, owner), why(Kind::Trip, None, Participant, TALENT)), ("", "not_entrepreneur"));
        assert_eq!(why(Kind::Trip, None, Participant, Candidate { here: false, ..owner }), "not_entrepreneur");
        assert_eq!((why(Kind::Practice, None, Participant, student), why(Kind::Practice, None, Participant, owner)), ("", "not_student"));
        let gone = Candidate { here: false, ..TALENT };
        assert_eq!(
            (why(Kind::Exchange, Some("out"), Participant, gone), why(Kind::Exchange, Some("in"), Participant, gone)),
            ("not_here", "")
        );
        assert_eq!(why(Kind::Training, None, Participant, gone), "");
    }

    #[test]
    fn a_minor_needs_a_consent_and_eighteen_is_none() {
        let student = |age, consent| Candidate { kind: "student", corps: "", here: true, age, consent };
        let of = |c| why(Kind::Practice, None, Role::Participant, c);
        assert_eq!(of(student(Some(17), false)), "needs_consent");
        assert_eq!(of(student(None, false)), "needs_consent", "who may be a minor is taken for one");
        assert_eq!([of(student(Some(17), true)), of(student(Some(18), false)), of(student(None, true))], ["", "", ""]);
        assert_eq!(why(Kind::Training, None, Role::Participant, Candidate { age: None, ..TALENT }), "");
    }

    #[test]
    fn time_alone_makes_a_programme_run_and_end() {
        let p = Profile {
            name: "班".into(),
            named_project: None,
            direction: None,
            task_id: None,
            org_id: None,
            partner: None,
            place: None,
            first: Day(10),
            last: Day(12),
            hours: None,
            cost: None,
        };
        assert_eq!([9, 10, 12, 13].map(|d| status("open", &p, Day(d))), ["planned", "running", "running", "ended"]);
        assert_eq!((status("closed", &p, Day(9)), status("cancelled", &p, Day(13))), ("closed", "cancelled"));
        assert_eq!((standing(None, 0), standing(None, 2), standing(Some("passed"), 0)), ("enrolled", "attended", "passed"));
        for (state, next) in MACHINE.moves {
            assert!(next.iter().all(|n| MACHINE.moves.iter().any(|(s, _)| s == n)), "{state}");
        }
    }
}
