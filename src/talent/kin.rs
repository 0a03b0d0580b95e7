//! Family (亲属关系), balances at the start (期初数) and what an award rests on: types, rules and the commands `relate`, `achieve`,
//! `achievements`. SQL is in `store::kin`.

use super::look::load;
use super::store::{self, Person};
use super::{Achievement, PREFIX};
use crate::base::day::{Day, PartDate};
use crate::base::money::Fen;
use crate::base::{codes, number};
use crate::db::digest::Val;
use crate::db::facts::{self, Fact, Span};
use crate::db::subject::{ACHIEVEMENT, PERSON_SUBJECT};
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::office::{Exit, Office};
use crate::paper;
use crate::ui::entry::text_said;
use crate::ui::{Column, View};
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use std::path::Path;

/// What the other person is to this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Husband or wife (配偶).
    Spouse,
    /// Son or daughter (子女).
    Child,
    /// Father or mother (父母).
    Parent,
}

impl Kind {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Kind::Spouse => "spouse",
            Kind::Child => "child",
            Kind::Parent => "parent",
        }
    }

    /// From its code.
    pub fn from_code(code: &str) -> Option<Kind> {
        [Kind::Spouse, Kind::Child, Kind::Parent].into_iter().find(|k| k.code() == code)
    }

    /// What this person is to the other one.
    #[must_use]
    pub fn seen_from_there(self) -> Kind {
        match self {
            Kind::Spouse => Kind::Spouse,
            Kind::Child => Kind::Parent,
            Kind::Parent => Kind::Child,
        }
    }
}

/// A relation as one of the two sees it.
#[derive(Clone, Debug)]
pub struct Relation {
    /// Under whom the row stands.
    pub owner: i64,
    /// The other person.
    pub other: i64,
    /// What the other person is, and since when.
    pub fact: Fact<Kind>,
}

/// What was granted before this office file began.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opening {
    /// Scheme of the benefit (待遇).
    pub scheme: Option<String>,
    /// Months of it already used (已享受月数): they count over a life.
    pub months: Option<i64>,
    /// Money already paid (已拨付).
    pub paid: Option<Fen>,
    /// Number of a card that is out, as printed (在用服务卡).
    pub card_no: Option<String>,
    /// Its level.
    pub card_level: Option<String>,
    /// Its last day.
    pub card_until: Option<Day>,
}

impl Opening {
    /// The data columns of opening in order.
    pub fn values(&self) -> Vec<Val<'_>> {
        vec![
            Val::text(self.scheme.as_deref()),
            Val::int(self.months),
            Val::int(self.paid.map(|f| f.0)),
            Val::text(self.card_no.as_deref()),
            Val::text(self.card_level.as_deref()),
            Val::int(self.card_until.map(|d| d.0)),
        ]
    }
}

/// What came of relating two persons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Related {
    /// Kept now.
    New,
    /// Known before.
    Known,
}

/// Keeps that `other` is the person's `kind`, from `day`. 5 where they are related otherwise or one of them has another spouse; 65
/// where a child would be older than its parent.
pub fn relate(tx: &mut Tx<'_>, p: &Person, other: &Person, kind: Kind, day: Day) -> Result<Related> {
    if p.id == other.id {
        return Err(error::usage("relate_self").fact("no", p.no()));
    }
    let live = |id: i64| -> Result<Vec<Relation>> {
        Ok(store::relations(tx.conn(), id)?.into_iter().filter(|r| r.fact.span.until.is_none_or(|u| u >= day)).collect())
    };
    let mine = live(p.id)?;
    if let Some(held) = mine.iter().find(|r| r.other == other.id) {
        if held.fact.data == kind {
            return Ok(Related::Known);
        }
        return Err(error::conflict("related_otherwise")
            .fact("no", p.no())
            .fact("other", other.no())
            .fact("kind", crate::ui::try_t(&format!("value.relation.{}", held.fact.data.code())).unwrap_or(held.fact.data.code()))
            .detail("possible", vec!["end"]));
    }
    if kind == Kind::Spouse {
        for (who, list) in [(p, mine), (other, live(other.id)?)] {
            if let Some(r) = list.iter().find(|r| r.fact.data == Kind::Spouse) {
                let no = number::format(PREFIX, r.other);
                return Err(error::conflict("has_spouse").fact("no", who.no()).fact("other", &no).detail("no", no));
            }
        }
    }
    let born = |p: &Person| p.profiles.last().and_then(|f| f.data.birth_date).map(PartDate::first_day);
    let (child, parent) = match kind {
        Kind::Child => (born(other), born(p)),
        Kind::Parent => (born(p), born(other)),
        Kind::Spouse => (None, None),
    };
    if child.zip(parent).is_some_and(|(c, p)| c <= p) {
        return Err(error::bad_data("child_older").fact("no", p.no()).fact("other", other.no()).detail("code", "date_order"));
    }
    store::relate(tx, p.id, other.id, kind, Span::from(day))?;
    Ok(Related::New)
}

