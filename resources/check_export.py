#!/usr/bin/env python3
"""Check an exported company without BillDesk: python3 check.py EXPORT.zip [--head HASH]

Needs Python 3.11 and nothing else. It reads the ZIP file and checks that
  - every file in it is as it was written (SHA-256), and nothing was added;
  - the audit log is one unbroken chain from the company's first day to the head in the manifest,
    and what it says has not been changed; with --head, that the hash you kept is part of it;
  - every ledger entry balances, in each currency and in the company's own;
  - every issued document is what the audit log recorded when it was issued, and adds up;
  - every PDF is the one the audit log recorded, and it and every attachment is in the file;
  - what the ledger says is owed is what the documents say is open;
  - counts, sums and trial balance are those of the manifest, which leaves no table out.
It prints what does not hold and ends with 1 then, with 0 when everything holds, with 2 when the
file cannot be read. docs/export.md of BillDesk describes the format.
"""

import argparse
import hashlib
import json
import sys
import zipfile
from collections import defaultdict
from itertools import groupby

FORMAT = "billdesk-company/1"
TABLES = """
    account allocation app_user attachment audit_detail audit_head audit_log balance_transaction
    bank_line bank_statement company cost_centre custom_field customer customer_address
    customer_contact deduction dispute document document_adjustment document_line
    document_line_tax document_reference document_revision document_snapshot instalment item
    item_price ledger_entry mail number_counter number_series outbox payment payment_attempt
    payment_link posting price_list recurring_run recurring_template refund reminder rendition
    saved_card setting stripe_cursor stripe_event stripe_order stripe_payout tax_rate
"""
# No file says truly how large it is: more is not read into memory.
LARGEST_MANIFEST = 256 * 1024 * 1024
LARGEST_LINE = 64 * 1024 * 1024
OWED_ON = {"invoice", "deposit_invoice", "final_invoice", "reminder"}


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256(data):
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


class Export:
    """The ZIP file and its manifest."""

    def __init__(self, archive):
        self.archive = archive
        with archive.open("manifest.json") as content:
            self.manifest = json.loads(
                bounded(content.read(LARGEST_MANIFEST + 1), LARGEST_MANIFEST)
            )
        if self.manifest["format"] != FORMAT:
            raise ValueError(f"this is not {FORMAT}")

    def rows(self, table):
        with self.archive.open(f"tables/{table}.jsonl") as lines:
            while line := lines.readline(LARGEST_LINE + 1):
                yield json.loads(bounded(line, LARGEST_LINE))


def bounded(data, largest):
    if len(data) > largest:
        raise ValueError("it holds more than any export")
    return data


def whole(export):
    for table in TABLES.split():
        if f"tables/{table}.jsonl" not in export.manifest["members"]:
            yield f"the manifest leaves tables/{table}.jsonl out"
        if table not in export.manifest["figures"]["tables"]:
            yield f"the manifest does not count {table}"


def files(export):
    known = export.manifest["members"]
    for name in sorted(set(export.archive.namelist()) - set(known) - {"manifest.json"}):
        yield f"{name} was added"
    for name, facts in known.items():
        try:
            with export.archive.open(name) as content:
                found = hashlib.file_digest(content, "sha256").hexdigest()
        except KeyError:
            yield f"{name} is missing"
            continue
        if found != facts["sha256"]:
            yield f"{name} has been changed"
        if name.startswith("files/") and name != f"files/{found}":
            yield f"{name} is not the file it is stored as"


def anchors(row):
    """Whether the row records a document's snapshot or PDF; nobody may erase its detail."""
    action = row["action"]
    return action.endswith(".issued") or action in ("invoice.imported", "rendition.stored")


def audit_rows(export):
    # Both in the order of the chain, so neither need be in memory as a whole.
    details = export.rows("audit_detail")
    detail = next(details, None)
    for row in export.rows("audit_log"):
        while detail and detail["seq"] < row["seq"]:
            detail = next(details, None)
        yield row, detail if detail and detail["seq"] == row["seq"] else None


def audit_chain(export, kept=None):
    previous, seq = sha256(export.manifest["company"]["uid"]), 0
    found = not kept
    for row, detail in audit_rows(export):
        seq += 1
        if row["seq"] != seq:
            yield f"audit row {seq} is missing"
            seq = row["seq"]
        if row["previous"] != previous:
            yield f"audit row {seq} does not follow the one before"
        said = {name: row[name] for name in row if name not in ("company_id", "hash")}
        if sha256(canonical(said)) != row["hash"]:
            yield f"audit row {seq} has been changed"
        # Personal data may be erased there; what is there must be genuine.
        if detail and sha256(detail["salt"] + detail["body"]) != row["detail_sha256"]:
            yield f"the detail of audit row {seq} has been changed"
        if not detail and anchors(row):
            yield f"the detail of audit row {seq} is missing"
        previous = row["hash"]
        found = found or previous == kept
    head = export.manifest["figures"]["audit"]
    if (seq, previous) != (head["seq"], head["head"]):
        yield "the last rows of the audit log are missing"
    if not found:
        yield f"the head you kept, {kept}, is not part of the audit log"


def recorded(export):
    """By document: the hashes that the audit log recorded of its snapshot, and of its PDFs."""
    frozen, stored = {}, {}
    for row, detail in audit_rows(export):
        about, _, uid = row["subject"].partition(":")
        if about == "document" and anchors(row):
            is_pdf = row["action"] == "rendition.stored"
            after = (json.loads(detail["body"]).get("after") if detail else None) or {}
            of_document = (stored if is_pdf else frozen).setdefault(uid, set())
            of_document.add(after.get("sha256" if is_pdf else "snapshot_sha256"))
    return frozen, stored


