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
    late_fee: str
    reminder_title: str
    reminder_text: str
    invoice_total: str
    still_open: str
    due_since: str
    pay_until: str
    amount_received: str
    received_on: str
    paid_by: str
    methods: dict[str, str]
    payment_for: str
    on_account: str
    closing_balance: str
    balance: str
    opening_balance: str
    entry: str
    balance_in_favour: str
    goods_received: str
    goods_note: str
    mail_subject: str
    mail_body: str
    mail_reminder: str
    mail_attachment_note: str
    entries: dict[str, str]
    ageing: tuple[str, ...]

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
    late_fee="Late fee",
    reminder_title="Reminder {step}",
    reminder_text=(
        "Invoice {number} was due on {due} and is still open. Please pay it, or tell us if there "
        "is something wrong with it. If your payment is on its way, thank you."
    ),
    invoice_total="Invoice total",
    still_open="Still open",
    due_since="Due since",
    pay_until="Please pay by",
    amount_received="Amount received",
    received_on="Received on",
    paid_by="Paid by",
    methods={
        "cash": "Cash",
        "bank": "Bank transfer",
        "cheque": "Cheque",
        "stripe": "Online payment",
        "other": "Other",
    },
    payment_for="Payment for invoice {number}",
    on_account="Credit on your account",
    closing_balance="Balance",
    balance="Balance",
    opening_balance="Balance brought forward",
    entry="Entry",
    balance_in_favour="Balance in your favour",
    goods_received="Received",
    goods_note="complete and without visible damage.",
    mail_subject="{title} {number} from {company}",
    mail_body=(
        "Dear {customer},\n\nplease find attached: {title} {number}.\n\nKind regards\n{company}"
    ),
    mail_reminder=(
        "Dear {customer},\n\n"
        "an invoice of ours is still open; the attached reminder {number} says which. Please pay "
        "{amount} by {due_date}, or tell us if there is something wrong.\n\n"
        "Kind regards\n"
        "{company}"
    ),
    mail_attachment_note="The document is attached as a PDF.",
    entries={
        "invoice": "Invoice",
        "credit_note": "Credit note",
        "reminder": "Late fee",
        "cancelled": "Cancellation",
        "payment": "Payment",
        "paid_back": "Paid back",
        "reduction": "Reduction",
        "opening": "Opening balance",
        "other": "Adjustment",
    },
    ageing=("Not due yet", "1–30 days late", "31–60 days", "61–90 days", "Over 90 days"),
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
    late_fee="Mahngebühr",
    reminder_title="{step}. Zahlungserinnerung",
    reminder_text=(
        "Die Rechnung {number} war am {due} fällig und ist noch offen. Bitte begleichen Sie sie "
        "oder sagen Sie uns, falls etwas nicht stimmt. Haben Sie inzwischen gezahlt, danken wir "
        "Ihnen und bitten, dieses Schreiben als erledigt zu betrachten."
    ),
    invoice_total="Rechnungsbetrag",
    still_open="Noch offen",
    due_since="Fällig seit",
    pay_until="Bitte zahlen bis",
    amount_received="Erhaltener Betrag",
    received_on="Erhalten am",
    paid_by="Zahlungsart",
    methods={
        "cash": "Bar",
        "bank": "Überweisung",
        "cheque": "Scheck",
        "stripe": "Online-Zahlung",
        "other": "Sonstige",
    },
    payment_for="Zahlung zu Rechnung {number}",
    on_account="Guthaben auf Ihrem Konto",
    closing_balance="Saldo",
    balance="Saldo",
    opening_balance="Saldovortrag",
    entry="Vorgang",
    balance_in_favour="Saldo zu Ihren Gunsten",
    goods_received="Ware erhalten",
    goods_note="Vollständig und ohne sichtbare Mängel.",
    mail_subject="{title} {number} von {company}",
    mail_body=(
        "Guten Tag {customer},\n\n"
        "im Anhang finden Sie: {title} {number}.\n\n"
        "Freundliche Grüße\n"
        "{company}"
    ),
    mail_reminder=(
        "Guten Tag {customer},\n\n"
        "eine unserer Rechnungen ist noch offen; welche, sagt die beigefügte Zahlungserinnerung "
        "{number}. Bitte zahlen Sie {amount} bis {due_date} oder sagen Sie uns, falls etwas nicht "
        "stimmt.\n\n"
        "Freundliche Grüße\n"
        "{company}"
    ),
    mail_attachment_note="Das Dokument liegt als PDF bei.",
    entries={
        "invoice": "Rechnung",
        "credit_note": "Rechnungskorrektur",
        "reminder": "Mahngebühr",
        "cancelled": "Storno",
        "payment": "Zahlung",
        "paid_back": "Rückzahlung",
        "reduction": "Minderung",
        "opening": "Anfangssaldo",
        "other": "Ausgleich",
    },
    ageing=("Noch nicht fällig", "1–30 Tage fällig", "31–60 Tage", "61–90 Tage", "Über 90 Tage"),
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
    late_fee="Frais de retard",
    reminder_title="Rappel nº {step}",
    reminder_text=(
        "La facture {number}, échue le {due}, reste impayée. Nous vous remercions de la régler, "
        "ou de nous dire ce qui ne va pas. Si votre paiement est en cours, merci de ne pas tenir "
        "compte de ce courrier."
    ),
    invoice_total="Montant de la facture",
    still_open="Reste dû",
    due_since="Échue depuis le",
    pay_until="À payer avant le",
    amount_received="Montant reçu",
    received_on="Reçu le",
    paid_by="Moyen de paiement",
    methods={
        "cash": "Espèces",
        "bank": "Virement",
        "cheque": "Chèque",
        "stripe": "Paiement en ligne",
        "other": "Autre",
    },
    payment_for="Paiement de la facture {number}",
    on_account="Crédit sur votre compte",
    closing_balance="Solde",
    balance="Solde",
    opening_balance="Solde reporté",
    entry="Opération",
    balance_in_favour="Solde en votre faveur",
    goods_received="Marchandise reçue",
    goods_note="Complète et sans dommage apparent.",
    mail_subject="{title} {number} de {company}",
    mail_body=(
        "Bonjour {customer},\n\n"
        "veuillez trouver ci-joint : {title} {number}.\n\n"
        "Cordialement\n"
        "{company}"
    ),
    mail_reminder=(
        "Bonjour {customer},\n\n"
        "une de nos factures reste impayée ; le rappel {number} ci-joint dit laquelle. Merci de "
        "régler {amount} avant le {due_date}, ou de nous dire ce qui ne va pas.\n\n"
        "Cordialement\n"
        "{company}"
    ),
    mail_attachment_note="Le document est joint au format PDF.",
    entries={
        "invoice": "Facture",
        "credit_note": "Avoir",
        "reminder": "Frais de retard",
        "cancelled": "Annulation",
        "payment": "Paiement",
        "paid_back": "Remboursement",
        "reduction": "Réduction",
        "opening": "Solde initial",
        "other": "Régularisation",
    },
    ageing=("Non échu", "1–30 jours de retard", "31–60 jours", "61–90 jours", "Plus de 90 jours"),
)
