-- The memory of the office: the whole current schema. A new office file is made from this text; migrations/ lead older
-- files here. Two kinds of tables hold what the office knows:
--   F  a fact: from_day..until_day (last day, inclusive; NULL = open) is when it is true, made_op..voided_op when the office
--      knew it. The only change a fact row ever sees is its voided_op.
--   R  a record or anchor: id, made_op, voided_op. Its human number is the id in human dress (P000001X), never stored.
-- Days are counted from 1970-01-01: date(from_day * 86400, 'unixepoch') reads them. Dates as somebody wrote them
-- (birth_date, started, contract_end) are yyyymmdd, dd = 00 where only year and month are known. Nothing here needs
-- functions of ours, so an auditor's own tools read the file. CHECKs of tables that grow large spell a list as OR: for IN with
-- more than two texts SQLite builds a temporary tree at every INSERT.

-- ---------------------------------------------------------------- the log

-- One op a command, chained: hash = H(prev_hash, this row, the digests of every subject it touched).
CREATE TABLE op (
  op            INTEGER PRIMARY KEY AUTOINCREMENT,  -- 1, 2, 3 … without a gap; sqlite_sequence remembers the last
  recorded_at   INTEGER NOT NULL,                   -- milliseconds since 1970 UTC, never before the previous op's
  clock_back    INTEGER NOT NULL CHECK (clock_back IN (0, 1)),  -- 1: the clock stood before the previous op's time
  business_day  INTEGER NOT NULL,
  actor         TEXT NOT NULL,
  os_user       TEXT NOT NULL,
  standing      TEXT NOT NULL CHECK (standing IN ('unverified', 'actor', 'proxy')),
  command       TEXT NOT NULL,                      -- talent.add, roster.import, access …
  outcome       TEXT,                               -- counts and numbers as JSON; nothing personal
  params        TEXT,                               -- free text of the command, JSON; personal: erased with the person
  reason        TEXT,                               -- why; personal like params
  text_salt     BLOB,                               -- salts params and reason, so that erasing them leaves no trial
  text_hash     BLOB NOT NULL,                      -- H(text_salt, params, reason): stays when they are erased
  undoes        INTEGER REFERENCES op (op),
  subjects_hash BLOB NOT NULL,                      -- digest of op_subject of this op and of the leaves in person_profile
  prev_hash     BLOB NOT NULL,
  hash          BLOB NOT NULL
) STRICT;

