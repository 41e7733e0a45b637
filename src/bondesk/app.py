"""The composition root: the only file that knows every room."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

import bondesk
from bondesk.adapters.carried_codes import carried_release, carried_tables
from bondesk.adapters.download_files import files_way
from bondesk.adapters.excel.files import ExcelFiles
from bondesk.adapters.gateway_folder import GatewayFolders
from bondesk.adapters.notice_folder import NoticeFolder
from bondesk.adapters.parameter_folder import ParameterFolder
from bondesk.adapters.parameter_server import ParameterServer
from bondesk.adapters.parameter_zip import public_keys, read_package
from bondesk.adapters.pre_entry_package import package_way
from bondesk.adapters.rehearsal import RehearsalCustoms, is_rehearsal
from bondesk.adapters.xml.packing import SingleWindowPacker
from bondesk.adapters.xml.receipt_reading import SingleWindowReceipts
from bondesk.areas.accounts.filed_items import filed_items
from bondesk.areas.codes.customs_code import CustomsCode
from bondesk.areas.codes.loading import code_versions, load_table
from bondesk.areas.codes.updating import apply_release, changes_of, installed_release, written_down
from bondesk.areas.goods.hs_checking import recheck, remember
from bondesk.areas.goods.merged_item import MergedItem
from bondesk.areas.goods.part import Part
from bondesk.areas.index import CATALOGUE
from bondesk.areas.setup.company import Company
from bondesk.areas.setup.users import ALL, GroupRight, User, UserGroup, UserMembership, set_password
from bondesk.base.errors import OutsideFailure, Refused
from bondesk.base.facts import Work
from bondesk.base.parameter_package import CodeChanges, ParameterPackage, Rechecked, version_numbers
from bondesk.client_folders import ClientFolders
from bondesk.engine.card_port import CardPort, CardSigner
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.engine.keeping import keep_before_migration
from bondesk.engine.ports import ParameterSource
from bondesk.engine.schema import HEAD, foreign_tables, present_revision, refuse_newer, upgrade
from bondesk.engine.store import Store, open_store
from bondesk.program_updates import updates_of
from bondesk.settings import Connection, Home, carried
from bondesk.training import MARK, TrainingRoom, only_rehearsal

_log = logging.getLogger(__name__)
ADMINISTRATORS = "admin"


#: New objects between two looks for dead cycles, and how often the older ones are looked through. An act makes tens of
#: thousands of rows that all live to its end; Python's own 700 spent a quarter of its time on them.
_COLLECTED_AFTER = (20_000, 20, 10)


def open_engine(home: Home, connection: Connection | None = None, typed: str = "") -> Engine:
    """Open a data connection, bring its schema up to date, and tie the outside ports to it.

    ``typed`` is the database password of a connection that asks for it.
    """
    _spare_collecting()
    home.path.mkdir(parents=True, exist_ok=True)
    settings = home.read()
    chosen = connection or settings.connections[0]
    store = open_store(home.url_of(chosen, typed))
    keep_before_migration(store, home.path / "backups", carried("migrations"))
    upgrade(store, carried("migrations"))
    root = Path(settings.gateway_root) if settings.gateway_root else None
    client = ClientFolders(home)
    updates = None if settings.training else updates_of(home)
    engine = Engine(
        catalogue=CATALOGUE,
        store=store,
        files=ExcelFiles(MARK if settings.training else ""),
        packer=SingleWindowPacker(),
        receipts=SingleWindowReceipts(),
        gateway=GatewayFolders((lambda: only_rehearsal(root)) if settings.training else client.in_force),
        client=None if settings.training else client,
        notices=NoticeFolder(Path(settings.update_folder)) if settings.update_folder else None,
        code_versions=code_versions,
        parameters=parameter_source(home),
        releases=SignedReleases(carried("resources") / "codes" / "keys"),
        downloads=(files_way(),),
        pre_entries=(package_way(lambda: _package_folder(home), needs_card=settings.pre_entry_card),),
        card=card_port(),
        program=updates,
        practice=None if settings.training else TrainingRoom(home),
        training=settings.training,
    )
    _bring_carried_codes(engine)
    if root is not None and is_rehearsal(root):
        customs = RehearsalCustoms(root, date_by_document=settings.demo)
        engine = replace(engine, counterpart=customs.answer, rehearsal=customs.letters)
        engine = _with_service(engine, root)
    return engine


def _with_service(engine: Engine, root: Path) -> Engine:
    """Offer the rehearsal customs' service; what serves and signs is not needed to start."""
    from bondesk.adapters.download_http import rehearsal_way
    from bondesk.adapters.pre_entry_http import rehearsal_pre_entry
    from bondesk.adapters.rehearsal_service import shared_service

    service = shared_service(root)
    return replace(
        engine,
        downloads=(*engine.downloads, rehearsal_way(root, service)),
        pre_entries=(rehearsal_pre_entry(service), *engine.pre_entries),
    )


