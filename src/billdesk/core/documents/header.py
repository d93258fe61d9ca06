"""The head of the first page: logo, firm, title, address window and the facts beside it."""

from dataclasses import dataclass

from billdesk.core.documents import style
from billdesk.core.documents.content import InvoiceContent
from billdesk.core.documents.logo import Logo
from billdesk.core.documents.pen import Pen
from billdesk.core.documents.style import MM, Colour, Frame, TextStyle
from billdesk.core.documents.text import fit, text_width, wrap

_BAR_HEIGHT = 1.6 * MM
_TOP = 16 * MM
_LOGO_BOX = (48 * MM, 13 * MM)
# A logo that is not much wider than high is a symbol, and the firm's name is set beside it.
_SYMBOL_RATIO = 1.8
_TITLE_BASELINE = 24 * MM
_SENDER_BASELINE = 50 * MM
_RECIPIENT_BASELINE = 57 * MM
_ADDRESS_WIDTH = 85 * MM
_META_WIDTH = 65 * MM
_META_STEP = 15.0
_BAND_TOP = 92 * MM
_GAP = 6 * MM
_MOST_SENDER_LINES = 3
_MOST_FIRM_LINES = 3


def draw_header(
    pen: Pen, frame: Frame, content: InvoiceContent, logo: Logo | None, accent: Colour
) -> float:
    """Draw everything above the payment band; returns where the band may start."""
    pen.box(0, 0, frame.width, _BAR_HEIGHT, accent)
    title_left = frame.right - text_width(content.title, style.TITLE)
    number_style = fit(content.number, style.NUMBER, _META_WIDTH, style.SMALLEST)
    number_left = frame.right - text_width(content.number, number_style)
    _draw_firm(pen, frame, content, logo, min(title_left, number_left) - 6 * MM)
    pen.text(title_left, _TITLE_BASELINE, content.title, style.TITLE)
    pen.text(number_left, _TITLE_BASELINE + 15, content.number, number_style)
    address_end = _draw_address(pen, frame, content)
    meta_end = _draw_meta(pen, frame, content)
    return max(_BAND_TOP, address_end + _GAP, meta_end + _GAP)


@dataclass(frozen=True, slots=True)
class _Block:
    lines: list[str]
    style: TextStyle


def _draw_firm(
    pen: Pen, frame: Frame, content: InvoiceContent, logo: Logo | None, right: float
) -> None:
    left = frame.left
    if logo is not None:
        wide, high = logo.getSize()
        factor = min(_LOGO_BOX[0] / wide, _LOGO_BOX[1] / high)
        pen.image(left, _TOP, wide * factor, high * factor, logo)
        if wide > high * _SYMBOL_RATIO:
            return
        left += wide * factor + 4 * MM
    limit = right - left
    firm = fit(content.firm, style.FIRM, limit, 11)
    blocks = [_Block(wrap(content.firm, firm, limit)[:_MOST_FIRM_LINES], firm)]
    if content.claim:
        blocks.append(_Block(wrap(content.claim, style.CLAIM, limit)[:2], style.CLAIM))
    height = sum(len(block.lines) * block.style.leading for block in blocks)
    # Centred on the logo's box, as the eye expects it beside a symbol.
    y = _TOP + max(0.0, (_LOGO_BOX[1] - height) / 2)
    for block in blocks:
        for line in block.lines:
            pen.text(left, y + block.style.size * 0.95, line, block.style)
            y += block.style.leading


def _draw_address(pen: Pen, frame: Frame, content: InvoiceContent) -> float:
    sender = wrap(content.sender, style.SENDER, _ADDRESS_WIDTH)[:_MOST_SENDER_LINES]
    y = _SENDER_BASELINE - style.SENDER.leading * (len(sender) - 1)
    for line in sender:
        pen.text(frame.left, y, line, style.SENDER)
        y += style.SENDER.leading
    y = _RECIPIENT_BASELINE
    for line in wrap(content.recipient, style.RECIPIENT, _ADDRESS_WIDTH):
        pen.text(frame.left, y, line, style.RECIPIENT)
        y += style.RECIPIENT.leading
    y += 1.5
    for text in content.address:
        for line in wrap(text, style.ADDRESS, _ADDRESS_WIDTH):
            pen.text(frame.left, y, line, style.ADDRESS)
            y += style.ADDRESS.leading
    for line in wrap(content.buyer_id, style.BUYER_ID, _ADDRESS_WIDTH):
        y += 2.5
        pen.text(frame.left, y, line, style.BUYER_ID)
        y += style.BUYER_ID.leading
    return y - style.ADDRESS.leading


def _draw_meta(pen: Pen, frame: Frame, content: InvoiceContent) -> float:
    left = frame.right - _META_WIDTH
    y = _SENDER_BASELINE
    for label, value in content.meta:
        pen.text(left, y, label, style.META_LABEL)
        limit = max(_META_WIDTH / 3, _META_WIDTH - text_width(label, style.META_LABEL) - 3 * MM)
        value_style = fit(value, style.META_VALUE, limit, 7.5)
        for number, line in enumerate(wrap(value, value_style, limit)):
            y += value_style.leading if number else 0
            pen.text_right(frame.right, y, line, value_style)
        y += _META_STEP
    return y - _META_STEP
