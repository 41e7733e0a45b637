"""Work of a form on the lane that always reports back, so that no failure leaves a form waiting with its typing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QObject

from bondesk.base.errors import OutsideFailure, Refused, WrongCall
from bondesk.desktop.background import while_alive
from bondesk.desktop.context import DeskContext
from bondesk.engine.act import Act

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Failed:
    problem: Exception


def in_act(
    context: DeskContext,
    owner: QObject,
    work: Callable[[Act], T],
    done: Callable[[T], object],
    failed: Callable[[Exception], object],
) -> None:
    """Run ``work`` in one transaction off the UI thread; ``failed`` is told every exception.

    What is our fault goes to the crash guard as well. Nothing is called once ``owner`` is gone.
    """

    def job() -> T:
        with context.engine.acting(context.identity) as act:
            return work(act)

    off_thread(context, owner, job, done, failed)


def off_thread(
    context: DeskContext,
    owner: QObject,
    job: Callable[[], T],
    done: Callable[[T], object],
    failed: Callable[[Exception], object],
) -> None:
    """Run any ``job`` off the UI thread; like :func:`in_act` it always reports back."""

    def safely() -> T | _Failed:
        try:
            return job()
        except Exception as problem:
            return _Failed(problem)

    def deliver(answer: Any) -> None:
        if not isinstance(answer, _Failed):
            done(answer)
            return
        failed(answer.problem)
        if not isinstance(answer.problem, Refused | OutsideFailure | WrongCall):
            context.lane.crashed.emit(answer.problem)

    context.lane.run(safely, while_alive(owner, deliver))


def sentence(problem: Exception) -> str:
    """Say in Chinese what went wrong."""
    if isinstance(problem, Refused):
        return "；".join(finding.text for finding in problem.findings)
    if isinstance(problem, OutsideFailure | WrongCall):
        return str(problem)
    return "程序出错，操作没有完成；您的输入仍在屏幕上"
