"""The invoice as a PDF: measure, paginate, draw.

The same arguments give the same bytes, in every process and thread: what is stored can be made
again and compared.
"""

from billdesk.core.documents import band, end_blocks, furniture, style, table
from billdesk.core.documents.content import InvoiceContent, PaidStamp
from billdesk.core.documents.header import draw_header
from billdesk.core.documents.kind_wording import asks_for_money, payable_minor
from billdesk.core.documents.logo import load_logo
from billdesk.core.documents.pagination import Flow, Page, TextLine, paginate
from billdesk.core.documents.pen import Pen
from billdesk.core.documents.style import FRAMES, MM, Frame, TextStyle, colour
from billdesk.core.documents.text import wrap
from billdesk.core.documents.wording import put_into_words
from billdesk.core.domain.snapshot import Paper, Snapshot

_BELOW_BAND = 8 * MM
_AFTER_SUBJECT = 2.0


def render_invoice(
    snapshot: Snapshot,
    *,
    payment_url: str | None,
    paid: PaidStamp | None,
    logo: bytes | None,
    asked_minor: int | None = None,
    test_mode: bool = False,
    draft: bool = False,
) -> bytes:
    """Draw an invoice and return the PDF.

    ``payment_url`` is the active pay link, or ``None`` where there is none; a paid copy never
    shows it. ``asked_minor`` is what it asks for, said beside it where that is not the amount due.
    ``logo`` are the bytes of the image the snapshot names by hash. ``test_mode`` marks
    every page as a rehearsal, ``draft`` marks a preview, which has no number and cannot be paid.

    Raises ``UserError`` (field ``logo``) when the logo is not a usable image.
    """
    content = put_into_words(snapshot, paid, draft)
    frame = FRAMES[snapshot.template.paper]
    accent = colour(snapshot.template.accent)
    pen = Pen(frame.width, frame.height, content.fmt.tag)
    pen.describe(
        f"{content.title} {content.number}",
        content.firm,
        content.subject or f"{content.title} – {content.recipient}",
        snapshot.issued_on,
    )

    footer = furniture.measure_footer(frame, content)
    columns = table.measure_columns(frame, content)
    rows = table.measure_rows(content, columns)
    end = end_blocks.measure_end_blocks(frame, content, accent)

    def begin_page(first: bool) -> None:
        if draft:
            furniture.draw_draft_mark(pen, frame, content)
        if test_mode:
            furniture.draw_test_mark(pen, frame, content)
        if not first:
            furniture.draw_running_head(pen, frame, content)
        elif snapshot.template.fold_marks and snapshot.template.paper is Paper.A4:
            furniture.draw_fold_marks(pen)

    # The head is drawn before the pages are divided: how high it is decides where they begin.
    begin_page(first=True)
    image = load_logo(logo) if logo is not None else None
    band_top = draw_header(pen, frame, content, image, accent)
    body_top = band_top
    if content.band is not None:
        call = _call(snapshot, content, payment_url, asked_minor, paid, draft)
        band.draw_band(pen, frame, band_top, content, accent, call, paid is not None)
        body_top += band.HEIGHT + _BELOW_BAND

    pages = paginate(
        Flow(
            first_top=body_top,
            limit=footer.limit,
            lead=_lead(content, frame),
            rows=rows,
            end_gap=end_blocks.GAP,
            end_height=end.height,
            legal=_legal(content, frame),
            legal_gap=end_blocks.LEGAL_GAP,
        )
    )
    for index, page in enumerate(pages, start=1):
        if index > 1:
            begin_page(first=False)
        _draw_body(pen, frame, content, page, columns, end, snapshot.scale)
        furniture.draw_footer(pen, frame, content, footer, index, len(pages))
        pen.end_page()
    return pen.finish()


def _call(
    snapshot: Snapshot,
    content: InvoiceContent,
    payment_url: str | None,
    asked_minor: int | None,
    paid: PaidStamp | None,
    draft: bool,
) -> band.Call | None:
    labels = content.labels
    if not asks_for_money(snapshot, paid):
        return None
    if draft:
        return band.Call(None, labels.pay_online) if snapshot.online_payment else None
    if not payment_url:
        return None
    whole_minor = payable_minor(snapshot)
    if asked_minor is None or asked_minor == whole_minor:
        return band.Call(payment_url, labels.pay_online)
    part, whole = (
        content.fmt.money(minor, snapshot.scale, snapshot.currency)
        for minor in (asked_minor, whole_minor)
    )
    return band.Call(
        payment_url, labels.pay_part.format(part=part), labels.of_whole.format(whole=whole)
    )


def _lead(content: InvoiceContent, frame: Frame) -> list[TextLine]:
    lines = [
        TextLine(text, style.SECTION.leading, heading=True)
        for text in wrap(content.subject, style.SECTION, frame.content_width)
    ]
    if lines and content.introduction:
        lines.append(TextLine("", _AFTER_SUBJECT, heading=True))
    lines.extend(_text_lines(content.introduction, style.BODY, frame))
    return lines


def _legal(content: InvoiceContent, frame: Frame) -> list[TextLine]:
    lines: list[TextLine] = []
    for text in content.legal:
        if lines:
            lines.append(TextLine("", style.TERMS.leading / 3))
        lines.extend(_text_lines(text, style.TERMS, frame))
    return lines


def _text_lines(text: str, text_style: TextStyle, frame: Frame) -> list[TextLine]:
    return [
        TextLine(line, text_style.leading) for line in wrap(text, text_style, frame.content_width)
    ]


def _draw_body(
    pen: Pen,
    frame: Frame,
    content: InvoiceContent,
    page: Page,
    columns: table.Columns,
    end: end_blocks.EndBlocks,
    scale: int,
) -> None:
    for y, line in page.lead:
        pen.text(frame.left, y, line.text, style.SECTION if line.heading else style.BODY)
    if page.head_baseline is not None:
        rule = table.draw_head(pen, page.head_baseline, content, columns)
        if page.carried_minor is not None and content.head.amount:
            amount = content.fmt.amount(page.carried_minor, scale)
            table.draw_carried(pen, rule, amount, content, columns)
    for y, part in page.rows:
        table.draw_row(pen, y, part, content, columns)
    if page.end_top is not None:
        end_blocks.draw_end_blocks(pen, frame, page.end_top, content, end)
    for y, line in page.legal:
        pen.text(frame.left, y, line.text, style.TERMS)
