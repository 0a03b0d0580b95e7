-- From 8 to 9: who carries the tasks of the plan, their milestones and progress, scores and duty reports.

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
