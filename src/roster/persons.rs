//! Rosters that say something of persons who are in the register already: leaves, engagements, recognitions decided on paper, families,
//! corrections, balances at the start. A row names its person by number or document; what is done is the nouns' own.

use super::Kind;
use super::import::Row;
use super::others::{Fate, Refusal, Sitting};
use crate::base::day::Day;
use crate::base::fault::FaultCode;
use crate::base::ident::{self, DocType};
use crate::base::money::Fen;
use crate::base::sheet::{self, Column, Said, What};
use crate::base::{codes, names, number};
use crate::db::facts::Span;
use crate::db::write::Tx;
use crate::error::{self, Error, Result};
use crate::recognition::change::{self as recognitions, Given};
use crate::recognition::last_day;
use crate::talent::attest::{self, Attestation};
use crate::talent::change::{self, How};
use crate::talent::entry::{self, Key};
use crate::talent::kin::{self, Opening, Related};
use crate::talent::store::{self as people, Person};
use crate::talent::{current, known};
use serde_json::json;

const fn column(name: &'static str, zh: &'static str, aliases: &'static [&'static str], what: What) -> Column {
    Column { name, zh, aliases, what, set: None, personal: false, required: false }
}

const fn coded(name: &'static str, zh: &'static str, aliases: &'static [&'static str], set: &'static str) -> Column {
    Column { set: Some(set), ..column(name, zh, aliases, What::Code) }
}

const fn personal(c: Column) -> Column {
    Column { personal: true, ..c }
}

const fn required(c: Column) -> Column {
    Column { required: true, ..c }
}

/// Who a row speaks of stands first in every kind.
const WHO: [Column; 4] = [
    column("no", "编号", &["人才编号"], What::Text),
    personal(column("name", "姓名", &["名字", "人才姓名"], What::Name)),
    coded("id_type", "证件类型", &["证件种类"], "id_type"),
    personal(column("id_number", "证件号码", &["身份证号", "身份证号码", "证件号"], What::Text)),
];
const NO: usize = 0;
const NAME: usize = 1;
const ID_TYPE: usize = 2;
const ID_NUMBER: usize = 3;
/// The first column behind them.
const FIRST: usize = WHO.len();

const LEAVE: &[Column] = &[
    WHO[0],
    WHO[1],
    WHO[2],
    WHO[3],
    required(column("end_date", "离岗日期", &["离岗时间", "离开日期", "离职日期"], What::Day)),
    required(coded("why", "离开原因", &["离岗原因", "离职原因"], "leave_why")),
    personal(column("to", "去向", &[], What::Text)),
];

const ENGAGEMENT: &[Column] = &[
    WHO[0],
    WHO[1],
    WHO[2],
    WHO[3],
    required(column("employer", "用人单位", &["工作单位", "所在单位", "单位名称", "单位"], What::Text)),
    column("uscc", "统一社会信用代码", &["信用代码", "社会信用代码"], What::Text),
    required(coded("mode", "引进方式", &["引才方式"], "mode")),
    required(column("start_date", "到岗日期", &["到岗时间", "引进时间", "到岗年月"], What::Day)),
    column("contract_end", "合同截止", &["合同截止日期", "合同到期", "合同到期日"], What::Day),
    column("position", "岗位", &["职务", "工作岗位"], What::Text),
    column("months_a_year", "每年在岗月数", &["每年在岗时间(月)"], What::Text),
    column("project", "引才项目", &["所属项目", "项目", "项目名称"], What::Text),
];

const RECOGNITION: &[Column] = &[
    WHO[0],
    WHO[1],
    WHO[2],
    WHO[3],
    required(coded("class", "人才类别", &["认定类别", "人才层次", "类别", "层次"], "class")),
    column("scheme", "认定方案", &["方案"], What::Text),
    coded("route", "认定途径", &["途径"], "route"),
    required(column("decision", "批文文号", &["批文", "文号", "认定文号"], What::Text)),
    column("from_date", "生效日期", &["认定日期", "起始日期"], What::Day),
    column("until", "截止日期", &["有效期至", "到期日期"], What::Day),
];

