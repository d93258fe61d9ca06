"""The documents that one belongs to: credit notes, quotes, deposits, reminders."""

from functools import partial

from PySide6.QtWidgets import QWidget

from billdesk.core.queries.documents import DocumentDetail
from billdesk.ui.desk import Desk
from billdesk.ui.document_kinds import kind_word, reference_word
from billdesk.ui.document_state import STATE_KIND, state_word
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import column, label, row
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.pill import Pill


def related_section(desk: Desk, detail: DocumentDetail) -> QWidget:
    """One line for each: how it is related, its number to open it, its state."""
    section = QWidget()
    layout = column(section, spacing=6)
    layout.addWidget(label(tr("Belongs together"), "strong"))
    for one in detail.related:
        line = row(spacing=10)
        words = label(reference_word(one.reference, refers_here=one.refers_here), "muted")
        words.setMinimumWidth(110)
        line.addWidget(words)
        name = one.number or tr("{kind} draft").format(kind=kind_word(one.kind))
        open_it = partial(desk.window.open_page, "invoice", one.id)
        line.addWidget(Button(name, "link", on_click=open_it))
        line.addWidget(Pill(state_word(one.state, part=one.settled_part), STATE_KIND[one.state]))
        line.addStretch(1)
        if one.minor:
            line.addWidget(label(desk.money(one.minor, detail.currency), "text2"))
        layout.addLayout(line)
    return section
