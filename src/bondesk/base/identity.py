"""What every room may ask about users; the setup area answers. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bondesk.base.facts import Facts


@dataclass(frozen=True, slots=True)
class Identity:
    """Who acts: user id, account, shown name and what is granted ("*" on both sides means all)."""

    user_id: int
    account: str
    name: str
    grants: frozenset[tuple[str, str]]

    def may(self, document: str, action: str) -> bool:
        """Tell whether ``action`` on ``document`` is granted."""
        return ("*", "*") in self.grants or (document, action) in self.grants


class UserBook(Protocol):
    """Users, their passwords and rights."""

    def sign_in(self, facts: Facts, account: str, password: str) -> Identity:
        """Return the identity behind a right pair; a wrong one is ``Refused`` with a reason."""

    def empty(self, facts: Facts) -> bool:
        """Tell whether nobody can sign in yet."""

    def identity(self, facts: Facts, account: str) -> Identity:
        """Return the identity of ``account`` without a password (the command line's own user)."""
