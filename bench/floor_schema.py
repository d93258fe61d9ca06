"""The tables of the floor, the same on both engines but for what each calls a number and a day."""

_SCHEMA = """
CREATE TABLE series (id {integer} PRIMARY KEY, last_value {integer} NOT NULL);
CREATE TABLE customer (id {integer} PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE invoice (
  id {integer} PRIMARY KEY, customer_id {integer} NOT NULL REFERENCES customer (id),
  number TEXT NOT NULL UNIQUE, issued_on {day} NOT NULL, due_on {day} NOT NULL,
  total_minor {integer} NOT NULL, open_minor {integer} NOT NULL, body TEXT NOT NULL);
CREATE INDEX ix_invoice_list ON invoice (issued_on, id);
CREATE INDEX ix_invoice_customer ON invoice (customer_id, issued_on, id);
CREATE INDEX ix_invoice_due ON invoice (due_on, id) WHERE open_minor <> 0;
CREATE TABLE line (
  invoice_id {integer} NOT NULL REFERENCES invoice (id), position {integer} NOT NULL,
  name TEXT NOT NULL, description TEXT NOT NULL, quantity TEXT NOT NULL, unit_price TEXT NOT NULL,
  net_minor {integer} NOT NULL, PRIMARY KEY (invoice_id, position)){by_key};
CREATE TABLE payment (
  id {serial} PRIMARY KEY, invoice_id {integer} NOT NULL REFERENCES invoice (id),
  amount_minor {integer} NOT NULL, received_on {day} NOT NULL);
CREATE INDEX ix_payment_invoice ON payment (invoice_id);
CREATE TABLE allocation (
  id {serial} PRIMARY KEY, payment_id {integer} NOT NULL REFERENCES payment (id),
  invoice_id {integer} NOT NULL REFERENCES invoice (id), minor {integer} NOT NULL);
CREATE INDEX ix_allocation_invoice ON allocation (invoice_id);
CREATE TABLE ledger (
  id {serial} PRIMARY KEY, account TEXT NOT NULL, occurred_on {day} NOT NULL,
  source TEXT NOT NULL, minor {integer} NOT NULL, memo TEXT NOT NULL);
CREATE INDEX ix_ledger_account ON ledger (account, occurred_on);
CREATE INDEX ix_ledger_source ON ledger (source);
CREATE TABLE audit (
  id {serial} PRIMARY KEY, at {instant} NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
  subject TEXT NOT NULL, body TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL);
INSERT INTO series VALUES (1, 0);
INSERT INTO customer VALUES (1, 'Customer');
"""
HASH = "0" * 64
LINE = "Components, tokens and responsive templates"


def schema(*, integer: str, serial: str, day: str, instant: str, by_key: str = "") -> str:
    """The statements that make the tables; ``by_key`` ends a table that is stored by its key."""
    return _SCHEMA.format(integer=integer, serial=serial, day=day, instant=instant, by_key=by_key)
