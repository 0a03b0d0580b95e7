-- From 9 to 10: papers served, integrity cases, screening.

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
