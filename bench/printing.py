"""Invoices as PDF, beside reportlab drawing the least there is."""

from functools import partial
from io import BytesIO
from pathlib import Path

from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Table

from bench.books import Desk, bench_books
from bench.measure import Comparison, in_turns
from billdesk.core.documents.invoice_pdf import render_invoice
from billdesk.core.domain.snapshot import Snapshot
from billdesk.resources import locate

_URL = "https://buy.stripe.com/test_00000000000000000000000000"
_FONT = "FloorSans"


def printing(folder: Path, *, full: bool) -> list[Comparison]:
    """One page of 5 lines beside a table of 5 lines in the same font; 15 lines beside a word."""
    pdfmetrics.registerFont(TTFont(_FONT, locate("fonts/BillDeskSans-Regular.ttf")))
    repeat = 20 if full else 5
    with bench_books(folder / "printing") as (books, company_id):
        desk = Desk(books, company_id)
        short, long = (_snapshot(desk, lines) for lines in (5, 15))
    found = []
    for name, snapshot, floor, floor_name, target, stretch in (
        ("PDF of 5 lines", short, _table, "platypus, 5 lines, same font", 4, 2),
        ("PDF of 15 lines", long, _hello, 'reportlab "hello"', 20, 18),
    ):
        ours, floor_ms = in_turns(partial(_render, snapshot), floor, rounds=9, repeat=repeat)
        note = f"{1000 / ours:.0f} per second"
        found.append(Comparison(name, floor_name, ours, floor_ms, 9, target, stretch, note))
    return found


def _snapshot(desk: Desk, lines: int) -> Snapshot:
    snapshot = desk.app.queries.document(desk.issue(lines)).snapshot
    if snapshot is None:
        raise RuntimeError("an issued invoice has a snapshot")
    return snapshot


def _render(snapshot: Snapshot) -> bytes:
    return render_invoice(snapshot, payment_url=_URL, paid=None, logo=None)


def _hello() -> bytes:
    out = BytesIO()
    canvas = Canvas(out)
    canvas.drawString(72, 720, "hello")
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _table() -> bytes:
    out = BytesIO()
    style = ParagraphStyle("floor", fontName=_FONT, fontSize=9)
    rows: list[list[Flowable]] = [
        [
            Paragraph(text, style)
            for text in ("Interface design", "Components, tokens", "7.5", "118.25", "886.88")
        ]
        for _ in range(5)
    ]
    SimpleDocTemplate(out).build([Paragraph("Invoice", style), Table(rows)])
    return out.getvalue()
