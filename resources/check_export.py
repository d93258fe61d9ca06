#!/usr/bin/env python3
"""Check an exported company without BillDesk: python3 check.py EXPORT.zip [--head HASH]

Needs Python 3.11 and nothing else. It reads the ZIP file and checks that
  - every file in it is as it was written (SHA-256), and nothing was added;
  - the audit log is one unbroken chain from the company's first day to the head in the manifest,
    and what it says has not been changed; with --head, that the hash you kept is part of it;
  - every ledger entry balances, in each currency and in the company's own;
  - every issued document is what was frozen when it was issued, and adds up;
  - what the ledger says is owed is what the documents say is open;
  - counts and sums are those of the manifest.
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
OWED_ON = {"invoice", "deposit_invoice", "final_invoice", "reminder"}


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256(data):
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


class Export:
    """The ZIP file and its manifest."""

    def __init__(self, archive):
        self.archive = archive
        self.manifest = json.loads(archive.read("manifest.json"))
        if self.manifest["format"] != FORMAT:
            raise ValueError(f"this is not {FORMAT}")

    def rows(self, table):
        with self.archive.open(f"tables/{table}.jsonl") as lines:
            for line in lines:
                yield json.loads(line)


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


def audit_chain(export, kept=None):
    # Both in the order of the chain, so neither need be in memory as a whole.
    details = export.rows("audit_detail")
    detail = next(details, None)
    previous, seq = sha256(export.manifest["company"]["uid"]), 0
    hashes = set()
    for row in export.rows("audit_log"):
        seq += 1
        if row["seq"] != seq:
            yield f"audit row {seq} is missing"
            seq = row["seq"]
        if row["previous"] != previous:
            yield f"audit row {seq} does not follow the one before"
        said = {name: row[name] for name in row if name not in ("company_id", "hash")}
        if sha256(canonical(said)) != row["hash"]:
            yield f"audit row {seq} has been changed"
        while detail and detail["seq"] < seq:
            detail = next(details, None)
        # Personal data may be erased there; what is there must be genuine.
        if (
            detail
            and detail["seq"] == seq
            and sha256(detail["salt"] + detail["body"]) != row["detail_sha256"]
        ):
            yield f"the detail of audit row {seq} has been changed"
        previous = row["hash"]
        hashes.add(previous)
    head = export.manifest["figures"]["audit"]
    if (seq, previous) != (head["seq"], head["head"]) and (seq or head["seq"]):
        yield "the last rows of the audit log are missing"
    if kept and kept not in hashes:
        yield f"the head you kept, {kept}, is not part of the audit log"


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
    told = ("number", "kind", "total_minor", "open_minor")
    rows = {
        row["id"]: {name: row[name] for name in told}
        for row in export.rows("document")
        if row["issued_at"]
    }
    bare = set(rows)
    for snapshot in export.rows("document_snapshot"):
        row = rows.get(snapshot["document_id"])
        if row is None:
            continue
        bare.discard(snapshot["document_id"])
        if sha256(snapshot["body"]) != snapshot["sha256"]:
            yield f"what was frozen of {row['number']} has been changed"
            continue
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


def figures(export):
    for table, wanted in export.manifest["figures"]["tables"].items():
        count, sums = 0, dict.fromkeys(wanted["sums"], 0)
        for row in export.rows(table):
            count += 1
            for name in sums:
                sums[name] += row[name] or 0
        if count != wanted["rows"] or sums != wanted["sums"]:
            yield f"{table} holds {count} rows instead of {wanted['rows']}, or other sums"


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("export")
    parser.add_argument("--head", help="the head of the audit log that you kept earlier")
    options = parser.parse_args(arguments)
    try:
        with zipfile.ZipFile(options.export) as archive:
            export = Export(archive)
            found = [*files(export)]
            # What was changed by hand need not even be readable.
            if not found:
                for check in (ledger, documents, figures):
                    found += check(export)
                found += audit_chain(export, options.head)
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        print(f"{options.export} cannot be checked: {error}", file=sys.stderr)
        return 2
    company, audit = export.manifest["company"], export.manifest["figures"]["audit"]
    print(f"{company['name']}: {len(export.manifest['members'])} files")
    for key, (minor, _) in export.manifest["figures"]["trial_balance"].items():
        print(f"  account {key}: {minor}")
    print(f"Audit log: {audit['seq']} rows, head {audit['head']}")
    for sentence in found:
        print(f"NOT AS IT SHOULD BE: {sentence}")
    print(f"{len(found)} problems." if found else "Everything holds.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
