-- From 1 to 2: papers (decisions and files), steps and notices; recognitions rest on decisions; rows that waited keep what was decided.

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

-- A table made anew, so that its text is that of schema.sql.
CREATE TABLE review_row_1 AS SELECT * FROM review_row;
DROP TABLE review_row;
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
INSERT INTO review_row (id, made_op, voided_op, kind, file, row, header, cells, cells_hash, reasons, state)
  SELECT id, made_op, voided_op, kind, file, row, header, cells, cells_hash, reasons, state FROM review_row_1;
DROP TABLE review_row_1;

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

CREATE TABLE recognition_1 AS SELECT * FROM recognition;
DROP TABLE recognition;
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
  PRIMARY KEY (person_id, seq)
) STRICT, WITHOUT ROWID;
-- Recognitions on their way or decided are asked for by number; those that only rosters say are most, and are scanned.
CREATE INDEX recognition_id ON recognition (id) WHERE state <> 'recorded';
INSERT INTO recognition (person_id, seq, from_day, until_day, made_op, voided_op, id, scheme, class, state)
  SELECT person_id, seq, from_day, until_day, made_op, voided_op, id, scheme, class, state FROM recognition_1;
DROP TABLE recognition_1;
