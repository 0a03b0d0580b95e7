//! Which tables the chain guards: for each kind of subject its tables, their columns in digest order, and what of them is
//! personal. The digest, `audit verify`, undo and the bulk writer read this one list; SQL of the nouns lives in their stores.

/// How a column enters the digest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// The subject's own id: stands once at the head of the leaf.
    Owner,
    /// The id of another record, or a number given within the op.
    Reference,
    /// Statistical: stays when a person is erased.
    Plain,
    /// Personal: hashed with the person's salt, blanked by erasing.
    Personal,
    /// An id of the `name` dictionary: the text is hashed, as personal.
    Name,
    /// Not hashed (the leaf itself).
    Outside,
}
use Part::{Name, Outside, Owner, Personal, Plain, Reference};

/// One table of a subject.
#[derive(Debug)]
pub struct Table {
    /// Name in SQL.
    pub name: &'static str,
    /// Column holding the subject's id; None where the whole table is one subject.
    pub owner: Option<&'static str>,
    /// Columns in order; the key columns first.
    pub cols: &'static [(&'static str, Part)],
    /// How many leading columns make the primary key.
    pub key: usize,
}

impl Table {
    /// Position of a column.
    pub fn col(&self, name: &str) -> Option<usize> {
        self.cols.iter().position(|(n, _)| *n == name)
    }

    /// Whether rows are versions of a fact (have `seq`), rather than records.
    pub fn is_fact(&self) -> bool {
        self.col("seq").is_some()
    }

    /// `INSERT` of a whole row, parameters in column order.
    pub fn insert_sql(&self) -> String {
        let names: Vec<&str> = self.cols.iter().map(|(n, _)| *n).collect();
        format!("INSERT INTO {} ({}) VALUES ({})", self.name, names.join(", "), vec!["?"; names.len()].join(", "))
    }
}

/// A kind of subject and its tables; the first is its anchor.
#[derive(Debug)]
pub struct Subject {
    /// Stable name: stands in op_subject.kind and in audit faults.
    pub kind: &'static str,
    /// Prefix of its human number, empty where it has none.
    pub prefix: &'static str,
    /// Its tables.
    pub tables: &'static [&'static Table],
}

macro_rules! fact_table {
    ($id:ident, $name:literal, $owner:literal, [$($col:literal $part:ident),* $(,)?]) => {
        #[doc = concat!("Fact table `", $name, "`.")]
        pub static $id: Table = Table { name: $name, owner: Some($owner), key: 2, cols: &[
            ($owner, Owner), ("seq", Plain), ("from_day", Plain), ("until_day", Plain), ("made_op", Plain), ("voided_op", Plain),
            $(($col, $part)),* ] };
    };
}
macro_rules! record_table {
    ($id:ident, $name:literal, [$($col:literal $part:ident),* $(,)?]) => {
        #[doc = concat!("Record table `", $name, "`.")]
        pub static $id: Table = Table { name: $name, owner: Some("id"), key: 1, cols: &[
            ("id", Owner), ("made_op", Plain), ("voided_op", Plain), $(($col, $part)),* ] };
    };
}

record_table!(PERSON, "person", ["kind" Plain, "salt" Outside, "merged_into" Plain, "erased_op" Plain]);
fact_table!(PERSON_PROFILE, "person_profile", "person_id", [
    "corps" Plain, "name_id" Name, "birth_date" Personal, "sex" Plain, "raw_name" Personal, "nationality" Plain, "ethnicity" Plain,
    "corps_more" Plain, "category" Plain, "education" Plain, "degree" Plain, "school" Personal, "major" Personal, "title" Plain,
    "skill_level" Plain, "industry" Plain, "gb_industry" Plain, "phone" Personal, "email" Personal, "remarks" Personal, "leaf" Outside]);
fact_table!(PERSON_DOCUMENT, "person_document", "person_id", ["kind" Plain, "number" Personal, "raw" Personal, "valid_until" Plain]);
fact_table!(ENGAGEMENT, "engagement", "person_id", [
    "org_id" Reference, "mode" Plain, "started" Plain, "contract_end" Plain, "position" Personal, "months_a_year" Plain, "leave_why" Plain,
    "leave_to" Personal, "project_id" Reference]);
