//! Rosters out: the state of one day, one row a person, that comes back in unchanged; and empty templates. Each export is an op
//! of its own, committed before the first byte leaves.

use super::Kind;
use super::out::{Encoding, Writer};
use super::report::ColumnInfo;
use crate::base::codes;
use crate::base::day::Day;
use crate::base::ident;
use crate::base::number;
use crate::base::sheet::Sheet as _;
use crate::error::{self, Result};
use crate::office::{Exit, Office};
use crate::policy::TargetsPack;
use crate::talent::entry::{COLUMNS, Column, Key};
use crate::talent::look::FIELDS;
use crate::talent::store::{self, Person};
use crate::talent::{Status, current, status, view};
use crate::ui::Lang;
use crate::ui::filter::Filter;
use crate::{org, platform, project};
use rusqlite::Connection;
use serde_json::Map;
use std::path::Path;

/// Columns of an export of leavers behind the usual ones.
const LEFT: &[&str] = &["end_date", "why"];

/// `roster export`.
pub fn export(office: &Office, file: Option<&Path>, kind: Kind, filter: Option<&str>, encoding: Encoding) -> Result<Exit> {
    let zh = office.document_lang()? == Lang::Zh;
    match kind {
        Kind::Talent => talents(office, file, filter, encoding, zh),
        Kind::Org => {
            let filter = Filter::parse(filter, org::cmd::FIELDS)?;
            records(office, file, kind, encoding, zh, |conn, day, put| {
                let heads = org::store::headcounts(conn, day)?;
                org::store::each(conn, day, |id, v| {
                    if filter.takes(&org::cmd::line(id, &v, day, heads.get(&id).copied().unwrap_or(0))) {
                        put(number::format(org::PREFIX, id), &|c| match &v.data.phone {
                            Some(p) if c == "phone" && !office.globals.reveal => Some(ident::mask_phone(p)),
                            _ => v.data.get(c),
                        })?;
                    }
                    Ok(())
                })
            })
        }
        Kind::Platform => {
            let filter = Filter::parse(filter, platform::cmd::FIELDS)?;
            records(office, file, kind, encoding, zh, |conn, day, put| {
                let pack = crate::target::store::pack(conn)?;
                for id in platform::store::ids(conn)? {
                    let Some(p) = platform::store::load(conn, id)? else { continue };
                    let Some(v) = p.profile_at(day).filter(|_| filter_takes_platform(&filter, conn, &p, day, &pack)) else { continue };
                    let stage = p.stage_at(day);
                    let unit = match v.data.org_id {
                        Some(org) => org::store::name_at(conn, org, day)?.map(|n| n.0),
                        None => None,
                    };
                    put(number::format(platform::PREFIX, id), &|c| match c {
                        "org" => unit.clone(),
                        "stage" => stage.map(|s| s.data.clone()),
                        "since" => stage.map(|s| s.span.from.iso()),
                        c => v.data.get(c),
                    })?;
                }
                Ok(())
            })
        }
        Kind::Project => {
            let filter = Filter::parse(filter, project::cmd::FIELDS)?;
            records(office, file, kind, encoding, zh, |conn, day, put| {
                for id in project::store::ids(conn)? {
                    let Some(p) = project::store::load(conn, id)? else { continue };
                    let object = project::cmd::object(conn, &p, day)?;
                    if !filter.takes(&object) {
                        continue;
                    }
                    let name = |v: &serde_json::Value| v["name"].as_str().map(str::to_owned);
                    let units: Vec<String> = object["units"].as_array().into_iter().flatten().filter_map(name).collect();
                    put(number::format(project::PREFIX, id), &|c| match c {
                        "org" => name(&object["org"]),
                        "units" => Some(units.join(";")).filter(|u| !u.is_empty()),
                        c => object[c].as_str().map(str::to_owned),
                    })?;
                }
                Ok(())
            })
        }
        _ => Err(error::usage("export_kind").fact("kind", kind.code())),
    }
}

fn filter_takes_platform(filter: &Filter, conn: &Connection, p: &platform::store::Platform, day: Day, pack: &TargetsPack) -> bool {
    platform::cmd::object(conn, p, day, pack).is_ok_and(|v| filter.takes(&v))
}

/// Takes one record: its number, and how its columns read.
type Put<'p> = dyn FnMut(String, &dyn Fn(&str) -> Option<String>) -> Result<()> + 'p;

