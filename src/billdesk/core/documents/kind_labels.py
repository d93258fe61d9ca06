"""The words that differ between kinds of documents, per language."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KindLabels:
    """One language. ``titles`` and ``dates`` by kind of document, ``references`` by their kind."""

    titles: dict[str, str]
    dates: dict[str, str]
    references: dict[str, str]
    valid_until: str
    quote_total: str
    credited: str
    acceptance: str
    acceptance_note: str
    place_and_date: str
    signature: str
    share_of_quote: str
    part_of_quote: str
    deposit_on_quote: str

    def date_of(self, kind: str) -> str:
        """What the date of a document of ``kind`` is called."""
        return self.dates.get(kind, self.dates[""])


ENGLISH = KindLabels(
    titles={
        "invoice": "Invoice",
        "quote": "Quote",
        "deposit_invoice": "Deposit invoice",
        "final_invoice": "Final invoice",
        "credit_note": "Credit note",
        "receipt": "Receipt",
        "statement": "Statement of account",
        "delivery_note": "Delivery note",
        "reminder": "Payment reminder",
    },
    dates={
        "invoice": "Invoice date",
        "deposit_invoice": "Invoice date",
        "final_invoice": "Invoice date",
        "": "Date",
    },
    references={
        "credits": "Credits invoice",
        "corrects": "Replaces invoice",
        "bills_quote": "Our quote",
        "delivers": "Concerns",
        "reminds_of": "Invoice",
        "receipt_for": "For invoice",
    },
    valid_until="Valid until",
    quote_total="Total",
    credited="Amount credited",
    acceptance="To accept this quote",
    acceptance_note="please sign here and send it back.",
    place_and_date="Place, date",
    signature="Signature",
    share_of_quote="{percent} of quote {number}",
    part_of_quote="Part of quote {number}",
    deposit_on_quote="Deposit on quote {number}",
)
GERMAN = KindLabels(
    titles={
        "invoice": "Rechnung",
        "quote": "Angebot",
        "deposit_invoice": "Anzahlungsrechnung",
        "final_invoice": "Schlussrechnung",
        # § 14 (2) UStG keeps "Gutschrift" for what the customer issues.
        "credit_note": "Rechnungskorrektur",
        "receipt": "Zahlungsbestätigung",
        "statement": "Kontoauszug",
        "delivery_note": "Lieferschein",
        "reminder": "Zahlungserinnerung",
    },
    dates={
        "invoice": "Rechnungsdatum",
        "deposit_invoice": "Rechnungsdatum",
        "final_invoice": "Rechnungsdatum",
        "": "Datum",
    },
    references={
        "credits": "Zu Rechnung",
        "corrects": "Ersetzt Rechnung",
        "bills_quote": "Unser Angebot",
        "delivers": "Betrifft",
        "reminds_of": "Rechnung",
        "receipt_for": "Für Rechnung",
    },
    valid_until="Gültig bis",
    quote_total="Angebotssumme",
    credited="Gutgeschriebener Betrag",
    acceptance="Auftrag erteilen",
    acceptance_note="Bitte unterschreiben und zurücksenden.",
    place_and_date="Ort, Datum",
    signature="Unterschrift",
    share_of_quote="{percent} von Angebot {number}",
    part_of_quote="Teil von Angebot {number}",
    deposit_on_quote="Anzahlung zu Angebot {number}",
)
FRENCH = KindLabels(
    titles={
        "invoice": "Facture",
        "quote": "Devis",
        "deposit_invoice": "Facture d’acompte",
        "final_invoice": "Facture de solde",
        "credit_note": "Avoir",
        "receipt": "Reçu",
        "statement": "Relevé de compte",
        "delivery_note": "Bon de livraison",
        "reminder": "Rappel de paiement",
    },
    dates={
        "invoice": "Date de facture",
        "deposit_invoice": "Date de facture",
        "final_invoice": "Date de facture",
        "": "Date",
    },
    references={
        "credits": "Relatif à la facture",
        "corrects": "Remplace la facture",
        "bills_quote": "Notre devis",
        "delivers": "Concerne",
        "reminds_of": "Facture",
        "receipt_for": "Pour la facture",
    },
    valid_until="Valable jusqu’au",
    quote_total="Total",
    credited="Montant de l’avoir",
    acceptance="Bon pour accord",
    acceptance_note="Merci de signer et de nous retourner ce devis.",
    place_and_date="Lieu, date",
    signature="Signature",
    share_of_quote="{percent} du devis {number}",
    part_of_quote="Partie du devis {number}",
    deposit_on_quote="Acompte sur le devis {number}",
)