fact_table!(RECOGNITION, "recognition", "person_id", [
    "id" Reference, "scheme" Plain, "class" Plain, "state" Plain, "policy_id" Plain, "route" Plain, "decision_id" Plain,
    "mid_check" Plain]);
fact_table!(ACHIEVEMENT, "achievement", "person_id", [
    "text" Personal, "kind" Plain, "level" Plain, "awarded" Plain, "file_id" Reference]);
fact_table!(RELATION, "relation", "person_id", ["other_id" Reference, "kind" Plain]);
fact_table!(OPENING, "opening", "person_id", [
    "scheme" Plain, "months" Plain, "paid_fen" Plain, "card_no" Plain, "card_level" Plain, "card_until" Plain]);
fact_table!(ATTESTATION, "attestation", "person_id", ["kind" Plain, "amount_fen" Plain]);
record_table!(TEAM, "team", []);
fact_table!(TEAM_PROFILE, "team_profile", "team_id", ["name" Plain, "folded" Plain, "org_id" Reference, "decision_id" Plain]);
fact_table!(TEAM_MEMBER, "team_member", "team_id", ["person_id" Reference, "role" Plain]);
record_table!(PROJECT, "project", []);
fact_table!(PROJECT_PROFILE, "project_profile", "project_id", [
    "name" Plain, "folded" Plain, "line" Plain, "org_id" Reference, "invested_fen" Plain, "closed_on" Plain]);
fact_table!(PROJECT_UNIT, "project_unit", "project_id", ["org_id" Reference]);
record_table!(COLLECTION, "collection", ["kind" Plain, "due_day" Plain]);
fact_table!(COLLECTION_UNIT, "collection_unit", "collection_id", [
    "org_id" Reference, "returned_day" Plain, "sha256" Plain, "rows" Plain, "rejected" Plain]);
record_table!(ORG, "org", []);
fact_table!(ORG_PROFILE, "org_profile", "org_id", [
    "name" Plain, "folded" Plain, "uscc" Plain, "stub" Plain, "kind" Plain, "industry" Plain, "gb_industry" Plain, "introduced_on" Plain,
    "high_tech_from" Plain, "high_tech_until" Plain, "certificate" Plain, "innovative_from" Plain, "innovative_until" Plain,
    "contact" Plain, "phone" Plain, "closed_on" Plain]);
record_table!(PLATFORM, "platform", []);
fact_table!(PLATFORM_PROFILE, "platform_profile", "platform_id", [
    "kind" Plain, "name" Plain, "folded" Plain, "subtype" Plain, "level" Plain, "org_id" Reference]);
fact_table!(PLATFORM_STAGE, "platform_stage", "platform_id", ["stage" Plain]);
fact_table!(PLATFORM_AGREEMENT, "platform_agreement", "platform_id", ["partner" Plain, "folded" Plain, "places" Plain, "subject" Plain]);
fact_table!(ACTOR, "actor", "actor_id", ["name" Plain, "os_user" Plain, "roles" Plain]);
record_table!(POLICY_VERSION, "policy_version", [
    "kind" Plain, "sha256" Plain, "toml" Plain, "from_day" Plain, "until_day" Plain, "confirmed_op" Plain, "basis" Plain]);
record_table!(TASK, "task", ["clause" Plain, "text" Plain]);
fact_table!(TASK_UNIT, "task_unit", "task_id", ["org_id" Reference, "role" Plain, "decision_id" Plain]);
fact_table!(TASK_CHARGE, "task_charge", "task_id", ["leader_id" Reference, "due_day" Plain, "measure" Plain, "decision_id" Plain]);
fact_table!(MILESTONE, "milestone", "task_id", ["quarter" Plain, "planned" Plain, "decision_id" Plain]);
record_table!(PROGRESS, "progress", ["task_id" Plain, "org_id" Reference, "day" Plain, "value" Plain, "text" Plain]);
record_table!(SCORE, "score", [
    "org_id" Reference, "year" Plain, "day" Plain, "points_tenths" Plain, "why" Plain, "decision_id" Plain]);
