"""Updating the code tables without a login: is there a newer release, what would it change, apply it (rows 44, 182).

The signature of a package is what is trusted; nobody has to be signed in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bondesk.base.errors import OutsideFailure, Refused
from bondesk.base.facts import Work
from bondesk.base.parameter_package import (
    CodeChanges,
    OfferedPackage,
    ParameterPackage,
    Rechecked,
    version_numbers,
)
from bondesk.engine import history
from bondesk.engine.act import Act
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.engine.ports import CodeReleases

#: Tells how far the work is (what is done, done, total); what it raises stops the work and keeps nothing.
Tell = Callable[[str, int, int], None]
DOWNLOADING, CHECKING, COMPARING, APPLYING = "正在下载", "正在核对签名", "正在比较", "正在更新"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A package that was read and found sound, with what it would change in this database.

    ``installed`` is the release in the database; ``changes`` is None when just this package is installed.
    """

    package: ParameterPackage
    installed: str
    changes: CodeChanges | None


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying did; ``rechecked`` is None when nothing of the enterprise hangs on what changed."""

    version: str
    changes: CodeChanges
    rechecked: Rechecked | None = None
    recheck_problem: str = ""


class _TakenBack(Exception):
    """Ends a trial: all that it stored goes again."""

    def __init__(self, changes: CodeChanges | None) -> None:
        super().__init__()
        self.changes = changes


def releases_of(engine: Engine) -> CodeReleases:
    """Return what knows the releases; ``OutsideFailure`` when this engine has none."""
    if engine.releases is None:
        raise OutsideFailure("这里不能更新海关参数")
    return engine.releases


def installed(engine: Engine) -> str:
    """Return the release in the database, "" for none."""
    with engine.acting(SYSTEM) as act:
        return releases_of(engine).installed(act)


def newer(engine: Engine) -> OfferedPackage | None:
    """Return the package on offer when it is newer than what the database has; only its version is asked for.

    ``OutsideFailure`` when the source is away; None without a source.
    """
    if engine.releases is None or engine.parameters is None:
        return None
    offered = engine.parameters.newest()
    if offered is None or version_numbers(offered.version) <= version_numbers(installed(engine)):
        return None
    return offered


def fetch(engine: Engine, tell: Tell) -> bytes:
    """Get the newest package of the source; ``OutsideFailure`` when there is none, or it cannot be had whole."""
    if engine.parameters is None:
        raise OutsideFailure("没有设置参数更新的来源，请点「选择更新包」指定文件，或由管理员设置更新目录、更新地址")
    offered = engine.parameters.newest()
    if offered is None:
        raise OutsideFailure("更新来源中没有参数更新包")
    return engine.parameters.fetch(offered, lambda done, total: tell(DOWNLOADING, done, total))


def prepare(engine: Engine, content: bytes, tell: Tell) -> Prepared:
    """Check a package and try it out: what it would change is found by applying it and taking that back.

    ``Refused`` (CODES-01 … CODES-08) says what is wrong with it.
    """
    releases = releases_of(engine)
    tell(CHECKING, 0, 1)
    package = releases.read(content)
    present = installed(engine)
    try:
        with engine.acting(SYSTEM) as act:
            raise _TakenBack(_applied(act, releases, package, lambda done, total: tell(COMPARING, done, total)))
    except _TakenBack as trial:
        return Prepared(package, present, trial.changes)


def apply(engine: Engine, prepared: Prepared, tell: Tell) -> Applied:
    """Apply a prepared package in one transaction, then check the goods against the new tables in another.

    ``Refused`` (CODES-09) when the database does not have the release any more that was compared with.
    A failure of the check is told in the answer: the tables are updated all the same.
    """
    releases, package = releases_of(engine), prepared.package
    with engine.acting(SYSTEM) as act:
        if releases.installed(act) != prepared.installed:
            raise Refused("海关参数已在别处更新，请重新查看会改变什么", "CODES-09")
        changes = _applied(act, releases, package, lambda done, total: tell(APPLYING, done, total))
        if changes is None:
            return Applied(package.version, CodeChanges((), ()))
        history.log_deed(act, "更新", module="海关参数", number=package.version)
    try:
        with engine.acting(SYSTEM) as act:
            return Applied(package.version, changes, releases.recheck(act, package.version))
    except (Refused, OutsideFailure) as problem:
        return Applied(package.version, changes, recheck_problem=str(problem))


def _applied(
    act: Act, releases: CodeReleases, package: ParameterPackage, tell: Callable[[int, int], None]
) -> CodeChanges | None:
    work: Work = act
    if not releases.apply(work, package, act.identity.name, tell):
        return None
    return releases.changes(work, package.version)
