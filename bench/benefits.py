#!/usr/bin/env python3
"""Times benefits against the sqlite3 shell in the same run: bench/benefits.py BINARY ROSTER.csv [PEOPLE]

Brings the roster in (a million rows for the figures of docs/performance.md), judges everybody by every scheme, grants a lump sum to PEOPLE
(100,000 unless told), pays them in one batch and reads the bank's return. The peer does the bare writes or reads of the same tables by SQL alone: no
rules, no digests, no file. Figures are of one run; the ratios travel better between machines than the seconds."""
import csv
import os
import shutil
import subprocess
import sys
import tempfile
import time

binary, roster = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
people = int(sys.argv[3]) if len(sys.argv) > 3 else 100_000
home = tempfile.mkdtemp(prefix="rencai-bench-")
office = os.path.join(home, "office.db")
env = {"PATH": os.environ["PATH"], "RENCAI_DB": office, "RENCAI_LANG": "zh"}


def at(name):
    return os.path.join(home, name)


def timed(args):
    """Seconds and peak megabytes of one command; its output."""
    start = time.perf_counter()
    p = subprocess.Popen(args, env=env, stdout=open(at("out"), "wb"), stderr=open(at("err"), "wb"))
    _, status, used = os.wait4(p.pid, 0)
    took = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{args}: {open(at('err')).read()}")
    return took, used.ru_maxrss / 1024, open(at("out"), encoding="utf-8").read()


def sql(text, copy=None):
    """Seconds of a script of the sqlite3 shell, on a copy of the office."""
    file = office
    if copy:
        file = at(copy)
        shutil.copy(office, file)
    start = time.perf_counter()
    subprocess.run(["sqlite3", file], input=text.encode(), check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def told(name, ours, theirs, bar):
    print(f"{name}: rencai {ours[0]:.2f} s, {ours[1]:.0f} MB; sqlite3 {theirs:.2f} s, ratio {ours[0] / theirs:.2f} (bar {bar})")


timed([binary, "init", "--quiet"])
timed([binary, "roster", "import", roster, "--quiet"])
ours = timed([binary, "subsidy", "eligible", "--count"])
theirs = sql("SELECT count(*), sum(p.corps = 'leading'), sum(e.mode = 'rigid') FROM person a JOIN person_profile p ON p.person_id = a.id AND p.voided_op IS NULL"
             " LEFT JOIN engagement e ON e.person_id = a.id AND e.voided_op IS NULL LEFT JOIN recognition r ON r.person_id = a.id AND r.voided_op IS NULL;")
told("everybody by every scheme", ours, theirs, "10 s, flat memory")

timed([binary, "policy", "confirm", "benefits", "--basis", "示例1号"])
timed([binary, "fund", "open", "引导基金", "--year", str(time.localtime().tm_year)])
fund = timed([binary, "fund", "list", "--format", "csv"])[2].splitlines()[1].split(",")[0]
timed([binary, "fund", "appropriate", fund, "--source", "state", "--amount", str(people * 1000), "--decision", "示例2号"])
numbers = [r["no"] for r in csv.DictReader(timed([binary, "talent", "list", "--format", "csv", "--limit", str(people)])[2].splitlines())]
with open(at("who.csv"), "w") as f:
    f.write("no\n" + "".join(n + "\n" for n in numbers))
with open(at("accounts.csv"), "w") as f:
    f.write("no,account\n" + "".join(f"{n},62220000{i:010d}\n" for i, n in enumerate(numbers)))
ours = timed([binary, "subsidy", "grant", "--from", at("who.csv"), "--scheme", "honour_award", "--decision", "示例3号", "--amount", "1000", "--actor", "a"])
print(f"{len(numbers)} granted: {ours[0]:.2f} s, {ours[1]:.0f} MB")

theirs = sql("BEGIN; CREATE TABLE b AS SELECT application_id, seq, amount_fen, line_id FROM instalment WHERE settled_fen < amount_fen;"
             "INSERT INTO payment_batch (id, made_op, day, amount_fen, sha256, head) VALUES (1, 1, 1, 1, '', '');"
             "INSERT INTO payment (batch_id, seq, made_op, row, application_id, instalment_seq, line_id, amount_fen, tail, account_hash, state, paid_fen)"
             " SELECT 1, rowid, 1, rowid, application_id, seq, line_id, amount_fen, '0000', hex(randomblob(48)), 'sent', 0 FROM b;"
             "UPDATE instalment SET settled_fen = amount_fen; COMMIT;", copy="peer.db")
ours = timed([binary, "subsidy", "pay", "--due", "--accounts", at("accounts.csv"), "--out", at("bank.csv"), "--yes", "--actor", "b"])
told(f"{len(numbers)} paid", ours, theirs, "100,000 in 5 s")
with open(at("bank.csv"), encoding="utf-8", newline="") as f, open(at("return.csv"), "w", encoding="utf-8") as out:
    lines = f.read().split("\r\n")
    out.write(lines[0] + ",result,paid,reason\n" + "".join(line + (",failed,,\n" if i % 100 == 0 else ",ok,,\n") for i, line in enumerate(lines[1:]) if line))
ours = timed([binary, "subsidy", "confirm", at("return.csv")])
print(f"{len(numbers)} confirmed: {ours[0]:.2f} s, {ours[1]:.0f} MB")
timed([binary, "audit", "verify"])
shutil.rmtree(home)
