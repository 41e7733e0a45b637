"""Benchmark: a book of 20,000 materials, 10,000 products and 400,000 consumption rows is changed and compared.

Run on demand: ``python tests/benchmarks/big_book.py [scale]`` (1 = the whole). Prints seconds and the process's peak
memory; the floor of each step is the bare SQL it cannot do without, in the same run.
"""

from __future__ import annotations

import multiprocessing
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import insert, text

from bondesk.app import load_codes, open_engine
from bondesk.areas.accounts.book_model import Account, AccountConsumption, AccountLine
from bondesk.areas.goods.merged_item import MergedItem
from bondesk.areas.goods.rollup import unit_consumption
from bondesk.areas.goods.unit_consumption import UnitConsumption, UnitConsumptionLine
from bondesk.areas.index import CATALOGUE
from bondesk.areas.setup.company import Company
from bondesk.base.records import new_id
from bondesk.base.steps import play
from bondesk.engine import changing, records, sending
from bondesk.engine.act import Act
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.engine.import_format import import_format_steps
from bondesk.engine.query import Query
from bondesk.settings import Home

_BATCH = 20_000
#: Different net consumptions among the rows.
_NETS = 20_000


def fill(engine: Engine, scale: float) -> None:
    """Write the approved book and its source, alike but for every 1,000th row."""
    materials, products = int(20_000 * scale), int(10_000 * scale)
    per_product = 40
    with engine.acting(SYSTEM) as act:
        act.session.add(Company(customs_code="5204961234", name="大账册", credit_code="9" * 18))
        account = Account(
            copy="approved", book_kind="EMS", internal_no="BIG", record_no="E52042400001", account_type="1",
            customs_code="5204961234", enterprise_name="大账册", master_customs="5204",
        )  # fmt: skip
        account.state = "APPROVED"
        act.session.add(account)
        act.session.flush()
        goods = {"company_id": 1, "hs_code": "8532241000", "dcl_unit": "054", "legal_unit1": "035"}
        goods |= {"legal_unit2": "054", "currency": "USD", "duty_mode": "3", "spec": "0402", "price": Decimal(1)}
        lines = [
            {**goods, "id": new_id(), "header_id": account.id, "line_no": n, "goods_flag": flag, "item_no": n,
             "name": f"商品{n}", "part_no": f"{flag}{n}", "row_mark": "0", "merge_no": n}
            for flag, count in (("I", materials), ("E", products)) for n in range(1, count + 1)
        ]  # fmt: skip
        items = [
            {**goods, "id": new_id(), "revision": 1, "goods_flag": flag, "merge_no": n, "part_no": f"{flag}{n}",
             "name": f"商品{n}" + ("改" if n % 1000 == 0 else "")}
            for flag, count in (("I", materials), ("E", products)) for n in range(1, count + 1)
        ]  # fmt: skip
        _write(act, AccountLine, lines)
        _write(act, MergedItem, items)
        heads, source, filed = [], [], []
        rates = {"company_id": 1, "tangible": Decimal(2), "intangible": Decimal(0), "bonded": Decimal(100)}
        nets = [Decimal(number + 1).scaleb(-6) for number in range(_NETS)]
        units = [unit_consumption(net, Decimal(2), Decimal(0)) for net in nets]
        for product in range(1, products + 1):
            head = new_id()
            heads.append({"company_id": 1, "id": head, "revision": 1, "record_no": "", "product_no": product,
                          "uc_version": "1"})  # fmt: skip
            for place in range(per_product):
                material = (product * 7 + place * 13) % materials + 1
                number = (product - 1) * per_product + place
                net, unit = nets[number % _NETS], units[number % _NETS]
                row = {**rates, "id": new_id(), "line_no": place + 1, "material_no": material, "net": net}
                row["unit_consumption"] = unit
                filed.append({**row, "header_id": account.id, "line_no": number + 1, "product_no": product,
                              "uc_version": "1", "row_mark": "0"})  # fmt: skip
                other = {"net": net + 1, "unit_consumption": None} if number % 1000 == 0 else {}
                source.append({**row, **other, "id": new_id(), "header_id": head})
        _write(act, UnitConsumption, heads)
        _write(act, UnitConsumptionLine, source)
        _write(act, AccountConsumption, filed)


def _write(act: Act, model: type[Any], rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), _BATCH):
        act.session.execute(insert(model.__table__), rows[start : start + _BATCH])