record_table!(DUTY, "duty", ["org_id" Reference, "year" Plain]);
record_table!(LEADER, "leader", []);
fact_table!(LEADER_PROFILE, "leader_profile", "leader_id", [
    "name" Plain, "folded" Plain, "rank" Plain, "title" Plain, "duties" Plain, "org_id" Reference, "decision_id" Plain]);
record_table!(JUDGEMENT, "judgement", ["person_a" Plain, "person_b" Plain, "verdict" Plain, "evidence" Plain]);
record_table!(REVIEW_ROW, "review_row", [
    "kind" Plain, "file" Plain, "row" Plain, "header" Plain, "cells" Plain, "cells_hash" Plain, "reasons" Plain, "state" Plain,
    "verdict" Plain, "record_id" Plain]);
record_table!(CONFIRMATION, "policy_confirmation", ["policy_id" Plain, "scheme" Plain, "decision_id" Plain]);
record_table!(STEP, "step", [
    "record_kind" Plain, "record_id" Plain, "from_state" Plain, "to_state" Plain, "day" Plain, "decision_id" Plain, "note" Plain]);
record_table!(NOTICE, "notice", ["record_kind" Plain, "record_id" Plain, "from_day" Plain, "until_day" Plain, "place" Plain]);
record_table!(OBJECTION, "objection", ["notice_id" Plain, "day" Plain, "by" Plain, "ground" Plain, "outcome" Plain]);
record_table!(DECISION, "decision", []);
fact_table!(DECISION_PROFILE, "decision_profile", "decision_id", [
    "document_no" Plain, "folded" Plain, "checked" Plain, "body" Plain, "title" Plain, "decided_day" Plain, "persons" Plain,
    "limit_fen" Plain]);
record_table!(FILE, "file", ["sha256" Plain, "bytes" Plain, "media_type" Plain]);
record_table!(FILE_LINK, "file_link", [
    "file_id" Reference, "record_kind" Plain, "record_id" Plain, "role" Plain, "name" Plain, "sensitive" Plain]);
record_table!(CALENDAR, "calendar", ["year" Plain, "source" Plain]);
fact_table!(CALENDAR_DAY, "calendar_day", "calendar_id", ["working" Plain, "name" Plain]);
record_table!(CARD, "card", [
    "person_id" Plain, "main_card_id" Plain, "recognition_id" Plain, "policy_id" Plain, "scheme" Plain, "level" Plain, "issued_day" Plain,
    "valid_until" Plain, "bound" Plain, "replaces_id" Plain]);
fact_table!(CARD_REVIEW, "card_review", "card_id", ["passed" Plain]);
record_table!(CARD_KEY, "card_key", ["public" Plain]);
record_table!(CASE, "service_case", [
    "type" Plain, "person_id" Plain, "card_id" Plain, "child_id" Plain, "grade" Plain, "officer" Plain, "department" Plain,
    "opened_day" Plain, "term_days" Plain, "policy_id" Plain]);
fact_table!(CASE_WORD, "case_word", "case_id", ["kind" Plain, "text" Plain]);
record_table!(POINT, "point", ["name" Plain, "folded" Plain, "kind" Plain, "address" Plain, "phone" Plain, "org_id" Reference]);
record_table!(OFFER, "offer", [
    "point_id" Reference, "name" Plain, "discount" Plain, "levels" Plain, "attached" Plain, "from_day" Plain, "until_day" Plain]);