-- For each subject an op touched: the digest (leaf) of all of that subject's rows after the op. People entered in bulk keep
-- their first leaf in person_profile.leaf instead.
CREATE TABLE op_subject (
  op      INTEGER NOT NULL REFERENCES op (op),
  kind    TEXT NOT NULL,
  subject INTEGER NOT NULL,
  leaf    BLOB NOT NULL,
  PRIMARY KEY (op, kind, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX op_subject_subject ON op_subject (kind, subject, op);

-- F. Who may act (经办人). Until the first one every name passes and its ops say 'unverified'.
CREATE TABLE actor (
  actor_id  INTEGER NOT NULL,
  seq       INTEGER NOT NULL,
  from_day  INTEGER NOT NULL,
  until_day INTEGER,                  -- last day in office
  made_op   INTEGER NOT NULL,
  voided_op INTEGER,
  name      TEXT NOT NULL,
  os_user   TEXT NOT NULL,
  roles     TEXT NOT NULL,            -- clerk,reviewer,approver,cashier,privacy,auditor,proxy, apart by a comma
  PRIMARY KEY (actor_id, seq)
) STRICT, WITHOUT ROWID;

-- ---------------------------------------------------------------- what the office was set up with

-- Zone, language, plan: one row a value and version.
CREATE TABLE setting (
  key       TEXT NOT NULL,
  made_op   INTEGER NOT NULL,
  voided_op INTEGER,
  value     TEXT NOT NULL,
  PRIMARY KEY (key, made_op)
) STRICT, WITHOUT ROWID;

-- Code sets with their source, as loaded at init, for whoever reads the file without this program.
CREATE TABLE code (
  code_set    TEXT NOT NULL,
  code        TEXT NOT NULL,
  made_op     INTEGER NOT NULL,
  voided_op   INTEGER,
  label_zh    TEXT NOT NULL,
  label_en    TEXT NOT NULL,
  rank        INTEGER NOT NULL,
  aliases     TEXT NOT NULL,          -- JSON array
  source      TEXT NOT NULL,
  source_date TEXT NOT NULL,
  PRIMARY KEY (code_set, code, made_op)
) STRICT, WITHOUT ROWID;

-- R. Policy packs as loaded, whole; what is decided by a policy points at its version.
CREATE TABLE policy_version (
  id           INTEGER PRIMARY KEY,
  made_op      INTEGER NOT NULL,
  voided_op    INTEGER,
  kind         TEXT NOT NULL,         -- targets
  sha256       TEXT NOT NULL,
  toml         TEXT NOT NULL,
  from_day     INTEGER NOT NULL,
  until_day    INTEGER,
  confirmed_op INTEGER,
  basis        TEXT NOT NULL
) STRICT;

-- R. The plan's task lines (重点任务), as the plan words them; units and dates are assigned later, never invented.
CREATE TABLE task (
  id        INTEGER PRIMARY KEY,
  made_op   INTEGER NOT NULL,
  voided_op INTEGER,
  clause    TEXT NOT NULL,
  text      TEXT NOT NULL
) STRICT;

-- ---------------------------------------------------------------- units and platforms

-- R. A unit (用人单位). stub = 1: made from a name that a roster or a clerk gave; never counts in T1 until completed.
CREATE TABLE org (
  id        INTEGER PRIMARY KEY,
  made_op   INTEGER NOT NULL,
  voided_op INTEGER
) STRICT;

-- F. What is known of a unit: one wide row a version.
CREATE TABLE org_profile (
  org_id           INTEGER NOT NULL REFERENCES org (id),
  seq              INTEGER NOT NULL,
  from_day         INTEGER NOT NULL,
  until_day        INTEGER,
  made_op          INTEGER NOT NULL,
  voided_op        INTEGER,
  name             TEXT NOT NULL,
  folded           TEXT NOT NULL,     -- the name as it is matched: width, case, blanks and brackets made even
  uscc             TEXT,              -- GB 32100
  stub             INTEGER NOT NULL CHECK (stub IN (0, 1)),
  kind             TEXT,
  industry         TEXT,
  gb_industry      TEXT,
  introduced_on    INTEGER,
  high_tech_from   INTEGER,
  high_tech_until  INTEGER,
  certificate      TEXT,
  innovative_from  INTEGER,
  innovative_until INTEGER,
  contact          TEXT,
  phone            TEXT,
  closed_on        INTEGER,           -- last day the unit was open
  PRIMARY KEY (org_id, seq),
  CHECK (until_day IS NULL OR until_day >= from_day)
) STRICT, WITHOUT ROWID;
CREATE INDEX org_profile_folded ON org_profile (folded);
CREATE UNIQUE INDEX org_profile_uscc ON org_profile (uscc) WHERE voided_op IS NULL AND until_day IS NULL AND uscc IS NOT NULL;

-- R. A project (项目引才) on one of the plan's nine industry lines: people and units come by projects.
CREATE TABLE project (
  id        INTEGER PRIMARY KEY,
  made_op   INTEGER NOT NULL,
  voided_op INTEGER
) STRICT;

-- F. What a project is.
CREATE TABLE project_profile (
  project_id   INTEGER NOT NULL REFERENCES project (id),
  seq          INTEGER NOT NULL,
  from_day     INTEGER NOT NULL,
  until_day    INTEGER,
  made_op      INTEGER NOT NULL,
  voided_op    INTEGER,
  name         TEXT NOT NULL,
  folded       TEXT NOT NULL,         -- the name as it is matched
  line         TEXT NOT NULL,         -- 4.1.2.1 to 4.1.2.9
  org_id       INTEGER REFERENCES org (id),
  invested_fen INTEGER CHECK (invested_fen >= 0),
  closed_on    INTEGER,               -- last day of the project
  PRIMARY KEY (project_id, seq)
) STRICT, WITHOUT ROWID;

-- F. A further unit (项目引进单位) that came by a project, beside the one that carries it.
CREATE TABLE project_unit (
  project_id INTEGER NOT NULL REFERENCES project (id),
  seq        INTEGER NOT NULL,
  from_day   INTEGER NOT NULL,
  until_day  INTEGER,
  made_op    INTEGER NOT NULL,
  voided_op  INTEGER,
  org_id     INTEGER NOT NULL REFERENCES org (id),
  PRIMARY KEY (project_id, seq)
) STRICT, WITHOUT ROWID;

-- R. A platform (平台): startup town, incubator, AI laboratory or maker space, research station, college, practice base.
CREATE TABLE platform (
  id        INTEGER PRIMARY KEY,
  made_op   INTEGER NOT NULL,
  voided_op INTEGER
) STRICT;

-- F. What a platform is.
CREATE TABLE platform_profile (
  platform_id INTEGER NOT NULL REFERENCES platform (id),
  seq         INTEGER NOT NULL,
  from_day    INTEGER NOT NULL,
  until_day   INTEGER,
  made_op     INTEGER NOT NULL,
  voided_op   INTEGER,
  kind        TEXT NOT NULL,
  name        TEXT NOT NULL,
  folded      TEXT NOT NULL,          -- the name as it is matched
  subtype     TEXT,
  level       TEXT,
  org_id      INTEGER REFERENCES org (id),
  PRIMARY KEY (platform_id, seq)
) STRICT, WITHOUT ROWID;

-- F. The platform's stage (阶段), from the day it was reached.
CREATE TABLE platform_stage (
  platform_id INTEGER NOT NULL REFERENCES platform (id),
  seq         INTEGER NOT NULL,
  from_day    INTEGER NOT NULL,
  until_day   INTEGER,
  made_op     INTEGER NOT NULL,
  voided_op   INTEGER,
  stage       TEXT NOT NULL CHECK (stage IN ('planned', 'building', 'applied', 'approved', 'operating', 'closed')),
  PRIMARY KEY (platform_id, seq)
) STRICT, WITHOUT ROWID;

-- F. An agreement (合作协议) of a platform with a university or practice base, for so many places, until its last day.
CREATE TABLE platform_agreement (
  platform_id INTEGER NOT NULL REFERENCES platform (id),
  seq         INTEGER NOT NULL,
  from_day    INTEGER NOT NULL,
  until_day   INTEGER,
  made_op     INTEGER NOT NULL,
  voided_op   INTEGER,
  partner     TEXT NOT NULL,
  folded      TEXT NOT NULL,          -- the partner as it is matched
  places      INTEGER CHECK (places > 0),
  subject     TEXT,                   -- what it is about: major, practice
  PRIMARY KEY (platform_id, seq)
) STRICT, WITHOUT ROWID;

-- ---------------------------------------------------------------- people

-- Dictionary of names: what find and the twin rules search; 570,000 of a million are distinct.
CREATE TABLE name (
  id       INTEGER PRIMARY KEY,
  text     TEXT NOT NULL,
  folded   TEXT NOT NULL,
  pinyin   TEXT NOT NULL,             -- readings without tones, the usual one first, apart by a blank
  initials TEXT NOT NULL
) STRICT;
CREATE INDEX name_folded ON name (folded);

-- R. The anchor of a person: nothing personal. salt goes when the person is erased.
CREATE TABLE person (
  id          INTEGER PRIMARY KEY,
  made_op     INTEGER NOT NULL,
  voided_op   INTEGER,
  kind        TEXT NOT NULL CHECK (kind = 'talent' OR kind = 'student' OR kind = 'related'),
  salt        BLOB,
  merged_into INTEGER REFERENCES person (id),
  erased_op   INTEGER
) STRICT;
CREATE INDEX person_merged ON person (merged_into) WHERE merged_into IS NOT NULL;

-- F. Slow facts of a person, one wide row a version.
CREATE TABLE person_profile (
  person_id   INTEGER NOT NULL REFERENCES person (id),
  seq         INTEGER NOT NULL,
  from_day    INTEGER NOT NULL,
  until_day   INTEGER,
  made_op     INTEGER NOT NULL,
  voided_op   INTEGER,
  corps       TEXT CHECK (corps = 'entrepreneur' OR corps = 'leading' OR corps = 'innovator' OR corps = 'skilled'),  -- none: student or related
  name_id     INTEGER NOT NULL REFERENCES name (id),
  birth_date  INTEGER,
  sex         TEXT CHECK (sex IN ('male', 'female')),
  raw_name    TEXT,                   -- as it was written, where that differs from the name
  nationality TEXT,
  ethnicity   TEXT,
  corps_more  TEXT,                   -- secondary corps, apart by ;
  category    TEXT,
  education   TEXT,
  degree      TEXT,
  school      TEXT,
  major       TEXT,
  title       TEXT,
  skill_level TEXT,
  industry    TEXT,
  gb_industry TEXT,
  phone       TEXT,
  email       TEXT,
  remarks     TEXT,
  leaf        BLOB,                   -- the person's first leaf, where it was entered in bulk
  PRIMARY KEY (person_id, seq),
  CHECK (until_day IS NULL OR until_day >= from_day)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_profile_name ON person_profile (name_id);

-- F. Identity documents (证件). number is the identity: 18 digits of an old 15-digit number, 9 lifetime characters of a travel
-- permit; raw is the number as the paper has it, where that differs.
CREATE TABLE person_document (
  person_id   INTEGER NOT NULL REFERENCES person (id),
  seq         INTEGER NOT NULL,
  from_day    INTEGER NOT NULL,
  until_day   INTEGER,
  made_op     INTEGER NOT NULL,
  voided_op   INTEGER,
  kind        TEXT NOT NULL,
  number      TEXT NOT NULL,
  raw         TEXT,
  valid_until INTEGER,
  PRIMARY KEY (person_id, seq)
) STRICT, WITHOUT ROWID;
-- One live holder a number.
CREATE UNIQUE INDEX person_document_number ON person_document (number, kind) WHERE voided_op IS NULL AND until_day IS NULL;

-- F. Who works where and how (引进与在岗). A row with leave_why ended by a leave; one without only changed.
CREATE TABLE engagement (
  person_id     INTEGER NOT NULL REFERENCES person (id),
  seq           INTEGER NOT NULL,
  from_day      INTEGER NOT NULL,
  until_day     INTEGER,
  made_op       INTEGER NOT NULL,
  voided_op     INTEGER,
  org_id        INTEGER NOT NULL REFERENCES org (id),
  mode          TEXT NOT NULL CHECK (mode = 'rigid' OR mode = 'flexible' OR mode = 'home_grown'),
  started       INTEGER NOT NULL,     -- first day with this unit, as written (到岗日期), through later changes
  contract_end  INTEGER,
  position      TEXT,
  months_a_year INTEGER CHECK (months_a_year BETWEEN 1 AND 12),
  leave_why     TEXT,
  leave_to      TEXT,
  project_id    INTEGER REFERENCES project (id),  -- the project the person came by
  PRIMARY KEY (person_id, seq),
  CHECK (until_day IS NULL OR until_day >= from_day)
) STRICT, WITHOUT ROWID;
CREATE INDEX engagement_org ON engagement (org_id);
CREATE INDEX engagement_project ON engagement (project_id) WHERE project_id IS NOT NULL;

-- R/F. Recognition (认定). State recorded: only a roster says so; it counts in statistics and opens nothing.
CREATE TABLE recognition (
  person_id   INTEGER NOT NULL REFERENCES person (id),
  seq         INTEGER NOT NULL,
  from_day    INTEGER NOT NULL,
  until_day   INTEGER,
  made_op     INTEGER NOT NULL,
  voided_op   INTEGER,
  id          INTEGER NOT NULL,       -- its human number R
  scheme      TEXT NOT NULL,
  class       TEXT NOT NULL,
  state       TEXT NOT NULL,
  policy_id   INTEGER REFERENCES policy_version (id),
  route       TEXT CHECK (route IN ('catalogue', 'panel', 'exception')),
  decision_id INTEGER REFERENCES decision (id),
  mid_check   TEXT CHECK (mid_check IN ('passed', 'failed')),  -- what the mid-term check (中期考核) found
  PRIMARY KEY (person_id, seq)
) STRICT, WITHOUT ROWID;
-- Recognitions on their way or decided are asked for by number; those that only rosters say are most, and are scanned.
CREATE INDEX recognition_id ON recognition (id) WHERE state <> 'recorded';

-- F. Awards, titles, patents (荣誉), one a row; what is known of it beyond its text, and its paper.
CREATE TABLE achievement (
  person_id INTEGER NOT NULL REFERENCES person (id),
  seq       INTEGER NOT NULL,
  from_day  INTEGER NOT NULL,
  until_day INTEGER,
  made_op   INTEGER NOT NULL,
  voided_op INTEGER,
  text      TEXT NOT NULL,
  kind      TEXT CHECK (kind IN ('award', 'title', 'patent', 'paper', 'programme', 'other')),
  level     TEXT,
  awarded   INTEGER,                  -- day as written
  file_id   INTEGER REFERENCES file (id),
  PRIMARY KEY (person_id, seq)
) STRICT, WITHOUT ROWID;

-- F. Family (亲属关系): other_id is the person's spouse, child or parent. Kept once, read from both sides.
CREATE TABLE relation (
  person_id INTEGER NOT NULL REFERENCES person (id),
  seq       INTEGER NOT NULL,
  from_day  INTEGER NOT NULL,
  until_day INTEGER,
  made_op   INTEGER NOT NULL,
  voided_op INTEGER,
  other_id  INTEGER NOT NULL REFERENCES person (id),
  kind      TEXT NOT NULL CHECK (kind IN ('spouse', 'child', 'parent')),
  PRIMARY KEY (person_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX relation_other ON relation (other_id);

-- F. Balances at the start (期初数): what was granted before this office file began, true on its first day.
CREATE TABLE opening (
  person_id  INTEGER NOT NULL REFERENCES person (id),
  seq        INTEGER NOT NULL,
  from_day   INTEGER NOT NULL,
  until_day  INTEGER,
  made_op    INTEGER NOT NULL,
  voided_op  INTEGER,
  scheme     TEXT,                    -- benefit of which months were used and money was paid
  months     INTEGER CHECK (months BETWEEN 0 AND 1200),
  paid_fen   INTEGER CHECK (paid_fen >= 0),
  card_no    TEXT,                    -- number of a card that is out, as it is printed
  card_level TEXT,
  card_until INTEGER,                 -- its last day
  PRIMARY KEY (person_id, seq)
) STRICT, WITHOUT ROWID;

-- F. What a paper proves of a person that no register of ours says (证明): that the person lives in the zone, is insured here, owns no home,
-- pays so much rent a month, buys at such a price.
CREATE TABLE attestation (
  person_id  INTEGER NOT NULL REFERENCES person (id),
  seq        INTEGER NOT NULL,
  from_day   INTEGER NOT NULL,
  until_day  INTEGER,
  made_op    INTEGER NOT NULL,
  voided_op  INTEGER,
  kind       TEXT NOT NULL CHECK (kind IN ('residence', 'social_insurance', 'no_home', 'rent', 'price')),
  amount_fen INTEGER CHECK (amount_fen > 0),  -- of rent a month, of price the whole
  PRIMARY KEY (person_id, seq)
) STRICT, WITHOUT ROWID;

-- R. A team (团队): a leader and core members.
CREATE TABLE team (
  id        INTEGER PRIMARY KEY,
  made_op   INTEGER NOT NULL,
  voided_op INTEGER
) STRICT;

-- F. What a team is called, where it works, on which decision it was brought in; it ends with its last row.
CREATE TABLE team_profile (
  team_id     INTEGER NOT NULL REFERENCES team (id),
  seq         INTEGER NOT NULL,
  from_day    INTEGER NOT NULL,
  until_day   INTEGER,
  made_op     INTEGER NOT NULL,
  voided_op   INTEGER,
  name        TEXT NOT NULL,
  folded      TEXT NOT NULL,          -- the name as it is matched
  org_id      INTEGER REFERENCES org (id),
  decision_id INTEGER REFERENCES decision (id),
  PRIMARY KEY (team_id, seq)
) STRICT, WITHOUT ROWID;

-- F. Who belongs to a team; a person is in one team at a time.
CREATE TABLE team_member (
  team_id   INTEGER NOT NULL REFERENCES team (id),
  seq       INTEGER NOT NULL,
  from_day  INTEGER NOT NULL,
  until_day INTEGER,
  made_op   INTEGER NOT NULL,
  voided_op INTEGER,
  person_id INTEGER NOT NULL REFERENCES person (id),
  role      TEXT NOT NULL CHECK (role IN ('leader', 'core')),
  PRIMARY KEY (team_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX team_member_person ON team_member (person_id);

-- R. Two persons once judged the same or different.
CREATE TABLE judgement (
  id        INTEGER PRIMARY KEY,
  made_op   INTEGER NOT NULL,
  voided_op INTEGER,
  person_a  INTEGER NOT NULL REFERENCES person (id),
  person_b  INTEGER NOT NULL REFERENCES person (id),
  verdict   TEXT NOT NULL CHECK (verdict IN ('same', 'different', 'unsure')),
  evidence  TEXT NOT NULL             -- JSON array of reason codes
) STRICT;

-- R. Roster rows that wait for a decision (待审核), with their raw cells and the reasons.
CREATE TABLE review_row (
  id         INTEGER PRIMARY KEY,
  made_op    INTEGER NOT NULL,
  voided_op  INTEGER,
  kind       TEXT NOT NULL,           -- roster kind
  file       TEXT NOT NULL,           -- base name
  row        INTEGER NOT NULL,        -- as a spreadsheet shows it
  header     TEXT NOT NULL,           -- JSON array of column keys
  cells      TEXT NOT NULL,           -- JSON array, raw
  cells_hash BLOB NOT NULL,           -- the same row waiting already is not stored again
  reasons    TEXT NOT NULL,           -- JSON array of {code, no | row}
  state      TEXT NOT NULL CHECK (state IN ('waiting', 'decided')),
  verdict    TEXT CHECK (verdict IN ('same', 'new', 'drop')),
  record_id  INTEGER                  -- the record of the roster's kind that the row became or changed
) STRICT;
CREATE INDEX review_row_hash ON review_row (cells_hash);

-- ---------------------------------------------------------------- papers

-- R. A paper that orders something (批文, 文号): recognitions, awards and cases cite one, never a loose string.
CREATE TABLE decision (
  id        INTEGER PRIMARY KEY,
  made_op   INTEGER NOT NULL,
  voided_op INTEGER
) STRICT;

-- F. What the paper says. checked = 0: only its number was cited so far, nobody has entered the paper.
CREATE TABLE decision_profile (
  decision_id INTEGER NOT NULL REFERENCES decision (id),
  seq         INTEGER NOT NULL,
  from_day    INTEGER NOT NULL,
  until_day   INTEGER,
  made_op     INTEGER NOT NULL,
  voided_op   INTEGER,
  document_no TEXT NOT NULL,
  folded      TEXT NOT NULL,          -- the number as it is matched: width, brackets and blanks made even
  checked     INTEGER NOT NULL CHECK (checked IN (0, 1)),
  body        TEXT,                   -- who decided
  title       TEXT,
  decided_day INTEGER,
  persons     INTEGER CHECK (persons > 0),
  limit_fen   INTEGER CHECK (limit_fen > 0),
  PRIMARY KEY (decision_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX decision_profile_folded ON decision_profile (folded);

-- R. A file kept beside the office, named by its SHA-256; the same bytes are kept once.
CREATE TABLE file (
  id         INTEGER PRIMARY KEY,
  made_op    INTEGER NOT NULL,
  voided_op  INTEGER,
  sha256     TEXT NOT NULL CHECK (length(sha256) = 64),
  bytes      INTEGER NOT NULL,
  media_type TEXT NOT NULL
) STRICT;
CREATE INDEX file_sha256 ON file (sha256);

-- R. What a file is to a record: a scan of a decision, a person's contract.
CREATE TABLE file_link (
  id          INTEGER PRIMARY KEY,
  made_op     INTEGER NOT NULL,
  voided_op   INTEGER,
  file_id     INTEGER NOT NULL REFERENCES file (id),
  record_kind TEXT NOT NULL,          -- kind of subject: person, org, decision …
  record_id   INTEGER NOT NULL,
  role        TEXT NOT NULL,          -- as a clerk names it: scan, contract …
  name        TEXT NOT NULL,          -- the file's own name when it was brought
  sensitive   INTEGER NOT NULL CHECK (sensitive IN (0, 1))
) STRICT;
CREATE INDEX file_link_record ON file_link (record_kind, record_id);

-- ---------------------------------------------------------------- workflow

-- R. On which decision the office confirmed a policy version, or one scheme of it (scheme NULL: all of it).
CREATE TABLE policy_confirmation (
  id          INTEGER PRIMARY KEY,
  made_op     INTEGER NOT NULL,
  voided_op   INTEGER,
  policy_id   INTEGER NOT NULL REFERENCES policy_version (id),
  scheme      TEXT,
  decision_id INTEGER NOT NULL REFERENCES decision (id)
) STRICT;

-- R. The one history of every state machine; a record's state is that of its last step.
CREATE TABLE step (
  id          INTEGER PRIMARY KEY,
  made_op     INTEGER NOT NULL,
  voided_op   INTEGER,
  record_kind TEXT NOT NULL,
  record_id   INTEGER NOT NULL,
  from_state  TEXT,
  to_state    TEXT NOT NULL,
  day         INTEGER NOT NULL,
  decision_id INTEGER REFERENCES decision (id),
  note        TEXT
) STRICT;
CREATE INDEX step_record ON step (record_kind, record_id);

-- R. A record put up in public (公示), first and last day.
CREATE TABLE notice (
  id          INTEGER PRIMARY KEY,
  made_op     INTEGER NOT NULL,
  voided_op   INTEGER,
  record_kind TEXT NOT NULL,
  record_id   INTEGER NOT NULL,
  from_day    INTEGER NOT NULL,
  until_day   INTEGER NOT NULL,
  place       TEXT,
  CHECK (until_day >= from_day)
) STRICT;
CREATE INDEX notice_record ON notice (record_kind, record_id);

-- R. An objection (异议) to a notice, and what was found of it.
CREATE TABLE objection (
  id        INTEGER PRIMARY KEY,
  made_op   INTEGER NOT NULL,
  voided_op INTEGER,
  notice_id INTEGER NOT NULL REFERENCES notice (id),
  day       INTEGER NOT NULL,
  by        TEXT NOT NULL,
  ground    TEXT NOT NULL,
  outcome   TEXT CHECK (outcome IN ('upheld', 'dismissed'))
) STRICT;

-- R. A paper served on somebody (送达), on which day and how; where it asks for a reply, until when. Its receipt is a file of the record.
CREATE TABLE delivery (
  id          INTEGER PRIMARY KEY,
  made_op     INTEGER NOT NULL,
  voided_op   INTEGER,
  record_kind TEXT NOT NULL,
  record_id   INTEGER NOT NULL,
  paper       TEXT NOT NULL,          -- notice, decision
  day         INTEGER NOT NULL,
  way         TEXT CHECK (way IN ('in_person', 'registered_mail', 'left_at', 'electronic', 'public_notice')),
  reply_days  INTEGER CHECK (reply_days > 0),  -- working days
  reply_until INTEGER CHECK (reply_until > day)
) STRICT;
CREATE INDEX delivery_record ON delivery (record_kind, record_id);

-- ---------------------------------------------------------------- surveys

-- R. A round of collecting rosters (摸底): every unit asked owes one of that kind by the day.
CREATE TABLE collection (
  id        INTEGER PRIMARY KEY,
  made_op   INTEGER NOT NULL,
  voided_op INTEGER,
  kind      TEXT NOT NULL,            -- roster kind
  due_day   INTEGER NOT NULL
) STRICT;

-- F. A unit asked, and what it returned.
CREATE TABLE collection_unit (
  collection_id INTEGER NOT NULL REFERENCES collection (id),
  seq           INTEGER NOT NULL,
  from_day      INTEGER NOT NULL,
  until_day     INTEGER,
  made_op       INTEGER NOT NULL,
  voided_op     INTEGER,
  org_id        INTEGER NOT NULL REFERENCES org (id),
  returned_day  INTEGER,
  sha256        TEXT,                 -- of the file returned
  rows          INTEGER,
  rejected      INTEGER,              -- rows of it that were refused
  PRIMARY KEY (collection_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX collection_unit_org ON collection_unit (org_id);

-- ---------------------------------------------------------------- the calendar, and cards

-- R. A year's working days (工作日历) as the State Council's notice has them; a year that is not here is an error, never a guess.
CREATE TABLE calendar (
  id        INTEGER PRIMARY KEY,
  made_op   INTEGER NOT NULL,
  voided_op INTEGER,
  year      INTEGER NOT NULL CHECK (year BETWEEN 1949 AND 2999),
  source    TEXT NOT NULL             -- the notices it was made from
) STRICT;

-- F. A day of it that is not what its weekday says: a holiday, or a weekend day of work. from_day = until_day.
CREATE TABLE calendar_day (
  calendar_id INTEGER NOT NULL REFERENCES calendar (id),
  seq         INTEGER NOT NULL,
  from_day    INTEGER NOT NULL,
  until_day   INTEGER NOT NULL,
  made_op     INTEGER NOT NULL,
  voided_op   INTEGER,
  working     INTEGER NOT NULL CHECK (working IN (0, 1)),
  name        TEXT NOT NULL,
  PRIMARY KEY (calendar_id, seq)
) STRICT, WITHOUT ROWID;

-- R. A service card (服务卡). What it was issued as never changes; its states are steps, and what time alone does (expired, review
-- missed, grace over) is computed.
CREATE TABLE card (
  id             INTEGER PRIMARY KEY,
  made_op        INTEGER NOT NULL,
  voided_op      INTEGER,
  person_id      INTEGER NOT NULL REFERENCES person (id),
  main_card_id   INTEGER REFERENCES card (id),   -- an attached card's main card
  recognition_id INTEGER,                        -- the recognition a main card rests on
  policy_id      INTEGER REFERENCES policy_version (id),
  scheme         TEXT NOT NULL,
  level          TEXT NOT NULL,
  issued_day     INTEGER NOT NULL,
  valid_until    INTEGER NOT NULL,
  bound          TEXT NOT NULL CHECK (bound IN ('term', 'contract', 'recognition')),  -- which of the three ends it is
  replaces_id    INTEGER REFERENCES card (id)
) STRICT;
CREATE INDEX card_person ON card (person_id);
CREATE INDEX card_main ON card (main_card_id) WHERE main_card_id IS NOT NULL;
CREATE INDEX card_replaces ON card (replaces_id) WHERE replaces_id IS NOT NULL;

-- F. A yearly review (年审) of a card, on its day.
CREATE TABLE card_review (
  card_id   INTEGER NOT NULL REFERENCES card (id),
  seq       INTEGER NOT NULL,
  from_day  INTEGER NOT NULL,
  until_day INTEGER,
  made_op   INTEGER NOT NULL,
  voided_op INTEGER,
  passed    INTEGER NOT NULL CHECK (passed IN (0, 1)),
  PRIMARY KEY (card_id, seq)
) STRICT, WITHOUT ROWID;

-- R. A public key of the office's cards (验卡公钥). The private key is never here; the key with the highest id signs. Voided where it was
-- given up: what it signed counts as forged.
CREATE TABLE card_key (
  id        INTEGER PRIMARY KEY,
  made_op   INTEGER NOT NULL,
  voided_op INTEGER,
  public    TEXT NOT NULL CHECK (length(public) = 64)  -- Ed25519, hex
) STRICT;

-- ---------------------------------------------------------------- services

-- R. A matter that the office handles for a talent (代办、服务事项). It costs nothing: there is no column for a fee. States are steps; a
-- pause stops the clock; the due day is computed by the calendar.
CREATE TABLE service_case (
  id         INTEGER PRIMARY KEY,
  made_op    INTEGER NOT NULL,
  voided_op  INTEGER,
  type       TEXT NOT NULL,
  person_id  INTEGER NOT NULL REFERENCES person (id),
  card_id    INTEGER REFERENCES card (id),          -- the card shown, where one was needed or named
  child_id   INTEGER REFERENCES person (id),        -- schooling: the child
  grade      INTEGER CHECK (grade BETWEEN 1 AND 12),
  officer    TEXT NOT NULL,
  department TEXT NOT NULL,                         -- at the start; forwarding is a word of the case
  opened_day INTEGER NOT NULL,
  term_days  INTEGER NOT NULL CHECK (term_days > 0),  -- working days, by the policy of the day
  policy_id  INTEGER REFERENCES policy_version (id)
) STRICT;
CREATE INDEX service_case_person ON service_case (person_id);

-- F. What was said in the course of a case: papers asked for, where it went, its result, why it was refused and what can be done, the rating.
CREATE TABLE case_word (
  case_id   INTEGER NOT NULL REFERENCES service_case (id),
  seq       INTEGER NOT NULL,
  from_day  INTEGER NOT NULL,
  until_day INTEGER,
  made_op   INTEGER NOT NULL,
  voided_op INTEGER,
  kind      TEXT NOT NULL CHECK (kind IN ('missing', 'department', 'result', 'why', 'remedy', 'rating')),
  text      TEXT NOT NULL,
  PRIMARY KEY (case_id, seq)
) STRICT, WITHOUT ROWID;

-- R. A service point (定点服务单位) where card holders have a discount; closed by a step.
CREATE TABLE point (
  id        INTEGER PRIMARY KEY,
  made_op   INTEGER NOT NULL,
  voided_op INTEGER,
  name      TEXT NOT NULL,
  folded    TEXT NOT NULL,
  kind      TEXT,                     -- canteen, shop, clinic: the office's own words
  address   TEXT,
  phone     TEXT,
  org_id    INTEGER REFERENCES org (id)
) STRICT;

-- R. What a point offers to whom (优惠项目); closed by a step.
CREATE TABLE offer (
  id         INTEGER PRIMARY KEY,
  made_op    INTEGER NOT NULL,
  voided_op  INTEGER,
  point_id   INTEGER NOT NULL REFERENCES point (id),
  name       TEXT NOT NULL,
  discount   TEXT NOT NULL,
  levels     TEXT,                    -- card levels, apart by a comma; NULL = every level
  attached   INTEGER NOT NULL CHECK (attached IN (0, 1)),  -- attached cards too
  from_day   INTEGER NOT NULL,
  until_day  INTEGER
) STRICT;
CREATE INDEX offer_point ON offer (point_id);

-- R. A use of an offer. Which card it was is forgotten after the months of policy, and the salt with it, so that no digest tells.
CREATE TABLE offer_use (
  id        INTEGER PRIMARY KEY,
  made_op   INTEGER NOT NULL,
  voided_op INTEGER,
  offer_id  INTEGER NOT NULL REFERENCES offer (id),
  day       INTEGER NOT NULL,
  level     TEXT NOT NULL,
  card_id   INTEGER REFERENCES card (id),
  salt      BLOB
) STRICT;
CREATE INDEX offer_use_offer ON offer_use (offer_id);
CREATE INDEX offer_use_card ON offer_use (card_id) WHERE card_id IS NOT NULL;

-- ---------------------------------------------------------------- money

-- R. A fund of a year (引导基金、天使基金 and others): what came in, is promised and was paid, line by line.
CREATE TABLE fund (
  id          INTEGER PRIMARY KEY,
  made_op     INTEGER NOT NULL,
  voided_op   INTEGER,
  name        TEXT NOT NULL,
  folded      TEXT NOT NULL,
  year        INTEGER NOT NULL CHECK (year BETWEEN 1949 AND 2999),
  kind        TEXT NOT NULL CHECK (kind IN ('guidance', 'angel', 'venture', 'equity')),
  decision_id INTEGER REFERENCES decision (id)
) STRICT;

-- R. A line of a fund: where its money comes from and what it is for.
CREATE TABLE fund_line (
  id        INTEGER PRIMARY KEY,
  made_op   INTEGER NOT NULL,
  voided_op INTEGER,
  fund_id   INTEGER NOT NULL REFERENCES fund (id),
  source    TEXT NOT NULL CHECK (source IN ('state', 'firm', 'donation', 'angel', 'incubation', 'return')),
  purpose   TEXT NOT NULL,            -- a benefit scheme, or talent: any of them
  earmark   TEXT                      -- what the giver wants it for
) STRICT;
CREATE UNIQUE INDEX fund_line_what ON fund_line (fund_id, source, purpose, coalesce(earmark, ''));

-- The one stored balance of the office, because a CHECK must guard it: no yuan is promised twice. Every other figure is a sum of postings.
CREATE TABLE fund_balance (
  line_id      INTEGER PRIMARY KEY REFERENCES fund_line (id),
  made_op      INTEGER NOT NULL,
  voided_op    INTEGER,
  free_fen     INTEGER NOT NULL CHECK (free_fen >= 0),
  reserved_fen INTEGER NOT NULL CHECK (reserved_fen >= 0),
  paid_fen     INTEGER NOT NULL CHECK (paid_fen >= 0)
) STRICT;

-- R. A movement of money (记账凭证): its postings sum to nothing. Append-only.
CREATE TABLE journal (
  id          INTEGER PRIMARY KEY,
  made_op     INTEGER NOT NULL,
  voided_op   INTEGER,
  day         INTEGER NOT NULL,
  kind        TEXT NOT NULL CHECK (kind IN ('appropriate', 'reserve', 'release', 'deduct', 'pay', 'bounce', 'recover', 'lapse', 'return', 'carry')),
  decision_id INTEGER REFERENCES decision (id),
  note        TEXT,
  scheme      TEXT                    -- the benefit it is for: what a scheme was paid is a sum of movements
) STRICT;
CREATE INDEX journal_recovered ON journal (note) WHERE kind = 'recover';

-- F. A posting of a movement: one account of one line up or down.
CREATE TABLE posting (
  journal_id INTEGER NOT NULL REFERENCES journal (id),
  seq        INTEGER NOT NULL,
  made_op    INTEGER NOT NULL,
  voided_op  INTEGER,
  line_id    INTEGER NOT NULL REFERENCES fund_line (id),
  account    TEXT NOT NULL CHECK (account IN ('source', 'free', 'reserved', 'paid', 'returned', 'carried')),
  amount_fen INTEGER NOT NULL CHECK (amount_fen <> 0),
  PRIMARY KEY (journal_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX posting_line ON posting (line_id);

-- R. What the bank says a fund holds on a day (银行对账): compared with the ledger now and ever after.
CREATE TABLE fund_assertion (
  id         INTEGER PRIMARY KEY,
  made_op    INTEGER NOT NULL,
  voided_op  INTEGER,
  fund_id    INTEGER NOT NULL REFERENCES fund (id),
  day        INTEGER NOT NULL,
  amount_fen INTEGER NOT NULL CHECK (amount_fen >= 0)
) STRICT;
CREATE INDEX fund_assertion_fund ON fund_assertion (fund_id);

-- R. An investment of a fund (投资): a register entry, no subsidy and no posting.
CREATE TABLE fund_investment (
  id         INTEGER PRIMARY KEY,
  made_op    INTEGER NOT NULL,
  voided_op  INTEGER,
  fund_id    INTEGER NOT NULL REFERENCES fund (id),
  org_id     INTEGER NOT NULL REFERENCES org (id),
  day        INTEGER NOT NULL,
  amount_fen INTEGER NOT NULL CHECK (amount_fen > 0),
  outcome    TEXT
) STRICT;
CREATE INDEX fund_investment_fund ON fund_investment (fund_id);

-- R. A benefit asked for, or granted on paper (待遇申请). States are steps.
CREATE TABLE application (
  id        INTEGER PRIMARY KEY,
  made_op   INTEGER NOT NULL,
  voided_op INTEGER,
  scheme    TEXT NOT NULL,
  policy_id INTEGER NOT NULL REFERENCES policy_version (id),
  person_id INTEGER REFERENCES person (id),
  org_id    INTEGER REFERENCES org (id),
  day       INTEGER NOT NULL,
  asked_fen INTEGER CHECK (asked_fen > 0),  -- what is asked for; of a share, what is proved
  for_id    INTEGER REFERENCES person (id),  -- whose benefit it is, where somebody else is paid for it: a school, an employer
  CHECK ((person_id IS NULL) <> (org_id IS NULL))
) STRICT;
CREATE INDEX application_person ON application (person_id) WHERE person_id IS NOT NULL;
CREATE INDEX application_org ON application (org_id) WHERE org_id IS NOT NULL;
CREATE INDEX application_for ON application (for_id) WHERE for_id IS NOT NULL;

-- What was approved (审批): what was known and judged on the day is frozen with it, so that it can be explained years later.
CREATE TABLE award (
  application_id INTEGER PRIMARY KEY REFERENCES application (id),
  made_op        INTEGER NOT NULL,
  voided_op      INTEGER,
  policy_id      INTEGER NOT NULL REFERENCES policy_version (id),
  line_id        INTEGER NOT NULL REFERENCES fund_line (id),
  decision_id    INTEGER NOT NULL REFERENCES decision (id),
  approved_day   INTEGER NOT NULL,
  amount_fen     INTEGER NOT NULL CHECK (amount_fen > 0),    -- in all
  deducted_fen   INTEGER NOT NULL CHECK (deducted_fen >= 0), -- what other schemes paid, taken off before
  verdict        TEXT NOT NULL,       -- JSON: every clause with its fact, day and op
  agreement      TEXT NOT NULL        -- JSON: what is owed back when the service is broken off
) STRICT;
CREATE INDEX award_decision ON award (decision_id);
CREATE INDEX award_day ON award (approved_day, application_id, amount_fen);

-- A part of it that falls due. What was sent to the bank and did not come back stands in it, because a CHECK must guard it: nothing is paid twice.
CREATE TABLE instalment (
  application_id INTEGER NOT NULL REFERENCES application (id),
  seq            INTEGER NOT NULL,
  made_op        INTEGER NOT NULL,
  voided_op      INTEGER,
  due_day        INTEGER NOT NULL,
  period         TEXT,                -- months of a monthly benefit: 2019-01..2019-03
  amount_fen     INTEGER NOT NULL CHECK (amount_fen > 0),
  settled_fen    INTEGER NOT NULL CHECK (settled_fen BETWEEN 0 AND amount_fen),
  line_id        INTEGER REFERENCES fund_line (id),  -- where it is reserved; NULL = a commitment of a later year, or waiting for money
  PRIMARY KEY (application_id, seq)
) STRICT, WITHOUT ROWID;
-- What is owed: few of all instalments.
CREATE INDEX instalment_open ON instalment (due_day) WHERE settled_fen < amount_fen AND voided_op IS NULL;

-- A month of a benefit that a person had: once in a life.
CREATE TABLE benefit_month (
  person_id      INTEGER NOT NULL REFERENCES person (id),
  scheme         TEXT NOT NULL,
  month          INTEGER NOT NULL,    -- yyyymm
  made_op        INTEGER NOT NULL,
  voided_op      INTEGER,
  application_id INTEGER NOT NULL REFERENCES application (id),
  PRIMARY KEY (application_id, month, made_op)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX benefit_month_once ON benefit_month (person_id, scheme, month) WHERE voided_op IS NULL;

-- R. A payment batch (拨付批次) with its bank file.
CREATE TABLE payment_batch (
  id         INTEGER PRIMARY KEY,
  made_op    INTEGER NOT NULL,
  voided_op  INTEGER,
  day        INTEGER NOT NULL,
  amount_fen INTEGER NOT NULL CHECK (amount_fen > 0),
  sha256     TEXT NOT NULL,           -- of the bank file
  head       TEXT NOT NULL            -- of the log when it was made: printed on every line
) STRICT;

-- F. A line of a batch: an instalment on its way. What the bank said of it voids the row and makes another.
CREATE TABLE payment (
  batch_id       INTEGER NOT NULL REFERENCES payment_batch (id),
  seq            INTEGER NOT NULL,
  made_op        INTEGER NOT NULL,
  voided_op      INTEGER,
  row            INTEGER NOT NULL,    -- in the bank file
  application_id INTEGER NOT NULL REFERENCES application (id),
  instalment_seq INTEGER NOT NULL,
  line_id        INTEGER NOT NULL REFERENCES fund_line (id),
  amount_fen     INTEGER NOT NULL CHECK (amount_fen > 0),
  tail           TEXT NOT NULL,       -- last four digits of the account
  account_hash   TEXT NOT NULL,       -- of the whole number, salted
  state          TEXT NOT NULL CHECK (state IN ('sent', 'settled', 'partial', 'failed')),
  paid_fen       INTEGER NOT NULL CHECK (paid_fen BETWEEN 0 AND amount_fen),
  reason         TEXT,
  PRIMARY KEY (batch_id, seq)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX payment_on_its_way ON payment (application_id, instalment_seq) WHERE voided_op IS NULL AND state = 'sent';
CREATE INDEX payment_application ON payment (application_id);

-- A line of the bank's return that does not agree with what was sent (对账差异): open until a second actor closes it; the row is voided as it
-- stood open and made again with what was found.
CREATE TABLE payment_difference (
  batch_id  INTEGER NOT NULL REFERENCES payment_batch (id),
  seq       INTEGER NOT NULL,
  made_op   INTEGER NOT NULL,
  voided_op INTEGER,
  row       INTEGER NOT NULL,         -- in the bank file
  sent      TEXT NOT NULL,            -- what we sent: amount and tail of the account
  returned  TEXT NOT NULL,            -- what the bank said
  outcome   TEXT CHECK (outcome IN ('settled', 'failed', 'partial')),
  why       TEXT,
  PRIMARY KEY (batch_id, seq)
) STRICT, WITHOUT ROWID;

-- R. A benefit that another body pays (其他部门发放): it counts in exclusivity and in the months of a life.
CREATE TABLE benefit_elsewhere (
  id         INTEGER PRIMARY KEY,
  made_op    INTEGER NOT NULL,
  voided_op  INTEGER,
  person_id  INTEGER NOT NULL REFERENCES person (id),
  scheme     TEXT NOT NULL,
  body       TEXT NOT NULL,
  amount_fen INTEGER NOT NULL CHECK (amount_fen >= 0),
  from_month INTEGER NOT NULL,        -- yyyymm
  until_month INTEGER NOT NULL CHECK (until_month >= from_month)
) STRICT;
CREATE INDEX benefit_elsewhere_person ON benefit_elsewhere (person_id);

-- R. A turnover flat (周转房).
CREATE TABLE housing_unit (
  id        INTEGER PRIMARY KEY,
  made_op   INTEGER NOT NULL,
  voided_op INTEGER,
  address   TEXT NOT NULL,
  folded    TEXT NOT NULL,
  rent_fen  INTEGER CHECK (rent_fen >= 0)  -- a month
) STRICT;

-- F. A lease of a flat (租住): no two overlap.
CREATE TABLE lease (
  unit_id   INTEGER NOT NULL REFERENCES housing_unit (id),
  seq       INTEGER NOT NULL,
  from_day  INTEGER NOT NULL,
  until_day INTEGER NOT NULL,
  made_op   INTEGER NOT NULL,
  voided_op INTEGER,
  person_id INTEGER NOT NULL REFERENCES person (id),
  why       TEXT,                     -- why it ended early
  PRIMARY KEY (unit_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX lease_person ON lease (person_id);

-- ---------------------------------------------------------------- reports

-- R. A report as it was signed (定稿报表): figures, day, and the last entry of the log that was known. A later edition says which one it revises.
CREATE TABLE report (
  id         INTEGER PRIMARY KEY,
  made_op    INTEGER NOT NULL,
  voided_op  INTEGER,
  kind       TEXT NOT NULL CHECK (kind IN ('quarter', 'half', 'year', 'whitepaper')),
  period     TEXT NOT NULL,           -- 2019Q3, 2019H1, 2019
  from_day   INTEGER NOT NULL,
  as_of_day  INTEGER NOT NULL,
  known_op   INTEGER NOT NULL,
  edition    INTEGER NOT NULL CHECK (edition > 0),
  revises_id INTEGER REFERENCES report (id),
  figures    TEXT NOT NULL,           -- JSON
  sha256     TEXT NOT NULL            -- of them
) STRICT;
CREATE UNIQUE INDEX report_edition ON report (kind, period, edition);

-- ---------------------------------------------------------------- responsibility

-- R. A member of the leading group (人才工作领导小组成员); called by name, listed by rank.
CREATE TABLE leader (
  id        INTEGER PRIMARY KEY,
  made_op   INTEGER NOT NULL,
  voided_op INTEGER
) STRICT;

-- F. What is known of a member: from the day of joining, with the last day in the group.
CREATE TABLE leader_profile (
  leader_id   INTEGER NOT NULL REFERENCES leader (id),
  seq         INTEGER NOT NULL,
  from_day    INTEGER NOT NULL,
  until_day   INTEGER,
  made_op     INTEGER NOT NULL,
  voided_op   INTEGER,
  name        TEXT NOT NULL,
  folded      TEXT NOT NULL,          -- the name as it is matched
  rank        INTEGER NOT NULL CHECK (rank BETWEEN 1 AND 999),  -- order of precedence (排序); 1 heads the group
  title       TEXT,                   -- post (职务)
  duties      TEXT,                   -- what the member looks after (分工)
  org_id      INTEGER REFERENCES org (id),           -- the member unit
  decision_id INTEGER REFERENCES decision (id),
  PRIMARY KEY (leader_id, seq),
  CHECK (until_day IS NULL OR until_day >= from_day)
) STRICT, WITHOUT ROWID;
CREATE INDEX leader_profile_folded ON leader_profile (folded);

-- F. Which units carry a task (牵头单位、配合单位): one live lead, any number of supporting units.
CREATE TABLE task_unit (
  task_id     INTEGER NOT NULL REFERENCES task (id),
  seq         INTEGER NOT NULL,
  from_day    INTEGER NOT NULL,
  until_day   INTEGER,
  made_op     INTEGER NOT NULL,
  voided_op   INTEGER,
  org_id      INTEGER NOT NULL REFERENCES org (id),
  role        TEXT NOT NULL CHECK (role IN ('lead', 'support')),
  decision_id INTEGER REFERENCES decision (id),
  PRIMARY KEY (task_id, seq),
  CHECK (until_day IS NULL OR until_day >= from_day)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX task_unit_lead ON task_unit (task_id) WHERE voided_op IS NULL AND until_day IS NULL AND role = 'lead';
CREATE UNIQUE INDEX task_unit_once ON task_unit (task_id, org_id) WHERE voided_op IS NULL AND until_day IS NULL;
CREATE INDEX task_unit_org ON task_unit (org_id);

-- F. On whom a task rests, by when, and in what it is measured.
CREATE TABLE task_charge (
  task_id     INTEGER NOT NULL REFERENCES task (id),
  seq         INTEGER NOT NULL,
  from_day    INTEGER NOT NULL,
  until_day   INTEGER,
  made_op     INTEGER NOT NULL,
  voided_op   INTEGER,
  leader_id   INTEGER REFERENCES leader (id),
  due_day     INTEGER,
  measure     TEXT,
  decision_id INTEGER REFERENCES decision (id),
  PRIMARY KEY (task_id, seq),
  CHECK (until_day IS NULL OR until_day >= from_day)
) STRICT, WITHOUT ROWID;

-- F. What a task shall have reached by the end of a quarter (序时计划), from the start of the task on.
CREATE TABLE milestone (
  task_id     INTEGER NOT NULL REFERENCES task (id),
  seq         INTEGER NOT NULL,
  from_day    INTEGER NOT NULL,       -- since when that is the plan
  until_day   INTEGER,
  made_op     INTEGER NOT NULL,
  voided_op   INTEGER,
  quarter     INTEGER NOT NULL CHECK (quarter BETWEEN 19491 AND 21994 AND quarter % 10 BETWEEN 1 AND 4),  -- yyyyq
  planned     INTEGER NOT NULL CHECK (planned >= 0),
  decision_id INTEGER REFERENCES decision (id),
  PRIMARY KEY (task_id, seq),
  CHECK (until_day IS NULL OR until_day >= from_day)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX milestone_once ON milestone (task_id, quarter) WHERE voided_op IS NULL AND until_day IS NULL;

-- R. What a lead unit reports of a task (进展): the figure reached by a day, from the start of the task on. Reported, approved, returned are steps.
CREATE TABLE progress (
  id        INTEGER PRIMARY KEY,
  made_op   INTEGER NOT NULL,
  voided_op INTEGER,
  task_id   INTEGER NOT NULL REFERENCES task (id),
  org_id    INTEGER NOT NULL REFERENCES org (id),
  day       INTEGER NOT NULL,
  value     INTEGER NOT NULL CHECK (value >= 0),
  text      TEXT NOT NULL
) STRICT;
CREATE INDEX progress_task ON progress (task_id);

-- R. Points given to a unit for a year, or taken (加分、扣分), on a decision; what the figures come to is computed.
CREATE TABLE score (
  id            INTEGER PRIMARY KEY,
  made_op       INTEGER NOT NULL,
  voided_op     INTEGER,
  org_id        INTEGER NOT NULL REFERENCES org (id),
  year          INTEGER NOT NULL CHECK (year BETWEEN 1949 AND 2199),
  day           INTEGER NOT NULL,
  points_tenths INTEGER NOT NULL CHECK (points_tenths <> 0),  -- tenths of a point
  why           TEXT NOT NULL,
  decision_id   INTEGER NOT NULL REFERENCES decision (id)
) STRICT;
CREATE INDEX score_org ON score (org_id);

-- R. A unit's duty report of a year (述职); its paper is a file, the rank it was given a step.
CREATE TABLE duty (
  id        INTEGER PRIMARY KEY,
  made_op   INTEGER NOT NULL,
  voided_op INTEGER,
  org_id    INTEGER NOT NULL REFERENCES org (id),
  year      INTEGER NOT NULL CHECK (year BETWEEN 1949 AND 2199)
) STRICT;
CREATE UNIQUE INDEX duty_once ON duty (org_id, year) WHERE voided_op IS NULL;

-- ---------------------------------------------------------------- integrity

-- R. An integrity case (诚信事项): internal management of the programme's own benefits, about one person or one unit. States are steps; that a
-- listing ended with its last day is computed. An annulled case is voided with all that hangs on it: only the log still knows it.
CREATE TABLE integrity_case (
  id         INTEGER PRIMARY KEY,
  made_op    INTEGER NOT NULL,
  voided_op  INTEGER,
  person_id  INTEGER REFERENCES person (id),
  org_id     INTEGER REFERENCES org (id),
  ground     TEXT NOT NULL CHECK (ground IN ('fraud', 'results', 'funds', 'breach', 'sublet', 'card_lent', 'concealment', 'unit_proof', 'crime', 'other')),
  facts      TEXT,                    -- what is said to have happened; personal, like whatever is said of a person
  basis      TEXT NOT NULL CHECK (basis <> ''),
  opened_day INTEGER NOT NULL,
  policy_id  INTEGER NOT NULL REFERENCES policy_version (id),
  salt       BLOB,
  CHECK ((person_id IS NULL) <> (org_id IS NULL))
) STRICT;
CREATE INDEX integrity_case_person ON integrity_case (person_id) WHERE person_id IS NOT NULL;
CREATE INDEX integrity_case_org ON integrity_case (org_id) WHERE org_id IS NOT NULL;

-- F. What was decided of a case, on its day. A listing has a grade, and with the grade an end: ends_day, or the grade's longest term from delivery.
CREATE TABLE integrity_ruling (
  case_id     INTEGER NOT NULL REFERENCES integrity_case (id),
  seq         INTEGER NOT NULL,
  from_day    INTEGER NOT NULL,
  until_day   INTEGER,
  made_op     INTEGER NOT NULL,
  voided_op   INTEGER,
  listed      INTEGER NOT NULL CHECK (listed IN (0, 1)),
  grade       TEXT CHECK (grade IN ('mild', 'ordinary', 'serious')),
  ends_day    INTEGER CHECK (ends_day >= from_day),
  effects     TEXT,                   -- new, hold_payment, review, apart by a comma
  decision_id INTEGER REFERENCES decision (id),
  PRIMARY KEY (case_id, seq),
  CHECK (listed = 0 OR (grade IS NOT NULL AND effects IS NOT NULL AND decision_id IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- F. To whom a case was handed over, on which basis, for what; one row a hand-over, on its day.
CREATE TABLE integrity_share (
  case_id   INTEGER NOT NULL REFERENCES integrity_case (id),
  seq       INTEGER NOT NULL,
  from_day  INTEGER NOT NULL,
  until_day INTEGER,
  made_op   INTEGER NOT NULL,
  voided_op INTEGER,
  recipient TEXT NOT NULL,
  basis     TEXT NOT NULL CHECK (basis <> ''),
  purpose   TEXT NOT NULL CHECK (purpose <> ''),
  PRIMARY KEY (case_id, seq)
) STRICT, WITHOUT ROWID;

-- R. A list that was looked through (筛查): what it takes to come to the same answer, and how many were found. No names.
CREATE TABLE screening (
  id        INTEGER PRIMARY KEY,
  made_op   INTEGER NOT NULL,
  voided_op INTEGER,
  day       INTEGER NOT NULL,         -- for which day it was answered
  known_op  INTEGER NOT NULL,         -- the last op known then
  policy_id INTEGER NOT NULL REFERENCES policy_version (id),
  sha256    TEXT NOT NULL CHECK (length(sha256) = 64),  -- of the file
  rows      INTEGER NOT NULL,
  exact     INTEGER NOT NULL,
  likely    INTEGER NOT NULL
) STRICT;

-- R. A row of a list that somebody judged to be another than a case's subject, so that the pair does not come back. identity is a salted digest
-- of what the row says of who it is.
CREATE TABLE screening_judgement (
  id        INTEGER PRIMARY KEY,
  made_op   INTEGER NOT NULL,
  voided_op INTEGER,
  person_id INTEGER REFERENCES person (id),
  org_id    INTEGER REFERENCES org (id),
  identity  TEXT NOT NULL,            -- salt:digest, hex
  CHECK ((person_id IS NULL) <> (org_id IS NULL))
) STRICT;
CREATE INDEX screening_judgement_person ON screening_judgement (person_id) WHERE person_id IS NOT NULL;
CREATE INDEX screening_judgement_org ON screening_judgement (org_id) WHERE org_id IS NOT NULL;

-- ---------------------------------------------------------------- programmes, honours, experts, products

-- R. A programme (培训、论坛、考察、实践、交流): what kind it is never changes. It ends by a step; planned, running and ended are computed.
CREATE TABLE programme (
  id        INTEGER PRIMARY KEY,
  made_op   INTEGER NOT NULL,
  voided_op INTEGER,
  kind      TEXT NOT NULL CHECK (kind IN ('training', 'forum', 'trip', 'practice', 'exchange'))
) STRICT;

-- F. What a programme is, one version. It costs a participant nothing: there is no column for a fee.
CREATE TABLE programme_profile (
  programme_id  INTEGER NOT NULL REFERENCES programme (id),
  seq           INTEGER NOT NULL,
  from_day      INTEGER NOT NULL,
  until_day     INTEGER,
  made_op       INTEGER NOT NULL,
  voided_op     INTEGER,
  name          TEXT NOT NULL,
  folded        TEXT NOT NULL,        -- the name as it is matched
  named_project TEXT,                 -- bim, ai, finance, bigdata: which of the plan's four (靶向育才工程) it belongs to
  direction     TEXT CHECK (direction IN ('in', 'out')),  -- of an exchange
  task_id       INTEGER REFERENCES task (id),
  org_id        INTEGER REFERENCES org (id),  -- the school or unit that holds it
  partner       TEXT,
  place         TEXT,
  first_day     INTEGER NOT NULL,
  last_day      INTEGER NOT NULL,
  hours         INTEGER CHECK (hours > 0),
  cost_fen      INTEGER CHECK (cost_fen >= 0),
  PRIMARY KEY (programme_id, seq),
  CHECK (last_day >= first_day)
) STRICT, WITHOUT ROWID;

-- F. Who takes part, as what, and what came of it (结业、未结业、退出) from the day on which that was known.
CREATE TABLE enrolment (
  programme_id    INTEGER NOT NULL REFERENCES programme (id),
  seq             INTEGER NOT NULL,
  from_day        INTEGER NOT NULL,
  until_day       INTEGER,
  made_op         INTEGER NOT NULL,
  voided_op       INTEGER,
  person_id       INTEGER NOT NULL REFERENCES person (id),
  role            TEXT NOT NULL CHECK (role = 'applicant' OR role = 'participant'),
  outcome         TEXT CHECK (outcome = 'passed' OR outcome = 'failed' OR outcome = 'withdrew'),
  note            TEXT,
  consent_file_id INTEGER REFERENCES file (id),         -- the guardian's, of whoever is under 18
  application_id  INTEGER REFERENCES application (id),  -- the benefit granted for it
  PRIMARY KEY (programme_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX enrolment_person ON enrolment (person_id);

-- F. A day on which somebody was there (签到). from_day = until_day.
CREATE TABLE attendance (
  programme_id INTEGER NOT NULL REFERENCES programme (id),
  seq          INTEGER NOT NULL,
  from_day     INTEGER NOT NULL,
  until_day    INTEGER NOT NULL,
  made_op      INTEGER NOT NULL,
  voided_op    INTEGER,
  person_id    INTEGER NOT NULL REFERENCES person (id),
  hours        INTEGER CHECK (hours BETWEEN 1 AND 24),
  PRIMARY KEY (programme_id, seq)
) STRICT, WITHOUT ROWID;

-- R. A nomination: for the zone's own honour (创新创业功勋; title and level stay empty), or for one that another body awards. States are steps.
CREATE TABLE honour (
  id         INTEGER PRIMARY KEY,
  made_op    INTEGER NOT NULL,
  voided_op  INTEGER,
  person_id  INTEGER NOT NULL REFERENCES person (id),
  outside    INTEGER NOT NULL CHECK (outside IN (0, 1)),
  title      TEXT,
  level      TEXT CHECK (level IN ('nation', 'region', 'city')),
  opened_day INTEGER NOT NULL,
  CHECK ((outside = 1) = (title IS NOT NULL) AND (outside = 1) = (level IS NOT NULL))
) STRICT;
CREATE INDEX honour_person ON honour (person_id);

-- F. Who holds it from when, on which decision, with which reward; a revocation ends it.
CREATE TABLE honour_held (
  honour_id      INTEGER NOT NULL REFERENCES honour (id),
  seq            INTEGER NOT NULL,
  from_day       INTEGER NOT NULL,
  until_day      INTEGER,
  made_op        INTEGER NOT NULL,
  voided_op      INTEGER,
  decision_id    INTEGER REFERENCES decision (id),
  application_id INTEGER REFERENCES application (id),
  PRIMARY KEY (honour_id, seq)
) STRICT, WITHOUT ROWID;

-- R. A seat in the expert pool (专家智库): taken by entry, or by an honour, with which it ends. A person may have one of each.
CREATE TABLE expert (
  id        INTEGER PRIMARY KEY,
  made_op   INTEGER NOT NULL,
  voided_op INTEGER,
  person_id INTEGER NOT NULL REFERENCES person (id),
  honour_id INTEGER REFERENCES honour (id)
) STRICT;
CREATE INDEX expert_person ON expert (person_id);

-- F. What the seat is for, and its days.
CREATE TABLE expert_profile (
  expert_id INTEGER NOT NULL REFERENCES expert (id),
  seq       INTEGER NOT NULL,
  from_day  INTEGER NOT NULL,
  until_day INTEGER,
  made_op   INTEGER NOT NULL,
  voided_op INTEGER,
  fields    TEXT,                     -- apart by ;
  available TEXT,                     -- when and for what the expert can be asked
  PRIMARY KEY (expert_id, seq),
  CHECK (until_day IS NULL OR until_day >= from_day)
) STRICT, WITHOUT ROWID;

-- R. A leader keeps contact with an expert (领导干部联系专家); an expert has one leader at a time.
CREATE TABLE liaison (
  id        INTEGER PRIMARY KEY,
  made_op   INTEGER NOT NULL,
  voided_op INTEGER,
  person_id INTEGER NOT NULL REFERENCES person (id)
) STRICT;
CREATE INDEX liaison_person ON liaison (person_id);

-- F. Who the leader is, and the days of the pairing.
CREATE TABLE liaison_profile (
  liaison_id INTEGER NOT NULL REFERENCES liaison (id),
  seq        INTEGER NOT NULL,
  from_day   INTEGER NOT NULL,
  until_day  INTEGER,
  made_op    INTEGER NOT NULL,
  voided_op  INTEGER,
  leader     TEXT NOT NULL,
  folded     TEXT NOT NULL,           -- the leader's name as it is matched
  post       TEXT,
  rank       INTEGER CHECK (rank > 0),  -- leaders are listed by it
  PRIMARY KEY (liaison_id, seq),
  CHECK (until_day IS NULL OR until_day >= from_day)
) STRICT, WITHOUT ROWID;

-- F. A contact, on its day: from_day = until_day.
CREATE TABLE contact (
  liaison_id INTEGER NOT NULL REFERENCES liaison (id),
  seq        INTEGER NOT NULL,
  from_day   INTEGER NOT NULL,
  until_day  INTEGER NOT NULL,
  made_op    INTEGER NOT NULL,
  voided_op  INTEGER,
  note       TEXT NOT NULL,
  PRIMARY KEY (liaison_id, seq)
) STRICT, WITHOUT ROWID;

-- R. An innovative product (创新产品) of a talent. The zone recommends it; the procurement catalogue is the finance bureau's. States are steps.
CREATE TABLE product (
  id        INTEGER PRIMARY KEY,
  made_op   INTEGER NOT NULL,
  voided_op INTEGER,
  holder_id INTEGER NOT NULL REFERENCES person (id)
) STRICT;
CREATE INDEX product_holder ON product (holder_id);

-- F. What is known of a product: its review of intellectual property, and since when until when the catalogue has it.
CREATE TABLE product_profile (
  product_id   INTEGER NOT NULL REFERENCES product (id),
  seq          INTEGER NOT NULL,
  from_day     INTEGER NOT NULL,
  until_day    INTEGER,
  made_op      INTEGER NOT NULL,
  voided_op    INTEGER,
  name         TEXT NOT NULL,
  folded       TEXT NOT NULL,
  org_id       INTEGER REFERENCES org (id),
  case_id      INTEGER REFERENCES service_case (id),  -- the review (知识产权评议)
  decision_id  INTEGER REFERENCES decision (id),      -- the finance bureau's paper that lists it
  listed_from  INTEGER,
  listed_until INTEGER,
  PRIMARY KEY (product_id, seq),
  CHECK ((listed_from IS NULL) = (listed_until IS NULL) AND (listed_from IS NULL) = (decision_id IS NULL)),
  CHECK (listed_until >= listed_from)
) STRICT, WITHOUT ROWID;

-- F. A trial contract (首购试用合同) from its day on, and what came of it from the day that was known.
CREATE TABLE product_trial (
  product_id INTEGER NOT NULL REFERENCES product (id),
  seq        INTEGER NOT NULL,
  from_day   INTEGER NOT NULL,
  until_day  INTEGER,
  made_op    INTEGER NOT NULL,
  voided_op  INTEGER,
  trial      INTEGER NOT NULL CHECK (trial > 0),  -- number within the product
  org_id     INTEGER NOT NULL REFERENCES org (id),  -- the buyer
  amount_fen INTEGER NOT NULL CHECK (amount_fen > 0),
  signed_day INTEGER NOT NULL,
  outcome    TEXT CHECK (outcome IN ('accepted', 'not_accepted')),
  note       TEXT,
  PRIMARY KEY (product_id, seq)
) STRICT, WITHOUT ROWID;
