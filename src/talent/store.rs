//! All SQL of persons but that of fact rows, which is `db::facts`'; rows to types. What is written when is said by `change`; many at
//! once are written by `bulk`.

mod attest;
pub mod bulk;
mod identity;
mod kin;
mod lines;
mod pairs;

pub use attest::{attest, attestations, attestations_ever, move_attestations};
pub use identity::{Identity, different_known, holders_known, identity};
pub use kin::{
    Beside, beside, end_relation, move_openings, move_relations, openings, openings_ever, relate, relations, relations_ever, set_opening,
};
pub use lines::{Asked, Line, each_line};
pub use pairs::{alike, judge, judge_different, judgements, merging_op, set_merged};

use super::{Achievement, COUNTED, Code, Engagement, Holding, PREFIX, Profile, Recognition};
use crate::base::codes;
use crate::base::day::{Day, PartDate};
use crate::base::ident::{self, DocType};
use crate::base::{names, number};
use crate::db::facts::{self, Fact};
use crate::db::write::{Tx, new_salt, random_bytes};
use crate::error::{self, Result};
use rusqlite::{Connection, OptionalExtension, Row, params};

/// A person with every fact that is not voided.
#[derive(Clone, Debug)]
pub struct Person {
    /// The anchor's id; `no` is made of it.
    pub id: i64,
    /// talent, student, related.
    pub kind: String,
    /// The survivor of a merge.
    pub merged_into: Option<i64>,
    /// Personal data were erased.
    pub erased: bool,
    /// Versions of the profile, in order of their days.
    pub profiles: Vec<Fact<Profile>>,
    /// Documents.
    pub documents: Vec<Fact<Holding>>,
    /// Engagements.
    pub engagements: Vec<Fact<Engagement>>,
    /// Recognitions.
    pub recognitions: Vec<Fact<Recognition>>,
    /// Achievements.
    pub achievements: Vec<Fact<Achievement>>,
}

impl Person {
    /// The profile on the day; before the first one, or where nothing holds, None.
    pub fn profile_at(&self, day: Day) -> Option<&Fact<Profile>> {
        self.profiles.iter().rev().find(|p| p.span.holds(day))
    }

    /// The name on the day; where nothing holds then, the last one known.
    pub fn name_on(&self, day: Day) -> Option<&str> {
        self.profile_at(day).or(self.profiles.last()).map(|f| f.data.name.as_str())
    }

    /// talent, student or related: whoever is of a corps is a talent, whatever the person was entered as.
    pub fn kind_on(&self, day: Day) -> &str {
        let profile = self.profile_at(day).or(self.profiles.first());
        if profile.is_some_and(|p| !p.data.corps.is_empty()) { "talent" } else { &self.kind }
    }

    /// The recognition on the day.
    pub fn recognition_at(&self, day: Day) -> Option<&Fact<Recognition>> {
        self.recognitions.iter().rev().find(|r| r.span.holds(day) && COUNTED.contains(&&*r.data.state))
    }

    /// Human number.
    pub fn no(&self) -> String {
        number::format(PREFIX, self.id)
    }
}

const PROFILE: &str =
    "seq, from_day, until_day, made_op, voided_op, corps, (SELECT text FROM name WHERE name.id = name_id), birth_date, sex,
    raw_name, nationality, ethnicity, corps_more, category, education, degree, school, major, title, skill_level, industry, gb_industry,
    phone, email, remarks";

fn profile(r: &Row<'_>, a: usize) -> rusqlite::Result<Profile> {
    let code = |i: usize| -> rusqlite::Result<Option<Code>> { Ok(r.get::<_, Option<String>>(a + i)?.map(Code::Owned)) };
    Ok(Profile {
        corps: Code::Owned(r.get::<_, Option<String>>(a)?.unwrap_or_default()),
        name: r.get(a + 1)?,
        birth_date: r.get::<_, Option<i32>>(a + 2)?.map(PartDate),
        sex: code(3)?,
        raw_name: r.get(a + 4)?,
        nationality: code(5)?,
        ethnicity: code(6)?,
        corps_more: r.get(a + 7)?,
        category: code(8)?,
        education: code(9)?,
        degree: code(10)?,
        school: r.get(a + 11)?,
        major: r.get(a + 12)?,
        title: code(13)?,
        skill_level: code(14)?,
        industry: code(15)?,
        gb_industry: code(16)?,
        phone: r.get(a + 17)?,
        email: r.get(a + 18)?,
        remarks: r.get(a + 19)?,
    })
}

