"""The engine as one value: the catalogue, the store and the outside ports, ready to act."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

from bondesk.base.catalogue import Catalogue
from bondesk.base.errors import NoClientFolders, OutsideFailure
from bondesk.base.facts import Work
from bondesk.base.identity import Identity
from bondesk.base.program_release import ProgramUpdates
from bondesk.base.rehearsal_script import RehearsalDesk
from bondesk.engine import history, schema, signing_in
from bondesk.engine.act import Act, acting
from bondesk.engine.card_port import CardPort
from bondesk.engine.download_port import DownloadWay
from bondesk.engine.ports import (
    ClientSetup,
    CodeReleases,
    Gateway,
    MessagePacker,
    Notices,
    ParameterSource,
    Practice,
    ReceiptReader,
    WorkbookFiles,
)
from bondesk.engine.pre_entry_port import PreEntryWay
from bondesk.engine.store import Clock, Store, china_now

#: Who acts when the program itself does (first start, demo, receipts polled in the background).
SYSTEM = Identity(user_id=0, account="system", name="系统", grants=frozenset({("*", "*")}))
NO_CARD_PORT = "本程序没有读卡功能，不能在本机签名；请在「IC卡」中把报文改为由客户端签名"


@dataclass(frozen=True)
class Engine:
    """Everything a screen or the command line needs to act; made by ``app``.

    ``notices`` tells of new versions and ``code_versions`` how new the code tables of the database are.
    ``downloads`` are the sources customs' copies can be downloaded from.
    ``pre_entries`` are the places documents can be pre-entered.
    ``parameters`` is where update packages of the code tables come from, ``releases`` what applies them.
    ``card`` is the operator's IC card on this computer.
    ``program`` is what can be done about a newer program.
    ``client`` is where the folders behind ``gateway`` are set on this machine.
    ``counterpart`` lets the rehearsal customs answer before the inbox is read; None against the real one.
    ``rehearsal`` is its trainer side.
    ``practice`` is the way to 练习模式; ``training`` says that this is it.
    """

    catalogue: Catalogue
    store: Store
    files: WorkbookFiles
    packer: MessagePacker
    receipts: ReceiptReader
    gateway: Gateway | None = None
    client: ClientSetup | None = None
    counterpart: Callable[[], object] | None = None
    rehearsal: RehearsalDesk | None = None
    notices: Notices | None = None
    code_versions: Callable[[Work], Mapping[str, str]] = lambda _work: {}
    parameters: ParameterSource | None = None
    releases: CodeReleases | None = None
    downloads: tuple[DownloadWay, ...] = ()
    pre_entries: tuple[PreEntryWay, ...] = ()
    card: CardPort | None = None
    program: ProgramUpdates | None = None
    practice: Practice | None = None
    training: bool = False
    company_id: int = 1
    clock: Clock = china_now

    def __post_init__(self) -> None:
        """Make sure that every flush is logged."""
        history.install()

    def acting(self, identity: Identity) -> AbstractContextManager[Act]:
        """Open one transaction for ``identity``; leaving the block commits all of it or nothing."""
        ports = (self.store, self.catalogue, self.files, self.packer)
        return acting(*ports, identity, self.company_id, self.clock, history.seal)

    def sign_in(self, account: str, password: str) -> Identity:
        """Return who ``account`` is when the password is right; ``Refused`` (AUTH-01, AUTH-05) otherwise.

        A refusal is committed before it is raised: the wrong passwords in a row have to be counted.
        """
        with self.acting(SYSTEM) as act:
            answer = signing_in.sign_in(act, account, password)
        return signing_in.or_refused(answer)

    def sign_out(self, identity: Identity) -> None:
        """Write down that a user leaves."""
        with self.acting(identity) as act:
            history.log_deed(act, "退出", module="登录", number=identity.account)

    def reconnect(self, identity: Identity) -> None:
        """Open the database anew and make sure that it is as it was and that ``identity`` may still come in."""
        self.store.reconnect()
        if schema.present_revision(self.store) not in (schema.HEAD, ""):
            raise OutsideFailure("数据库的结构已经改变，请关闭程序，更新后重新登录")
        with self.acting(SYSTEM) as act:
            self.catalogue.users.identity(act.facts, identity.account)

    def change_password(self, identity: Identity, old: str, new: str) -> None:
        """Give the signed-in user a new password; a wrong ``old`` (AUTH-06) counts as a failure."""
        with self.acting(identity) as act:
            answer = signing_in.change_password(act, old, new)
        signing_in.or_refused(answer)

    @property
    def has_gateway(self) -> bool:
        """Tell whether this machine has the folders of a client."""
        return self.gateway is not None and self.gateway.set_up

    def known_gateway(self) -> Gateway:
        """Return the client's folders; :class:`NoClientFolders` when none is set up."""
        if self.gateway is None or not self.gateway.set_up:
            raise NoClientFolders(
                "本机尚未设置单一窗口客户端的目录，请在「单一窗口 → 客户端目录」中设置后再收发（单据保持原状态）"
            )
        return self.gateway

    def known_card(self) -> CardPort:
        """Return the card port; ``OutsideFailure`` when this program has none."""
        if self.card is None:
            raise OutsideFailure(NO_CARD_PORT)
        return self.card
