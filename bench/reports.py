#!/usr/bin/env python3
"""Times reports: bench/reports.py BINARY ROSTER.csv [RUNS]

Brings the roster in (a million rows for the figures of docs/performance.md), then writes three payments a person by SQL alone, in the shape that grants
and batches leave (their digests are missing: `audit verify` would say so, a report doesn't ask). The peer is one statement of the sqlite3 shell that reads
people, profiles and engagements side by side and counts them by corps. Figures are medians; the ratio travels better between machines than the seconds."""
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

binary, roster = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
runs = int(sys.argv[3]) if len(sys.argv) > 3 else 3
home = tempfile.mkdtemp(prefix="rencai-bench-")
office = os.path.join(home, "office.db")
env = {"PATH": os.environ["PATH"], "RENCAI_DB": office, "RENCAI_LANG": "zh"}


def at(name):
    return os.path.join(home, name)


def timed(args):
    """Seconds and peak megabytes of one command."""
    start = time.perf_counter()
    p = subprocess.Popen(args, env=env, stdout=open(at("out"), "wb"), stderr=open(at("err"), "wb"))
    _, status, used = os.wait4(p.pid, 0)
    took = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{args}: {open(at('err')).read()}")
    return took, used.ru_maxrss / 1024


def sql(text):
    start = time.perf_counter()
    subprocess.run(["sqlite3", office], input=text.encode(), check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


timed([binary, "init", "--quiet"])
timed([binary, "roster", "import", roster, "--quiet"])
timed([binary, "policy", "confirm", "benefits", "--basis", "示例1号"])
timed([binary, "fund", "open", "引导基金", "--year", "2020", "--date", "2020-01-02", "--reason", "示例"])
print("payments are written")
sql("""
PRAGMA synchronous = OFF; BEGIN;
INSERT INTO decision (id, made_op) VALUES (9000, 1);
INSERT OR IGNORE INTO fund_line (id, made_op, fund_id, source, purpose) VALUES (9000, 1, 1, 'state', 'talent');
INSERT INTO application (id, made_op, scheme, policy_id, person_id, day) SELECT id, 1, 'settlement', 1, id, 18262 + id % 400 FROM person WHERE kind = 'talent';
INSERT INTO award (application_id, made_op, policy_id, line_id, decision_id, approved_day, amount_fen, deducted_fen, verdict, agreement)
  SELECT id, 1, 1, 9000, 9000, day, 3000000, 0, '{}', '{}' FROM application;
INSERT INTO step (made_op, record_kind, record_id, to_state, day) SELECT 1, 'application', id, 'approved', day FROM application;
INSERT INTO instalment (application_id, seq, made_op, due_day, amount_fen, settled_fen, line_id)
  SELECT a.id, n.value, 1, a.day + 30 * n.value, 1000000, CASE WHEN a.id % 50 = 0 AND n.value = 3 THEN 0 ELSE 1000000 END, 9000
  FROM application a, json_each('[1,2,3]') n;
INSERT INTO payment_batch (id, made_op, day, amount_fen, sha256, head)
  SELECT n.value + 1, 1, 18300 + n.value * 12, 1, '', '' FROM json_each('[' || (SELECT group_concat(value) FROM (WITH c(value) AS (SELECT 0 UNION ALL SELECT value + 1 FROM c WHERE value < 29) SELECT value FROM c)) || ']') n;
INSERT INTO payment (batch_id, seq, made_op, row, application_id, instalment_seq, line_id, amount_fen, tail, account_hash, state, paid_fen)
  SELECT 1 + (application_id * 3 + seq) % 30, application_id * 3 + seq, 1, application_id * 3 + seq, application_id, seq, 9000, 1000000, '0000', '', 'settled', 1000000
  FROM instalment WHERE settled_fen > 0;
INSERT INTO journal (id, made_op, day, kind, scheme) SELECT 1000 + id, 1, day, 'reserve', 'settlement' FROM application;
INSERT INTO posting (journal_id, seq, made_op, line_id, account, amount_fen)
  SELECT 1000 + a.id, n.value, 1, 9000, CASE n.value WHEN 1 THEN 'free' ELSE 'reserved' END, CASE n.value WHEN 1 THEN -3000000 ELSE 3000000 END
  FROM application a, json_each('[1,2]') n;
INSERT INTO journal (id, made_op, day, kind, scheme) SELECT 900000000 + id, 1, day, 'pay', 'settlement' FROM payment_batch;
INSERT INTO posting (journal_id, seq, made_op, line_id, account, amount_fen)
  SELECT 900000000 + b.id, n.value, 1, 9000, CASE n.value WHEN 1 THEN 'reserved' ELSE 'paid' END, (CASE n.value WHEN 1 THEN -1 ELSE 1 END)
       * (SELECT sum(paid_fen) FROM payment p WHERE p.batch_id = b.id) FROM payment_batch b, json_each('[1,2]') n;
COMMIT; ANALYZE;
""")
people = subprocess.run(["sqlite3", office, "SELECT (SELECT count(*) FROM person), (SELECT count(*) FROM payment)"], capture_output=True, text=True, check=True).stdout.strip()
print(f"people | payments: {people}")
PEER = ("SELECT p.corps, count(*), sum(e.mode = 'rigid') FROM person a JOIN person_profile p ON p.person_id = a.id AND p.voided_op IS NULL"
        " JOIN engagement e ON e.person_id = a.id AND e.voided_op IS NULL GROUP BY 1;")
for name, args, bar in [
    ("report quarter", ["report", "quarter", "2020Q4", "--out", at("q.html"), "--out", at("q.xlsx")], "2 s, 256 MB"),
    ("report year", ["report", "year", "2020", "--json"], "-"),
    ("report whitepaper", ["report", "whitepaper", "2020", "--out", at("wp.html")], "6 s, 256 MB"),
    ("report quarter --freeze", ["report", "quarter", "2020Q4", "--freeze"], "-"),
    ("report verify", ["report", "verify", "--all"], "-"),
    ("report explain", ["report", "explain", "corps/leading/people", "--period", "2020Q4", "--json"], "-"),
]:
    ours, theirs, most = [], [], 0.0
    for _ in range(runs):
        took, peak = timed([binary, *args])
        ours.append(took)
        most = max(most, peak)
        theirs.append(sql(PEER))
    print(f"{name}: rencai {statistics.median(ours):.2f} s, {most:.0f} MB; sqlite3 {statistics.median(theirs):.2f} s, "
          f"ratio {statistics.median(o / t for o, t in zip(ours, theirs)):.2f} (bar {bar})")
shutil.rmtree(home)