/// Writes a roster of units or platforms; `each` hands out the records in the order of their numbers.
fn records(
    office: &Office,
    file: Option<&Path>,
    kind: Kind,
    encoding: Encoding,
    zh: bool,
    each: impl FnOnce(&Connection, Day, &mut Put<'_>) -> Result<()>,
) -> Result<Exit> {
    let columns = kind.columns();
    let mut out = Writer::open(office, file, encoding, kind, columns, zh)?;
    recorded(office, file, kind)?;
    let mut count = 0u64;
    each(office.read()?, office.as_of(), &mut |no, get| {
        let cells: Vec<String> = columns
            .iter()
            .map(|c| match (c.name, get(c.name)) {
                ("no", _) => no.clone(),
                (_, None) => String::new(),
                (_, Some(v)) => c.set.filter(|_| zh).and_then(|s| codes::label(s, &v, true)).map_or(v, str::to_owned),
            })
            .collect();
        count += 1;
        out.row(cells.iter().map(String::as_str))
    })?;
    out.finish()?;
    told(office, file, count);
    Ok(Exit::Done)
}

/// Nothing leaves before it is written that it leaves.
fn recorded(office: &Office, file: Option<&Path>, kind: Kind) -> Result<()> {
    let mut what = Map::new();
    what.insert("kind".into(), kind.code().into());
    what.insert("reveal".into(), office.globals.reveal.into());
    what.insert("to".into(), file.and_then(Path::file_name).map(|n| n.to_string_lossy().into_owned()).into());
    office.record_access("roster.export", what).map(|_| ())
}

fn told(office: &Office, file: Option<&Path>, count: u64) {
    if let Some(f) = file.filter(|f| *f != Path::new("-")) {
        office.note("note.exported", &[("n", &count), ("path", &crate::ui::out::shown(&f.display().to_string()))]);
    }
}

/// The talent roster.
fn talents(office: &Office, file: Option<&Path>, filter: Option<&str>, encoding: Encoding, zh: bool) -> Result<Exit> {
    let filter = Filter::parse(filter, FIELDS)?;
    let leavers = filter.value("status").is_some_and(|s| s != "active");
    let mut columns = Kind::Talent.columns().to_vec();
    if leavers {
        columns.extend(Kind::Leave.columns().iter().filter(|c| LEFT.contains(&c.name)));
    }
    let mut out = Writer::open(office, file, encoding, Kind::Talent, &columns, zh)?;
    recorded(office, file, Kind::Talent)?;
    let conn = office.read()?;
    let day = office.as_of();
    let mut count = 0u64;
    let mut lines = view::Lines::new(conn, day);
    let any_of: Vec<_> = filter.any_of().collect();
    let asked = store::Asked { any_of: &any_of, ..store::Asked::default() };
    store::each_line(conn, day, asked, |l| {
        let line_status = status(&l.engagements, l.merged, l.erased, day);
        let engaged = l.engagements.iter().any(|e| e.span.holds(day));
        if l.merged || (!leavers && !engaged) || (leavers && line_status != Status::Left) || !lines.takes(&l, &filter)? {
            return Ok(true);
        }
        let Some(p) = store::load(conn, l.id)? else {
            return Ok(true);
        };
        let cells = cells(conn, &p, day, zh, office.globals.reveal, leavers)?;
        out.row(cells.iter().map(String::as_str))?;
        count += 1;
        Ok(true)
    })?;
    out.finish()?;
    told(office, file, count);
    Ok(Exit::Done)
}

/// The cells of a person's row in the order of `COLUMNS`.
fn cells(conn: &Connection, p: &Person, day: Day, zh: bool, reveal: bool, leavers: bool) -> Result<Vec<String>> {
    let profile = p.profile_at(day).or(p.profiles.first()).map(|f| f.data.clone()).unwrap_or_default();
    let e = current(&p.engagements, day);
    let unit = match e {
        Some(e) => org::store::name_at(conn, e.data.org_id, day)?,
        None => None,
    };
    let documents: Vec<_> = p.documents.iter().filter(|d| d.span.holds(day)).collect();
    let code = |c: &Column, v: &str| -> String {
        // A code reads as its label in a Chinese office; both are understood on the way in.
        let set = c.set.unwrap_or_default();
        v.split(';').map(|v| codes::label(set, v, true).filter(|_| zh).unwrap_or(v)).collect::<Vec<_>>().join(";")
    };
    let mut row = Vec::with_capacity(COLUMNS.len() + 2);
    for c in COLUMNS {
        let opt = |v: &Option<String>| v.clone().unwrap_or_default();
        let coded = |v: Option<&str>| v.map(|v| code(c, v)).unwrap_or_default();
        row.push(match c.key {
            Key::No => p.no(),
            Key::Name => profile.name.clone(),
            Key::Sex => coded(profile.sex.as_deref()),
            Key::IdType => documents.iter().map(|d| code(c, d.data.kind.code())).collect::<Vec<_>>().join(";"),
            Key::IdNumber => documents.iter().map(|d| view::shown_number(d.data.paper_number(), reveal)).collect::<Vec<_>>().join(";"),
            Key::BirthDate => profile.birth_date.map(|d| d.iso()).unwrap_or_default(),
            Key::Ethnicity => coded(profile.ethnicity.as_deref()),
            Key::Nationality => coded(profile.nationality.as_deref()),
            Key::Education => coded(profile.education.as_deref()),
            Key::Degree => coded(profile.degree.as_deref()),
            Key::School => opt(&profile.school),
            Key::Major => opt(&profile.major),
            Key::Title => coded(profile.title.as_deref()),
            Key::SkillLevel => coded(profile.skill_level.as_deref()),
            Key::Corps => code(c, &profile.corps),
            Key::CorpsMore => coded(profile.corps_more.as_deref()),
            Key::Category => coded(profile.category.as_deref()),
            Key::Industry => coded(profile.industry.as_deref()),
            Key::GbIndustry => coded(profile.gb_industry.as_deref()),
            Key::Employer => unit.as_ref().map(|u| u.0.clone()).unwrap_or_default(),
            Key::Uscc => unit.as_ref().and_then(|u| u.1.clone()).unwrap_or_default(),
            Key::Position => e.and_then(|e| e.data.position.clone()).unwrap_or_default(),
            Key::Mode => e.map(|e| code(c, &e.data.mode)).unwrap_or_default(),
            Key::StartDate => e.map(|e| e.data.started.iso()).unwrap_or_default(),
            Key::ContractEnd => e.and_then(|e| e.data.contract_end).map(|d| d.iso()).unwrap_or_default(),
            Key::MonthsAYear => e.and_then(|e| e.data.months_a_year).map(|n| n.to_string()).unwrap_or_default(),
            Key::Project => match e.and_then(|e| e.data.project_id) {
                Some(id) => project::store::name_at(conn, id, day)?.unwrap_or_default(),
                None => String::new(),
            },
            Key::Phone => profile.phone.as_deref().map(|v| if reveal { v.to_owned() } else { ident::mask_phone(v) }).unwrap_or_default(),
            Key::Email => profile.email.as_deref().map(|v| if reveal { v.to_owned() } else { ident::mask_email(v) }).unwrap_or_default(),
            Key::Class => p.recognition_at(day).map(|r| code(c, &r.data.class)).unwrap_or_default(),
            Key::Achievements => {
                p.achievements.iter().filter(|a| a.span.holds(day)).map(|a| a.data.text.as_str()).collect::<Vec<_>>().join(";")
            }
            Key::Remarks => opt(&profile.remarks),
        });
    }
    if leavers {
        row.push(e.and_then(|e| e.span.until).map(|d| d.iso()).unwrap_or_default());
        let why = e.and_then(|e| e.data.leave_why.as_deref());
        row.push(why.map(|w| codes::label("leave_why", w, true).filter(|_| zh).unwrap_or(w).to_owned()).unwrap_or_default());
    }
    Ok(row)
}

/// `roster template`: the header alone, in the office's language where there is an office.
pub fn template(office: &Office, file: Option<&Path>, kind: Kind) -> Result<Exit> {
    let zh = super::out::is_zh(office);
    // A number is the office's to give: a new row has none.
    let columns: Vec<ColumnInfo> = kind.columns().iter().filter(|c| kind.of_known() || c.name != "no").copied().collect();
    Writer::open(office, file, Encoding::Utf8Sig, kind, &columns, zh)?.finish()?;
    if let Some(f) = file.filter(|f| *f != Path::new("-")) {
        office.note("note.template", &[("path", &crate::ui::out::shown(&f.display().to_string()))]);
    }
    Ok(Exit::Done)
}
