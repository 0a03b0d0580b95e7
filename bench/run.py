#!/usr/bin/env python3
"""Times rencai against the sqlite3 shell in the same run: bench/run.py BINARY ROSTER.csv [RUNS]

ROSTER is a clean roster (a million rows for the figures of docs/performance.md) with the 26 usual headers and 证件号码, 姓名, 用人单位,
人才类别 among them. Figures are medians of pairs, rencai and sqlite3 by turns; only the ratios travel between machines."""
import csv
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
office, flat = os.path.join(home, "office.db"), os.path.join(home, "flat.db")
env = {"PATH": os.environ["PATH"], "RENCAI_DB": office, "RENCAI_LANG": "zh"}


def timed(args, **kw):
    """Seconds and peak megabytes of one command."""
    start = time.perf_counter()
    p = subprocess.Popen(args, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **kw)
    out, err = p.communicate()
    took = time.perf_counter() - start
    if p.returncode != 0:
        sys.exit(f"{args}: exit {p.returncode}\n{err.decode(errors='replace')}")
    return took, out.decode(errors="replace")


def peak(args):
    """Peak resident megabytes."""
    p = subprocess.Popen(args, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, used = os.wait4(p.pid, 0)
    return used.ru_maxrss / 1024


def fresh_office():
    for end in ("", "-wal", "-shm", "-journal"):
        if os.path.exists(office + end):
            os.remove(office + end)
    timed([binary, "init", "--quiet"])


def fresh_flat(columns):
    if os.path.exists(flat):
        os.remove(flat)
    table = ", ".join(f'"{c}" TEXT' for c in columns)
    timed(["sqlite3", flat, f'CREATE TABLE r({table}); CREATE UNIQUE INDEX i1 ON r("证件号码"); CREATE INDEX i2 ON r("姓名");'
           'CREATE INDEX i3 ON r("用人单位"); CREATE INDEX i4 ON r("人才类别");'])


with open(roster, encoding="utf-8-sig", newline="") as f:
    columns = next(csv.reader(f))
rows = sum(1 for _ in open(roster, "rb")) - 1
print(f"{rows} lines, {os.path.getsize(roster) >> 20} MB, {runs} pairs")

ours, theirs = [], []
for _ in range(runs):
    fresh_office()
    ours.append(timed([binary, "roster", "import", roster, "--quiet"])[0])
    fresh_flat(columns)
    theirs.append(timed(["sqlite3", flat, "-cmd", ".mode csv", f".import --skip 1 {roster} r"])[0])
a, b = statistics.median(ours), statistics.median(theirs)
print(f"import: rencai {a:.2f} s, sqlite3 .import {b:.2f} s, ratio {a / b:.2f} (bar 0.60)")
fresh_office()
print(f"import: peak {peak([binary, 'roster', 'import', roster, '--quiet']):.0f} MB (bar 256)")
again = [timed([binary, "roster", "import", roster, "--quiet"])[0] for _ in range(1)]
print(f"the same file again: {again[0]:.2f} s")

number = timed(["sqlite3", office, "SELECT number FROM person_document WHERE kind = 'resident_id' ORDER BY person_id LIMIT 1 OFFSET 500"])[1].strip()
lookup = f"SELECT * FROM person_profile WHERE person_id = (SELECT person_id FROM person_document WHERE number = '{number}' AND voided_op IS NULL AND until_day IS NULL)"
for name, args in [("talent show", ["talent", "show", f"resident_id:{number}"]), ("talent find (document)", ["talent", "find", number])]:
    ours, theirs = [], []
    for _ in range(40):
        ours.append(timed([binary, *args])[0])
        theirs.append(timed(["sqlite3", office, lookup])[0])
    a, b = statistics.median(ours) * 1000, statistics.median(theirs) * 1000
    print(f"{name}: rencai {a:.2f} ms, sqlite3 {b:.2f} ms, ratio {a / b:.2f} (bar 1.20)")
for name, args, bar in [("target report", ["target", "report"], "1.5 s"), ("find by part of a name", ["talent", "find", "欧阳志"], "0.1 s"),
                        ("find by initials", ["talent", "find", "oyzp"], "0.1 s"), ("status", ["status"], "-"),
                        ("talent list --where --count", ["talent", "list", "--where", "class=A", "--count"], "-")]:
    took = statistics.median(timed([binary, *args])[0] for _ in range(3))
    print(f"{name}: {took:.3f} s (bar {bar})")
shutil.rmtree(home)
