"""Every report says the same, byte for byte, on the embedded database and on the team's server.

The same stored rows lie in both, ids and all, so only the database can make a difference: how it sorts, rounds, and
where it puts what is empty. The server's database sorts Chinese by its own rules, as a server set up in China does.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from bondesk import demo
from bondesk.app import open_engine
from bondesk.areas.goods.bom import Bom
from bondesk.base.errors import Refused
from bondesk.base.explanation import Explanation
from bondesk.base.options import read_options
from bondesk.base.records import Base
from bondesk.base.reports import Report, ReportTable
from bondesk.base.steps import play
from bondesk.engine import reporting
from bondesk.engine.act import Act
from bondesk.engine.engine import Engine
from bondesk.engine.explained_sheet import Told
from bondesk.engine.exporting import report_steps
from bondesk.settings import Connection, Home, Settings
from builders.databases import server_database
from builders.homes import finished_home, identity_of

pytestmark = pytest.mark.postgres
#: A server's own order of texts: pinyin, not code points; digits as numbers.
_CHINESE = "TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'zh-CN-u-kn-true' LOCALE 'C'"
#: What reports are asked beside their own proposals: those of these days they know.
_DAYS = {"day": "2024-02-22", "date_from": "2024-01-15", "date_to": "2024-04-07"}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Engine]]:
    """The factory that did everything on the embedded database, and every row of it on the server."""
    with server_database(_CHINESE) as url:
        embedded = open_engine(finished_home(tmp_path_factory.mktemp("embedded")))
        home = Home(tmp_path_factory.mktemp("team") / "home")
        home.write(Settings(connections=[Connection(name="团队", url=url)]))
        team = open_engine(home)
        copied(embedded, team)
        yield embedded, team
        for engine in (embedded, team):
            engine.store.dispose()


def copied(embedded: Engine, team: Engine) -> None:
    """Copy every row as it is; triggers and references are for what people do, not for this."""
    with embedded.store.sql.connect() as source, team.store.sql.begin() as target:
        target.execute(text("SET LOCAL session_replication_role = replica"))
        for table in Base.metadata.sorted_tables:
            target.execute(table.delete())
            rows = [dict(row) for row in source.execute(select(table)).mappings()]
            for start in range(0, len(rows), 2000):
                target.execute(table.insert(), rows[start : start + 2000])


def given(act: Act, report: Report, which: str) -> Any:
    """Return the options of one question: as proposed, or of days in the middle of the data and one product."""
    bom = act.session.scalars(select(Bom).order_by(Bom.id).limit(1)).one()
    asked = {"part_no": bom.product_part_no, "product_part_no": bom.product_part_no}
    asked |= _DAYS if which == "days" else {}
    known = {one.name for one in fields(report.options)}
    return read_options(report.options, {key: value for key, value in asked.items() if key in known})


def said(act: Act, report: Report, which: str, path: Path) -> list[str]:
    """Return what a report says: rows and findings; as proposed a figure's text and all cells of the workbook too."""
    options = given(act, report, which)
    try:
        table = reporting.run_at_once(act, report, options)
    except Refused as refused:
        return [str(one) for one in refused.findings]
    found = [repr(row) for row in table.rows] + [repr(one) for one in table.findings]
    if which == "days":
        return found
    cells = explained(act, report, options, table)
    found += [one.as_text() for one in cells]
    play(report_steps(act, report, table, path, told=Told(options, shown=tuple(cells))))
    with zipfile.ZipFile(path) as archive:
        parts = sorted(one for one in archive.namelist() if one.startswith("xl/"))
        found += [f"{part}: {archive.read(part).decode('utf-8')}" for part in parts]
    path.unlink()
    return found


def explained(act: Act, report: Report, options: Any, table: ReportTable) -> list[Explanation]:
    """Explain the last figure that is there and can be explained of a row in the middle."""
    row = table.rows[len(table.rows) // 2] if table.rows else None
    if row is None:
        return []
    there = [one.key for one, value in zip(report.columns, row.values, strict=True) if one.explained and value]
    return [reporting.explain(act, report, options, row.key, there[-1])] if there else []


def test_every_report_is_the_same_on_both(both: tuple[Engine, Engine], tmp_path: Path) -> None:
    differing: dict[str, list[tuple[str, str]]] = {}
    silent = []
    moment = both[0].clock()  # workbooks say when they were made
    acts = [replace(one, clock=lambda: moment).acting(identity_of(one, demo.ACCOUNT)) for one in both]
    with acts[0] as one, acts[1] as other:
        for report in both[0].catalogue.reports:
            for which in ("proposed", "days") if report.key != "data_check" else ("proposed",):
                here, there = (said(act, report, which, tmp_path / f"{report.key}.xlsx") for act in (one, other))
                if here != there:
                    pairs = [(a[:400], b[:400]) for a, b in zip(here, there, strict=False) if a != b]
                    differing[f"{report.key} {which}"] = pairs[:3] or [(str(len(here)), str(len(there)))]
                if len(here) == 1:
                    silent.append(report.key)
    assert differing == {}
    assert len(both[0].catalogue.reports) - len(set(silent)) >= 18, silent  # no handbook, no change of the book