const RELATION: &[Column] = &[
    WHO[0],
    WHO[1],
    WHO[2],
    WHO[3],
    required(coded("relation", "关系", &["亲属关系", "与本人关系"], "relation")),
    column("other_no", "亲属编号", &[], What::Text),
    personal(column("other_name", "亲属姓名", &[], What::Name)),
    coded("other_id_type", "亲属证件类型", &[], "id_type"),
    personal(column("other_id_number", "亲属证件号码", &["亲属身份证号", "亲属身份证号码"], What::Text)),
    column("other_birth_date", "亲属出生日期", &["亲属出生年月"], What::Day),
];

const CORRECTION: &[Column] = &[
    required(WHO[0]),
    required(column("field", "字段", &["更正字段", "栏目"], What::Text)),
    personal(column("was", "原值", &["更正前", "原登记"], What::Text)),
    personal(required(column("is", "现值", &["更正后", "应为"], What::Text))),
    required(column("reason", "更正理由", &["理由", "原因"], What::Text)),
];

const OPENING: &[Column] = &[
    WHO[0],
    WHO[1],
    WHO[2],
    WHO[3],
    coded("scheme", "待遇", &["待遇名称", "补贴项目"], "scheme"),
    column("months", "已享受月数", &["已领月数", "已用月数"], What::Count),
    column("paid", "已拨付金额（元）", &["已拨付", "已拨付金额", "已拨付金额(元)", "已领金额"], What::Money),
    column("card_no", "在用服务卡号", &["服务卡号", "卡号"], What::Text),
    column("card_level", "服务卡等级", &["卡等级"], What::Text),
    column("card_until", "服务卡有效期至", &["卡有效期至"], What::Day),
    column("from_date", "截至日期", &["统计截至日期", "余额日期"], What::Day),
];

const ATTESTATION: &[Column] = &[
    WHO[0],
    WHO[1],
    WHO[2],
    WHO[3],
    required(coded("attestation", "证明事项", &["证明", "证明种类"], "attestation")),
    column("amount", "金额（元）", &["金额", "金额(元)", "月租金", "房价"], What::Money),
    column("from_date", "起始日期", &["起", "参保起始", "自"], What::Day),
    column("until", "截止日期", &["有效期至", "止"], What::Day),
];

/// Columns of a kind that speaks of persons.
pub fn columns(kind: Kind) -> &'static [Column] {
    match kind {
        Kind::Engagement => ENGAGEMENT,
        Kind::Recognition => RECOGNITION,
        Kind::Relation => RELATION,
        Kind::Correction => CORRECTION,
        Kind::Opening => OPENING,
        Kind::Attestation => ATTESTATION,
        _ => LEAVE,
    }
}

/// A row checked as far as no file is needed: what its columns say, and its faults.
struct Checked<'a> {
    columns: &'static [Column],
    said: Vec<Said>,
    faults: Vec<Refusal>,
    row: &'a Row,
}

impl Checked<'_> {
    fn place(&self, name: &str) -> usize {
        self.columns.iter().position(|c| c.name == name).unwrap_or(0)
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.said[self.place(name)].value()
    }

    fn day(&self, name: &str) -> Option<Day> {
        self.said[self.place(name)].day()
    }

    fn fault(&mut self, name: &str, code: FaultCode, note: Option<String>) {
        let at = self.place(name);
        if !self.faults.iter().any(|f| f.0 == at) {
            self.faults.push((at, code, note));
        }
    }

    fn refused(mut self, name: &str, code: FaultCode, note: Option<String>) -> Result<Fate> {
        self.fault(name, code, note);
        Ok(Fate::Refused(self.faults))
    }
}

