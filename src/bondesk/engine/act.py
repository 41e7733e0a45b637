"""One business act of one user: a transaction, a clock, facts, rights and the log in one hand.

Areas see it as :class:`bondesk.base.facts.Work`. Nothing commits inside an act; leaving the ``with``
block commits all of it or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from datetime import date, datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError, StatementError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from bondesk.base.catalogue import Catalogue
from bondesk.base.checks import Broken
from bondesk.base.codebook import CodeBook
from bondesk.base.documents import DocumentType
from bondesk.base.errors import Disconnected, ExcessDecimals, Refused
from bondesk.base.explanation import Explanation
from bondesk.base.facts import Told
from bondesk.base.identity import Identity
from bondesk.base.steps import Progress
from bondesk.engine import closed_periods
from bondesk.engine.books import StoredBooks
from bondesk.engine.document_codes import WithDocuments
from bondesk.engine.facts import StoredFacts
from bondesk.engine.origin import Origins
from bondesk.engine.ports import MessagePacker, WorkbookFiles
from bondesk.engine.store import Clock, Store, outside
from bondesk.engine.tables import Counter


class Act:
    """The engine's :class:`Work`; made by :func:`acting`."""

    def __init__(
        self,
        session: Session,
        catalogue: Catalogue,
        files: WorkbookFiles,
        packer: MessagePacker,
        identity: Identity,
        company_id: int,
        clock: Clock,
    ) -> None:
        """Act in ``session`` as ``identity`` for one company; ``files`` reads and writes workbooks,
        ``packer`` messages.
        """
        self.session = session
        self.catalogue = catalogue
        self.files = files
        self.packer = packer
        self.identity = identity
        self.company_id = company_id
        self._clock = clock
        self.facts = StoredFacts(session, company_id, self._today)
        self.books = StoredBooks(session, company_id)
        self.known_on: date | None = None
        self._origins = Origins(session, company_id, files)
        self._codebook: CodeBook | None = None

    @property
    def user_id(self) -> int:
        """Return the acting user."""
        return self.identity.user_id

    @property
    def codebook(self) -> CodeBook:
        """Return the customs codes as this act sees them."""
        if self._codebook is None:
            self._codebook = WithDocuments(self.catalogue.codebook(self.facts), self.catalogue)
        return self._codebook

    def now(self) -> datetime:
        """Return the present moment in China time."""
        return self._clock()

    def _today(self) -> date:
        return self._clock().date()

    def as_known(self, day: date | None) -> Act:
        """Return this act reading the ledger as it was known at the end of ``day``; None = as known now."""
        if day is None:
            return self
        seen = copy(self)
        seen.known_on, seen.books = day, self.books.as_known(day)
        return seen

    def may(self, document_key: str, action: str) -> bool:
        """Tell whether the acting user has a right."""
        return self.identity.may(document_key, action)

    def require(self, document: DocumentType, action: str) -> None:
        """Refuse (ACCESS-01) what is not granted."""
        if not self.may(document.key, action):
            titles = dict(self.catalogue.rights_of(document))
            title = titles.get(action, action)
            raise Refused(f"用户 {self.identity.name} 没有「{document.title}」的「{title}」权限", "ACCESS-01")

    def require_report(self, key: str, title: str) -> None:
        """Refuse a report that is not granted."""
        if not self.identity.may(key, "view"):
            raise Refused(f"用户 {self.identity.name} 没有报表「{title}」的权限", "ACCESS-01")

    def require_exchange(self) -> None:
        """Refuse hand-over and receipts to who may send no document at all."""
        kinds = [document.key for document in self.catalogue.documents if document.message is not None]
        if not any(self.identity.may(key, "send") for key in kinds):
            raise Refused(f"用户 {self.identity.name} 没有收发报文的权限", "ACCESS-01")

    def cell(self, row: Any, key: str) -> Explanation | None:
        """Return the workbook cell attribute ``key`` of a stored row was read from."""
        return self._origins.cell(row, key)

    def trace(self, document_key: str, line_id: int) -> Explanation | None:
        """Explain one line of a document down to source lines and workbook cells, where it can."""
        document = self.catalogue.document(document_key)
        return document.trace(line_id, self) if document.trace is not None else None

    def broken(self, code: str) -> Generator[Progress, None, Sequence[Broken]]:
        """Run the named checks, or one of them, and return where they do not hold."""
        from bondesk.engine.checking import check_steps

        return check_steps(self, code)

    def rebuild_balances(self) -> int:
        """Recompute every balance from the postings; the log says how many differed."""
        from bondesk.engine.history import log_deed
        from bondesk.engine.posting import rebuild_balances

        wrong = rebuild_balances(self)
        log_deed(self, "重建余额", module="台账", number="", summary="；".join(wrong))
        return len(wrong)

    def tell(self, document_key: str, action: str, rows: Sequence[Told]) -> None:
        """Log what bulk statements did, which no flush sees."""
        from bondesk.engine.history import log_told

        log_told(self, self.catalogue.document(document_key), action, rows)

    def post(self, document_key: str, ids: Sequence[int]) -> None:
        """Bring the postings of documents of one type to what they declare now."""
        from bondesk.engine.posting import post_documents

        self.facts.forget()
        post_documents(self, self.catalogue.document(document_key), ids)

    def draw(self, series: str, count: int = 1) -> int:
        """Draw ``count`` numbers of a series in one statement and return the first."""
        table = Counter.__table__
        dialect = postgresql if self.session.get_bind().dialect.name == "postgresql" else sqlite
        statement = dialect.insert(table).values(company_id=self.company_id, series=series, value=count)
        statement = statement.on_conflict_do_update(
            index_elements=["company_id", "series"], set_={"value": table.c.value + count}
        ).returning(table.c.value)
        last: int = self.session.execute(statement).scalar_one()
        return last - count + 1


