-- From 6 to 7: what papers prove of a person, benefits paid to somebody else than whose they are, deductions as postings, differences of the
-- bank's return. What was sent of an instalment left its digest: `audit verify` proves it from the payments.

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

ALTER TABLE application ADD COLUMN for_id INTEGER REFERENCES person (id);
CREATE INDEX award_day ON award (approved_day, application_id, amount_fen);
CREATE INDEX instalment_open ON instalment (due_day) WHERE settled_fen < amount_fen AND voided_op IS NULL;
CREATE INDEX application_for ON application (for_id) WHERE for_id IS NOT NULL;

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

-- A table made anew, so that its text is that of schema.sql.
CREATE TABLE journal_6 AS SELECT * FROM journal;
DROP TABLE journal;
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
INSERT INTO journal (id, made_op, voided_op, day, kind, decision_id, note) SELECT id, made_op, voided_op, day, kind, decision_id, note FROM journal_6;
DROP TABLE journal_6;
