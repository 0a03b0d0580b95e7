-- From 10 to 11: programmes, honours, the expert pool, liaison, innovative products.

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