/// One row of a kind that speaks of persons.
pub fn row(kind: Kind, tx: &mut Tx<'_>, row: &Row, sitting: &mut Sitting<'_>) -> Result<Fate> {
    let columns = columns(kind);
    let sheet::Checked { said, faults, .. } = sheet::check(columns, |at| row.at(at));
    let faults = faults.into_iter().map(|(at, code)| (at, code, None)).collect();
    let mut c = Checked { columns, said, faults, row };
    for at in sheet::missing(columns, &c.said) {
        c.fault(columns[at].name, FaultCode::Missing, None);
    }
    let person = match kind {
        Kind::Correction => numbered(tx, &mut c)?,
        _ => who(tx, &mut c)?,
    };
    let Some(p) = person.filter(|_| c.faults.is_empty()) else {
        return Ok(Fate::Refused(c.faults));
    };
    match kind {
        Kind::Engagement => engagement(tx, c, &p),
        Kind::Recognition => recognition(tx, c, p),
        Kind::Relation => relation(tx, c, &p),
        Kind::Correction => correction(tx, c, &p, sitting),
        Kind::Opening => opening(tx, c, &p),
        Kind::Attestation => attestation(tx, c, &p),
        _ => leave(tx, c, &p),
    }
}

/// The person of a number; a merged one is the survivor.
fn by_number(tx: &Tx<'_>, id: i64) -> Result<Option<Person>> {
    let mut id = id;
    loop {
        match people::load(tx.conn(), id)? {
            Some(Person { merged_into: Some(survivor), .. }) => id = survivor,
            p => return Ok(p),
        }
    }
}

/// The person a correction names: by number alone.
fn numbered(tx: &Tx<'_>, c: &mut Checked<'_>) -> Result<Option<Person>> {
    let Some(text) = c.row.at(NO) else { return Ok(None) };
    match number::parse("P", text) {
        Ok(id) => {
            let p = by_number(tx, id)?;
            if p.is_none() {
                c.fault("no", FaultCode::UnknownValue, None);
            }
            Ok(p)
        }
        Err(_) => {
            c.fault("no", FaultCode::BadNumber, None);
            Ok(None)
        }
    }
}

/// The person a row names, by number or document, where all it says of the person agrees.
fn who(tx: &Tx<'_>, c: &mut Checked<'_>) -> Result<Option<Person>> {
    let mut found = numbered(tx, c)?;
    match c.row.at(ID_NUMBER) {
        Some(text) => match by_document(tx, c.row.at(ID_TYPE), text)? {
            Err((true, code)) => c.fault("id_type", code, None),
            Err((false, code)) => c.fault("id_number", code, None),
            Ok(Some(p)) if found.as_ref().is_none_or(|f| f.id == p.id) => found = Some(p),
            Ok(Some(_)) => c.fault("id_number", FaultCode::ConflictWithRegister, None),
            Ok(None) if found.is_none() => c.fault("id_number", FaultCode::UnknownValue, None),
            Ok(None) => {}
        },
        None if found.is_none() && c.row.at(NO).is_none() => c.fault("id_number", FaultCode::Missing, None),
        None => {}
    }
    if let (Some(p), Some(name)) = (&found, c.row.at(NAME))
        && p.profiles.last().is_some_and(|f| names::fold(&f.data.name) != names::fold(&names::clean(name)))
    {
        let no = p.no();
        c.fault("name", FaultCode::ConflictWithRegister, Some(no));
    }
    Ok(found)
}

/// The holder of a document; Err where type (true) or number can't be read.
fn by_document(tx: &Tx<'_>, kind: Option<&str>, text: &str) -> Result<std::result::Result<Option<Person>, (bool, FaultCode)>> {
    let kind = match kind {
        None => Some(DocType::ResidentId),
        Some(t) => codes::find("id_type", t).and_then(DocType::from_code),
    };
    Ok(match kind.map(|k| ident::parse(k, text)) {
        None => Err((true, FaultCode::UnknownValue)),
        Some(Err(code)) => Err((false, code)),
        Some(Ok(doc)) => Ok(match people::holders(tx.conn(), &doc.key)?.first() {
            Some((id, _, _)) => by_number(tx, *id)?,
            None => None,
        }),
    })
}

