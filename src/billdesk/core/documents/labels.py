"""The words printed on documents and mails, per language.

Everything the renderer and the mail composer say themselves stands here; what the owner typed
(terms, legal texts, units) is printed as it is.
"""

from dataclasses import dataclass

from billdesk.core.documents import kind_labels
from billdesk.core.documents.kind_labels import KindLabels


@dataclass(frozen=True, slots=True)
class Labels:
    """One language. Fields with ``{}`` placeholders are filled with ``str.format``."""

    kinds: KindLabels
    draft: str
    test_mark: str
    service_date: str
    service_period: str
    customer_number: str
    your_order: str
    deliver_to: str
    yes: str
    no: str
    our_vat_id: str
    our_tax_number: str
    vat_id: str
    tax_number: str
    amount_due: str
    credit_due: str
    nothing_due: str
    payable_by: str
    pay_online: str
    pay_part: str
    of_whole: str
    code_at_issue: str
    amount: str
    amount_paid: str
    paid_on: str
    paid: str
    position: str
    description: str
    quantity: str
    unit_price: str
    including: str
    vat: str
    sales_tax: str
    carried_forward: str
    continued: str
    discount: str
    surcharge: str
    subtotal: str
    net_total: str
    tax_on: str
    includes_net: str
    includes_tax: str
    rounding: str
    total: str
    already_paid: str
    deposit: str
    deposit_untaxed: str
    withheld: str
    early_payment: str
    tax_left: str
    tax_in_own_money: str
    paid_line: str
    bank_transfer: str
    account_holder: str
    bank: str
    account: str
    reference: str
    page: str
    mail_subject: str
    mail_body: str
    mail_pay_link: str
    mail_pay_part: str
    mail_receipt_subject: str
    mail_receipt_body: str
    mail_button_note: str
    mail_attachment_note: str


ENGLISH = Labels(
    kinds=kind_labels.ENGLISH,
    draft="Draft",
    test_mark="TEST – not a real invoice, no money moves",
    service_date="Service date",
    service_period="Service period",
    customer_number="Customer number",
    your_order="Your order",
    deliver_to="Deliver to",
    yes="yes",
    no="no",
    our_vat_id="Our VAT ID",
    our_tax_number="Our tax number",
    vat_id="VAT ID {id}",
    tax_number="Tax no. {id}",
    amount_due="Amount due",
    credit_due="Credit in your favour",
    nothing_due="Nothing to pay",
    payable_by="Payable by",
    pay_online="Pay online",
    pay_part="Pay {part} online",
    of_whole="of {whole}",
    code_at_issue="QR code follows on issue",
    amount="Amount",
    amount_paid="Amount paid",
    paid_on="Paid on",
    paid="Paid",
    position="Pos",
    description="Description",
    quantity="Qty",
    unit_price="Unit price",
    including="{what} incl. {tax}",
    vat="VAT",
    sales_tax="Tax",
    carried_forward="Carried forward",
    continued="{name} (continued)",
    discount="Discount",
    surcharge="Surcharge",
    subtotal="Subtotal",
    net_total="Net total",
    tax_on="{tax} on {base}",
    includes_net="Includes net amount",
    includes_tax="Includes {tax} on {base}",
    rounding="Rounding",
    total="Total {currency}",
    already_paid="Already paid",
    deposit="Deposit invoice {number} of {date}, incl. {taxes}",
    deposit_untaxed="Deposit invoice {number} of {date}",
    withheld="{tax} withheld on {base}",
    early_payment="{percent} discount if you pay by {date}: {pay} instead of {due}.",
    tax_left="Tax in the amount still to be paid: {taxes}.",
    tax_in_own_money="Tax in {currency}: {tax}, total {total} ({rate}).",
    paid_line="Paid on {date}",
    bank_transfer="Pay by bank transfer",
    account_holder="Account holder",
    bank="Bank",
    account="Account",
    reference="Reference",
    page="Page {page} of {pages}",
    mail_subject="Invoice {number} from {company}",
    mail_body=(
        "Dear {customer},\n\n"
        "Thank you for your business. Invoice {number} for {amount} is attached; please pay it "
        "by {due_date}.\n\n"
        "{pay_link}\n\n"
        "Kind regards\n"
        "{company}"
    ),
    mail_pay_link="{call}: {url}",
    mail_pay_part="Pay {part} of {whole} online",
    mail_receipt_subject="Payment received for invoice {number}",
    mail_receipt_body=(
        "Dear {customer},\n\n"
        "Thank you, your payment has arrived and nothing is open on invoice {number}. Your copy "
        "marked as paid is attached.\n\n"
        "Kind regards\n"
        "{company}"
    ),
    mail_button_note="If the button does not work, open this address: {url}",
    mail_attachment_note="The invoice is attached as a PDF.",
)

