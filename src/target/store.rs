//! The SQL behind the targets: one pass over persons, units and platforms in the order of their numbers; the rules in `mod` judge
//! what is handed out. Memory does not grow with the office.

use super::{CorpsSet, OrgFacts, Period, PersonFacts, PlatformFacts};
use crate::error::{self, Result};
use crate::policy::{self, Corps, PersonKind, PlatformKind, Stage, TargetsPack};
use rusqlite::fallible_streaming_iterator::FallibleStreamingIterator;
use rusqlite::{Connection, OptionalExtension};

/// The pack in force: the last one loaded.
pub fn pack(conn: &Connection) -> Result<TargetsPack> {
    let text: Option<String> = conn
        .query_row("SELECT toml FROM policy_version WHERE kind = 'targets' AND voided_op IS NULL ORDER BY id DESC LIMIT 1", [], |r| {
            r.get(0)
        })
        .optional()?;
    let text = text.ok_or_else(|| error::policy("no_pack").fact("pack", "targets"))?;
    // It was sound when it was loaded.
    policy::parse_targets(&text).map_err(|_| error::not_office("damaged"))
}

/// The pack in force with the goals that held on a day: until a goal was set, the one before it did.
pub fn pack_on(conn: &Connection, day: i32) -> Result<TargetsPack> {
    let mut pack = pack(conn)?;
    if pack.targets.iter().all(|t| t.valid_from <= day) {
        return Ok(pack);
    }
    let mut st =
        conn.prepare("SELECT toml FROM policy_version WHERE kind = 'targets' AND voided_op IS NULL ORDER BY id DESC LIMIT -1 OFFSET 1")?;
    let mut earlier = st.query([])?;
    while let Some(r) = earlier.next()? {
        let before = policy::parse_targets(&r.get::<_, String>(0)?).map_err(|_| error::not_office("damaged"))?;
        for t in pack.targets.iter_mut().filter(|t| t.valid_from > day) {
            if let Some(b) = before.target(&t.code) {
                (t.goal, t.goal_max, t.valid_from) = (b.goal, b.goal_max, b.valid_from);
                t.basis.clone_from(&b.basis);
            }
        }
    }
    Ok(pack)
}

/// What is known of each person on the day. `since` is the first day of the engagement that holds.
pub fn each_person(conn: &Connection, day: i32, mut f: impl FnMut(i64, PersonFacts, Option<i32>) -> Result<()>) -> Result<()> {
    let mut anchors = conn.prepare("SELECT id, kind, merged_into IS NOT NULL, voided_op IS NOT NULL FROM person ORDER BY id")?;
    let mut profiles = conn.prepare(
        "SELECT person_id, corps, corps_more, from_day, until_day FROM person_profile
         WHERE voided_op IS NULL ORDER BY person_id, seq",
    )?;
    let mut engagements = conn.prepare(
        "SELECT person_id, from_day, until_day, mode <> 'home_grown' FROM engagement WHERE voided_op IS NULL ORDER BY person_id, seq",
    )?;
    let mut anchors = anchors.query([])?;
    let (mut profiles, mut engagements) = (profiles.query([])?, engagements.query([])?);
    profiles.advance()?;
    engagements.advance()?;
    let holds = |from: i32, until: Option<i32>| from <= day && until.is_none_or(|u| day <= u);
    while let Some(a) = anchors.next()? {
        let id: i64 = a.get(0)?;
        let kind = PersonKind::from_code(a.get_ref(1)?.as_str().unwrap_or_default()).ok_or_else(|| error::not_office("damaged"))?;
        let mut facts = PersonFacts {
            merged: a.get(2)?,
            kind,
            corps_on_day: None,
            corps_more: CorpsSet::default(),
            first_introduced_from: None,
            engaged_on_day: false,
            ever_engaged: false,
        };
        let voided: bool = a.get(3)?;
        while let Some(p) = profiles.get() {
            let owner: i64 = p.get(0)?;
            if owner > id {
                break;
            }
            if owner == id && holds(p.get(3)?, p.get(4)?) {
                facts.corps_on_day = Corps::from_code(p.get_ref(1)?.as_str().unwrap_or_default());
                // Who was entered as a student is a talent since a corps is known.
                if facts.corps_on_day.is_some() {
                    facts.kind = PersonKind::Talent;
                }
                if let Ok(more) = p.get_ref(2)?.as_str() {
                    facts.corps_more = more.split(';').filter_map(Corps::from_code).collect();
                }
            }
            profiles.advance()?;
        }
        let mut since = None;
        while let Some(e) = engagements.get() {
            let owner: i64 = e.get(0)?;
            if owner > id {
                break;
            }
            if owner == id {
                let from: i32 = e.get(1)?;
                if e.get::<_, bool>(3)? {
                    facts.first_introduced_from = Some(facts.first_introduced_from.map_or(from, |f: i32| f.min(from)));
                }
                facts.ever_engaged |= from <= day;
                if holds(from, e.get(2)?) {
                    facts.engaged_on_day = true;
                    since = Some(from);
                }
            }
            engagements.advance()?;
        }
        if !voided {
            f(id, facts, since)?;
        }
    }
    Ok(())
}