/// One leave: the last day in, why, where to.
fn leave(tx: &mut Tx<'_>, c: Checked<'_>, p: &Person) -> Result<Fate> {
    let (Some(day), Some(why)) = (c.day("end_date"), c.value("why")) else { return Ok(Fate::Refused(c.faults)) };
    if p.engagements.iter().any(|e| e.span.until == Some(day) && e.data.leave_why.as_deref() == Some(why)) {
        return Ok(Fate::Unchanged);
    }
    match change::leave(tx, p, day, why, c.value("to")) {
        Ok(()) => Ok(Fate::Updated),
        Err(Error { key: "left_already", .. }) => {
            let left = current(&p.engagements, day).and_then(|e| e.span.until).map(|d| d.iso());
            c.refused("end_date", FaultCode::ConflictWithRegister, left)
        }
        Err(Error { key: "leave_before_start", facts, .. }) => {
            let start = facts.into_iter().find(|f| f.0 == "day").map(|f| f.1);
            c.refused("end_date", FaultCode::DateOrder, start)
        }
        Err(e) => Err(e),
    }
}

/// One engagement: another unit is a move, a return after a leave begins anew, other terms are a change.
fn engagement(tx: &mut Tx<'_>, mut c: Checked<'_>, p: &Person) -> Result<Fate> {
    let mut raw: entry::Raw<'_> = [None; entry::N];
    for (at, column) in c.columns.iter().enumerate().skip(FIRST) {
        if let Some(key) = entry::column_of(column.name) {
            raw[key as usize] = c.row.at(at);
        }
    }
    let entry::Checked { draft, faults, .. } = entry::check(&raw);
    for f in faults {
        c.fault(f.key.name(), f.code, f.note);
    }
    let (Some(name), true) = (draft.employer.clone(), c.faults.is_empty()) else { return Ok(Fate::Refused(c.faults)) };
    let from = draft.start_date.map_or(tx.day, crate::base::day::PartDate::first_day);
    let org = match known::unit_of(tx, &name, &draft, from) {
        Ok(id) => id,
        Err(e) if matches!(e.kind, error::Kind::Conflict | error::Kind::NotFound | error::Kind::Usage) => {
            let note = fact(&e, "no");
            return c.refused("employer", FaultCode::UnknownUnit, note);
        }
        Err(e) => return Err(e),
    };
    match change::apply(tx, p, &draft, Some(org), How { day: tx.day, correct: false }) {
        Ok(changed) if changed.is_empty() => Ok(Fate::Unchanged),
        Ok(changed) if changed.iter().any(|f| f.field == "employer") => Ok(Fate::Added),
        Ok(_) => Ok(Fate::Updated),
        Err(e) if e.key == "date_order" => c.refused("contract_end", FaultCode::DateOrder, None),
        Err(e) if matches!(e.key, "no_project" | "number_check") => c.refused("project", FaultCode::UnknownValue, None),
        Err(e) => Err(e),
    }
}

fn fact(e: &Error, name: &str) -> Option<String> {
    e.facts.iter().find(|f| f.0 == name).map(|f| f.1.clone())
}