record_table!(OFFER_USE, "offer_use", ["offer_id" Reference, "day" Plain, "level" Plain, "card_id" Personal, "salt" Outside]);
record_table!(FUND, "fund", ["name" Plain, "folded" Plain, "year" Plain, "kind" Plain, "decision_id" Plain]);
record_table!(FUND_LINE, "fund_line", ["fund_id" Reference, "source" Plain, "purpose" Plain, "earmark" Plain]);
/// The balance of a line: the only rows of the office that change in place.
pub static FUND_BALANCE: Table = Table {
    name: "fund_balance",
    owner: Some("line_id"),
    key: 1,
    cols: &[
        ("line_id", Owner),
        ("made_op", Plain),
        ("voided_op", Plain),
        ("free_fen", Plain),
        ("reserved_fen", Plain),
        ("paid_fen", Plain),
    ],
};
record_table!(JOURNAL, "journal", ["day" Plain, "kind" Plain, "decision_id" Plain, "note" Plain, "scheme" Plain]);
/// The postings of a movement.
pub static POSTING: Table = Table {
    name: "posting",
    owner: Some("journal_id"),
    key: 2,
    cols: &[
        ("journal_id", Owner),
        ("seq", Plain),
        ("made_op", Plain),
        ("voided_op", Plain),
        ("line_id", Reference),
        ("account", Plain),
        ("amount_fen", Plain),
    ],
};
record_table!(FUND_ASSERTION, "fund_assertion", ["fund_id" Reference, "day" Plain, "amount_fen" Plain]);
record_table!(FUND_INVESTMENT, "fund_investment", [
    "fund_id" Reference, "org_id" Reference, "day" Plain, "amount_fen" Plain, "outcome" Plain]);
record_table!(APPLICATION, "application", [
    "scheme" Plain, "policy_id" Plain, "person_id" Plain, "org_id" Plain, "day" Plain, "asked_fen" Plain, "for_id" Plain]);
/// What was approved of an application.
pub static AWARD: Table = Table {
    name: "award",
    owner: Some("application_id"),
    key: 1,
    cols: &[
        ("application_id", Owner),
        ("made_op", Plain),
        ("voided_op", Plain),
        ("policy_id", Plain),
        ("line_id", Reference),
        ("decision_id", Plain),
        ("approved_day", Plain),
        ("amount_fen", Plain),
        ("deducted_fen", Plain),
        ("verdict", Plain),
        ("agreement", Plain),
    ],
};
/// The instalments of a benefit; `settled_fen` and `line_id` change in place. What was sent is proved from the payments (`verify`), so that a
/// batch of a hundred thousand takes one digest.
pub static INSTALMENT: Table = Table {
    name: "instalment",
    owner: Some("application_id"),
    key: 2,
    cols: &[
        ("application_id", Owner),
        ("seq", Plain),
        ("made_op", Plain),
        ("voided_op", Plain),
        ("due_day", Plain),
        ("period", Plain),
        ("amount_fen", Plain),
        ("settled_fen", Outside),
        ("line_id", Plain),
    ],
};
/// Months of a benefit that a person had.
pub static BENEFIT_MONTH: Table = Table {
    name: "benefit_month",
    owner: Some("application_id"),
    key: 3,
    cols: &[("application_id", Owner), ("month", Plain), ("made_op", Plain), ("voided_op", Plain), ("person_id", Plain), ("scheme", Plain)],
};
record_table!(PAYMENT_BATCH, "payment_batch", ["day" Plain, "amount_fen" Plain, "sha256" Plain, "head" Plain]);
/// Lines of a batch.
pub static PAYMENT: Table = Table {
    name: "payment",
    owner: Some("batch_id"),
    key: 2,
    cols: &[
        ("batch_id", Owner),
        ("seq", Plain),
        ("made_op", Plain),
        ("voided_op", Plain),
        ("row", Plain),
        ("application_id", Reference),
        ("instalment_seq", Plain),
        ("line_id", Reference),
        ("amount_fen", Plain),
        ("tail", Plain),
        ("account_hash", Plain),
        ("state", Plain),
        ("paid_fen", Plain),
        ("reason", Plain),
    ],
};
/// What of the bank's return does not agree.
pub static PAYMENT_DIFFERENCE: Table = Table {
    name: "payment_difference",
    owner: Some("batch_id"),
    key: 2,
    cols: &[
        ("batch_id", Owner),
        ("seq", Plain),
        ("made_op", Plain),
        ("voided_op", Plain),
        ("row", Plain),
        ("sent", Plain),
        ("returned", Plain),
        ("outcome", Plain),
        ("why", Plain),
    ],
};
record_table!(BENEFIT_ELSEWHERE, "benefit_elsewhere", [
    "person_id" Plain, "scheme" Plain, "body" Plain, "amount_fen" Plain, "from_month" Plain, "until_month" Plain]);