@contextmanager
def acting(
    store: Store,
    catalogue: Catalogue,
    files: WorkbookFiles,
    packer: MessagePacker,
    identity: Identity,
    company_id: int,
    clock: Clock,
    seal: Callable[[Session], None],
) -> Iterator[Act]:
    """Open an act; commit when the block ends well, roll back otherwise. ``seal`` writes the log last of all.

    Rights taken away since the user signed in are gone (``users.refreshed``).

    ``Refused`` (CONFLICT) when somebody else changed the same document meanwhile, ``OutsideFailure``
    when the database fails, ``Disconnected`` when it is away – with ``saved`` None when that happened at the commit.
    """
    session = store.session()
    session.info["company_id"] = company_id
    act = Act(session, catalogue, files, packer, identity, company_id, clock)
    session.info["act"] = act
    committing = False
    try:
        act.identity = catalogue.users.refreshed(act, identity)
        yield act
        seal(session)
        committing = True
        session.commit()
        store.line.works()
    except StaleDataError as problem:
        _abandon(session)
        text = "单据已被其他用户修改，这次操作没有保存；请刷新或重新打开后再试"
        raise Refused(text, "CONFLICT") from problem
    except SQLAlchemyError as problem:
        _abandon(session)
        if isinstance(problem, StatementError) and isinstance(problem.orig, ExcessDecimals):
            raise Refused(f"数字超出可保存的范围：{problem.orig}", "IMP-07") from problem
        closed = closed_periods.translated(problem, session, company_id)
        if closed is not None:
            raise closed from problem
        failure = outside(problem, committing=committing)
        if isinstance(failure, Disconnected):
            store.line.broke(failure)
        raise failure from problem
    except BaseException:
        _abandon(session)
        raise
    finally:
        session.close()


def _abandon(session: Session) -> None:
    """Roll back; on a dead connection there is nothing to roll back, and that must not hide why the act failed."""
    try:
        session.rollback()
    except SQLAlchemyError:
        session.invalidate()