/// One recognition decided on paper, as `recognition grant` enters it.
fn recognition(tx: &mut Tx<'_>, c: Checked<'_>, p: Person) -> Result<Fate> {
    // 78 for the whole roster where the office did not confirm the scheme: no row of it could be entered.
    let (policy_id, scheme) = match recognitions::confirmed(tx.conn(), c.value("scheme").unwrap_or(crate::talent::ZONE_SCHEME)) {
        Err(e) if e.key == "no_scheme" => return c.refused("scheme", FaultCode::UnknownValue, None),
        found => found?,
    };
    let (Some(class), Some(decision)) = (c.value("class"), c.value("decision")) else { return Ok(Fate::Refused(c.faults)) };
    let Ok(class) = recognitions::class_of(&scheme, class) else { return c.refused("class", FaultCode::UnknownValue, None) };
    let from = c.day("from_date").unwrap_or(tx.day);
    let until = c.day("until").unwrap_or_else(|| last_day(&scheme, from));
    if until < from {
        return c.refused("until", FaultCode::DateOrder, None);
    }
    let same = p.recognitions.iter().any(|r| {
        r.data.state == "in_force"
            && r.data.class == class
            && r.data.scheme == scheme.code
            && r.span.from == from
            && r.span.until == Some(until)
    });
    if same {
        return Ok(Fate::Unchanged);
    }
    let day = tx.day;
    let p = match recognitions::candidate(p, day) {
        Ok(p) => p,
        Err(e) => return refused_by_rule(c, "no", e),
    };
    let given = Given { policy_id, scheme: &scheme, class, route: c.value("route").unwrap_or("catalogue"), decision, from, until };
    match recognitions::grant(tx, p.id, &given) {
        Ok(_) => Ok(Fate::Added),
        Err(e) if e.key == "recognition_held" => {
            let note = fact(&e, "no");
            c.refused("class", FaultCode::ConflictWithRegister, note)
        }
        Err(e) => refused_by_rule(c, "decision", e),
    }
}

/// What a rule refused, in its own words as the fault's note; anything else stops the import.
fn refused_by_rule(c: Checked<'_>, column: &str, e: Error) -> Result<Fate> {
    match e.kind {
        error::Kind::Refused | error::Kind::Conflict | error::Kind::BadData | error::Kind::Usage | error::Kind::NotFound => {
            let words = crate::ui::said::problem(&e).message;
            c.refused(column, FaultCode::NotAllowed, Some(words))
        }
        _ => Err(e),
    }
}

/// One relation; a relative who is in no register yet is entered as one.
fn relation(tx: &mut Tx<'_>, mut c: Checked<'_>, p: &Person) -> Result<Fate> {
    let Some(kind) = c.value("relation").and_then(kin::Kind::from_code) else { return Ok(Fate::Refused(c.faults)) };
    let Some(other) = relative(tx, &mut c, p, kind)? else { return Ok(Fate::Refused(c.faults)) };
    let day = tx.day;
    match kin::relate(tx, p, &other, kind, day) {
        Ok(Related::New) => Ok(Fate::Added),
        Ok(Related::Known) => Ok(Fate::Unchanged),
        Err(e) if e.key == "child_older" => c.refused("other_birth_date", FaultCode::DateOrder, None),
        Err(e) => refused_by_rule(c, "relation", e),
    }
}

