-- From 5 to 6: funds and their ledger.

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
  kind        TEXT NOT NULL CHECK (kind IN ('appropriate', 'reserve', 'release', 'pay', 'recover', 'lapse', 'return', 'carry')),
  decision_id INTEGER REFERENCES decision (id),
  note        TEXT
) STRICT;

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
