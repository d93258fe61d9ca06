"""Each period becomes one document and one mail: through crashes, with several desks, any clock."""

import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
import recurring_desk
from books import Shop
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billdesk.core.domain.recurrence import Schedule, Unit
from billdesk.core.domain.recurring import RecurringAction
from billdesk.core.domain.settings import MailSettings
from billdesk.core.services.recurring import RecurringInput

TESTS = Path(__file__).parents[2]
TEMPLATES = 12
DEATHS = 10
# What one template takes, about.
STATEMENTS = 45


def set_up(shop: Shop) -> None:
    """Templates that are due today and send their documents."""
    shop.app.settings.save_mail(MailSettings("localhost", from_address="me@lang.example"), None)
    customer = shop.customer()
    schedule = Schedule(shop.time.today(), Unit.MONTH)
    for number in range(TEMPLATES):
        given_ = RecurringInput(
            f"T{number}", shop.draft(customer_id=customer), schedule, RecurringAction.SEND
        )
        shop.app.recurring.create(given_)


def desk(shop: Shop, *deaths: int) -> "subprocess.Popen[str]":
    script = Path(recurring_desk.__file__)
    paths, company = shop.books.paths, str(shop.app.company_id)
    url = paths.server.url if paths.server else ""
    return subprocess.Popen(
        [sys.executable, script, str(paths.folder), url, company, *map(str, deaths)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path]),
            "PGPASSWORD": shop.books.password() or "",
        },
    )


def check_each_once(shop: Shop) -> None:
    """One run, one document with a number of its own, one mail for each template."""
    ran = shop.rows("SELECT template_id, document_id FROM recurring_run")
    assert len(ran) == len({row.template_id for row in ran}) == TEMPLATES
    assert len({row.document_id for row in ran}) == TEMPLATES
    numbers = [row.number for row in shop.rows("SELECT number FROM document ORDER BY number")]
    assert numbers == [f"INV-{seq:05}" for seq in range(1, TEMPLATES + 1)]
    mails = shop.rows("SELECT document_id FROM mail")
    assert sorted(row.document_id for row in mails) == sorted(row.document_id for row in ran)
    jobs = shop.rows("SELECT document_id FROM outbox WHERE kind = 'send_mail'")
    assert len(jobs) == TEMPLATES
    shop.check()


@pytest.mark.both_engines
def test_a_desk_that_is_killed_again_and_again_makes_each_once(shop: Shop) -> None:
    set_up(shop)
    seed = random.randrange(1 << 32)
    chance = random.Random(seed)
    deaths = [chance.randrange(1, 2 * STATEMENTS) for _ in range(DEATHS)]
    program = desk(shop, *deaths, 0)
    killed, _ = program.communicate(timeout=120)
    assert program.returncode == 0, f"seed {seed}"
    assert int(killed) > 0, "nobody was killed: the test tested nothing"
    check_each_once(shop)


@pytest.mark.both_engines
def test_three_desks_at_once_make_each_once(shop: Shop) -> None:
    set_up(shop)
    programs = [desk(shop), desk(shop)]
    for program in programs:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("go\n")
        program.stdin.flush()
    with ThreadPoolExecutor(3) as pool:
        made = sum(pool.map(lambda _: shop.app.sync.make_recurring_now(), range(3)))
    for program in programs:
        printed, _ = program.communicate(timeout=120)
        assert program.returncode == 0
        made += int(printed)
    assert made == TEMPLATES
    check_each_once(shop)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(days=st.lists(st.integers(-40, 100), min_size=1, max_size=12))
def test_whatever_the_clock_says_each_period_is_made_once(shop: Shop, days: list[int]) -> None:
    start = date(2026, 11, 24)
    template_id = shop.app.recurring.create(
        RecurringInput("Weekly", shop.draft(), Schedule(start, Unit.WEEK))
    )
    here = shop.time.at
    for day in days:
        shop.time.at = here.replace(month=11, day=24)
        shop.pass_time(days=day)
        shop.app.sync.make_recurring_now()
    shop.time.at = here
    ran = shop.rows(
        "SELECT period, document_id FROM recurring_run WHERE template_id = :t", t=template_id
    )
    assert len({row.period for row in ran}) == len({row.document_id for row in ran}) == len(ran)
    # Never more than were due on the latest day the clock has shown.
    assert len(ran) <= max(0, max(days) // 7 + 1)
    shop.app.recurring.delete(template_id)
