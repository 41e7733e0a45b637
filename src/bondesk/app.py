"""The composition root: the only file that knows every room."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bondesk.adapters.carried_codes import carried_tables
from bondesk.adapters.excel.files import ExcelFiles
from bondesk.adapters.gateway_folder import GatewayFolders
from bondesk.adapters.rehearsal import RehearsalCustoms, is_rehearsal
from bondesk.adapters.xml.packing import SingleWindowPacker
from bondesk.adapters.xml.receipt_reading import SingleWindowReceipts
from bondesk.areas.codes.loading import load_table
from bondesk.areas.index import CATALOGUE
from bondesk.areas.setup.company import Company
from bondesk.areas.setup.users import ALL, GroupRight, User, UserGroup, UserMembership, set_password
from bondesk.base.errors import Refused
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.engine.schema import upgrade
from bondesk.engine.store import open_store
from bondesk.settings import Connection, Home, carried

ADMINISTRATORS = "admin"


def open_engine(home: Home, connection: Connection | None = None) -> Engine:
    """Open a data connection, bring its schema up to date, and tie the outside ports to it."""
    home.path.mkdir(parents=True, exist_ok=True)
    settings = home.read()
    chosen = connection or settings.connections[0]
    store = open_store(home.url_of(chosen))
    upgrade(store, carried("migrations"))
    root = Path(settings.gateway_root) if settings.gateway_root else None
    engine = Engine(
        catalogue=CATALOGUE,
        store=store,
        files=ExcelFiles(),
        packer=SingleWindowPacker(),
        receipts=SingleWindowReceipts(),
        gateway=GatewayFolders(root) if root else None,
    )
    if root is not None and is_rehearsal(root):
        customs = RehearsalCustoms(root, date_by_document=settings.demo)
        engine = replace(engine, counterpart=customs.answer)
    return engine


def load_codes(engine: Engine) -> dict[str, int]:
    """Load the carried customs code tables; return how many codes of each were new or changed."""
    counted = {}
    with engine.acting(SYSTEM) as act:
        for table, rows in carried_tables(carried("resources") / "codes"):
            loaded = load_table(act.session, table, rows)
            counted[table] = loaded.added + loaded.changed
    return counted


def first_administrator(engine: Engine, password: str, account: str = "admin", name: str = "管理员") -> None:
    """Make the company row, the group with all rights and the first user; refuse when a user exists."""
    with engine.acting(SYSTEM) as act:
        if act.facts.find(User):
            raise Refused("已有用户，不能再次初始化", "INIT-01")
        if act.facts.one(Company) is None:
            act.session.add(Company())
        if act.facts.one(UserGroup, code=ADMINISTRATORS) is None:
            group = UserGroup(code=ADMINISTRATORS, name="系统管理员")
            group.rights = [GroupRight(line_no=1, module=ALL, action=ALL)]
            act.session.add(group)
        user = User(account=account, name=name, active=True)
        set_password(user, password)
        user.groups = [UserMembership(line_no=1, group_code=ADMINISTRATORS)]
        act.session.add(user)
