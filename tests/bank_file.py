"""A bank's CSV file, for tests that need a line of the bank and do not care how it came."""

from datetime import date

from books import Shop
from sqlalchemy import Row

from billdesk.core.domain.bank_csv import BankCsvMapping
from billdesk.core.services.importing.files import ImportFile

MAPPING = BankCsvMapping(
    "Bank",
    booked_on="Day",
    amount="Amount",
    counterparty="Payer",
    remittance=("Text",),
    account="DE02120300000000202051",
    currency="EUR",
    locale="de-DE",
    date_format="DD.MM.YYYY",
)


def bank_line(shop: Shop, day: date, amount: str, text: str, payer: str = "") -> Row[tuple[int]]:
    """Import one line; its row."""
    data = f"Day;Amount;Payer;Text\n{day:%d.%m.%Y};{amount};{payer};{text}\n"
    shop.app.bank.import_mapped(ImportFile("bank.csv", data.encode()), MAPPING)
    return shop.one(
        "SELECT * FROM bank_line WHERE company_id = :c ORDER BY id DESC LIMIT 1",
        c=shop.app.company_id,
    )