GERMAN = Labels(
    kinds=kind_labels.GERMAN,
    draft="Entwurf",
    test_mark="TEST – keine echte Rechnung, es fließt kein Geld",
    service_date="Leistungsdatum",
    service_period="Leistungszeitraum",
    customer_number="Kundennummer",
    your_order="Ihre Bestellung",
    deliver_to="Lieferung an",
    yes="ja",
    no="nein",
    our_vat_id="Unsere USt-IdNr.",
    our_tax_number="Unsere Steuernummer",
    vat_id="USt-IdNr. {id}",
    tax_number="St.-Nr. {id}",
    amount_due="Zu zahlen",
    credit_due="Ihr Guthaben",
    nothing_due="Nichts zu zahlen",
    payable_by="Zahlbar bis",
    pay_online="Online bezahlen",
    pay_part="{part} online bezahlen",
    of_whole="von {whole}",
    code_at_issue="QR-Code folgt beim Ausstellen",
    amount="Betrag",
    amount_paid="Bezahlt",
    paid_on="Bezahlt am",
    paid="Bezahlt",
    position="Pos.",
    description="Bezeichnung",
    quantity="Menge",
    unit_price="Einzelpreis",
    including="{what} inkl. {tax}",
    vat="USt.",
    sales_tax="Steuer",
    carried_forward="Übertrag",
    continued="{name} (Fortsetzung)",
    discount="Rabatt",
    surcharge="Zuschlag",
    subtotal="Zwischensumme",
    net_total="Nettosumme",
    tax_on="{tax} auf {base}",
    includes_net="Darin enthalten netto",
    includes_tax="Darin enthalten {tax} auf {base}",
    rounding="Rundung",
    total="Gesamtbetrag {currency}",
    already_paid="Bereits bezahlt",
    deposit="Anzahlungsrechnung {number} vom {date}, inkl. {taxes}",
    deposit_untaxed="Anzahlungsrechnung {number} vom {date}",
    withheld="{tax} einbehalten auf {base}",
    early_payment="Bei Zahlung bis {date} {percent} Skonto: {pay} statt {due}.",
    tax_left="Steuer im noch zu zahlenden Betrag: {taxes}.",
    tax_in_own_money="Steuer in {currency}: {tax}, gesamt {total} ({rate}).",
    paid_line="Bezahlt am {date}",
    bank_transfer="Per Überweisung zahlen",
    account_holder="Kontoinhaber",
    bank="Bank",
    account="Konto",
    reference="Verwendungszweck",
    page="Seite {page} von {pages}",
    mail_subject="Rechnung {number} von {company}",
    mail_body=(
        "Guten Tag {customer},\n\n"
        "vielen Dank für Ihren Auftrag. Im Anhang finden Sie die Rechnung {number} über {amount}, "
        "zahlbar bis {due_date}.\n\n"
        "{pay_link}\n\n"
        "Freundliche Grüße\n"
        "{company}"
    ),
    mail_pay_link="{call}: {url}",
    mail_pay_part="{part} von {whole} online bezahlen",
    mail_receipt_subject="Zahlungseingang zu Rechnung {number}",
    mail_receipt_body=(
        "Guten Tag {customer},\n\n"
        "vielen Dank, Ihre Zahlung ist eingegangen; auf Rechnung {number} ist nichts mehr offen. "
        "Ihr als bezahlt gekennzeichnetes Exemplar liegt bei.\n\n"
        "Freundliche Grüße\n"
        "{company}"
    ),
    mail_button_note="Falls die Schaltfläche nicht funktioniert, öffnen Sie diese Adresse: {url}",
    mail_attachment_note="Die Rechnung liegt als PDF bei.",
)

