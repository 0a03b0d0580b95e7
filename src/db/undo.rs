//! `undo OP`: a compensating op. What the op made is voided, what it voided is made again; nothing is erased. Refused where
//! later rows rest on it. Works on the table list of `subject`, so that every later noun can be undone without code of its own.

use super::subject::{self, Part, Subject, Table};
use super::write::Tx;
use crate::error::{self, Result};
use rusqlite::OptionalExtension as _;

/// Commands whose op can be taken back; others left the house or changed nothing.
const UNDOABLE: &[&str] = &[
    "talent.add",
    "talent.edit",
    "talent.leave",
    "talent.return",
    "talent.relate",
    "talent.achieve",
    "talent.attest",
    "project.add",
    "project.edit",
    "project.close",
    "platform.agree",
    "team.add",
    "team.join",
    "team.leave",
    "team.close",
    "recognition.check",
    "collect.open",
    "card.issue",
    "card.attach",
    "card.renew",
    "card.review",
    "card.suspend",
    "card.resume",
    "card.lost",
    "card.replace",
    "card.close",
    "case.open",
    "case.forward",
    "case.pause",
    "case.resume",
    "case.done",
    "case.refuse",
    "case.rate",
    "point.add",
    "point.close",
    "offer.add",
    "offer.close",
    "offer.use",
    "fund.invest",
    "subsidy.record",
    "housing.add",
    "lease.add",
    "lease.end",
    "fund.assert",
    "leader.add",
    "leader.edit",
    "leader.retire",
    "task.assign",
    "task.milestone",
    "task.progress",
    "task.approve",
    "task.return",
    "task.score",
    "task.duty",
    "programme.add",
    "programme.edit",
    "programme.enrol",
    "programme.attend",
    "programme.outcome",
    "programme.close",
    "programme.cancel",
    "honour.nominate",
    "honour.advance",
    "honour.object",
    "expert.add",
    "expert.edit",
    "expert.end",
    "liaison.add",
    "liaison.contact",
    "liaison.end",
    "product.add",
    "product.advance",
    "product.trial",
    "product.accept",
    "org.add",
    "org.edit",
    "org.close",
    "platform.add",
    "platform.edit",
    "platform.stage",
    "platform.close",
    "roster.import",
    "roster.review.decide",
    "talent.judge",
    "talent.merge",
    "decision.add",
    "recognition.open",
    "recognition.advance",
    "recognition.grant",
    "recognition.cancel",
    "recognition.object",
    "policy.load",
    "policy.confirm",
    "target.set",
    "file.add",
    "actor.add",
    "actor.retire",
    // What was served, handed over or ended left the house.
    "blacklist.add",
    "blacklist.investigate",
    "blacklist.reply",
    "blacklist.decide",
    "blacklist.judge",
];

/// Why a command can't be taken back: what was served left the house, what was promised of money stands in the ledger; each has an act of its own.
fn why_not(command: &str) -> &'static str {
    match command {
        "honour.award" | "honour.revoke" | "programme.grant" => "promised",
        "blacklist.notify" | "blacklist.deliver" | "blacklist.share" | "blacklist.repair" | "blacklist.remove" => "left_the_house",
        c if c.starts_with("subsidy.") || c.starts_with("fund.") => "promised",
        _ => "not_undoable",
    }
}

/// Tables in which one row holds on a day, so that a row made since may stand where an undone row would come back.
const ONE_A_DAY: &[&str] = &[
    "person_profile",
    "engagement",
    "org_profile",
    "platform_profile",
    "platform_stage",
    "project_profile",
    "team_profile",
    "decision_profile",
    "leader_profile",
    "task_charge",
    "programme_profile",
    "expert_profile",
    "liaison_profile",
    "product_profile",
    "actor",
];

/// Record tables whose rows nothing points at: one that the op voided is made again under a new id.
const REMADE: &[&str] = &["judgement", "review_row", "file_link", "objection"];

/// What an undo did.
#[derive(Debug)]
pub struct Undone {
    /// The command that was taken back.
    pub command: String,
    /// Subjects whose rows changed.
    pub subjects: u64,
}