fn relative(tx: &mut Tx<'_>, c: &mut Checked<'_>, p: &Person, kind: kin::Kind) -> Result<Option<Person>> {
    let [no, name, id_type, id_number, birth_date] =
        ["other_no", "other_name", "other_id_type", "other_id_number", "other_birth_date"].map(|name| c.place(name));
    if let Some(text) = c.row.at(no) {
        let found = match number::parse("P", text) {
            Ok(id) => by_number(tx, id)?,
            Err(_) => None,
        };
        if found.is_none() {
            c.fault("other_no", FaultCode::UnknownValue, None);
        }
        return Ok(found);
    }
    if let Some(text) = c.row.at(id_number) {
        match by_document(tx, c.row.at(id_type), text)? {
            Err((true, code)) => c.fault("other_id_type", code, None),
            Err((false, code)) => c.fault("other_id_number", code, None),
            Ok(Some(found)) => return Ok(Some(found)),
            Ok(None) => {}
        }
    }
    let mut raw: entry::Raw<'_> = [None; entry::N];
    raw[Key::Name as usize] = c.row.at(name);
    raw[Key::IdType as usize] = c.row.at(id_type);
    raw[Key::IdNumber as usize] = c.row.at(id_number);
    raw[Key::BirthDate as usize] = c.row.at(birth_date);
    let entry::Checked { draft, faults, .. } = entry::check(&raw);
    for f in faults {
        c.fault(&format!("other_{}", f.key.name()), f.code, f.note);
    }
    if draft.name.is_none() {
        c.fault("other_name", FaultCode::Missing, None);
    }
    if draft.documents.is_empty() && draft.birth_date.is_none() {
        c.fault("other_birth_date", FaultCode::Missing, None);
    }
    if !c.faults.is_empty() {
        return Ok(None);
    }
    // The same relative told again, without a number: known by name and birth date among the person's own.
    for r in people::relations(tx.conn(), p.id)?.iter().filter(|r| r.fact.data == kind) {
        let Some(held) = people::load(tx.conn(), r.other)? else { continue };
        let same = held.profiles.last().is_some_and(|f| {
            draft.name.as_ref().is_some_and(|n| names::fold(n) == names::fold(&f.data.name)) && f.data.birth_date == draft.birth_date
        });
        if same {
            return Ok(Some(held));
        }
    }
    if let Some((twin, _)) = known::likely_twins(tx.conn(), &draft)?.first() {
        c.fault("other_name", FaultCode::ConflictWithRegister, Some(number::format("P", *twin)));
        return Ok(None);
    }
    let id = change::enter_other(tx, "related", &draft, tx.day)?;
    people::load(tx.conn(), id)
}

/// One field that was wrong from the start: what it was must be what is held, so that nothing is corrected twice or unseen.
fn correction(tx: &mut Tx<'_>, mut c: Checked<'_>, p: &Person, sitting: &mut Sitting<'_>) -> Result<Fate> {
    let at = |name: &str| c.place(name);
    let (field, was, is) = (c.row.at(at("field")), c.row.at(at("was")), c.row.at(at("is")));
    let key = field.and_then(|f| entry::column_of(&super::read::header::even(f)));
    let Some(key) = key.filter(|k| !matches!(k, Key::No | Key::IdType | Key::Uscc)) else {
        return c.refused("field", FaultCode::UnknownValue, None);
    };
    let how = How { day: tx.day, correct: true };
    // Already so: the same corrections brought once more change nothing.
    let now = match would_change(tx, p, key, is.unwrap_or_default(), how)? {
        Ok(changes) => changes,
        Err(code) => return c.refused("is", code, None),
    };
    if !now {
        return Ok(Fate::Unchanged);
    }
    match would_change(tx, p, key, was.unwrap_or("(清空)"), how)? {
        Ok(false) => {}
        Ok(true) => return c.refused("was", FaultCode::ConflictWithRegister, Some(p.no())),
        Err(code) => return c.refused("was", code, None),
    }
    if let Err(code) = apply(tx, p, key, is.unwrap_or_default(), how)? {
        c.fault("is", code, None);
        return Ok(Fate::Refused(c.faults));
    }
    let reason = c.value("reason").unwrap_or_default();
    sitting.reasons.push(json!({"no": p.no(), "field": key.name(), "reason": reason}));
    Ok(Fate::Updated)
}

/// Whether a value of one field differs from what is held; nothing is written.
fn would_change(tx: &mut Tx<'_>, p: &Person, key: Key, text: &str, how: How) -> Result<std::result::Result<bool, FaultCode>> {
    let done = tx.step(|tx| apply(tx, p, key, text, how), |_| false)?;
    Ok(done.map(|changed| !changed.is_empty()))
}

