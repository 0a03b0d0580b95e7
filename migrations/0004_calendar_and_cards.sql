-- From 3 to 4: the calendar of working days, and service cards.

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

CREATE INDEX person_merged ON person (merged_into) WHERE merged_into IS NOT NULL;