/// Undoes `op` inside `tx`.
pub fn undo(tx: &mut Tx<'_>, op: i64) -> Result<Undone> {
    let command: Option<String> = tx.conn().query_row("SELECT command FROM op WHERE op = ?1", [op], |r| r.get(0)).optional()?;
    let Some(command) = command else {
        return Err(error::not_found("no_such_op").fact("op", op));
    };
    if !UNDOABLE.contains(&command.as_str()) {
        return Err(error::refused(why_not(&command)).fact("op", op).fact("command", &command).detail("command", command.clone()));
    }
    let undone: Option<i64> = tx.conn().query_row("SELECT op FROM op WHERE undoes = ?1", [op], |r| r.get(0)).optional()?;
    if let Some(by) = undone {
        return Err(error::conflict("undone_already").fact("op", op).fact("by", by).detail("by", by));
    }
    let kept = if command == "org.add" { Vec::new() } else { units_in_use(tx, op)? };
    if let Some(by) = rests_on(tx, op, &kept)? {
        return Err(error::conflict("later_rows").fact("op", op).fact("later", by).detail("later", by));
    }
    let mut subjects = 0;
    for s in taken_back() {
        for table in s.tables {
            let Some(owner) = table.owner else { continue };
            let but = except(s, owner, &kept);
            let owners: Vec<i64> = tx
                .conn()
                .prepare(&format!("SELECT DISTINCT r.{owner} FROM {} r WHERE (r.made_op = ?1 OR r.voided_op = ?1){but}", table.name))?
                .query_map([op], |r| r.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            for id in owners {
                if !tx.has_touched(s, id) {
                    tx.touch(s, id);
                    subjects += 1;
                }
            }
            take_back(tx, table, op, &but)?;
            if REMADE.contains(&table.name) {
                let made: Vec<i64> = tx
                    .conn()
                    .prepare(&format!("SELECT {owner} FROM {} WHERE made_op = ?1", table.name))?
                    .query_map([tx.op], |r| r.get(0))?
                    .collect::<rusqlite::Result<_>>()?;
                made.into_iter().for_each(|id| tx.touch(s, id));
            }
        }
    }
    if command == "talent.merge" {
        // The loser stands on its own again; its anchor was never voided.
        tx.conn().execute(
            "UPDATE person SET merged_into = NULL WHERE merged_into IS NOT NULL
               AND id IN (SELECT subject FROM op_subject WHERE op = ?1 AND kind = 'person')",
            [op],
        )?;
    }
    Ok(Undone { command, subjects })
}

/// What an undo looks at. A key that cards were signed with is not taken back with the card that happened to be the first.
fn taken_back() -> impl Iterator<Item = &'static Subject> {
    subject::ALL.iter().copied().filter(|s| s.kind != subject::CARD_KEY_SUBJECT.kind)
}

/// Whether row `r` is the op's: made by it, or made again word for word by an undo that took back a later op.
fn is_the_ops(table: &Table) -> String {
    if !table.is_fact() {
        return "r.made_op = ?1".to_owned();
    }
    let same: Vec<String> = table
        .cols
        .iter()
        .filter(|(n, part)| !matches!(*n, "seq" | "made_op" | "voided_op") && *part != Part::Outside)
        .map(|(n, _)| format!("o.{n} IS r.{n}"))
        .collect();
    format!(
        "(r.made_op = ?1 OR r.made_op > ?1 AND r.made_op IN (SELECT op FROM op WHERE undoes IS NOT NULL)
            AND EXISTS (SELECT 1 FROM {t} o WHERE o.made_op = ?1 AND {}))",
        same.join(" AND "),
        t = table.name
    )
}

