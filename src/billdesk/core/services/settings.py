"""Use cases about a company's settings."""

from dataclasses import dataclass, replace

from sqlalchemy import insert, select

from billdesk.core.db.archive import Archive
from billdesk.core.db.tables import Attachment, Company, NumberSeries
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.dates import check_day
from billdesk.core.domain.documents import DRAFTED_KINDS, DocumentKind
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.events import CompanyChanged
from billdesk.core.domain.numbering import NumberPattern, Reset
from billdesk.core.domain.settings import (
    CompanyProfile,
    InvoiceDefaults,
    MailSettings,
    OnlinePayment,
    TaxSettings,
    check_accent,
)
from billdesk.core.domain.texts import clean_lines_of, clean_paragraphs
from billdesk.core.gateways.mail.settings import SmtpSettings
from billdesk.core.gateways.stripe.keys import mask_key
from billdesk.core.queries.settings import stored_setting
from billdesk.core.services.company_details import check_name, check_profile
from billdesk.core.services.outgoing_mail import MailConnector
from billdesk.core.services.steps.numbers import keep_past_all, lock_series, series_of
from billdesk.core.services.steps.rows import load_company
from billdesk.core.services.steps.settings import read_setting, write_setting
from billdesk.core.services.stripe.connection import StripeConnector

LARGEST_LOGO = 4 * 1024 * 1024
# Characters.
LONGEST_OF_MAIL = {
    "host": 255,
    "user": 320,
    "from_name": 200,
    "from_address": 320,
    "reply_to": 320,
    "subject_template": 300,
}


@dataclass(frozen=True, slots=True)
class KeptSecrets:
    """What this computer keeps outside the books; never the secrets themselves.

    ``stripe_key`` is masked, empty without one. ``kept_in`` is keychain or memory, ``reason`` why
    it is only memory.
    """

    stripe_key: str
    mail_password: bool
    kept_in: str
    reason: str