/// `talent relate`.
pub(super) fn relate_cmd(office: &Office, text: &str, to: &str, kind: &str, end: bool) -> Result<Exit> {
    let (p, other) = (load(office, text)?, load(office, to)?);
    let kind = Kind::from_code(kind).ok_or_else(|| error::usage("not_understood"))?;
    let done = office.write("talent.relate", Map::new(), |tx| {
        if end {
            let held = store::relations(tx.conn(), p.id)?;
            let held = held.iter().find(|r| r.other == other.id && r.fact.data == kind && r.fact.span.until.is_none());
            let held = held.ok_or_else(|| error::not_found("not_related").fact("no", p.no()).fact("other", other.no()))?;
            store::end_relation(tx, p.id, held, tx.day)?;
        } else {
            relate(tx, &p, &other, kind, tx.day)?;
        }
        // The business day is an ended relation's last: the answer tells what holds from the next.
        let day = if end { tx.day.succ() } else { tx.day };
        Ok(json!({
            "no": p.no(), "status": if end { "ended" } else { "active" }, "to": other.no(), "kind": kind.code(),
            "relations": relations_json(tx.conn(), p.id, day)?,
        }))
    })?;
    office.show_changed(&done)
}

/// The family on the day, for a person's page.
pub fn relations_json(conn: &Connection, id: i64, day: Day) -> Result<Vec<Value>> {
    let mut out = Vec::new();
    for r in store::relations(conn, id)?.iter().filter(|r| r.fact.span.holds(day)) {
        let Some(other) = store::load(conn, r.other)? else { continue };
        let name = other.profile_at(day).or(other.profiles.first()).map(|f| f.data.name.clone());
        out.push(json!({"relation": r.fact.data.code(), "no": other.no(), "name": name, "from": r.fact.span.from.iso()}));
    }
    Ok(out)
}

/// What an entry says of an award beyond its text.
#[derive(clap::Args, Debug)]
pub(super) struct Award {
    #[arg(long = "text", value_name = "TEXT")]
    achievement: String,
    #[arg(long, value_name = "KIND", value_parser = ["award", "title", "patent", "paper", "programme", "other"])]
    kind: Option<String>,
    #[arg(long, value_name = "LEVEL")]
    level: Option<String>,
    #[arg(long, value_name = "DAY")]
    on: Option<String>,
    #[arg(long, value_name = "FILE")]
    file: Option<std::path::PathBuf>,
}

/// `talent achieve`: enters an award, or completes the one of that text.
pub(super) fn achieve(office: &Office, text: &str, award: &Award) -> Result<Exit> {
    let p = load(office, text)?;
    let said = text_said(&award.achievement, "--text")?;
    let level = award.level.as_deref().map(|l| {
        codes::find("platform_level", l).ok_or_else(|| {
            let all: Vec<&str> = codes::codes("platform_level").map(|c| c.code).collect();
            error::usage("unknown_level").fact("value", l).fact("values", all.join(", "))
        })
    });
    let level = level.transpose()?;
    let awarded = award.on.as_deref().map(|d| PartDate::parse(d).map_err(|_| error::usage("unknown_day").fact("value", d))).transpose()?;
    let kept = award.file.as_deref().map(|f| paper::cmd::bring(office, f)).transpose()?;
    let done = office.write("talent.achieve", Map::new(), |tx| {
        let held = p.achievements.iter().find(|a| a.data.text == said && a.span.until.is_none());
        let mut new = held.map_or_else(|| Achievement::told(&said), |a| a.data.clone());
        new.kind = award.kind.clone().or(new.kind);
        new.level = level.map(str::to_owned).or(new.level);
        new.awarded = awarded.or(new.awarded);
        if let (Some(k), Some(f)) = (&kept, award.file.as_deref()) {
            new.file_id = Some(paper_of(tx, &p, f, k)?);
        }
        achieved(tx, &p, &new)?;
        let mut v = award_json(&new);
        v["no"] = p.no().into();
        v["status"] = "active".into();
        Ok(v)
    })?;
    office.show_changed(&done)
}

/// Keeps an award of a person, or what is now known of the one of that text.
pub fn achieved(tx: &mut Tx<'_>, p: &Person, new: &Achievement) -> Result<()> {
    match p.achievements.iter().find(|a| a.data.text == new.text && a.span.until.is_none()) {
        Some(a) if a.data == *new => return Ok(()),
        Some(a) => facts::correct(tx, &ACHIEVEMENT, p.id, a.seq, a.span, &new.values())?,
        None => {
            let from = new.awarded.map_or(tx.day, PartDate::first_day);
            facts::insert(tx, &ACHIEVEMENT, p.id, Span::from(from), &new.values())?;
        }
    }
    tx.touch(&PERSON_SUBJECT, p.id);
    Ok(())
}

/// Keeps the paper of an award beside the person.
fn paper_of(tx: &mut Tx<'_>, p: &Person, file: &Path, kept: &(String, i64)) -> Result<i64> {
    paper::store::paper_of(tx, &paper::cmd::kept(file, kept.0.clone(), kept.1, "achievement", false, ("person", p.id)))
}

fn award_json(a: &Achievement) -> Value {
    json!({
        "achievement": a.text, "kind": a.kind, "level": a.level, "awarded": a.awarded.map(|d| d.iso()), "paper": a.file_id.is_some(),
    })
}

/// `talent achievements`: awards of a person on the day, with what is known of them.
pub(super) fn achievements(office: &Office, text: &str) -> Result<Exit> {
    let p = load(office, text)?;
    let day = office.as_of();
    let rows = p.achievements.iter().filter(|a| a.span.holds(day)).map(|a| award_json(&a.data)).collect();
    let columns = ["achievement", "kind", "level", "awarded", "paper"].into_iter().map(Column::new).collect();
    office.show(&View::list(rows, columns))?;
    Ok(Exit::Done)
}