/// Units that the op made by the way (stubs of a person's employer) and that others since use or completed: they stay.
fn units_in_use(tx: &Tx<'_>, op: i64) -> Result<Vec<i64>> {
    let sql = format!(
        "SELECT id FROM org WHERE made_op = ?1 AND (
           EXISTS (SELECT 1 FROM engagement r WHERE r.org_id = org.id AND r.made_op > ?1 AND r.voided_op IS NULL AND NOT {})
           OR EXISTS (SELECT 1 FROM platform_profile r WHERE r.org_id = org.id AND r.made_op > ?1 AND r.voided_op IS NULL)
           OR EXISTS (SELECT 1 FROM project_profile r WHERE r.org_id = org.id AND r.made_op > ?1 AND r.voided_op IS NULL)
           OR EXISTS (SELECT 1 FROM project_unit r WHERE r.org_id = org.id AND r.made_op > ?1 AND r.voided_op IS NULL)
           OR EXISTS (SELECT 1 FROM team_profile r WHERE r.org_id = org.id AND r.made_op > ?1 AND r.voided_op IS NULL)
           OR EXISTS (SELECT 1 FROM fund_investment r WHERE r.org_id = org.id AND r.made_op > ?1 AND r.voided_op IS NULL)
           OR EXISTS (SELECT 1 FROM application r WHERE r.org_id = org.id AND r.made_op > ?1 AND r.voided_op IS NULL)
           OR EXISTS (SELECT 1 FROM integrity_case r WHERE r.org_id = org.id AND r.made_op > ?1 AND r.voided_op IS NULL)
           OR EXISTS (SELECT 1 FROM point r WHERE r.org_id = org.id AND r.made_op > ?1 AND r.voided_op IS NULL)
           OR EXISTS (SELECT 1 FROM task_unit r WHERE r.org_id = org.id AND r.made_op > ?1 AND r.voided_op IS NULL)
           OR EXISTS (SELECT 1 FROM leader_profile r WHERE r.org_id = org.id AND r.made_op > ?1 AND r.voided_op IS NULL)
           OR EXISTS (SELECT 1 FROM score r WHERE r.org_id = org.id AND r.made_op > ?1 AND r.voided_op IS NULL)
           OR EXISTS (SELECT 1 FROM duty r WHERE r.org_id = org.id AND r.made_op > ?1 AND r.voided_op IS NULL)
           OR EXISTS (SELECT 1 FROM collection_unit r WHERE r.org_id = org.id AND r.made_op > ?1 AND r.voided_op IS NULL)
           OR EXISTS (SELECT 1 FROM programme_profile r WHERE r.org_id = org.id AND r.made_op > ?1 AND r.voided_op IS NULL)
           OR EXISTS (SELECT 1 FROM product_profile r WHERE r.org_id = org.id AND r.made_op > ?1 AND r.voided_op IS NULL)
           OR EXISTS (SELECT 1 FROM product_trial r WHERE r.org_id = org.id AND r.made_op > ?1 AND r.voided_op IS NULL)
           OR EXISTS (SELECT 1 FROM org_profile r WHERE r.org_id = org.id AND r.made_op > ?1 AND r.voided_op IS NULL AND NOT {}))",
        is_the_ops(&subject::ENGAGEMENT),
        is_the_ops(&subject::ORG_PROFILE)
    );
    Ok(tx.conn().prepare(&sql)?.query_map([op], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// `AND r.COLUMN NOT IN (…)` for the units that stay.
fn but(column: &str, kept: &[i64]) -> String {
    if kept.is_empty() {
        return String::new();
    }
    let ids: Vec<String> = kept.iter().map(ToString::to_string).collect();
    format!(" AND r.{column} NOT IN ({})", ids.join(", "))
}

/// The same for a table of subject `s`; empty where it holds no units.
fn except(s: &Subject, owner: &str, kept: &[i64]) -> String {
    if s.kind == subject::ORG_SUBJECT.kind { but(owner, kept) } else { String::new() }
}

/// Voids what the op made and makes again what it voided of others.
fn take_back(tx: &Tx<'_>, table: &Table, op: i64, but: &str) -> Result<()> {
    let conn = tx.conn();
    let ops = is_the_ops(table);
    conn.execute(&format!("UPDATE {} AS r SET voided_op = ?2 WHERE r.voided_op IS NULL AND {ops}{but}", table.name), [op, tx.op])?;
    // A voided record (a unit, a platform) has only its own row: its facts come back, nothing undoable voids the anchor.
    if !table.is_fact() && !REMADE.contains(&table.name) {
        return Ok(());
    }
    let owner = table.cols[0].0;
    let cols: Vec<String> = table
        .cols
        .iter()
        .map(|(n, _)| match *n {
            "seq" => format!("seq + (SELECT max(m.seq) FROM {t} m WHERE m.{owner} = r.{owner})", t = table.name),
            "id" if !table.is_fact() => format!("id + (SELECT max(m.id) FROM {t} m)", t = table.name),
            "made_op" => "?2".to_owned(),
            "voided_op" | "leaf" => "NULL".to_owned(),
            n => n.to_owned(),
        })
        .collect();
    let names: Vec<&str> = table.cols.iter().map(|(n, _)| *n).collect();
    conn.execute(
        &format!(
            "INSERT INTO {t} ({}) SELECT {} FROM {t} AS r WHERE r.voided_op = ?1 AND r.made_op <> ?1{but}",
            names.join(", "),
            cols.join(", "),
            t = table.name
        ),
        [op, tx.op],
    )?;
    Ok(())
}

/// The latest op that rests on this one: it voided what this one made, added to a record this one made, points at it, or
/// stands where a row of before would come back. Ops that were themselves undone don't count.
fn rests_on(tx: &Tx<'_>, op: i64, kept: &[i64]) -> Result<Option<i64>> {
    let mut later: Option<i64> = None;
    let mut ask = |sql: &str| -> Result<()> {
        later = later.max(tx.conn().query_row(sql, [op], |r| r.get(0))?);
        Ok(())
    };
    for s in taken_back() {
        let anchor = s.tables[0];
        for table in s.tables {
            let Some(owner) = table.owner else { continue };
            let (t, ops, but) = (table.name, is_the_ops(table), except(s, owner, kept));
            ask(&format!(
                "SELECT max(r.voided_op) FROM {t} r WHERE r.made_op = ?1 AND r.voided_op <> ?1{but}
                   AND r.voided_op NOT IN (SELECT undoes FROM op WHERE undoes IS NOT NULL)
                   AND r.voided_op NOT IN (SELECT op FROM op WHERE undoes IS NOT NULL)"
            ))?;
            if table.is_fact() && !anchor.is_fact() {
                ask(&format!(
                    "SELECT max(r.made_op) FROM {t} r WHERE r.made_op > ?1 AND r.voided_op IS NULL AND NOT {ops}
                       AND r.{owner} IN (SELECT id FROM {} WHERE made_op = ?1){but}",
                    anchor.name
                ))?;
            }
            if ONE_A_DAY.contains(&t) {
                ask(&format!(
                    "SELECT max(r.made_op) FROM {t} b JOIN {t} r ON r.{owner} = b.{owner} AND r.voided_op IS NULL AND r.made_op > ?1
                       AND r.from_day <= coalesce(b.until_day, r.from_day) AND b.from_day <= coalesce(r.until_day, b.from_day)
                     WHERE b.voided_op = ?1 AND b.made_op <> ?1 AND NOT {ops}"
                ))?;
            }
        }
    }
    // A later step of a record whose step this op made: it began where this one ended.
    ask("SELECT max(r.made_op) FROM step b JOIN step r ON r.record_kind = b.record_kind AND r.record_id = b.record_id
           AND r.made_op > ?1 AND r.voided_op IS NULL WHERE b.made_op = ?1")?;
    // Who was enrolled by this op has been there since; a product rests on the review that this op ended.
    ask("SELECT max(r.made_op) FROM enrolment b JOIN attendance r ON r.programme_id = b.programme_id AND r.person_id = b.person_id
           AND r.made_op > ?1 AND r.voided_op IS NULL WHERE b.made_op = ?1")?;
    ask("SELECT max(r.made_op) FROM step b JOIN product_profile r ON r.case_id = b.record_id AND r.made_op > ?1 AND r.voided_op IS NULL
         WHERE b.made_op = ?1 AND b.record_kind = 'service_case'")?;
    // A version of a pack is made from the one before: a later one of the same kind holds what this one said.
    ask("SELECT max(r.made_op) FROM policy_version b JOIN policy_version r ON r.kind = b.kind AND r.made_op > ?1 AND r.voided_op IS NULL
         WHERE b.made_op = ?1")?;
    // Units and persons that the op made and others since point at.
    for (table, column, anchor) in [
        (&subject::ENGAGEMENT, "org_id", "org"),
        (&subject::PLATFORM_PROFILE, "org_id", "org"),
        (&subject::PROJECT_PROFILE, "org_id", "org"),
        (&subject::PROJECT_UNIT, "org_id", "org"),
        (&subject::TEAM_PROFILE, "org_id", "org"),
        (&subject::COLLECTION_UNIT, "org_id", "org"),
        (&subject::ENGAGEMENT, "project_id", "project"),
        (&subject::RELATION, "other_id", "person"),
        (&subject::CARD, "person_id", "person"),
        (&subject::CARD, "main_card_id", "card"),
        (&subject::CARD, "replaces_id", "card"),
        (&subject::CASE, "person_id", "person"),
        (&subject::CASE, "child_id", "person"),
        (&subject::CASE, "card_id", "card"),
        (&subject::POINT, "org_id", "org"),
        (&subject::OFFER, "point_id", "point"),
        (&subject::OFFER_USE, "offer_id", "offer"),
        (&subject::OFFER_USE, "card_id", "card"),
        (&subject::FUND_INVESTMENT, "org_id", "org"),
        (&subject::TASK_UNIT, "org_id", "org"),
        (&subject::LEADER_PROFILE, "org_id", "org"),
        (&subject::PROGRESS, "org_id", "org"),
        (&subject::SCORE, "org_id", "org"),
        (&subject::DUTY, "org_id", "org"),
        (&subject::TASK_CHARGE, "leader_id", "leader"),
        (&subject::APPLICATION, "person_id", "person"),
        (&subject::APPLICATION, "org_id", "org"),
        (&subject::APPLICATION, "for_id", "person"),
        (&subject::BENEFIT_ELSEWHERE, "person_id", "person"),
        (&subject::LEASE, "person_id", "person"),
        (&subject::INTEGRITY_CASE, "person_id", "person"),
        (&subject::INTEGRITY_CASE, "org_id", "org"),
        (&subject::PROGRAMME_PROFILE, "org_id", "org"),
        (&subject::ENROLMENT, "person_id", "person"),
        (&subject::HONOUR, "person_id", "person"),
        (&subject::EXPERT, "person_id", "person"),
        (&subject::LIAISON, "person_id", "person"),
        (&subject::PRODUCT, "holder_id", "person"),
        (&subject::PRODUCT_PROFILE, "org_id", "org"),
        (&subject::PRODUCT_PROFILE, "case_id", "service_case"),
        (&subject::PRODUCT_TRIAL, "org_id", "org"),
        (&subject::TEAM_MEMBER, "person_id", "person"),
        (&subject::JUDGEMENT, "person_a", "person"),
        (&subject::JUDGEMENT, "person_b", "person"),
    ] {
        ask(&format!(
            "SELECT max(r.made_op) FROM {} r WHERE r.made_op > ?1 AND r.voided_op IS NULL AND NOT {}
               AND r.{column} IN (SELECT id FROM {anchor} WHERE made_op = ?1){}",
            table.name,
            is_the_ops(table),
            if anchor == "org" { but(column, kept) } else { String::new() }
        ))?;
    }
    Ok(later)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::day::Day;
    use crate::db::digest::Val;
    use crate::db::facts::{self, Span};
    use crate::db::write::{Act, write};
    use crate::db::{open, verify};
    use rusqlite::{Connection, params};

    struct Desk(Connection, #[allow(dead_code, reason = "the folder lives as long as the file is used")] tempfile::TempDir);

    impl Desk {
        fn new() -> Desk {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("o.db");
            open::create(&path, |_| Ok(())).unwrap();
            Desk(open::open_write(&path).unwrap(), dir)
        }

        fn act<T>(&mut self, command: &'static str, undoes: Option<i64>, f: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<T> {
            let act = Act {
                command,
                params: serde_json::Map::new(),
                day: Day(20_000),
                reason: None,
                actor: None,
                os_user: "li".into(),
                now_ms: 1,
                dry_run: false,
                undoes,
            };
            write(&mut self.0, &act, f).map(|done| done.value)
        }

        fn undo(&mut self, op: i64) -> std::result::Result<u64, &'static str> {
            let done = self.act("undo", Some(op), |tx| undo(tx, op)).map(|u| u.subjects).map_err(|e| e.key);
            let verdict = verify::verify(&self.0, None).unwrap();
            assert!(verdict.ok, "{:?}", verdict.faults);
            done
        }

        /// A platform made by one op, operated by a unit where one is given.
        fn platform(&mut self, id: i64, org: Option<i64>, also_makes_org: bool) {
            self.act("platform.add", None, |tx| {
                if let (true, Some(org)) = (also_makes_org, org) {
                    tx.conn().execute("INSERT INTO org (id, made_op) VALUES (?1, ?2)", params![org, tx.op])?;
                    let mut data = vec![Val::Text("甲"), Val::Text("甲"), Val::Null, Val::Int(1)];
                    data.resize(16, Val::Null);
                    facts::insert(tx, &subject::ORG_PROFILE, org, Span::from(Day(0)), &data)?;
                    tx.touch(&subject::ORG_SUBJECT, org);
                }
                tx.conn().execute("INSERT INTO platform (id, made_op) VALUES (?1, ?2)", params![id, tx.op])?;
                let data = [Val::Text("town"), Val::Text("a"), Val::Text("a"), Val::Null, Val::Null, Val::int(org)];
                facts::insert(tx, &subject::PLATFORM_PROFILE, id, Span::from(Day(0)), &data)?;
                facts::insert(tx, &subject::PLATFORM_STAGE, id, Span::from(Day(0)), &[Val::Text("planned")])?;
                tx.touch(&subject::PLATFORM_SUBJECT, id);
                Ok(())
            })
            .unwrap();
        }

        /// Ends the open stage on a day and, where one is given, begins the next.
        fn stage(&mut self, id: i64, day: i32, next: Option<&str>) {
            self.act("platform.stage", None, |tx| {
                let open: Option<(i64, i32, String)> = tx
                    .conn()
                    .query_row(
                        "SELECT seq, from_day, stage FROM platform_stage WHERE platform_id = ?1 AND voided_op IS NULL AND until_day IS NULL",
                        [id],
                        |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)),
                    )
                    .optional()?;
                if let Some((seq, from, stage)) = open {
                    facts::end(tx, &subject::PLATFORM_STAGE, id, seq, Span::from(Day(from)), Day(day - 1), &[Val::Text(&stage)])?;
                }
                if let Some(next) = next {
                    facts::insert(tx, &subject::PLATFORM_STAGE, id, Span::from(Day(day)), &[Val::Text(next)])?;
                }
                tx.touch(&subject::PLATFORM_SUBJECT, id);
                Ok(())
            })
            .unwrap();
        }

        fn stages(&self, id: i64) -> String {
            let sql = "SELECT coalesce(group_concat(stage || from_day || '-' || coalesce(until_day, ''), ' '), '')
                       FROM (SELECT * FROM platform_stage WHERE platform_id = ?1 AND voided_op IS NULL ORDER BY from_day)";
            self.0.query_row(sql, [id], |r| r.get(0)).unwrap()
        }
    }

    #[test]
    fn what_was_undone_in_order_leaves_nothing() {
        let mut d = Desk::new();
        d.platform(1, None, false);
        d.stage(1, 10, Some("building"));
        assert_eq!(d.undo(1), Err("later_rows"));
        assert_eq!(d.undo(2), Ok(1));
        assert_eq!(d.stages(1), "planned0-");
        assert_eq!(d.undo(2), Err("undone_already"));
        assert_eq!(d.undo(3), Err("not_undoable"));
        assert_eq!(d.undo(1), Ok(1));
        assert_eq!(d.stages(1), "");
        assert_eq!(d.undo(9), Err("no_such_op"));
    }

    #[test]
    fn a_later_change_of_the_same_record_stands_in_the_way() {
        let mut d = Desk::new();
        d.platform(1, None, false);
        d.stage(1, 10, Some("building"));
        d.stage(1, 20, Some("operating"));
        assert_eq!(d.undo(2), Err("later_rows"));
        assert_eq!(d.undo(3), Ok(1));
        assert_eq!(d.undo(2), Ok(1));
        assert_eq!(d.stages(1), "planned0-");
    }

    /// Like a leave and a return: the second op voided nothing of the first, yet both can't hold.
    #[test]
    fn a_row_that_would_come_back_over_a_later_one_is_refused() {
        let mut d = Desk::new();
        d.platform(1, None, false);
        d.stage(1, 10, None);
        d.stage(1, 20, Some("operating"));
        assert_eq!(d.undo(2), Err("later_rows"));
        assert_eq!(d.undo(3), Ok(1));
        assert_eq!(d.undo(2), Ok(1));
        assert_eq!(d.stages(1), "planned0-");
    }

    #[test]
    fn a_unit_made_by_the_way_stays_while_others_use_it() {
        let mut d = Desk::new();
        d.platform(1, Some(5), true);
        d.platform(2, Some(5), false);
        let live =
            |d: &Desk| d.0.query_row("SELECT count(*) FROM org_profile WHERE voided_op IS NULL", [], |r| r.get::<_, i64>(0)).unwrap();
        assert_eq!((d.undo(1), live(&d)), (Ok(1), 1));
        assert_eq!((d.stages(1).as_str(), d.stages(2).as_str()), ("", "planned0-"));

        let mut d = Desk::new();
        d.platform(1, Some(5), true);
        d.platform(2, Some(5), false);
        assert_eq!((d.undo(2), d.undo(1), live(&d)), (Ok(1), Ok(2), 0));
    }
}
