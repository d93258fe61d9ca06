"""``billdesk verify``: check every rule of the books."""

import argparse
from typing import TYPE_CHECKING, Any

from billdesk.cli.books import OpenCompany, open_company
from billdesk.cli.command import add_command
from billdesk.cli.exit_codes import ExitCode
from billdesk.cli.output import counted, say, say_json

if TYPE_CHECKING:
    from billdesk.cli.command import Commands
    from billdesk.core.services.verification import Report

_DESCRIPTION = """\
Check the books of a company: every ledger entry balances, totals agree with the ledger, no number
is missing or used twice, every payment is posted once, the audit log is unbroken and every stored
PDF is as it was written. Nothing is changed.

The head of the audit log is printed at the end. Keep it somewhere else: as long as a later run
still contains it, nothing before it can have been altered.
"""
_EPILOG = """\
examples:
  billdesk verify
  billdesk --data-dir ~/books verify --json > report.json
  billdesk --data-dir ~/books verify && cp ~/books/*.db /backup      only if all is well

exit codes: 0 everything holds; 1 something does not, each violation is printed
"""


def add_to(commands: "Commands") -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "verify",
        run,
        summary="check every rule of the books",
        description=_DESCRIPTION,
        epilog=_EPILOG,
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def run(options: argparse.Namespace) -> int:
    """Verify and print the report."""
    with open_company(options, repairs=False) as company:
        report = company.application.verification.run()
        if options.json:
            say_json(_as_json(company, report))
        else:
            _print(company, report)
    return ExitCode.DONE if report.clean else ExitCode.FAILED


def _as_json(company: OpenCompany, report: "Report") -> dict[str, Any]:
    return {
        "company": {
            "id": company.entry.id,
            "uid": company.application.company_uid,
            "name": company.entry.name,
        },
        "clean": report.clean,
        "checks": list(report.checks),
        "violations": [
            {"rule": one.rule, "subject": one.subject, "detail": one.detail}
            for one in report.violations
        ],
        "documents": report.documents,
        "entries": report.entries,
        "audit": {"seq": report.audit_seq, "head": report.audit_head},
    }


def _print(company: OpenCompany, report: "Report") -> None:
    say(
        f"{company.entry.name}: "
        f"{counted(report.documents, 'issued document', 'issued documents')}, "
        f"{counted(report.entries, 'ledger entry', 'ledger entries')}"
    )
    say()
    say("Checked:")
    for name in report.checks:
        say(f"  {name}")
    say()
    if report.clean:
        say("Everything holds.")
    else:
        say(f"{counted(len(report.violations), 'violation', 'violations')}:")
        for one in report.violations:
            say(f"  {one.rule}: {one.subject}: {one.detail}")
    say(f"Audit log: {report.audit_seq:,} rows, head {report.audit_head}")