record_table!(HOUSING_UNIT, "housing_unit", ["address" Plain, "folded" Plain, "rent_fen" Plain]);
fact_table!(LEASE, "lease", "unit_id", ["person_id" Reference, "why" Plain]);
record_table!(REPORT, "report", [
    "kind" Plain, "period" Plain, "from_day" Plain, "as_of_day" Plain, "known_op" Plain, "edition" Plain, "revises_id" Reference, "figures" Plain,
    "sha256" Plain]);
record_table!(DELIVERY, "delivery", [
    "record_kind" Plain, "record_id" Plain, "paper" Plain, "day" Plain, "way" Plain, "reply_days" Plain, "reply_until" Plain]);
record_table!(INTEGRITY_CASE, "integrity_case", [
    "person_id" Plain, "org_id" Plain, "ground" Plain, "facts" Personal, "basis" Plain, "opened_day" Plain, "policy_id" Plain,
    "salt" Outside]);
fact_table!(INTEGRITY_RULING, "integrity_ruling", "case_id", [
    "listed" Plain, "grade" Plain, "ends_day" Plain, "effects" Plain, "decision_id" Plain]);
fact_table!(INTEGRITY_SHARE, "integrity_share", "case_id", ["recipient" Plain, "basis" Plain, "purpose" Plain]);
record_table!(SCREENING, "screening", [
    "day" Plain, "known_op" Plain, "policy_id" Plain, "sha256" Plain, "rows" Plain, "exact" Plain, "likely" Plain]);
record_table!(SCREENING_JUDGEMENT, "screening_judgement", ["person_id" Plain, "org_id" Plain, "identity" Plain]);
record_table!(PROGRAMME, "programme", ["kind" Plain]);
fact_table!(PROGRAMME_PROFILE, "programme_profile", "programme_id", [
    "name" Plain, "folded" Plain, "named_project" Plain, "direction" Plain, "task_id" Plain, "org_id" Reference, "partner" Plain,
    "place" Plain, "first_day" Plain, "last_day" Plain, "hours" Plain, "cost_fen" Plain]);
fact_table!(ENROLMENT, "enrolment", "programme_id", [
    "person_id" Reference, "role" Plain, "outcome" Plain, "note" Plain, "consent_file_id" Reference, "application_id" Reference]);
fact_table!(ATTENDANCE, "attendance", "programme_id", ["person_id" Reference, "hours" Plain]);
record_table!(HONOUR, "honour", ["person_id" Plain, "outside" Plain, "title" Plain, "level" Plain, "opened_day" Plain]);
fact_table!(HONOUR_HELD, "honour_held", "honour_id", ["decision_id" Plain, "application_id" Reference]);
record_table!(EXPERT, "expert", ["person_id" Plain, "honour_id" Reference]);
fact_table!(EXPERT_PROFILE, "expert_profile", "expert_id", ["fields" Plain, "available" Plain]);
record_table!(LIAISON, "liaison", ["person_id" Plain]);
fact_table!(LIAISON_PROFILE, "liaison_profile", "liaison_id", ["leader" Plain, "folded" Plain, "post" Plain, "rank" Plain]);
fact_table!(CONTACT, "contact", "liaison_id", ["note" Plain]);
record_table!(PRODUCT, "product", ["holder_id" Plain]);
fact_table!(PRODUCT_PROFILE, "product_profile", "product_id", [
    "name" Plain, "folded" Plain, "org_id" Reference, "case_id" Reference, "decision_id" Plain, "listed_from" Plain, "listed_until" Plain]);
fact_table!(PRODUCT_TRIAL, "product_trial", "product_id", [
    "trial" Plain, "org_id" Reference, "amount_fen" Plain, "signed_day" Plain, "outcome" Plain, "note" Plain]);
/// Table `setting`: one subject as a whole.
pub static SETTING: Table =
    Table { name: "setting", owner: None, key: 2, cols: &[("key", Plain), ("made_op", Plain), ("voided_op", Plain), ("value", Plain)] };