def timed(title: str, work: Callable[[], Any]) -> Any:
    """Run and print seconds and the peak memory of this step alone (Linux), else of the whole run."""
    own = Path("/proc/self/clear_refs").exists()
    if own:
        Path("/proc/self/clear_refs").write_text("5")
    begin = time.perf_counter()
    result = work()
    taken = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if own:
        lines = Path("/proc/self/status").read_text().splitlines()
        peak = next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
    print(f"{title:<44} {taken:7.2f} s   peak {peak:6.0f} MB", flush=True)
    return result


def prepare(folder: Path, scale: float) -> None:
    """Make the data folder with codes and the book."""
    engine = open_engine(Home(folder))
    load_codes(engine)
    fill(engine, scale)
    engine.store.dispose()


def main() -> None:
    """Fill, then change, compare, extract, take back, page."""
    scale = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    folder = Path(tempfile.mkdtemp(prefix="bondesk-big-"))
    try:
        filling = multiprocessing.get_context("spawn").Process(target=prepare, args=(folder, scale))
        filling.start()  # in a process of its own, so that its memory is not counted
        filling.join()
        engine = open_engine(Home(folder))
        measure(engine)
        engine.store.dispose()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure(engine: Engine) -> None:
    """Print what each step takes."""
    account, draft_kind = CATALOGUE.document("account"), CATALOGUE.document("account_draft")

    def within(work: Callable[[Act], Any]) -> Callable[[], Any]:
        def run() -> Any:
            with engine.acting(SYSTEM) as act:
                return work(act)

        return run

    def revision(act: Act) -> int:
        return int(records.load(act, draft_kind, draft).revision)

    approved = within(lambda act: records.load_numbered(act, account, "E52042400001").id)()
    copy = "INSERT INTO big_copy SELECT * FROM account_consumption"
    within(
        lambda act: act.session.execute(text("CREATE TABLE big_copy AS SELECT * FROM account_consumption LIMIT 0"))
    )()
    timed("floor: copying the consumption rows in SQL", within(lambda act: act.session.execute(text(copy))))

    def audited(act: Act) -> Any:
        account = records.load(act, draft_kind, draft)
        found = records.stored_findings(act, draft_kind, account)
        unloaded = set(account._sa_instance_state.unloaded)
        assert {"materials", "products", "consumptions"} <= unloaded, "the rows became objects"
        return found

    draft = timed("变更: full copy", within(lambda act: changing.start(act, account, approved)))
    read = "SELECT product_no, uc_version, material_no, net, tangible, intangible, bonded FROM account_consumption"
    timed(
        "floor: reading 2 × the consumption rows", within(lambda act: sum(1 for _ in act.session.execute(text(read))))
    )
    for table in ("materials", "products", "consumptions"):
        found = timed(f"compare {table}", within(lambda act, t=table: changing.compare(act, draft_kind, draft, t)))
        keys = [one.key for one in found.candidates]
        print(f"  {found.compared:,} compared, {len(keys):,} differ")
        timed(
            f"extract {table}",
            within(lambda act, t=table, k=keys: changing.extract(act, draft_kind, draft, t, k, revision(act))),
        )
    target = Path(tempfile.gettempdir()) / f"big-{draft}.xlsx"
    timed(
        "导出 of the whole draft",
        within(lambda act: play(import_format_steps(act, draft_kind, Query(), target, [draft]))),
    )
    print(f"  {target.stat().st_size / 1_000_000:.1f} MB")
    target.unlink()
    within(lambda act: _complete(act, draft))()
    found = timed("rules of 审核", within(audited))
    print("  " + ("；".join(sorted({f"{one.code} {one.text}" for one in found})) or "no findings"))
    timed("审核", within(lambda act: records.move(act, draft_kind, draft, "audit")))
    timed("发送 (message composed)", within(lambda act: sending.order(act, draft_kind, [draft])))


def _complete(act: Act, draft: int) -> None:
    """Fill what the message needs of the head."""
    book = records.load(act, CATALOGUE.document("account_draft"), draft)
    book.max_turnover, book.qualification_no, book.cycle_days = Decimal(900), "T52042300001", 180
    book.valid_to, book.credit_code = date(2099, 12, 31), "9" * 18


if __name__ == "__main__":
    main()