const DOCUMENT: &str = "seq, from_day, until_day, made_op, voided_op, kind, number, raw, valid_until";

fn holding(r: &Row<'_>, a: usize) -> rusqlite::Result<Holding> {
    let kind: String = r.get(a)?;
    Ok(Holding {
        // The column holds only our codes; another one is damage.
        kind: DocType::from_code(&kind).ok_or(rusqlite::Error::InvalidQuery)?,
        number: r.get(a + 1)?,
        raw: r.get(a + 2)?,
        valid_until: r.get::<_, Option<i32>>(a + 3)?.map(Day),
    })
}

const ENGAGEMENT: &str = "seq, from_day, until_day, made_op, voided_op, org_id, mode, started, contract_end, position, months_a_year,
    leave_why, leave_to, project_id";

fn engagement(r: &Row<'_>, a: usize) -> rusqlite::Result<Engagement> {
    Ok(Engagement {
        org_id: r.get(a)?,
        mode: Code::Owned(r.get(a + 1)?),
        started: PartDate(r.get(a + 2)?),
        contract_end: r.get::<_, Option<i32>>(a + 3)?.map(PartDate),
        position: r.get(a + 4)?,
        months_a_year: r.get(a + 5)?,
        leave_why: r.get(a + 6)?,
        leave_to: r.get(a + 7)?,
        project_id: r.get(a + 8)?,
    })
}

/// Columns of a recognition behind the four of every fact.
pub const RECOGNITION: &str = "seq, from_day, until_day, made_op, voided_op, id, scheme, class, state, policy_id, route, decision_id,
    mid_check";

/// A recognition from its row.
pub fn recognition(r: &Row<'_>, a: usize) -> rusqlite::Result<Recognition> {
    Ok(Recognition {
        id: r.get(a)?,
        scheme: Code::Owned(r.get(a + 1)?),
        class: Code::Owned(r.get(a + 2)?),
        state: Code::Owned(r.get(a + 3)?),
        policy_id: r.get(a + 4)?,
        route: r.get::<_, Option<String>>(a + 5)?.map(Code::Owned),
        decision_id: r.get(a + 6)?,
        mid_check: r.get::<_, Option<String>>(a + 7)?.map(Code::Owned),
    })
}

const ACHIEVEMENT: &str = "seq, from_day, until_day, made_op, voided_op, text, kind, level, awarded, file_id";

fn achievement(r: &Row<'_>, a: usize) -> rusqlite::Result<Achievement> {
    Ok(Achievement {
        text: r.get(a)?,
        kind: r.get(a + 1)?,
        level: r.get(a + 2)?,
        awarded: r.get::<_, Option<i32>>(a + 3)?.map(PartDate),
        file_id: r.get(a + 4)?,
    })
}