/// What is known of each unit for the day: the version that holds, else the first that came later, as its own days say when
/// things were true.
pub fn each_org(conn: &Connection, day: i32, mut f: impl FnMut(i64, &str, OrgFacts) -> Result<()>) -> Result<()> {
    let mut st = conn.prepare(
        "SELECT o.org_id, o.name, o.stub, o.introduced_on, o.high_tech_from, o.high_tech_until, o.innovative_from, o.innovative_until,
                o.closed_on
         FROM org_profile o JOIN org a ON a.id = o.org_id AND a.voided_op IS NULL
         WHERE o.voided_op IS NULL AND o.seq = (SELECT v.seq FROM org_profile v WHERE v.org_id = o.org_id AND v.voided_op IS NULL
                ORDER BY (v.from_day <= ?1) DESC, abs(v.from_day - ?1) LIMIT 1)
         ORDER BY o.org_id",
    )?;
    let mut rows = st.query([day])?;
    while let Some(r) = rows.next()? {
        let period = |from: Option<i32>, until: Option<i32>| from.map(|from| Period { from, until }).into_iter().collect();
        let facts = OrgFacts {
            stub: r.get(2)?,
            introduced_on: r.get(3)?,
            high_tech: period(r.get(4)?, r.get(5)?),
            innovative: period(r.get(6)?, r.get(7)?),
            // The register keeps the last day open; the rule asks for the first day closed.
            closed_on: r.get::<_, Option<i32>>(8)?.map(|d| d.saturating_add(1)),
        };
        f(r.get(0)?, r.get_ref(1)?.as_str().unwrap_or_default(), facts)?;
    }
    Ok(())
}

/// What is known of each platform on the day; `since` is the first day of its stage.
pub fn each_platform(conn: &Connection, day: i32, mut f: impl FnMut(i64, &str, PlatformFacts, Option<i32>) -> Result<()>) -> Result<()> {
    let mut st = conn.prepare(
        "SELECT p.platform_id, p.name, p.kind, s.stage, s.from_day
         FROM platform_profile p JOIN platform a ON a.id = p.platform_id AND a.voided_op IS NULL
         LEFT JOIN platform_stage s ON s.platform_id = p.platform_id AND s.voided_op IS NULL AND s.from_day <= ?1
                                    AND (s.until_day IS NULL OR s.until_day >= ?1)
         WHERE p.voided_op IS NULL AND p.seq = (SELECT v.seq FROM platform_profile v WHERE v.platform_id = p.platform_id AND v.voided_op IS NULL
                ORDER BY (v.from_day <= ?1) DESC, abs(v.from_day - ?1) LIMIT 1)
         ORDER BY p.platform_id",
    )?;
    let mut rows = st.query([day])?;
    while let Some(r) = rows.next()? {
        let kind = PlatformKind::from_code(r.get_ref(2)?.as_str().unwrap_or_default()).ok_or_else(|| error::not_office("damaged"))?;
        let stage = r.get_ref(3)?.as_str_or_null().ok().flatten().and_then(Stage::from_code);
        f(r.get(0)?, r.get_ref(1)?.as_str().unwrap_or_default(), PlatformFacts { kind, stage_on_day: stage }, r.get(4)?)?;
    }
    Ok(())
}

/// The name a person had on the day, else the first known.
pub fn name_of(conn: &Connection, id: i64, day: i32) -> Result<String> {
    Ok(conn
        .prepare_cached(
            "SELECT n.text FROM person_profile p JOIN name n ON n.id = p.name_id WHERE p.person_id = ?1 AND p.voided_op IS NULL
             ORDER BY (p.from_day <= ?2) DESC, p.from_day DESC LIMIT 1",
        )?
        .query_row([id, day.into()], |r| r.get(0))
        .optional()?
        .unwrap_or_default())
}
