-- From 5 to 6: funds and their ledger, benefits and their payment.

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
  kind        TEXT NOT NULL CHECK (kind IN ('appropriate', 'reserve', 'release', 'pay', 'bounce', 'recover', 'lapse', 'return', 'carry')),
  decision_id INTEGER REFERENCES decision (id),
  note        TEXT
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
  CHECK ((person_id IS NULL) <> (org_id IS NULL))
) STRICT;
CREATE INDEX application_person ON application (person_id) WHERE person_id IS NOT NULL;
CREATE INDEX application_org ON application (org_id) WHERE org_id IS NOT NULL;

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