FRENCH = Labels(
    kinds=kind_labels.FRENCH,
    draft="Brouillon",
    test_mark="TEST – facture fictive, aucun paiement n’est effectué",
    service_date="Date de prestation",
    service_period="Période de prestation",
    customer_number="Numéro de client",
    your_order="Votre commande",
    deliver_to="Livraison à",
    yes="oui",
    no="non",
    our_vat_id="Notre nº de TVA",
    our_tax_number="Notre nº fiscal",
    vat_id="Nº TVA {id}",
    tax_number="Nº fiscal {id}",
    amount_due="Montant à payer",
    credit_due="Avoir en votre faveur",
    nothing_due="Rien à payer",
    payable_by="À payer avant le",
    pay_online="Payer en ligne",
    pay_part="Payer {part} en ligne",
    of_whole="sur {whole}",
    code_at_issue="Code QR ajouté à l’émission",
    amount="Montant",
    amount_paid="Montant payé",
    paid_on="Payée le",
    paid="Payée",
    position="Nº",
    description="Désignation",
    quantity="Qté",
    unit_price="Prix unitaire",
    including="{what} {tax} comprise",
    vat="TVA",
    sales_tax="Taxe",
    carried_forward="Report",
    continued="{name} (suite)",
    discount="Remise",
    surcharge="Supplément",
    subtotal="Sous-total",
    net_total="Total net",
    tax_on="{tax} sur {base}",
    includes_net="Dont montant net",
    includes_tax="Dont {tax} sur {base}",
    rounding="Arrondi",
    total="Total {currency}",
    already_paid="Déjà payé",
    deposit="Facture d’acompte {number} du {date}, dont {taxes}",
    deposit_untaxed="Facture d’acompte {number} du {date}",
    withheld="{tax} retenue sur {base}",
    early_payment=(
        "Escompte de {percent} pour paiement au plus tard le {date} : {pay} au lieu de {due}."
    ),
    tax_left="Taxe comprise dans le montant restant à payer : {taxes}.",
    tax_in_own_money="Taxe en {currency} : {tax}, total {total} ({rate}).",
    paid_line="Payé le {date}",
    bank_transfer="Payer par virement",
    account_holder="Titulaire du compte",
    bank="Banque",
    account="Compte",
    reference="Référence",
    page="Page {page} sur {pages}",
    mail_subject="Facture {number} de {company}",
    mail_body=(
        "Bonjour {customer},\n\n"
        "nous vous remercions de votre confiance. Veuillez trouver ci-joint la facture {number} "
        "d’un montant de {amount}, à payer avant le {due_date}.\n\n"
        "{pay_link}\n\n"
        "Cordialement\n"
        "{company}"
    ),
    mail_pay_link="{call} : {url}",
    mail_pay_part="Payer {part} sur {whole} en ligne",
    mail_receipt_subject="Paiement reçu pour la facture {number}",
    mail_receipt_body=(
        "Bonjour {customer},\n\n"
        "nous vous remercions, votre paiement nous est parvenu ; la facture {number} est "
        "entièrement réglée. Votre exemplaire portant la mention « payée » est joint.\n\n"
        "Cordialement\n"
        "{company}"
    ),
    mail_button_note="Si le bouton ne fonctionne pas, ouvrez cette adresse : {url}",
    mail_attachment_note="La facture est jointe au format PDF.",
)

CATALOGUE = {"en": ENGLISH, "de": GERMAN, "fr": FRENCH}
DEFAULT_LANGUAGE = "en"
