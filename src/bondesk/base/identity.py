"""What every room may ask about users; the setup area answers. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bondesk.base.attempts import Failures
from bondesk.base.facts import Facts, Work


@dataclass(frozen=True, slots=True)
class Identity:
    """Who acts: user id, account, shown name and what is granted ("*" on both sides means all).

    ``stamp`` tells which state of the user and the groups the grants were read from; None is never read again
    (the program itself).
    """

    user_id: int
    account: str
    name: str
    grants: frozenset[tuple[str, str]]
    stamp: tuple[object, ...] | None = None

    def may(self, document: str, action: str) -> bool:
        """Tell whether ``action`` on ``document`` is granted."""
        return ("*", "*") in self.grants or (document, action) in self.grants


class UserBook(Protocol):
    """Users, their passwords and rights."""

    def matched(self, work: Work, account: str, password: str) -> Identity | None:
        """Return the identity behind a right pair of an active user; unknown accounts take the same time."""

    def failures(self, work: Work, account: str) -> Failures | None:
        """Return the wrong passwords in a row, the account locked until the act ends; None when it is unknown."""

    def keep_failures(self, work: Work, account: str, failures: Failures) -> None:
        """Keep the wrong passwords in a row of a known account, past log and revision."""

    def change_password(self, work: Work, account: str, password: str) -> None:
        """Give a known account a new password; ``Refused`` (AUTH-03) when it is none."""

    def refreshed(self, work: Work, identity: Identity) -> Identity:
        """Return the identity with the grants of this moment; ``Refused`` (AUTH-01) when the user is gone."""

    def empty(self, facts: Facts) -> bool:
        """Tell whether nobody can sign in yet."""

    def identity(self, facts: Facts, account: str) -> Identity:
        """Return the identity of ``account`` without a password (the command line's own user)."""