fn apply(tx: &mut Tx<'_>, p: &Person, key: Key, text: &str, how: How) -> Result<std::result::Result<Vec<change::Changed>, FaultCode>> {
    let mut raw: entry::Raw<'_> = [None; entry::N];
    // A document of another type than the resident ID says its type before the number.
    match (key, text.split_once([':', '：'])) {
        (Key::IdNumber, Some((kind, number))) => (raw[Key::IdType as usize], raw[key as usize]) = (Some(kind), Some(number)),
        _ => raw[key as usize] = Some(text),
    }
    let entry::Checked { draft, faults, .. } = entry::check(&raw);
    if let Some(f) = faults.first() {
        return Ok(Err(f.code));
    }
    let org = match &draft.employer {
        None => None,
        Some(name) => match known::unit_of(tx, name, &draft, how.day) {
            Ok(id) => Some(id),
            Err(e) if matches!(e.kind, error::Kind::Conflict | error::Kind::NotFound | error::Kind::Usage) => {
                return Ok(Err(FaultCode::UnknownUnit));
            }
            Err(e) => return Err(e),
        },
    };
    match change::apply(tx, p, &draft, org, how) {
        Ok(changed) => Ok(Ok(changed)),
        Err(e) if e.key == "date_order" => Ok(Err(FaultCode::DateOrder)),
        Err(e) if matches!(e.key, "class_decided" | "duplicate") => Ok(Err(FaultCode::ConflictWithRegister)),
        Err(e) if matches!(e.key, "no_project" | "number_check") => Ok(Err(FaultCode::UnknownValue)),
        Err(e) => Err(e),
    }
}

/// What one paper proves.
fn attestation(tx: &mut Tx<'_>, c: Checked<'_>, p: &Person) -> Result<Fate> {
    let Some(kind) = c.value("attestation").map(str::to_owned) else { return Ok(Fate::Refused(c.faults)) };
    let amount = c.value("amount").and_then(|v| Fen::parse(v).ok()).filter(|a| a.0 > 0);
    let span = Span { from: c.day("from_date").unwrap_or(tx.day), until: c.day("until") };
    match attest::attest(tx, p, &Attestation { kind, amount }, span) {
        Ok(true) => Ok(Fate::Added),
        Ok(false) => Ok(Fate::Unchanged),
        Err(e) if e.key == "attest_amount" => {
            let code = if c.value("amount").is_some() { FaultCode::NotAllowed } else { FaultCode::Missing };
            c.refused("amount", code, None)
        }
        Err(e) if e.key == "date_order" => c.refused("until", FaultCode::DateOrder, None),
        Err(e) => Err(e),
    }
}

/// One balance: what of a benefit was used and paid, or a card that is out, before this office file began.
fn opening(tx: &mut Tx<'_>, c: Checked<'_>, p: &Person) -> Result<Fate> {
    let text = |name: &str| c.value(name).map(str::to_owned);
    let o = Opening {
        scheme: text("scheme"),
        months: c.value("months").and_then(|v| v.parse().ok()),
        paid: c.value("paid").and_then(|v| Fen::parse(v).ok()),
        card_no: text("card_no"),
        card_level: text("card_level"),
        card_until: c.day("card_until"),
    };
    if o.months.is_some_and(|m| m > 1200) {
        return c.refused("months", FaultCode::BadNumber, None);
    }
    if o.scheme.is_none() && (o.months.is_some() || o.paid.is_some() || o.card_no.is_none()) {
        return c.refused("scheme", FaultCode::Missing, None);
    }
    if o.card_no.is_none() && (o.card_level.is_some() || o.card_until.is_some()) {
        return c.refused("card_no", FaultCode::Missing, None);
    }
    let from = c.day("from_date").unwrap_or(tx.day);
    let held = people::openings(tx.conn(), p.id)?;
    // A benefit has one balance, and a person one card that is out.
    let old = held.iter().find(|h| h.data.scheme == o.scheme && (o.scheme.is_some() || h.data.card_no.is_some()));
    match old {
        Some(h) if h.data == o && (h.span.from == from || c.day("from_date").is_none()) => Ok(Fate::Unchanged),
        Some(_) => {
            people::set_opening(tx, p.id, old, from, &o)?;
            Ok(Fate::Updated)
        }
        None => {
            people::set_opening(tx, p.id, None, from, &o)?;
            Ok(Fate::Added)
        }
    }
}
