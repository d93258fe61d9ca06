"""Random use cases about money: received, allocated, deducted, given back."""

from decimal import Decimal

from choosing import METHODS, OWED, Chooser, Nothing
from raw_reading import Row

from billdesk.core.domain.settlement import DeductionKind, RefundMeaning
from billdesk.core.services.payments import (
    DeductionInput,
    PaymentInput,
    PayoutInput,
    RefundInput,
    Share,
)


class MoneyWork(Chooser):
    """What an actor does with money."""

    def receive_money(self, a: int, b: int, c: int) -> None:
        row = self._open(a)
        amounts = (row["open_minor"], row["open_minor"] // 2, 1, row["open_minor"] + b, b - 5)
        self._record(row["id"], amounts[b % len(amounts)], c)

    def receive_for_anything(self, a: int, b: int, c: int) -> None:
        self._record(self._document("true", a)["id"], b, c)

    def _record(self, document_id: int, minor: int, choice: int) -> None:
        method = METHODS[choice % len(METHODS)]
        self.app.payments.record(PaymentInput(document_id, minor, method, self._day(choice)))

    def receive_for_several(self, a: int, b: int, c: int) -> None:
        first = self._open(a)
        rows = self._rows(
            f"SELECT * FROM document WHERE open_minor > 0 AND kind IN {OWED} "
            f"AND customer_id = {first['customer_id']} AND currency = '{first['currency']}'"
        )[: 1 + b % 3]
        shares = tuple(Share(row["id"], max(1, row["open_minor"] // (1 + c % 3))) for row in rows)
        minor = sum(share.minor for share in shares) + (c % 7) * 10
        rate = Decimal("0.95") if first["currency"] == "USD" and b % 2 else None
        self.app.payments.record(
            PaymentInput(
                first["id"] if b % 2 else None,
                minor,
                METHODS[b % len(METHODS)],
                self._time.today(),
                shares=shares,
                customer_id=first["customer_id"],
                currency=first["currency"],
                exchange_rate=rate,
            )
        )

    def receive_without_a_document(self, a: int, b: int, c: int) -> None:
        customer = self._customer(a) if b % 3 else None
        self.app.payments.record(
            PaymentInput(
                None, 1 + c * 11, METHODS[b % len(METHODS)], self._day(c), customer_id=customer
            )
        )

    def give_money_a_home(self, a: int, b: int, c: int) -> None:
        row = self._payment("customer_id IS NULL", a)
        self.app.payments.assign(row["id"], self._customer(b))

    def take_the_home_away(self, a: int, b: int, c: int) -> None:
        self.app.payments.unassign(self._payment("true", a)["id"])

    def undo_a_payment(self, a: int, b: int, c: int) -> None:
        self.app.payments.undo(self._payment("true", a)["id"])

    def _payment(self, where: str, choice: int) -> Row:
        return self._pick(f"SELECT * FROM payment WHERE {where} ORDER BY id", choice)

    def use_what_is_left_of_a_payment(self, a: int, b: int, c: int) -> None:
        row = self._payment("unallocated_minor > 0", a)
        target = self._open_of(row["customer_id"], row["currency"], b)
        minor = min(row["unallocated_minor"], target["open_minor"])
        self.app.allocations.use_payment(row["id"], Share(target["id"], minor + (c % 5 == 0)))

    def use_a_credit_note(self, a: int, b: int, c: int) -> None:
        row = self._document("kind = 'credit_note' AND open_minor > 0", a)
        target = self._open_of(row["customer_id"], row["currency"], b)
        minor = min(row["open_minor"], target["open_minor"])
        self.app.allocations.use_credit_note(row["id"], Share(target["id"], minor))

    def _open_of(self, customer: int | None, currency: str, choice: int) -> Row:
        if customer is None:
            raise Nothing
        return self._document(
            f"open_minor > 0 AND kind IN {OWED} AND customer_id = {customer} "
            f"AND currency = '{currency}'",
            choice,
        )

    def _allocation(self, source: str, choice: int) -> Row:
        return self._pick(
            f"SELECT company_id, {source} AS source, document_id, "
            f"CAST(sum(minor) AS BIGINT) AS minor FROM allocation WHERE {source} IS NOT NULL "
            f"GROUP BY company_id, {source}, document_id HAVING sum(minor) > 0 ORDER BY 2, 3",
            choice,
        )

    def take_a_payment_off(self, a: int, b: int, c: int) -> None:
        row = self._allocation("payment_id", a)
        minor = None if b % 2 else max(1, row["minor"] // 2)
        self.app.allocations.take_off(row["source"], row["document_id"], minor)

    def take_a_credit_note_off(self, a: int, b: int, c: int) -> None:
        row = self._allocation("credit_note_id", a)
        self.app.allocations.take_note_off(row["source"], row["document_id"])

    def move_a_payment(self, a: int, b: int, c: int) -> None:
        row = self._allocation("payment_id", a)
        owner = self._document(f"id = {row['document_id']}", 0)
        target = self._open_of(owner["customer_id"], owner["currency"], b)
        minor = min(row["minor"], target["open_minor"])
        share = Share(target["id"], minor)
        self.app.allocations.move(row["source"], row["document_id"], share)

    def deduct(self, a: int, b: int, c: int) -> None:
        row = self._open(a)
        kinds = tuple(DeductionKind)
        minor = max(1, row["open_minor"] // (1 + c % 4))
        reason = "It will not come" if b % 5 else ""
        kind = kinds[b % len(kinds)]
        self.app.deductions.deduct(
            DeductionInput(row["id"], kind, minor, self._time.today(), reason)
        )

    def undo_a_deduction(self, a: int, b: int, c: int) -> None:
        row = self._pick("SELECT * FROM deduction ORDER BY id", a)
        self.app.deductions.undo(row["id"])

    def give_money_back(self, a: int, b: int, c: int) -> None:
        method, today = METHODS[b % len(METHODS)], self._time.today()
        if b % 3 == 0:
            row = self._document("kind = 'credit_note' AND open_minor > 0", a)
            given = RefundInput(row["open_minor"], method, today, credit_note_id=row["id"])
        elif b % 3 == 1:
            row = self._payment("unallocated_minor > 0", a)
            minor = max(1, row["unallocated_minor"] // (1 + c % 2))
            given = RefundInput(minor, method, today, payment_id=row["id"])
        else:
            part = self._allocation("payment_id", a)
            given = RefundInput(
                max(1, part["minor"] // (1 + c % 2)),
                method,
                today,
                payment_id=part["source"],
                meaning=RefundMeaning.REOPENED if c % 2 else RefundMeaning.GOODWILL,
                document_id=part["document_id"],
            )
        self.app.refunds.refund(given)

    def undo_a_refund(self, a: int, b: int, c: int) -> None:
        self.app.refunds.undo(self._pick("SELECT * FROM refund ORDER BY id", a)["id"])

    def see_a_payout(self, a: int, b: int, c: int) -> None:
        self.app.payouts.record(PayoutInput(1 + a * b, self._day(c)))
