"""What one user prefers, kept in the database so that it follows the user from machine to machine."""

from __future__ import annotations

from typing import Any

from bondesk.engine.act import Act
from bondesk.engine.tables import UserPreference


def preference(act: Act, name: str, default: Any = None) -> Any:
    """Return the acting user's preference ``name`` (a JSON value), ``default`` when there is none."""
    row = act.session.get(UserPreference, (act.company_id, act.user_id, name))
    return default if row is None else row.value


def prefer(act: Act, name: str, value: Any) -> None:
    """Keep the acting user's preference ``name``; None forgets it."""
    row = act.session.get(UserPreference, (act.company_id, act.user_id, name))
    if value is None:
        if row is not None:
            act.session.delete(row)
    elif row is None:
        act.session.add(UserPreference(company_id=act.company_id, user_id=act.user_id, name=name, value=value))
    else:
        row.value = value
