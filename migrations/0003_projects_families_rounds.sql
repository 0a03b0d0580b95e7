-- From 2 to 3: projects, families, teams, openings, agreements, rounds of collecting; persons without a corps (students, relatives).

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

ALTER TABLE engagement ADD COLUMN project_id INTEGER REFERENCES project (id);
CREATE INDEX engagement_project ON engagement (project_id) WHERE project_id IS NOT NULL;
ALTER TABLE recognition ADD COLUMN mid_check TEXT CHECK (mid_check IN ('passed', 'failed'));
ALTER TABLE achievement ADD COLUMN kind TEXT CHECK (kind IN ('award', 'title', 'patent', 'paper', 'programme', 'other'));
ALTER TABLE achievement ADD COLUMN level TEXT;
ALTER TABLE achievement ADD COLUMN awarded INTEGER;
ALTER TABLE achievement ADD COLUMN file_id INTEGER REFERENCES file (id);

-- Made anew, as a rule on a column can't be changed: a person's corps may be none.
CREATE TABLE person_profile_2 AS SELECT * FROM person_profile;
DROP TABLE person_profile;
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
INSERT INTO person_profile SELECT * FROM person_profile_2 ORDER BY person_id, seq;
DROP TABLE person_profile_2;
CREATE INDEX person_profile_name ON person_profile (name_id);
