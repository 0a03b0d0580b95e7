-- From 7 to 8: frozen reports.

-- R. A report as it was signed (定稿报表): figures, day, and the last entry of the log that was known. A later edition says which one it revises.
CREATE TABLE report (
  id         INTEGER PRIMARY KEY,
  made_op    INTEGER NOT NULL,
  voided_op  INTEGER,
  kind       TEXT NOT NULL CHECK (kind IN ('quarter', 'half', 'year', 'whitepaper')),
  period     TEXT NOT NULL,           -- 2019Q3, 2019H1, 2019
  from_day   INTEGER NOT NULL,
  as_of_day  INTEGER NOT NULL,
  known_op   INTEGER NOT NULL,
  edition    INTEGER NOT NULL CHECK (edition > 0),
  revises_id INTEGER REFERENCES report (id),
  figures    TEXT NOT NULL,           -- JSON
  sha256     TEXT NOT NULL            -- of them
) STRICT;
CREATE UNIQUE INDEX report_edition ON report (kind, period, edition);
