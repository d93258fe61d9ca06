"""Parameters that statements put together once are given when they run."""

from sqlalchemy import BigInteger, Date, bindparam

COMPANY = bindparam("company_id", type_=BigInteger)
TODAY = bindparam("today", type_=Date)
