"""The payment band: what is due, when, and the one call to action."""

from dataclasses import dataclass

from billdesk.core.documents import style
from billdesk.core.documents.content import InvoiceContent
from billdesk.core.documents.pen import Pen
from billdesk.core.documents.qr import qr_matrix
from billdesk.core.documents.style import MM, Colour, Frame
from billdesk.core.documents.text import fit, text_width, wrap

HEIGHT = 21 * MM
_RADIUS = 2.5 * MM
_INSET = 7 * MM
_LABEL_BASELINE = 7 * MM
_VALUE_BASELINE = 15.2 * MM
_DATE_LEFT = 62 * MM
_TILE = 16.6 * MM
_TILE_INSET = 2.2 * MM
_TILE_RADIUS = 1.2 * MM
_CODE = 13.4 * MM
_BUTTON_GAP = 4 * MM
_BUTTON_WIDTH = 30 * MM
_BUTTON_HEIGHT = 9.5 * MM
_BUTTON_PADDING = 5 * MM
_BUTTON_RADIUS = 2 * MM
_NOTE_RISE = 2 * MM
_NOTE_GAP = 3.6 * MM
_CAP_HEIGHT = 0.727


@dataclass(frozen=True, slots=True)
class Call:
    """What stands at the right of the band.

    ``url`` is the page the button opens; ``None`` draws the button where it will be, without a
    link (the preview of a draft, whose link does not exist yet). ``note`` stands below the button:
    what of the amount due is asked for there, where it is not all of it.
    """

    url: str | None
    button: str
    note: str = ""


def draw_band(
    pen: Pen,
    frame: Frame,
    top: float,
    content: InvoiceContent,
    accent: Colour,
    call: Call | None,
    paid: bool,
) -> None:
    """Draw the band with its top edge at ``top``: with a call to action, paid, or plain."""
    pen.box(frame.left, top, frame.content_width, HEIGHT, style.TINT, _RADIUS)
    band = content.band
    if band is None:
        return
    left = frame.left + _INSET
    room_right = frame.right - _INSET
    if call is not None:
        room_right = _button_left(frame, call) - _BUTTON_GAP
    elif paid:
        room_right = _mark_left(frame, content) - _BUTTON_GAP
    date_width = max(
        text_width(band.date, style.DUE_DATE), text_width(band.date_label, style.BAND_LABEL)
    )
    limit = room_right - left - (date_width + _INSET if band.date else 0)
    hero = fit(band.amount, style.HERO, limit, 9)
    pen.text(left, top + _LABEL_BASELINE, band.amount_label, style.BAND_LABEL)
    pen.text(left, top + _VALUE_BASELINE, band.amount, hero)
    if band.date:
        date_left = max(frame.left + _DATE_LEFT, left + text_width(band.amount, hero) + _INSET)
        date_left = min(date_left, room_right - date_width)
        if call is None and not paid:
            date_left = room_right - date_width
        pen.text(date_left, top + _LABEL_BASELINE, band.date_label, style.BAND_LABEL)
        pen.text(date_left, top + _VALUE_BASELINE, band.date, style.DUE_DATE)
    if call is not None:
        _draw_call(pen, frame, top, content, accent, call)
    elif paid:
        _draw_paid_mark(pen, frame, top, content, accent)


def _button_left(frame: Frame, call: Call) -> float:
    wide = max(
        _BUTTON_WIDTH,
        text_width(call.button, style.BUTTON) + 2 * _BUTTON_PADDING,
        text_width(call.note, style.BAND_LABEL),
    )
    return frame.right - _TILE_INSET - _TILE - _BUTTON_GAP - wide


def _draw_call(
    pen: Pen, frame: Frame, top: float, content: InvoiceContent, accent: Colour, call: Call
) -> None:
    tile_left = frame.right - _TILE_INSET - _TILE
    tile_top = top + _TILE_INSET
    left, right = _button_left(frame, call), tile_left - _BUTTON_GAP
    middle = top + HEIGHT / 2 - (_NOTE_RISE if call.note else 0)
    pen.box(left, middle - _BUTTON_HEIGHT / 2, right - left, _BUTTON_HEIGHT, accent, _BUTTON_RADIUS)
    baseline = middle + style.BUTTON.size * _CAP_HEIGHT / 2
    pen.text_centred((left + right) / 2, baseline, call.button, style.BUTTON)
    if call.note:
        below = middle + _BUTTON_HEIGHT / 2 + _NOTE_GAP
        pen.text_centred((left + right) / 2, below, call.note, style.BAND_LABEL)
    pen.box(tile_left, tile_top, _TILE, _TILE, style.WHITE, _TILE_RADIUS)
    if call.url is None:
        draw_code_placeholder(pen, tile_left, tile_top, _TILE, content)
        return
    quiet = (_TILE - _CODE) / 2
    pen.qr(tile_left + quiet, tile_top + quiet, _CODE, qr_matrix(call.url))
    pen.link(left, tile_top, tile_left + _TILE - left, _TILE, call.url)


def draw_code_placeholder(
    pen: Pen, x: float, y: float, side: float, content: InvoiceContent
) -> None:
    """Say in a square of ``side`` points that its QR code comes with the number."""
    lines = wrap(content.labels.code_at_issue, style.PLACEHOLDER, side - 3 * MM)
    leading = style.PLACEHOLDER.leading
    baseline = y + side / 2 - leading * len(lines) / 2 + style.PLACEHOLDER.size * 0.95
    for line in lines:
        pen.text_centred(x + side / 2, baseline, line, style.PLACEHOLDER)
        baseline += leading


def _mark_left(frame: Frame, content: InvoiceContent) -> float:
    wide = text_width(content.labels.paid, style.DUE_DATE)
    return frame.right - _INSET - wide - 9 * MM - _BUTTON_PADDING


def _draw_paid_mark(
    pen: Pen, frame: Frame, top: float, content: InvoiceContent, accent: Colour
) -> None:
    """A tick and the word, outlined: reads as a stamp in colour and in grey."""
    left, right = _mark_left(frame, content), frame.right - _INSET
    middle = top + HEIGHT / 2
    pen.box(left, middle - 5 * MM, right - left, 10 * MM, style.WHITE, _BUTTON_RADIUS)
    pen.box(left, middle - 5 * MM, right - left, 10 * MM, accent, _BUTTON_RADIUS, outline=1.2)
    tick = left + _BUTTON_PADDING - 0.6 * MM
    pen.polyline(
        ((tick, middle), (tick + 1.3 * MM, middle + 1.3 * MM), (tick + 4 * MM, middle - 1.6 * MM)),
        1.8,
        accent,
    )
    word = style.DUE_DATE.coloured(accent)
    baseline = middle + word.size * _CAP_HEIGHT / 2
    pen.text(left + _BUTTON_PADDING + 5 * MM, baseline, content.labels.paid, word)
