"""What a careful person would write in an afternoon: pays a payroll, one row after the other.

Every intent is committed before its call and every answer after it, in a SQLite that flushes each commit;
nothing is sent twice; the raw answer is kept. One connection is kept alive. Standard library only.

Usage: careful_script.py PAYROLL.csv LEDGER.db HOST:PORT. Prints the seconds that the paying took.
"""

import base64
import csv
import http.client
import json
import sqlite3
import sys
import time

payroll, ledger, address = sys.argv[1:4]
host, port = address.rsplit(":", 1)
connection = http.client.HTTPConnection(host, int(port), timeout=60)

db = sqlite3.connect(ledger, isolation_level=None)
db.execute("PRAGMA journal_mode = WAL")
db.execute("PRAGMA synchronous = FULL")
db.execute(
    "CREATE TABLE payout (reference TEXT PRIMARY KEY, receiver TEXT NOT NULL, amount TEXT NOT NULL,"
    " description TEXT NOT NULL, state TEXT NOT NULL, transaction_id TEXT UNIQUE, answer TEXT, at REAL)"
)

with open(payroll, newline="", encoding="utf-8") as file:
    rows = list(csv.DictReader(file))
db.execute("BEGIN")
for row in rows:
    db.execute(
        "INSERT INTO payout (reference, receiver, amount, description, state) VALUES (?, ?, ?, ?, 'queued')",
        (row["reference"], row["receiver"], row["amount"], row["description"]),
    )
db.execute("COMMIT")

token, token_until = None, 0.0


def get_token():
    global token, token_until
    if time.monotonic() < token_until:
        return token
    basic = base64.b64encode(b"client_id:client_secret").decode()
    connection.request(
        "POST",
        "/Api/oauth/token",
        body="scope=read,write&grant_type=client_credentials",
        headers={"Authorization": "Basic " + basic, "Content-Type": "application/x-www-form-urlencoded"},
    )
    answer = json.loads(connection.getresponse().read())
    token, token_until = answer["access_token"], time.monotonic() + answer["expires_in"] - 10
    return token


def pay(row):
    # The amount goes out as the digits that stand in the file, never as a float.
    body = '{"amount":%s,"receiver":%s,"desc":%s,"reference":%s}' % (
        row["amount"],
        json.dumps(row["receiver"]),
        json.dumps(row["description"]),
        json.dumps(row["reference"]),
    )
    headers = {"Authorization": "Bearer " + get_token(), "Content-Type": "application/json"}
    db.execute("BEGIN IMMEDIATE")
    db.execute(
        "UPDATE payout SET state = 'sent', at = ? WHERE reference = ? AND state = 'queued'",
        (time.time(), row["reference"]),
    )
    db.execute("COMMIT")
    connection.request("POST", "/Api/v1/Transfert", body=body, headers=headers)
    response = connection.getresponse()
    text = response.read().decode()
    state, transaction = "unknown", None
    if response.status == 200:
        transfer = json.loads(text)["transfer"]
        if transfer["message"] == "successful" and transfer["receiver"] == row["receiver"]:
            state, transaction = "paid", transfer["transaction_id"]
    db.execute("BEGIN IMMEDIATE")
    db.execute(
        "UPDATE payout SET state = ?, transaction_id = ?, answer = ? WHERE reference = ? AND state = 'sent'",
        (state, transaction, text, row["reference"]),
    )
    db.execute("COMMIT")


get_token()
began = time.monotonic()
for row in rows:
    pay(row)
seconds = time.monotonic() - began
(paid,) = db.execute("SELECT count(*) FROM payout WHERE state = 'paid'").fetchone()
if paid != len(rows):
    sys.exit("only %d of %d were paid" % (paid, len(rows)))
print(seconds)