def _package_folder(home: Home) -> Path:
    folder = home.read().pre_entry_folder
    return Path(folder) if folder else home.path / "pre-entry"


def _spare_collecting() -> None:
    """Collect less often, and leave what the program itself consists of unvisited: it lives to the end."""
    gc.set_threshold(*_COLLECTED_AFTER)
    if not gc.get_freeze_count():
        gc.freeze()


def card_port() -> CardPort | None:
    """Return the operator's card on this computer; what it needs is imported when a card is first looked for."""
    return CardPort(_card_signer, _proves)


def _card_signer() -> CardSigner:
    from bondesk.adapters.card.combined import CombinedSigner

    return CombinedSigner()


def _proves(certificate: bytes, algorithm: str, content: bytes, value: bytes) -> bool:
    from bondesk.adapters.card.combined import proves

    return proves(certificate, algorithm, content, value)


def _bring_carried_codes(engine: Engine) -> None:
    """Bring a database with codes to the tables of a newer program; an empty one gets them with its administrator."""
    version, _effective_from = carried_release(carried("resources") / "codes")
    with engine.acting(SYSTEM) as act:
        founded = act.session.scalar(select(CustomsCode.id).limit(1)) is not None
        older = version_numbers(installed_release(act.session)) < version_numbers(version)
    if founded and older:
        try:
            load_codes(engine)
        except (OutsideFailure, Refused) as problem:  # another machine may do the same at this moment
            _log.warning("the carried code tables could not be loaded: %s", problem)


def probed(url: str) -> str:
    """Say in Chinese what lies behind a database URL, changing nothing; ``OutsideFailure`` says what is wrong."""
    store = open_store(url)
    try:
        return _probed(store)
    finally:
        store.dispose()


def _probed(store: Store) -> str:
    file = Path(store.sql.url.database or "")
    if store.is_sqlite and not file.exists():
        if not file.absolute().parent.is_dir():
            raise OutsideFailure(f"目录 {file.absolute().parent} 不存在，请先建立或另选路径")
        return "数据文件还不存在，首次登录时自动建立，然后建立第一个管理员"
    revision = present_revision(store)
    if not revision:
        if count := foreign_tables(store):
            raise OutsideFailure(f"这个数据库里已有别的程序的 {count} 张表，请另选一个空的数据库")
        return "连接成功：数据库是空的，首次登录时自动建立数据结构，然后建立第一个管理员"
    refuse_newer(revision, carried("migrations"))
    if revision != HEAD:
        return f"连接成功：数据结构版本 {revision}，登录时升级到 {HEAD}"
    with store.session() as session:
        users = session.scalar(select(func.count()).select_from(User).where(User.company_id == 1)) or 0
    if not users:
        return f"连接成功：数据结构版本 {revision}，还没有用户，登录时先建立第一个管理员"
    return f"连接成功：用户 {users} 个，数据结构版本 {revision}"


