//! Rosters out: the state of one day, one row a person, that comes back in unchanged; and empty templates. Each export is an op
//! of its own, committed before the first byte leaves.

use super::Kind;
use crate::base::codes;
use crate::base::day::Day;
use crate::base::ident;
use crate::base::number;
use crate::base::sheet::Sheet as _;
use crate::db::files::Whole;
use crate::error::{self, Result};
use crate::office::{Exit, Office};
use crate::policy::TargetsPack;
use crate::talent::entry::{COLUMNS, Column, Key};
use crate::talent::look::FIELDS;
use crate::talent::store::{self, Person};
use crate::talent::{Status, current, status, view};
use crate::ui::filter::Filter;
use crate::ui::{Lang, csv};
use crate::{org, platform};
use encoding_rs::GB18030;
use rusqlite::Connection;
use serde_json::Map;
use std::io::Write as _;
use std::path::Path;

/// Encoding of a written roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Encoding {
    /// UTF-8 with a byte order mark, which Excel and WPS need.
    #[value(name = "utf-8-sig")]
    Utf8Sig,
    /// UTF-8.
    #[value(name = "utf-8")]
    Utf8,
    /// GB 18030.
    #[value(name = "gb18030")]
    Gb18030,
}

/// Where a roster is written: stdout, or a file that appears whole or not at all.
enum Target<'a> {
    Stdout(&'a Office),
    File(Whole),
}

struct Writer<'a> {
    target: Target<'a>,
    encoding: Encoding,
}

impl<'a> Writer<'a> {
    fn open(office: &'a Office, file: Option<&Path>, encoding: Encoding) -> Result<Writer<'a>> {
        let target = match file.filter(|f| *f != Path::new("-")) {
            None => Target::Stdout(office),
            Some(file) => Target::File(Whole::begin(&crate::db::open::absolute(file)?)?),
        };
        let mut w = Writer { target, encoding };
        if encoding == Encoding::Utf8Sig {
            w.bytes(b"\xef\xbb\xbf")?;
        }
        Ok(w)
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        match &mut self.target {
            Target::Stdout(office) => office.put(bytes),
            Target::File(out) => Ok(out.write_all(bytes)?),
        }
    }

    fn row<'c>(&mut self, cells: impl IntoIterator<Item = &'c str>) -> Result<()> {
        let mut line = String::new();
        csv::push_row(&mut line, cells);
        match self.encoding {
            Encoding::Gb18030 => self.bytes(&GB18030.encode(&line).0),
            _ => self.bytes(line.as_bytes()),
        }
    }

    fn finish(self) -> Result<()> {
        match self.target {
            Target::Stdout(_) => Ok(()),
            Target::File(out) => out.finish(),
        }
    }
}

/// Columns of an export of leavers behind the usual ones.
const LEFT: &[(&str, &str)] = &[("end_date", "离岗日期"), ("why", "离开原因")];

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
        Kind::Leave => Err(error::usage("export_kind").fact("kind", kind.code())),
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
    let mut out = Writer::open(office, file, encoding)?;
    recorded(office, file, kind)?;
    let columns = kind.columns();
    out.row(columns.iter().map(|c| if zh { c.zh } else { c.name }))?;
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
    let mut out = Writer::open(office, file, encoding)?;
    recorded(office, file, Kind::Talent)?;
    let conn = office.read()?;
    let day = office.as_of();
    let mut header: Vec<&str> = COLUMNS.iter().map(|c| if zh { c.zh } else { c.name }).collect();
    if leavers {
        header.extend(LEFT.iter().map(|c| if zh { c.1 } else { c.0 }));
    }
    out.row(header)?;
    let mut count = 0u64;
    let mut lines = view::Lines::new(conn, day);
    store::each_line(conn, day, None, |l| {
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
            Key::Phone => profile.phone.as_deref().map(|v| if reveal { v.to_owned() } else { ident::mask_phone(v) }).unwrap_or_default(),
            Key::Email => profile.email.as_deref().map(|v| if reveal { v.to_owned() } else { ident::mask_email(v) }).unwrap_or_default(),
            Key::Class => p.recognition_at(day).map(|r| code(c, &r.data.class)).unwrap_or_default(),
            Key::Achievements => p.achievements.iter().filter(|a| a.span.holds(day)).map(|a| a.data.as_str()).collect::<Vec<_>>().join(";"),
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
    let zh = match office.document_lang() {
        Ok(l) => l == Lang::Zh,
        // A template needs no office: without one the reader's language decides.
        Err(_) => crate::ui::lang() == Lang::Zh,
    };
    let mut out = Writer::open(office, file, Encoding::Utf8Sig)?;
    let columns = kind.columns();
    // A number is the office's to give: a new row has none.
    out.row(columns.iter().filter(|c| c.name != "no").map(|c| if zh { c.zh } else { c.name }))?;
    out.finish()?;
    if let Some(f) = file.filter(|f| *f != Path::new("-")) {
        office.note("note.template", &[("path", &crate::ui::out::shown(&f.display().to_string()))]);
    }
    Ok(Exit::Done)
}
