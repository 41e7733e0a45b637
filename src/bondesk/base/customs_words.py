"""What customs wrote about a document, put where it belongs: the line and the field its sentences name. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from bondesk.base.findings import Finding, confirm

#: 第3项, 第 3 条商品, 商品序号：3, 序号为3, GNo=3.
_LINE = re.compile(
    r"第\s*(\d{1,4})\s*(?:项|行|条|个商品)|(?:商品)?序号(?:为|\s*[:：=])?\s*(\d{1,4})|G[Nn]o\s*[:：=]?\s*(\d{1,4})"
)
_SENTENCES = re.compile(r"[\n；;]+")


def words_of(labels: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """Return (word, field) pairs as a mapping, the longest word first, so that the closest one is found first."""
    return dict(sorted(labels, key=lambda pair: -len(pair[0])))


def customs_findings(
    reason: str, lines: int, of_lines: Mapping[str, str], of_head: Mapping[str, str], table: str = "lines"
) -> Iterator[Finding]:
    """CUS-01: every sentence of customs to be looked into, on the line (1 to ``lines``) and field it names.

    >>> [str(one) for one in customs_findings("表体第2项：商品编号不存在", 3, {"商品编号": "hs_code"}, {})]
    ['[CUS-01] 第2项：海关：表体第2项：商品编号不存在']
    """
    for sentence in filter(None, (one.strip() for one in _SENTENCES.split(reason or ""))):
        named = _LINE.search(sentence)
        number = int(next(one for one in named.groups() if one)) if named else 0
        text = sentence if sentence.startswith("海关") else f"海关：{sentence}"
        if 1 <= number <= lines:
            field = next((key for word, key in of_lines.items() if word in sentence), "")
            yield confirm("CUS-01", text, field, number - 1, table=table)
        else:
            yield confirm("CUS-01", text, next((key for word, key in of_head.items() if word in sentence), ""))
