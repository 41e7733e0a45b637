"""What notes and declarations have taken of source lines so far, read at once for all lines of a run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from bondesk.areas.notes.source_document import SourceLine
from bondesk.base.batches import batches
from bondesk.base.facts import Work
from bondesk.base.portions import Portion


def portions_taken(
    work: Work, lines: Sequence[SourceLine], links: Sequence[type[Any]]
) -> Mapping[int, Sequence[Portion]]:
    """Return by source line id what earlier runs took of ``lines``; lines nobody used are not asked for.

    ``links`` are the tables (:class:`bondesk.base.portions.PortionColumns`) of all who take of source lines.
    """
    taken: dict[int, list[Portion]] = defaultdict(list)
    used = [line.id for line in lines if line.used_qty]
    for part in batches(used):
        for link in links:
            columns = (link.id, link.source_line_id, link.quantity, link.total, link.net_weight, link.gross_weight)
            statement = select(*columns, link.packages).where(
                link.company_id == work.company_id, link.source_line_id.in_(part)
            )
            # sorted here: to read in the order of the primary key, SQLite walks along every use there is
            for _id, line_id, *portion in sorted(work.session.execute(statement), key=lambda row: row.id):
                taken[line_id].append(Portion(*portion))
    return taken
