"""A database that goes away: an idle disconnect is not noticed, a break is told, a lost commit is told honestly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from bondesk.app import open_engine
from bondesk.areas.codes.partner import Partner
from bondesk.base.errors import Disconnected, OutsideFailure
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.engine.schema import present_revision
from bondesk.engine.store import connection_trouble, open_store, outside
from bondesk.settings import Home
from builders.broken_line import BrokenLine

BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=BOTH)
def engine(request: pytest.FixtureRequest, home_on: Callable[[str], Home]) -> Iterator[Engine]:
    """A company in a database of each kind."""
    opened = open_engine(home_on(request.param))
    yield opened
    opened.store.dispose()


@pytest.fixture
def line(engine: Engine) -> BrokenLine:
    return BrokenLine(engine.store)


def add(engine: Engine, code: str) -> None:
    with engine.acting(SYSTEM) as act:
        act.session.add(Partner(code=code, name=code))


def partners(engine: Engine) -> list[str]:
    with engine.acting(SYSTEM) as act:
        return [partner.code for partner in act.facts.find(Partner)]


def test_an_idle_disconnect_needs_no_click(engine: Engine, line: BrokenLine) -> None:
    add(engine, "A")
    line.end_sessions()
    add(engine, "B")
    assert partners(engine) == ["A", "B"]


def test_a_break_is_told_and_mended(engine: Engine, line: BrokenLine) -> None:
    add(engine, "A")
    line.cut()
    with pytest.raises(Disconnected) as broken:
        add(engine, "B")
    assert broken.value.saved is False
    assert "没有保存" in str(broken.value)
    with pytest.raises(Disconnected, match="连接不上数据库"):
        engine.store.reconnect()
    line.mend()
    engine.store.reconnect()
    add(engine, "C")
    assert partners(engine) == ["A", "C"]


@pytest.mark.postgres
def test_a_session_ended_under_way_is_a_break(postgres_url: str) -> None:
    """The server ends the session between two statements of one act."""
    store = open_store(postgres_url)
    line = BrokenLine(store)
    with pytest.raises(SQLAlchemyError) as caught, store.session() as session:
        session.execute(text("SELECT 1"))
        line.end_sessions()
        session.execute(text("SELECT 2"))

    assert isinstance(outside(caught.value), Disconnected)
    store.ping()
    store.dispose()


def test_a_commit_without_answer_claims_nothing(engine: Engine, line: BrokenLine) -> None:
    """It may be saved (SQLite's double carried it out) or not (PostgreSQL was stopped): we say that we do not know."""
    line.cut_at_commit()
    with pytest.raises(Disconnected) as caught:
        add(engine, "A")
    assert caught.value.saved is None
    assert "可能已经保存，也可能没有" in str(caught.value)
    assert "操作没有保存" not in str(caught.value)
    assert partners(engine) == (["A"] if engine.store.is_sqlite else [])


def test_a_refused_statement_is_no_break(engine: Engine) -> None:
    with pytest.raises(OutsideFailure) as caught, engine.acting(SYSTEM) as act:
        act.session.execute(text("SELECT nothing FROM nowhere"))
    assert not isinstance(caught.value, Disconnected)


def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{(tmp_path / 'missing' / 'a.sqlite').as_posix()}")
    with pytest.raises(Disconnected, match="数据文件打不开"):
        present_revision(store)


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"database": "no_such_base"}, "没有这个数据库"),
        ({"username": "nobody_here"}, "数据库用户不存在"),
        ({"port": 1}, "没有数据库服务"),
        ({"host": "no-such-host.invalid"}, "找不到主机"),
    ],
    ids=["database", "user", "port", "host"],
)
def test_what_is_wrong_with_a_connection_is_said(postgres_url: str, change: dict[str, object], said: str) -> None:
    store = open_store(make_url(postgres_url).set(**change).render_as_string(hide_password=False))  # type: ignore[arg-type]
    with pytest.raises(Disconnected, match=said):
        store.ping()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ('FATAL:  password authentication failed for user "bondesk"', "用户名或密码不正确"),
        ('致命错误: 用户 "bondesk" Password 认证失败', "用户名或密码不正确"),
        ("connection timeout expired", "主机没有应答"),
        ('致命错误: 数据库 "x" 不存在', "没有这个数据库"),
        ("something nobody has heard of", "请检查网络与数据连接设置"),
    ],
)
def test_words_of_servers_are_understood(words: str, said: str) -> None:

    trouble = connection_trouble(OperationalError(None, None, Exception(words)))
    assert said in trouble
    assert words.split()[-1] in trouble