/// Table `code`: one subject as a whole.
pub static CODE: Table = Table {
    name: "code",
    owner: None,
    key: 3,
    cols: &[
        ("code_set", Plain),
        ("code", Plain),
        ("made_op", Plain),
        ("voided_op", Plain),
        ("label_zh", Plain),
        ("label_en", Plain),
        ("rank", Plain),
        ("aliases", Plain),
        ("source", Plain),
        ("source_date", Plain),
    ],
};

/// A person with everything that hangs on them.
pub static PERSON_SUBJECT: Subject = Subject {
    kind: "person",
    prefix: "P",
    tables: &[&PERSON, &PERSON_PROFILE, &PERSON_DOCUMENT, &ENGAGEMENT, &RECOGNITION, &ACHIEVEMENT, &RELATION, &OPENING, &ATTESTATION],
};
/// A unit.
pub static ORG_SUBJECT: Subject = Subject { kind: "org", prefix: "U", tables: &[&ORG, &ORG_PROFILE] };
/// A platform.
pub static PLATFORM_SUBJECT: Subject =
    Subject { kind: "platform", prefix: "PL", tables: &[&PLATFORM, &PLATFORM_PROFILE, &PLATFORM_STAGE, &PLATFORM_AGREEMENT] };
/// A project.
pub static PROJECT_SUBJECT: Subject = Subject { kind: "project", prefix: "PJ", tables: &[&PROJECT, &PROJECT_PROFILE, &PROJECT_UNIT] };
/// A team.
pub static TEAM_SUBJECT: Subject = Subject { kind: "team", prefix: "TM", tables: &[&TEAM, &TEAM_PROFILE, &TEAM_MEMBER] };
/// A year's working days.
pub static CALENDAR_SUBJECT: Subject = Subject { kind: "calendar", prefix: "", tables: &[&CALENDAR, &CALENDAR_DAY] };
/// A service card.
pub static CARD_SUBJECT: Subject = Subject { kind: "card", prefix: "C", tables: &[&CARD, &CARD_REVIEW] };
/// A public key of cards.
pub static CARD_KEY_SUBJECT: Subject = Subject { kind: "card_key", prefix: "", tables: &[&CARD_KEY] };
/// A service case.
pub static CASE_SUBJECT: Subject = Subject { kind: "service_case", prefix: "K", tables: &[&CASE, &CASE_WORD] };
/// A service point.
pub static POINT_SUBJECT: Subject = Subject { kind: "point", prefix: "PT", tables: &[&POINT] };
/// What a point offers.
pub static OFFER_SUBJECT: Subject = Subject { kind: "offer", prefix: "O", tables: &[&OFFER] };
/// A use of an offer.
pub static OFFER_USE_SUBJECT: Subject = Subject { kind: "offer_use", prefix: "", tables: &[&OFFER_USE] };
/// A fund of a year.
pub static FUND_SUBJECT: Subject = Subject { kind: "fund", prefix: "FD", tables: &[&FUND] };
/// A line of a fund, with its balance.
pub static FUND_LINE_SUBJECT: Subject = Subject { kind: "fund_line", prefix: "", tables: &[&FUND_LINE, &FUND_BALANCE] };
/// A movement of money.
pub static JOURNAL_SUBJECT: Subject = Subject { kind: "journal", prefix: "", tables: &[&JOURNAL, &POSTING] };
/// A benefit granted.
pub static APPLICATION_SUBJECT: Subject =
    Subject { kind: "application", prefix: "S", tables: &[&APPLICATION, &AWARD, &INSTALMENT, &BENEFIT_MONTH] };
/// A payment batch.
pub static PAYMENT_BATCH_SUBJECT: Subject =
    Subject { kind: "payment_batch", prefix: "PB", tables: &[&PAYMENT_BATCH, &PAYMENT, &PAYMENT_DIFFERENCE] };