fn all<T>(
    conn: &Connection,
    table: &str,
    columns: &str,
    id: i64,
    voided: bool,
    data: impl Fn(&Row<'_>, usize) -> rusqlite::Result<T>,
) -> Result<Vec<Fact<T>>> {
    let live = if voided { "" } else { "AND voided_op IS NULL" };
    let mut st = conn.prepare_cached(&format!("SELECT {columns} FROM {table} WHERE person_id = ?1 {live} ORDER BY from_day, seq"))?;
    Ok(st.query_map([id], |r| facts::read(r, &data))?.collect::<rusqlite::Result<_>>()?)
}

/// A person and every live fact; None where there is no such anchor or an undo took it back.
pub fn load(conn: &Connection, id: i64) -> Result<Option<Person>> {
    load_with(conn, id, false)
}

/// The same with voided rows, for the history.
pub fn load_with(conn: &Connection, id: i64, voided: bool) -> Result<Option<Person>> {
    let anchor = conn
        .prepare_cached("SELECT kind, merged_into, erased_op IS NOT NULL FROM person WHERE id = ?1 AND (voided_op IS NULL OR ?2)")?
        .query_row(params![id, voided], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
        .optional()?;
    let Some((kind, merged_into, erased)) = anchor else {
        return Ok(None);
    };
    Ok(Some(Person {
        id,
        kind,
        merged_into,
        erased,
        profiles: all(conn, "person_profile", PROFILE, id, voided, profile)?,
        documents: all(conn, "person_document", DOCUMENT, id, voided, holding)?,
        engagements: all(conn, "engagement", ENGAGEMENT, id, voided, engagement)?,
        recognitions: all(conn, "recognition", RECOGNITION, id, voided, recognition)?,
        achievements: all(conn, "achievement", ACHIEVEMENT, id, voided, achievement)?,
    }))
}

/// The live holder of a document number: (person, the number as that paper has it, kind).
pub fn holders(conn: &Connection, key: &str) -> Result<Vec<(i64, String, String)>> {
    Ok(conn
        .prepare_cached(
            "SELECT person_id, coalesce(raw, number), kind FROM person_document
             WHERE number = ?1 AND voided_op IS NULL AND until_day IS NULL ORDER BY person_id",
        )?
        .query_map([key], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?
        .collect::<rusqlite::Result<_>>()?)
}

/// The person a command names: a number `P…`, or `TYPE:NUMBER` of a document.
pub fn resolve(conn: &Connection, text: &str) -> Result<i64> {
    let unknown = || error::not_found("no_person").fact("text", masked_reference(text));
    if let Some((kind, raw)) = text.split_once([':', '：'])
        && let Some(kind) = codes::find("id_type", kind).and_then(DocType::from_code)
    {
        let doc = ident::parse(kind, raw).map_err(|f| error::usage("bad_document").fact("fault", f.as_str()))?;
        let found = holders(conn, &doc.key)?;
        let id = found.iter().find(|h| h.2 == kind.code()).or(found.first()).map(|h| h.0).ok_or_else(unknown)?;
        return Ok(id);
    }
    let id = match number::parse(PREFIX, text) {
        Ok(id) => id,
        Err(number::NumberFault::CheckChar) => {
            return Err(error::usage("number_check").fact("text", text));
        }
        Err(number::NumberFault::NotANumber) => {
            return Err(error::usage("not_a_person").fact("text", masked_reference(text)));
        }
    };
    let there: bool =
        conn.prepare_cached("SELECT EXISTS (SELECT 1 FROM person WHERE id = ?1 AND voided_op IS NULL)")?.query_row([id], |r| r.get(0))?;
    if there { Ok(id) } else { Err(unknown()) }
}

/// A reference as an error may repeat it: digits of a document are personal.
fn masked_reference(text: &str) -> String {
    match text.split_once([':', '：']) {
        Some((kind, number)) => format!("{kind}:{}", ident::mask(number.trim())),
        None if text.chars().filter(char::is_ascii_digit).count() > 8 => ident::mask(text),
        None => text.to_owned(),
    }
}

/// Whether a person is or was known under a matched name.
pub fn is_named(conn: &Connection, id: i64, folded: &str) -> Result<bool> {
    Ok(conn
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM person_profile p JOIN name n ON n.id = p.name_id
                            WHERE p.person_id = ?1 AND p.voided_op IS NULL AND n.folded = ?2)",
        )?
        .query_row(params![id, folded], |r| r.get(0))?)
}

/// The last name a person is known under.
pub fn last_name(conn: &Connection, id: i64) -> Result<String> {
    Ok(conn
        .prepare_cached(
            "SELECT n.text FROM person_profile p JOIN name n ON n.id = p.name_id WHERE p.person_id = ?1 AND p.voided_op IS NULL
             ORDER BY p.from_day DESC, p.seq DESC LIMIT 1",
        )?
        .query_row([id], |r| r.get(0))
        .optional()?
        .unwrap_or_default())
}

/// Whom a person was merged into, through every merge; the person itself where there was none.
pub fn survivor(conn: &Connection, id: i64) -> Result<i64> {
    let mut id = id;
    let mut st = conn.prepare_cached("SELECT merged_into FROM person WHERE id = ?1")?;
    while let Some(into) = st.query_row([id], |r| r.get::<_, Option<i64>>(0)).optional()?.flatten() {
        id = into;
    }
    Ok(id)
}

/// Live persons with the same matched name and birth date, with whether they hold a resident ID: candidates for a twin.
pub fn same_name_birth(conn: &Connection, folded: &str, birth: PartDate) -> Result<Vec<(i64, bool)>> {
    Ok(conn
        .prepare_cached(
            "SELECT p.person_id, EXISTS (SELECT 1 FROM person_document d WHERE d.person_id = p.person_id AND d.kind = 'resident_id'
                                           AND d.voided_op IS NULL AND d.until_day IS NULL)
             FROM name n JOIN person_profile p ON p.name_id = n.id
             WHERE n.folded = ?1 AND p.birth_date = ?2 AND p.voided_op IS NULL AND p.until_day IS NULL ORDER BY p.person_id",
        )?
        .query_map(params![folded, birth.0], |r| Ok((r.get(0)?, r.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?)
}

/// Ids of names whose matched form, pinyin or initials have the text in them; scans the dictionary (33 ms at 570,000 names).
pub fn names_like(conn: &Connection, text: &str) -> Result<Vec<i64>> {
    let folded = names::fold(text);
    if folded.is_empty() {
        return Ok(Vec::new());
    }
    // Readings are ASCII: only then is it worth looking at them.
    let sql = if folded.is_ascii() {
        "SELECT id FROM name WHERE instr(folded, ?1) > 0 OR instr(pinyin, ?1) > 0 OR instr(initials, ?1) > 0"
    } else {
        "SELECT id FROM name WHERE instr(folded, ?1) > 0"
    };
    Ok(conn.prepare_cached(sql)?.query_map([&folded], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// Persons of a name, by any live version of their profile.
pub fn by_name(conn: &Connection, name_id: i64) -> Result<Vec<i64>> {
    Ok(conn
        .prepare_cached("SELECT DISTINCT person_id FROM person_profile WHERE name_id = ?1 AND voided_op IS NULL")?
        .query_map([name_id], |r| r.get(0))?
        .collect::<rusqlite::Result<_>>()?)
}

/// Persons with that phone. Scans: phones have no index, as they are asked for rarely.
pub fn by_phone(conn: &Connection, phone: &str) -> Result<Vec<i64>> {
    Ok(conn
        .prepare_cached("SELECT DISTINCT person_id FROM person_profile WHERE phone = ?1 AND voided_op IS NULL ORDER BY person_id")?
        .query_map([phone], |r| r.get(0))?
        .collect::<rusqlite::Result<_>>()?)
}

/// Persons engaged with a unit at any time.
pub fn by_org(conn: &Connection, org_id: i64) -> Result<Vec<i64>> {
    Ok(conn
        .prepare_cached("SELECT DISTINCT person_id FROM engagement WHERE org_id = ?1 AND voided_op IS NULL ORDER BY person_id")?
        .query_map([org_id], |r| r.get(0))?
        .collect::<rusqlite::Result<_>>()?)
}

/// Whether somebody works in the zone on a day.
pub fn works_here(conn: &Connection, id: i64, day: Day) -> Result<bool> {
    Ok(conn
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM engagement WHERE person_id = ?1 AND voided_op IS NULL AND from_day <= ?2
                              AND (until_day IS NULL OR until_day >= ?2))",
        )?
        .query_row(params![id, day.0], |r| r.get(0))?)
}

/// What the log says of an op: number, time in milliseconds, business day, actor, command.
pub type OpLine = (i64, i64, i32, String, String);

/// What the log says of an op.
pub fn op_line(conn: &Connection, op: i64) -> Result<Option<OpLine>> {
    Ok(conn
        .prepare_cached("SELECT op, recorded_at, business_day, actor, command FROM op WHERE op = ?1")?
        .query_row([op], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?)))
        .optional()?)
}

/// Whether there is such an op.
pub fn op_exists(conn: &Connection, op: i64) -> Result<bool> {
    Ok(op_line(conn, op)?.is_some())
}

/// Id of a name in the dictionary, made where it is new.
pub fn name_id(tx: &Tx<'_>, text: &str) -> Result<i64> {
    let folded = names::fold(text);
    let found = tx
        .conn()
        .prepare_cached("SELECT id FROM name WHERE folded = ?1 AND text = ?2")?
        .query_row([&folded, text], |r| r.get(0))
        .optional()?;
    if let Some(id) = found {
        return Ok(id);
    }
    let (pinyin, initials) = names::pinyin(text);
    tx.conn()
        .prepare_cached("INSERT INTO name (text, folded, pinyin, initials) VALUES (?1, ?2, ?3, ?4)")?
        .execute([text, &folded, &pinyin, &initials])?;
    Ok(tx.conn().last_insert_rowid())
}

/// The next free id of a recognition. Those that rosters say have no index on their number: the highest is asked once an op.
pub fn next_recognition(tx: &mut Tx<'_>) -> Result<i64> {
    tx.next_number("recognition", "SELECT coalesce(max(id), 0) FROM recognition")
}

/// The anchor of a new person of a kind (talent, student, related); its id.
pub fn anchor(tx: &Tx<'_>, kind: &str) -> Result<i64> {
    let id: i64 = tx.conn().prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM person")?.query_row([], |r| r.get(0))?;
    let salt = new_salt(id, i64::from(tx.day.0), &random_bytes());
    tx.conn()
        .prepare_cached("INSERT INTO person (id, made_op, kind, salt) VALUES (?1, ?2, ?4, ?3)")?
        .execute(params![id, tx.op, salt, kind])?;
    Ok(id)
}
