"""Every invariant of a company's rows, and of the database they are in, by its sentence.

A check's statements are built once for each company and kept: building them takes three times as
long as asking small books.
"""

from collections.abc import Iterator

from sqlalchemy import Connection

from billdesk.core.services.verification import (
    audit_chain,
    bank,
    credit,
    documents,
    entries,
    guards,
    ledger,
    links,
    movements,
    numbers,
    payments,
    search,
    stripe_balance,
    taken_back,
    taxes,
)
from billdesk.core.services.verification.violation import Check, Violation

# What the database keeps beside the rows, for all its companies.
OF_THE_DATABASE: tuple[tuple[str, Check], ...] = (
    ("The guards in the database are intact", guards.intact),
    ("The search index holds every document's text", search.index),
)
OF_THE_COMPANY: tuple[tuple[str, Check], ...] = (
    ("Every ledger entry balances", ledger.entries_balance),
    ("Every ledger row belongs to this company", ledger.one_company),
    ("Receivables equal what invoices have open", ledger.receivables),
    ("Customer credit and suspense equal money not allocated", credit.customer_credit),
    ("Credit notes have open what they did not settle", credit.credit_notes),
    ("Stripe clearing equals Stripe's payments", stripe_balance.charges),
    ("Stripe clearing is the balance at Stripe", stripe_balance.clearing),
    ("Payouts are what they paid out", stripe_balance.payouts),
    ("Disputed money is what banks hold", stripe_balance.disputes),
    ("Every entry has its document or payment", entries.entries_have_a_source),
    ("Revenue and tax in the ledger are the documents'", entries.issue_entries),
    ("Money in the ledger is the payments'", entries.money_entries),
    ("Money given back by hand is in the ledger once", entries.refund_entries),
    ("Fees in the ledger are Stripe's", entries.fee_entries),
    ("Totals agree in document, snapshot and ledger", documents.totals),
    ("Open amounts equal their recomputation", documents.open_amounts),
    ("Payment links ask for what was open", links.links),
    ("Plans of instalments are whole", links.instalments),
    ("No number twice, no unexplained gap", numbers.sequence),
    ("Every payment is posted exactly once", payments.posted_once),
    ("Test payments settle nothing beside real ones", payments.tests_settle_nothing),
    ("Refunds in the ledger are the payments'", payments.refunds),
    ("Refunds add up in payments and ledger", movements.refund_rows),
    ("Deductions in the ledger are the documents'", movements.deductions),
    ("What is settled was owed and stays paid for", movements.taken_with),
    ("Exchange differences move no money", movements.exchange),
    ("Deposits are deducted once, as they were taken", movements.deposits),
    ("No more is credited than was billed", taken_back.credited),
    ("Each deposit is in one final invoice", taken_back.deducted_once),
    ("Quotes are billed up to their total", taken_back.billed),
    ("Tax is given back at most once", taxes.given_back),
    ("Tax not yet due waits for what is unpaid", taxes.not_yet_due),
    ("Bank lines are in the books once", bank.lines),
    ("Documents say what their payments say", payments.states_of_documents),
    ("A search finds what documents say", search.texts),
    ("Every document that was issued exists", audit_chain.documents_exist),
    ("The audit chain is unbroken", audit_chain.unbroken),
    ("Snapshots match what the audit log recorded", audit_chain.snapshots),
    ("Stored PDFs are the ones the audit log recorded", audit_chain.stored_pdfs),
)


def violations(
    connection: Connection, company_id: int, checks: tuple[tuple[str, Check], ...] = OF_THE_COMPANY
) -> Iterator[Violation]:
    """What does not hold, found as it is asked for."""
    for _, check in checks:
        yield from check(connection, company_id)