/// A benefit that another body pays.
pub static BENEFIT_ELSEWHERE_SUBJECT: Subject = Subject { kind: "benefit_elsewhere", prefix: "", tables: &[&BENEFIT_ELSEWHERE] };
/// A turnover flat with its leases.
pub static HOUSING_SUBJECT: Subject = Subject { kind: "housing_unit", prefix: "HU", tables: &[&HOUSING_UNIT, &LEASE] };
/// A programme with its participants.
pub static PROGRAMME_SUBJECT: Subject =
    Subject { kind: "programme", prefix: "PR", tables: &[&PROGRAMME, &PROGRAMME_PROFILE, &ENROLMENT, &ATTENDANCE] };
/// A nomination for an honour, and its award.
pub static HONOUR_SUBJECT: Subject = Subject { kind: "honour", prefix: "H", tables: &[&HONOUR, &HONOUR_HELD] };
/// A seat in the expert pool.
pub static EXPERT_SUBJECT: Subject = Subject { kind: "expert", prefix: "", tables: &[&EXPERT, &EXPERT_PROFILE] };
/// A leader's contact with an expert.
pub static LIAISON_SUBJECT: Subject = Subject { kind: "liaison", prefix: "LN", tables: &[&LIAISON, &LIAISON_PROFILE, &CONTACT] };
/// An innovative product.
pub static PRODUCT_SUBJECT: Subject = Subject { kind: "product", prefix: "X", tables: &[&PRODUCT, &PRODUCT_PROFILE, &PRODUCT_TRIAL] };
/// What the bank says.
pub static FUND_ASSERTION_SUBJECT: Subject = Subject { kind: "fund_assertion", prefix: "", tables: &[&FUND_ASSERTION] };
/// An investment.
pub static FUND_INVESTMENT_SUBJECT: Subject = Subject { kind: "fund_investment", prefix: "", tables: &[&FUND_INVESTMENT] };
/// A round of collecting rosters.
pub static COLLECTION_SUBJECT: Subject = Subject { kind: "collection", prefix: "", tables: &[&COLLECTION, &COLLECTION_UNIT] };
/// A frozen report.
pub static REPORT_SUBJECT: Subject = Subject { kind: "report", prefix: "RP", tables: &[&REPORT] };
/// An actor.
pub static ACTOR_SUBJECT: Subject = Subject { kind: "actor", prefix: "", tables: &[&ACTOR] };
/// All settings.
pub static SETTING_SUBJECT: Subject = Subject { kind: "setting", prefix: "", tables: &[&SETTING] };
/// All code sets.
pub static CODE_SUBJECT: Subject = Subject { kind: "code", prefix: "", tables: &[&CODE] };
/// A policy version.
pub static POLICY_SUBJECT: Subject = Subject { kind: "policy_version", prefix: "", tables: &[&POLICY_VERSION] };
/// A task line with who carries it and what is planned.
pub static TASK_SUBJECT: Subject = Subject { kind: "task", prefix: "TK", tables: &[&TASK, &TASK_UNIT, &TASK_CHARGE, &MILESTONE] };
/// A report on a task.
pub static PROGRESS_SUBJECT: Subject = Subject { kind: "progress", prefix: "TP", tables: &[&PROGRESS] };
/// Points given or taken.
pub static SCORE_SUBJECT: Subject = Subject { kind: "score", prefix: "", tables: &[&SCORE] };
/// A unit's duty report.
pub static DUTY_SUBJECT: Subject = Subject { kind: "duty", prefix: "DT", tables: &[&DUTY] };
/// A member of the leading group.
pub static LEADER_SUBJECT: Subject = Subject { kind: "leader", prefix: "GL", tables: &[&LEADER, &LEADER_PROFILE] };
/// A judgement on two persons.
pub static JUDGEMENT_SUBJECT: Subject = Subject { kind: "judgement", prefix: "", tables: &[&JUDGEMENT] };
/// A roster row that waits.
pub static REVIEW_SUBJECT: Subject = Subject { kind: "review_row", prefix: "", tables: &[&REVIEW_ROW] };

