"""The growing delay after wrong passwords, counted though refused; the own password; hashes that are renewed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import update

from bondesk.areas.setup.users import User
from bondesk.base.attempts import Failures, TryLater
from bondesk.base.errors import Refused
from bondesk.base.operation_log import OperationLog
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.engine.store import open_store
from builders.office import PASSWORD, Office

START = datetime(2024, 3, 1, 8, 0, 0)


class Clock:
    """A clock the test moves."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def go(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engine(codes_office: Office, clock: Clock) -> Engine:
    return replace(codes_office.engine, clock=clock)


def refusal(run: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as caught:
        run()
    return caught.value


def code(refused: Refused) -> str:
    return refused.findings[0].code


@pytest.mark.parametrize("account", ["zhidan", "nobody"])
def test_the_wait_doubles_from_the_third_failure_on(engine: Engine, clock: Clock, account: str) -> None:
    """2, 4, 8 … 300 seconds from the last failure; an unknown account looks the same."""
    waits = []
    for number in range(1, 13):
        failed = refusal(lambda: engine.sign_in(account, "wrong-1"))
        assert code(failed) == "AUTH-01"
        seconds = failed.seconds if isinstance(failed, TryLater) else 0
        waits.append(seconds)
        if seconds:
            clock.go(seconds - 1)
            early = refusal(lambda: engine.sign_in(account, "wrong-1"))
            assert isinstance(early, TryLater)
            assert (code(early), early.seconds) == ("AUTH-05", 1)
            assert str(early).count(f"连续输错 {number} 次") == 1
            clock.go(1)
    assert waits == [0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


def test_the_right_password_waits_too_and_then_starts_afresh(engine: Engine, clock: Clock) -> None:
    for _ in range(3):
        refusal(lambda: engine.sign_in("zhidan", "wrong-1"))
    assert code(refusal(lambda: engine.sign_in("zhidan", PASSWORD))) == "AUTH-05"
    clock.go(2)
    assert engine.sign_in("zhidan", PASSWORD).account == "zhidan"
    assert not isinstance(refusal(lambda: engine.sign_in("zhidan", "wrong-1")), TryLater)


@pytest.mark.parametrize("account", ["zhidan", "nobody"])
def test_another_process_goes_on_counting(engine: Engine, account: str) -> None:
    """The count is committed although the sign-in is refused: a second engine over the same file knows it."""
    for _ in range(3):
        refusal(lambda: engine.sign_in(account, "wrong-1"))
    store = open_store(engine.store.url)
    assert code(refusal(lambda: replace(engine, store=store).sign_in(account, PASSWORD))) == "AUTH-05"
    store.dispose()


def test_other_accounts_do_not_wait(engine: Engine) -> None:
    for _ in range(4):
        refusal(lambda: engine.sign_in("zhidan", "wrong-1"))
    assert engine.sign_in("shenhe", PASSWORD).account == "shenhe"


def test_counting_disturbs_neither_revision_nor_log(engine: Engine) -> None:
    """Somebody who edits the user meanwhile must not see a conflict."""

    def look() -> tuple[int, int, int]:
        with engine.acting(SYSTEM) as act:
            user = act.facts.one(User, account="zhidan")
            assert user is not None
            return user.revision, user.failed_logins, len(act.facts.find(OperationLog, document_id=user.id))

    revision, _, entries = look()
    refusal(lambda: engine.sign_in("zhidan", "wrong-1"))
    assert look() == (revision, 1, entries)


def test_a_clock_put_back_does_not_lock_out() -> None:
    assert Failures(3, START).wait(START - timedelta(days=400)) == 2
    assert Failures(3, START).wait(START + timedelta(seconds=2)) == 0


def test_the_own_password(engine: Engine) -> None:
    """The new one works, the old one stops at once; the log names no password."""
    who = engine.sign_in("zhidan", PASSWORD)
    engine.change_password(who, PASSWORD, "brand-new-1")
    assert engine.sign_in("zhidan", "brand-new-1").account == "zhidan"
    assert code(refusal(lambda: engine.sign_in("zhidan", PASSWORD))) == "AUTH-01"
    with engine.acting(SYSTEM) as act:
        entry = act.facts.find(OperationLog, document_no="zhidan", document_key="user", action="修改")[-1]
        assert entry.user_id == who.user_id
        assert "brand-new-1" not in f"{entry.summary}{entry.after}"
        assert "password_hash" not in entry.after


def test_a_wrong_old_password_counts(engine: Engine) -> None:
    who = engine.sign_in("zhidan", PASSWORD)
    codes = [code(refusal(lambda: engine.change_password(who, "wrong-1", "brand-new-1"))) for _ in range(3)]
    assert codes == ["AUTH-06"] * 3
    assert code(refusal(lambda: engine.change_password(who, PASSWORD, "brand-new-1"))) == "AUTH-05"
    assert code(refusal(lambda: engine.sign_in("zhidan", PASSWORD))) == "AUTH-05"


@pytest.mark.parametrize("new", ["short", "zhidan", PASSWORD], ids=["short", "the account", "the old one"])
def test_a_poor_new_password_is_refused(engine: Engine, new: str) -> None:
    who = engine.sign_in("zhidan", PASSWORD)
    assert code(refusal(lambda: engine.change_password(who, PASSWORD, new))) == "AUTH-03"
    assert engine.sign_in("zhidan", PASSWORD).account == "zhidan"


def test_a_weak_hash_is_renewed_at_sign_in(engine: Engine) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with engine.acting(SYSTEM) as act:
        act.session.execute(update(User).where(User.account == "zhidan").values(password_hash=weak))

    def kept() -> str:
        with engine.acting(SYSTEM) as act:
            user = act.facts.one(User, account="zhidan")
            assert user is not None
            return user.password_hash

    refusal(lambda: engine.sign_in("zhidan", "wrong-1"))
    assert kept() == weak
    engine.sign_in("zhidan", PASSWORD)
    renewed = kept()
    assert "m=65536" in renewed
    engine.sign_in("zhidan", PASSWORD)
    assert kept() == renewed
