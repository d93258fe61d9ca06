"""The last six weeks: who got an invoice when, and what became of it."""

from enum import Enum

from billdesk.practice.catalogue import CARE, JOBS


class Fate(Enum):
    """What becomes of an invoice."""

    OPEN = "open"
    PAID = "paid"
    HALF = "half"
    TOO_MUCH = "too much"
    VOID = "void"


# Days ago, customer, kind of work, fate.
PLAN = (
    (42, "C-0110", JOBS[4], Fate.PAID),
    (41, "C-0116", JOBS[7], Fate.PAID),
    (40, "C-0115", JOBS[3], Fate.OPEN),
    (39, "C-0102", JOBS[0], Fate.PAID),
    (38, "C-0127", JOBS[4], Fate.HALF),
    (37, "C-0104", JOBS[5], Fate.PAID),
    (35, "C-0105", JOBS[2], Fate.OPEN),
    (34, "C-0121", JOBS[7], Fate.PAID),
    (33, "C-0120", JOBS[6], Fate.VOID),
    (32, "C-0120", JOBS[6], Fate.OPEN),
    (30, "C-0117", JOBS[3], Fate.PAID),
    (29, "C-0101", CARE, Fate.PAID),
    (29, "C-0107", CARE, Fate.PAID),
    (29, "C-0109", CARE, Fate.PAID),
    (27, "C-0113", JOBS[4], Fate.TOO_MUCH),
    (26, "C-0123", JOBS[2], Fate.PAID),
    (24, "C-0108", JOBS[1], Fate.HALF),
    (22, "C-0118", JOBS[0], Fate.PAID),
    (21, "C-0127", JOBS[5], Fate.OPEN),
    (20, "C-0111", JOBS[3], Fate.PAID),
    (18, "C-0106", JOBS[2], Fate.OPEN),
    (16, "C-0116", JOBS[6], Fate.HALF),
    (14, "C-0114", JOBS[7], Fate.PAID),
    (13, "C-0125", JOBS[1], Fate.OPEN),
    (11, "C-0110", JOBS[2], Fate.TOO_MUCH),
    (10, "C-0122", JOBS[0], Fate.HALF),
    (9, "C-0103", JOBS[7], Fate.OPEN),
    (7, "C-0112", JOBS[4], Fate.OPEN),
    (6, "C-0102", JOBS[3], Fate.VOID),
    (5, "C-0126", JOBS[6], Fate.OPEN),
    (3, "C-0128", JOBS[2], Fate.OPEN),
    (2, "C-0104", JOBS[7], Fate.OPEN),
    (1, "C-0116", JOBS[4], Fate.OPEN),
)
