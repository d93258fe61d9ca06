"""The frame of an HTML mail: one column of tables, because mail programs know little else.

Every style stands on its element (some programs drop style sheets); the one style sheet only adds
the dark colours for programs that understand it. Nothing is loaded from anywhere.
"""

from dataclasses import dataclass
from html import escape

_FONTS = "-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"

_DARK = """
  :root { color-scheme: light dark; supported-color-schemes: light dark; }
  @media (prefers-color-scheme: dark) {
    .page { background: #0F172A !important; }
    .card { background: #1E293B !important; }
    .tint { background: #334155 !important; }
    .ink { color: #F8FAFC !important; }
    .text { color: #E2E8F0 !important; }
    .muted { color: #94A3B8 !important; }
    .text a, .muted a { color: #93C5FD !important; }
  }
  @media (max-width: 480px) {
    .pad { padding-left: 20px !important; padding-right: 20px !important; }
    .fact { display: block !important; padding-bottom: 10px !important; }
  }
"""


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its value in the box at the top."""

    label: str
    value: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class MailPage:
    """What the page shows. ``paragraphs`` are HTML already, ``None`` stands for the button.

    Everything else is plain text and escaped here. ``accent`` is ``#RRGGBB``; ``url_note`` has
    the placeholder ``{url}``.
    """

    language: str
    title: str
    company: str
    accent: str
    facts: tuple[Fact, ...]
    paragraphs: tuple[str | None, ...]
    button: str
    button_url: str | None
    notes: tuple[str, ...]
    url_note: str
    contact: tuple[str, ...]


def render_page(page: MailPage) -> str:
    """The whole HTML document."""
    paragraphs = "\n".join(
        _button(page) if part is None else _paragraph(part) for part in page.paragraphs
    )
    notes = [escape(note) for note in page.notes]
    if page.button_url is not None and None in page.paragraphs:
        address = escape(page.button_url)
        link = f'<a href="{address}" style="color:#64748B;word-break:break-all;">{address}</a>'
        notes.append(escape(page.url_note).replace("{url}", link))
    contact = "<br>".join(escape(line) for line in page.contact if line)
    preview = " · ".join(escape(fact.value) for fact in page.facts)
    return f"""<!DOCTYPE html>
<html lang="{escape(page.language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{escape(page.title)}</title>
<style>{_DARK}</style>
</head>
<body class="page" style="margin:0;padding:0;background:#F1F5F9;">
<div style="display:none;max-height:0;overflow:hidden;">{preview}</div>
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0"
 style="background:#F1F5F9;"><tr><td align="center" style="padding:32px 12px;">
<table role="presentation" class="card" width="600" cellpadding="0" cellspacing="0" border="0"
 style="width:100%;max-width:600px;background:#FFFFFF;border-radius:10px;">
<tr><td bgcolor="{escape(page.accent)}" height="6"
 style="height:6px;line-height:6px;font-size:0;background:{escape(page.accent)};\
border-radius:10px 10px 0 0;">&nbsp;</td></tr>
<tr><td class="pad ink" style="padding:28px 36px 20px 36px;font-family:{_FONTS};font-size:18px;\
font-weight:600;color:#0F172A;">{escape(page.company)}</td></tr>
<tr><td class="pad" style="padding:0 36px 8px 36px;">
{_facts(page)}
</td></tr>
<tr><td class="pad" style="padding:12px 36px 12px 36px;">
{paragraphs}
</td></tr>
<tr><td class="pad muted" style="padding:4px 36px 28px 36px;font-family:{_FONTS};font-size:13px;\
line-height:20px;color:#64748B;">{"<br>".join(notes)}</td></tr>
</table>
<table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0"
 style="width:100%;max-width:600px;"><tr><td class="pad muted" align="center"
 style="padding:18px 36px;font-family:{_FONTS};font-size:12px;line-height:18px;color:#64748B;">\
{escape(page.company)}<br>{contact}</td></tr></table>
</td></tr></table>
</body>
</html>
"""


def _facts(page: MailPage) -> str:
    cells = "\n".join(_fact(fact) for fact in page.facts)
    return (
        '<table role="presentation" class="tint" width="100%" cellpadding="0" cellspacing="0" '
        'border="0" style="background:#F1F5F9;border-radius:8px;"><tr>\n'
        f"{cells}\n</tr></table>"
    )


def _fact(fact: Fact) -> str:
    size = "20px" if fact.strong else "15px"
    return (
        f'<td class="fact" valign="bottom" style="padding:14px 18px;font-family:{_FONTS};">'
        '<span class="muted" style="font-size:12px;line-height:18px;color:#475569;">'
        f"{escape(fact.label)}</span><br>"
        f'<span class="ink" style="font-size:{size};line-height:26px;font-weight:600;'
        f'color:#0F172A;white-space:nowrap;">{escape(fact.value)}</span></td>'
    )


def _paragraph(html: str) -> str:
    return (
        f'<p class="text" style="margin:0 0 16px 0;font-family:{_FONTS};font-size:15px;'
        f'line-height:24px;color:#334155;">{html}</p>'
    )


def _button(page: MailPage) -> str:
    url, accent = escape(page.button_url or ""), escape(page.accent)
    # Outlook draws the cell's colour and the mso padding; everything else the link's own.
    return (
        '<table role="presentation" cellpadding="0" cellspacing="0" border="0" '
        f'style="margin:4px 0 20px 0;"><tr><td bgcolor="{accent}" style="background:{accent};'
        'border-radius:8px;mso-padding-alt:13px 28px;">'
        f'<a href="{url}" style="display:inline-block;padding:13px 28px;font-family:{_FONTS};'
        "font-size:16px;line-height:20px;font-weight:600;color:#FFFFFF;text-decoration:none;"
        f'border-radius:8px;"><span style="color:#FFFFFF;">{escape(page.button)}</span></a>'
        "</td></tr></table>"
    )
