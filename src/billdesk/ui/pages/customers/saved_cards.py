"""The cards a customer left to be charged again."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QWidget

from billdesk.core.queries.cards import CardRow
from billdesk.ui.card_words import card_name, card_until
from billdesk.ui.desk import Desk
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import clear_layout, column, label, row
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.card import Card


class SavedCards(Card):
    """Hidden while there are none."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(tr("Saved cards"), parent=parent)
        self._desk = desk
        self._rows = column(spacing=8)
        self.body.addLayout(self._rows)
        self.hide()

    def show_cards(self, cards: Sequence[CardRow]) -> None:
        """Show these cards."""
        clear_layout(self._rows)
        formats = self._desk.formats
        for card in cards:
            line = row(spacing=12)
            words = column(spacing=0)
            name, at = card_name(card.brand, card.last4), card.consented_at.astimezone(formats.zone)
            words.addWidget(label(name))
            saved = tr("left on {day}").format(day=formats.date(at.date()))
            about = " · ".join(filter(None, (card_until(card), saved, card.document_number)))
            small = label(about, "meta")
            small.setWordWrap(True)
            words.addWidget(small)
            line.addLayout(words, 1)
            remove = Button(tr("Remove"), "link", on_click=partial(self._remove, card.id))
            remove.setAccessibleName(tr("Remove {card}").format(card=name))
            line.addWidget(remove)
            self._rows.addLayout(line)
        self.setVisible(bool(cards))

    def _remove(self, card_id: int) -> None:
        work = partial(self._desk.app.cards.remove, card_id)
        self._desk.lanes.write(work).then(
            lambda _done: self._desk.window.toasts.show(
                tr("The card is not charged any more. At Stripe it stays with its customer.")
            ),
            self._desk.report,
            owner=self,
        )
