-- From 4 to 5: keys of cards, service cases, service points and their offers.

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