class SettingsService:
    """Save what the Settings page edits."""

    def __init__(
        self,
        uow: UnitOfWork,
        archive: Archive,
        stripe: StripeConnector,
        mail: MailConnector,
    ) -> None:
        self._uow = uow
        self._archive = archive
        self._stripe = stripe
        self._mail = mail

    @use_case
    def save_company(self, name: str, profile: CompanyProfile) -> None:
        """Save the company's details; issued documents keep theirs. Raises ``UserError``."""
        name = check_name(name)
        profile = check_profile(profile)
        with self._uow.write() as tx:
            company = load_company(tx)
            if company.name != name:
                tx.audit(
                    "company.renamed", f"company:{company.uid}", before=company.name, after=name
                )
                company.name = name
            logo = read_setting(tx, CompanyProfile).logo_sha256
            write_setting(tx, replace(profile, logo_sha256=logo))
            tx.tell(CompanyChanged(tx.company_id))

    def set_logo(self, data: bytes, file_name: str) -> None:
        """Use an image as the logo. Raises ``UserError`` when it is none or too large."""
        # Slow to import, and rarely needed.
        from billdesk.core.documents.logo import load_logo

        if len(data) > LARGEST_LOGO:
            raise UserError("The logo is larger than 4 MB.", field="logo")
        load_logo(data)
        self._store_logo(self._archive.put(data), len(data), file_name)

    @use_case
    def _store_logo(self, sha256: str, size: int, file_name: str) -> None:
        with self._uow.write() as tx:
            tx.connection.execute(
                insert(Attachment).values(
                    company_id=tx.company_id,
                    owner_type="company",
                    owner_id=tx.company_id,
                    name=file_name[:200],
                    media_type="image",
                    size=size,
                    sha256=sha256,
                    created_at=tx.now,
                )
            )
            profile = read_setting(tx, CompanyProfile)
            write_setting(tx, replace(profile, logo_sha256=sha256))
            tx.tell(CompanyChanged(tx.company_id))

    @use_case
    def remove_logo(self) -> None:
        """Draw documents without a logo from now on."""
        with self._uow.write() as tx:
            write_setting(tx, replace(read_setting(tx, CompanyProfile), logo_sha256=""))
            tx.tell(CompanyChanged(tx.company_id))

    @use_case
    def save_taxes(self, taxes: TaxSettings) -> None:
        """Save how the company accounts for tax; issued documents keep what they were issued with.

        Raises ``UserError`` for a day that cannot be.
        """
        check_day(taxes.cash_basis_from, "cash_basis_from")
        with self._uow.write() as tx:
            write_setting(tx, taxes)
            tx.tell(CompanyChanged(tx.company_id))

    @use_case
    def save_invoice_defaults(self, defaults: InvoiceDefaults) -> None:
        """Save what new invoices start with. Raises ``UserError``."""
        check_accent(defaults.template.accent)
        defaults = replace(
            clean_lines_of(defaults, {"language": 10}),
            introduction=clean_paragraphs(defaults.introduction, "introduction"),
            terms=clean_paragraphs(defaults.terms, "terms"),
        )
        with self._uow.write() as tx:
            write_setting(tx, defaults)
            tx.tell(CompanyChanged(tx.company_id))

    @use_case
    def save_series(
        self,
        pattern: str,
        reset: Reset,
        *,
        at_creation: bool,
        kind: DocumentKind = DocumentKind.INVOICE,
    ) -> None:
        """Change how documents of a kind are numbered from now on. Raises ``UserError``.

        Two kinds may not share a pattern: nobody could tell their numbers apart.
        """
        checked = NumberPattern(pattern.strip(), reset)
        if at_creation and kind not in DRAFTED_KINDS:
            raise UserError(
                "Documents of this kind are made in one step, so there is no draft to number.",
                field="at_creation",
            )
        if at_creation and checked.per_customer:
            raise UserError(
                "A number that counts per customer is given at issue: a new draft has no customer.",
                field="at_creation",
            )
        with self._uow.write() as tx:
            lock_series(tx, kind)
            _refuse_shared(tx, kind, checked.pattern)
            series = series_of(tx, kind)
            before = {
                "pattern": series.pattern,
                "reset": series.reset,
                "at_creation": series.at_creation,
            }
            series.pattern = checked.pattern
            series.reset = checked.reset.value
            series.at_creation = at_creation
            tx.session.flush()
            keep_past_all(tx, series)
            after = {"pattern": series.pattern, "reset": series.reset, "at_creation": at_creation}
            tx.audit("series.saved", f"series:{series.kind}", before=before, after=after)
            tx.tell(CompanyChanged(tx.company_id))

    @use_case
    def save_online_payment(self, online: OnlinePayment) -> None:
        """Save the choices about payment links; the connection itself is kept as it is."""
        if not 0 <= online.expiry_days <= 365:
            raise UserError(
                "A link stays payable 0 to 365 days after the due date.", field="expiry_days"
            )
        with self._uow.write() as tx:
            stored = read_setting(tx, OnlinePayment)
            chosen = replace(
                stored,
                enabled=online.enabled,
                instant_only=online.instant_only,
                expiry_days=online.expiry_days,
                saved_cards=online.saved_cards,
                receipt_mail=online.receipt_mail,
            )
            write_setting(tx, chosen)
            tx.tell(CompanyChanged(tx.company_id))

    def _company_uid(self) -> str:
        with self._uow.read() as connection:
            return connection.scalars(
                select(Company.uid).where(Company.id == self._uow.company_id)
            ).one()

    def kept_secrets(self) -> KeptSecrets:
        """Which secrets are stored here. Asks the keychain, so call it off the GUI thread."""
        with self._uow.read() as connection:
            company_id = self._uow.company_id
            uid = connection.scalar(select(Company.uid).where(Company.id == company_id)) or ""
            online = stored_setting(connection, company_id, OnlinePayment)
        key = self._stripe.stored_key(uid, livemode=online.livemode)
        store = self._stripe.secrets
        return KeptSecrets(
            mask_key(key) if key else "", self._mail.has_password(uid), store.kind, store.reason
        )

    @use_case
    def save_mail(self, mail: MailSettings, password: str | None) -> None:
        """Save the mail server; ``None`` keeps the stored password. Raises ``UserError``."""
        mail = replace(
            clean_lines_of(mail, LONGEST_OF_MAIL),
            body_template=clean_paragraphs(mail.body_template, "body_template"),
        )
        if mail.host or mail.from_address:
            SmtpSettings(
                host=mail.host,
                port=mail.port,
                security=mail.security,
                from_address=mail.from_address,
                from_name=mail.from_name,
                user=mail.user,
                reply_to=mail.reply_to,
            )
        if password is not None:
            self._mail.keep_password(self._company_uid(), password)
        # What failed with the settings of before says nothing about these.
        self._mail.begin_afresh()
        with self._uow.write() as tx:
            write_setting(tx, mail)
            tx.tell(CompanyChanged(tx.company_id))


def _refuse_shared(tx: Transaction, kind: DocumentKind, pattern: str) -> None:
    other = tx.connection.scalar(
        select(NumberSeries.kind).where(
            NumberSeries.company_id == tx.company_id,
            NumberSeries.kind != kind.value,
            NumberSeries.kind.in_([one.value for one in DocumentKind]),
            NumberSeries.pattern == pattern,
        )
    )
    if other is not None:
        raise UserError(
            f"The {other.replace('_', ' ')}s are numbered like this already; choose a pattern of "
            "their own.",
            field="pattern",
        )