def ledger(export):
    entries = {row["id"] for row in export.rows("ledger_entry")}
    # The postings of an entry stand together.
    for entry, postings in groupby(export.rows("posting"), lambda row: row["entry_id"]):
        sums = defaultdict(int)
        for row in postings:
            sums[row["currency"]] += row["minor"]
            sums["in the company's currency"] += row["base_minor"]
        if entry not in entries:
            yield f"ledger entry {entry} is not whole"
        entries.discard(entry)
        for currency, off in sums.items():
            if off:
                yield f"ledger entry {entry} is off by {off} {currency}"
    for entry in sorted(entries):
        yield f"ledger entry {entry} is not whole"


def documents(export):
    told = ("uid", "number", "kind", "total_minor", "open_minor")
    rows = {
        row["id"]: {name: row[name] for name in told}
        for row in export.rows("document")
        if row["issued_at"]
    }
    frozen, _ = recorded(export)
    for uid in sorted(frozen.keys() - {row["uid"] for row in rows.values()}):
        yield f"the document {uid}, which the audit log saw issued, is gone"
    bare = set(rows)
    for snapshot in export.rows("document_snapshot"):
        row = rows.get(snapshot["document_id"])
        if row is None:
            continue
        bare.discard(snapshot["document_id"])
        if sha256(snapshot["body"]) != snapshot["sha256"]:
            yield f"what was frozen of {row['number']} has been changed"
            continue
        if frozen.get(row["uid"]) != {snapshot["sha256"]}:
            yield f"{row['number']} is not what the audit log recorded"
        said = json.loads(snapshot["body"])
        parts = said["net_minor"] + said["tax_minor"] + said.get("rounding_minor", 0)
        if said["total_minor"] != parts or said["total_minor"] != row["total_minor"]:
            yield f"{row['number']} does not add up"
    for key in sorted(bare):
        yield f"{rows[key]['number']} was issued without a snapshot"
    receivable = {row["id"] for row in export.rows("account") if row["role"] == "receivable"}
    owed = defaultdict(int)
    for row in export.rows("posting"):
        if row["account_id"] in receivable:
            owed[row["document_id"]] += row["minor"]
    for key, row in rows.items():
        if row["kind"] in OWED_ON and owed[key] != row["open_minor"]:
            yield f"{row['number']} has {row['open_minor']} open, the ledger says {owed[key]}"


def stored_files(export):
    documents = {row["id"]: (row["uid"], row["number"]) for row in export.rows("document")}
    members = export.manifest["members"]
    _, stored = recorded(export)
    found = {uid: set() for uid in stored}
    for row in export.rows("rendition"):
        uid, number = documents.get(row["document_id"], ("", "nothing"))
        if row["sha256"] not in stored.get(uid, ()):
            yield f"a PDF of {number} is not what the audit log recorded"
        else:
            found[uid].add(row["sha256"])
        if f"files/{row['sha256']}" not in members:
            yield f"a PDF of {number} is missing: files/{row['sha256']}"
    for uid in stored:
        if stored[uid] - found[uid]:
            yield f"a PDF that was recorded for document {uid} is gone"
    for row in export.rows("attachment"):
        if f"files/{row['sha256']}" not in members:
            yield f"the attached {row['name']} is missing: files/{row['sha256']}"


def figures(export):
    for table, wanted in export.manifest["figures"]["tables"].items():
        count, sums = 0, dict.fromkeys(wanted["sums"], 0)
        for row in export.rows(table):
            count += 1
            for name in sums:
                sums[name] += row[name] or 0
        if count != wanted["rows"] or sums != wanted["sums"]:
            yield f"{table} holds {count} rows instead of {wanted['rows']}, or other sums"
    codes = {row["id"]: row["code"] for row in export.rows("account")}
    balances = {}
    for row in export.rows("posting"):
        balance = balances.setdefault(f"{codes[row['account_id']]} {row['currency']}", [0, 0])
        balance[0] += row["minor"]
        balance[1] += row["base_minor"]
    told = export.manifest["figures"]["trial_balance"]
    for key in sorted(balances.keys() | told.keys()):
        if balances.get(key) != told.get(key):
            yield f"account {key} has {balances.get(key)}, the manifest says {told.get(key)}"


def say(text, file=None):
    # What a file says may be no text for a terminal.
    shown = "".join(one if one.isprintable() else "?" for one in text)
    encoding = getattr(file or sys.stdout, "encoding", None) or "ascii"
    print(shown.encode(encoding, "replace").decode(encoding), file=file)


def summary(export):
    company, figures = export.manifest["company"], export.manifest["figures"]
    balances = [f"  account {key}: {minor}" for key, (minor, _) in figures["trial_balance"].items()]
    audit = figures["audit"]
    return [
        f"{company['name']}: {len(export.manifest['members'])} files",
        *balances,
        f"Audit log: {audit['seq']} rows, head {audit['head']}",
    ]


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("export")
    parser.add_argument("--head", help="the head of the audit log that you kept earlier")
    options = parser.parse_args(arguments)
    try:
        with zipfile.ZipFile(options.export) as archive:
            export = Export(archive)
            found = [*whole(export), *files(export)]
            # What was changed by hand need not even be readable.
            if not found:
                for check in (ledger, documents, stored_files, figures):
                    found += check(export)
                found += audit_chain(export, options.head)
            told = summary(export)
    # A broken file may raise whatever there is.
    except Exception as error:
        why = str(error) or type(error).__name__
        say(f"{options.export} cannot be checked: {why}", sys.stderr)
        return 2
    for sentence in told:
        say(sentence)
    for sentence in found:
        say(f"NOT AS IT SHOULD BE: {sentence}")
    say(f"{len(found)} problems." if found else "Everything holds.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