/// A decision on paper.
pub static DECISION_SUBJECT: Subject = Subject { kind: "decision", prefix: "D", tables: &[&DECISION, &DECISION_PROFILE] };
/// A file kept.
pub static FILE_SUBJECT: Subject = Subject { kind: "file", prefix: "", tables: &[&FILE] };
/// What a file is to a record.
pub static FILE_LINK_SUBJECT: Subject = Subject { kind: "file_link", prefix: "", tables: &[&FILE_LINK] };

/// What the office confirmed.
pub static CONFIRMATION_SUBJECT: Subject = Subject { kind: "policy_confirmation", prefix: "", tables: &[&CONFIRMATION] };
/// A step of a record.
pub static STEP_SUBJECT: Subject = Subject { kind: "step", prefix: "", tables: &[&STEP] };
/// A public notice.
pub static NOTICE_SUBJECT: Subject = Subject { kind: "notice", prefix: "", tables: &[&NOTICE] };
/// An objection to one.
pub static OBJECTION_SUBJECT: Subject = Subject { kind: "objection", prefix: "", tables: &[&OBJECTION] };
/// A paper served.
pub static DELIVERY_SUBJECT: Subject = Subject { kind: "delivery", prefix: "", tables: &[&DELIVERY] };
/// An integrity case.
pub static INTEGRITY_SUBJECT: Subject =
    Subject { kind: "integrity_case", prefix: "I", tables: &[&INTEGRITY_CASE, &INTEGRITY_RULING, &INTEGRITY_SHARE] };
/// A list that was looked through.
pub static SCREENING_SUBJECT: Subject = Subject { kind: "screening", prefix: "SC", tables: &[&SCREENING] };
/// A row of a list judged to be another.
pub static SCREENING_JUDGEMENT_SUBJECT: Subject = Subject { kind: "screening_judgement", prefix: "", tables: &[&SCREENING_JUDGEMENT] };

/// Every kind of subject, in the order of op_subject.kind.
pub static ALL: &[&Subject] = &[
    &ACTOR_SUBJECT,
    &APPLICATION_SUBJECT,
    &BENEFIT_ELSEWHERE_SUBJECT,
    &CALENDAR_SUBJECT,
    &CARD_SUBJECT,
    &CARD_KEY_SUBJECT,
    &CODE_SUBJECT,
    &COLLECTION_SUBJECT,
    &DECISION_SUBJECT,
    &DELIVERY_SUBJECT,
    &DUTY_SUBJECT,
    &EXPERT_SUBJECT,
    &FILE_SUBJECT,
    &FILE_LINK_SUBJECT,
    &FUND_SUBJECT,
    &FUND_ASSERTION_SUBJECT,
    &FUND_INVESTMENT_SUBJECT,
    &FUND_LINE_SUBJECT,
    &HONOUR_SUBJECT,
    &HOUSING_SUBJECT,
    &INTEGRITY_SUBJECT,
    &JOURNAL_SUBJECT,
    &JUDGEMENT_SUBJECT,
    &LEADER_SUBJECT,
    &LIAISON_SUBJECT,
    &NOTICE_SUBJECT,
    &OBJECTION_SUBJECT,
    &OFFER_SUBJECT,
    &OFFER_USE_SUBJECT,
    &ORG_SUBJECT,
    &PAYMENT_BATCH_SUBJECT,
    &PERSON_SUBJECT,
    &PLATFORM_SUBJECT,
    &POINT_SUBJECT,
    &CONFIRMATION_SUBJECT,
    &POLICY_SUBJECT,
    &PRODUCT_SUBJECT,
    &PROGRAMME_SUBJECT,
    &PROGRESS_SUBJECT,
    &PROJECT_SUBJECT,
    &REPORT_SUBJECT,
    &REVIEW_SUBJECT,
    &SCORE_SUBJECT,
    &SCREENING_SUBJECT,
    &SCREENING_JUDGEMENT_SUBJECT,
    &CASE_SUBJECT,
    &SETTING_SUBJECT,
    &STEP_SUBJECT,
    &TASK_SUBJECT,
    &TEAM_SUBJECT,
];

/// The subject of that kind.
pub fn by_kind(kind: &str) -> Option<&'static Subject> {
    ALL.iter().find(|s| s.kind == kind).copied()
}