@dataclass(frozen=True, slots=True)
class Enterprise:
    """What may already be known of the enterprise when the first administrator is made."""

    name: str = ""
    customs_code: str = ""
    credit_code: str = ""


def load_codes(engine: Engine, tell: Callable[[int, int], None] = lambda _done, _total: None) -> dict[str, int]:
    """Load the carried customs code tables; return how many codes of each were new, changed or ended.

    Once a newer release was applied nothing is loaded, and 0 returned for each.
    ``tell(done, total)`` is called before each table; what it raises stops the loading and keeps nothing.
    """
    folder = carried("resources") / "codes"
    tables = list(carried_tables(folder))
    version, effective_from = carried_release(folder)
    counts = {}
    with engine.acting(SYSTEM) as act:
        installed = version_numbers(installed_release(act.session))
        if installed > version_numbers(version):
            return dict.fromkeys((table for table, _rows in tables), 0)
        for done, (table, rows) in enumerate(tables):
            tell(done, len(tables))
            loaded = load_table(act.session, table, rows, effective_from - timedelta(days=1))
            counts[table] = {"add": loaded.added, "change": loaded.changed, "close": loaded.closed}
        tell(len(tables), len(tables))
        if installed < version_numbers(version):
            written_down(act, version, effective_from, act.identity.name, counts).notes = "随程序带来的参数"
    return {table: sum(count.values()) for table, count in counts.items()}


@dataclass(frozen=True, slots=True)
class SignedReleases:
    """The :class:`bondesk.engine.ports.CodeReleases` of signed packages; ``keys`` is the folder of trusted keys."""

    keys: Path

    def read(self, content: bytes) -> ParameterPackage:
        """Check and read a package."""
        return read_package(content, public_keys(self.keys), bondesk.__version__)

    def installed(self, work: Work) -> str:
        """Return the newest release of the database."""
        return installed_release(work.session)

    def apply(self, work: Work, package: ParameterPackage, by: str, tell: Callable[[int, int], None]) -> bool:
        """Apply a package; False when it is installed already. The goods remember the former table first."""
        if any(table.name == "hs_code" for table in package.tables):
            remember(work)
        return apply_release(work, package, by, tell) is not None

    def changes(self, work: Work, version: str) -> CodeChanges:
        """Return what an applied release did."""
        return changes_of(work.session, version)

    def recheck(self, work: Work, version: str) -> Rechecked | None:
        """Run 商品编码校验 after a release that changed commodity codes, when there are goods."""
        touched = any(row.table == "hs_code" for row in changes_of(work.session, version).rows)
        goods = touched and (bool(work.facts.find(Part)) or bool(work.facts.find(MergedItem)))
        return recheck(work, filed_items) if goods else None


def parameter_source(home: Home) -> ParameterSource | None:
    """Return where update packages come from: the web address when one is set, else the update folder."""
    settings = home.read()
    if settings.update_url:
        return ParameterServer(settings.update_url, home.path / "updates")
    return ParameterFolder(Path(settings.update_folder)) if settings.update_folder else None


def first_administrator(
    engine: Engine,
    password: str,
    account: str = "admin",
    name: str = "管理员",
    enterprise: Enterprise | None = None,
) -> None:
    """Make the company row, the group with all rights and the first user; refuse when a user exists."""
    with engine.acting(SYSTEM) as act:
        if act.facts.find(User):
            raise Refused("已有用户，不能再次初始化", "INIT-01")
        if act.facts.one(Company) is None:
            act.session.add(Company(**asdict(enterprise)) if enterprise else Company())
        if act.facts.one(UserGroup, code=ADMINISTRATORS) is None:
            group = UserGroup(code=ADMINISTRATORS, name="系统管理员")
            group.rights = [GroupRight(line_no=1, module=ALL, action=ALL)]
            act.session.add(group)
        user = User(account=account, name=name, active=True)
        set_password(user, password)
        user.groups = [UserMembership(line_no=1, group_code=ADMINISTRATORS)]
        act.session.add(user)
