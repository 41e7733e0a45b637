"""What the rehearsal customs has on file: the whole copy of everything it approved, ready to be downloaded.

A copy is the message as it was approved with what customs adds to it; a change is laid over what was on file.
"""

from __future__ import annotations

import copy
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

from lxml import etree

from bondesk.adapters.rehearsal_books import BookKind, head_of, rows_of
from bondesk.adapters.xml.parser import child, parse, text

FOLDER = "海关存档"
NOTES, DECLARATIONS, AMENDMENTS = "INV101", "DECMESSAGE", "DECMOD"
#: The mark of a row customs struck, and of one it has.
_STRUCK, _KEPT = "2", "0"
_PLAIN = re.compile(r"[0-9A-Za-z_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Filed:
    """A copy on file: message code, number, day (ISO), what it is, customs' word for its state."""

    code: str
    number: str
    day: str
    title: str
    state: str


class Archive:
    """The copies of one rehearsal folder, a file and its description for each."""

    def __init__(self, root: Path) -> None:
        """Keep copies under ``root``."""
        self._folder = root / FOLDER

    def note(self, message: etree._Element, number: Mapping[str, str], mark: str, now: datetime) -> None:
        """File a note that was approved; ``mark`` is its 核扣标志. A deleted one (DclTypecd 3) stays, marked so."""
        filed = copy.deepcopy(message)
        head = child(filed, "InvtHeadType")
        if head is None:
            return
        struck = text(head, "DclTypecd") == "3"
        own = text(head, "DclcusFlag") == "1" and text(head, "DclcusTypecd") == "2"
        _put(head, "SeqNo", number["seq_no"])
        _put(head, "BondInvtNo", number["bond_no"])
        _put(head, "VrfdedMarkcd", mark)
        _put(head, "ListStat", "3" if struck else "0")
        _put(head, "EntryNo", number["entry_no"] if own and mark == "2" else "")
        day = _day(text(head, "InvtDclTime")) or now.date()
        state = "删单" if struck else "已核扣" if mark == "2" else "预核扣" if mark == "1" else "审核通过"
        self._write(Filed(NOTES, number["bond_no"], day.isoformat(), text(head, "EtpsInnerInvtNo"), state), filed)

    def declaration(self, message: etree._Element, known: Mapping[str, str]) -> None:
        """File a declaration customs has cleared, or the 修撤单 of one it withdrew; otherwise nothing is on file."""
        if known.get("status") == "D":
            self._withdrawal(message, known)
        if known.get("status") != "R":
            return
        filed = copy.deepcopy(message)
        head = child(filed, "DecHead")
        if head is None:
            return
        for name, value in (("SeqNo", "seq_no"), ("EntryId", "entry_no")):
            _put(head, name, known[value])
        _put(head, "CusDecStatus", "R")
        day = _day(text(head, "PDate")) or datetime.fromisoformat(known["last"]).date()
        _put(head, "PDate", f"{day:%Y%m%d}")
        title = text(child(filed, "DecSign"), "ClientSeqNo")
        self._write(Filed(DECLARATIONS, known["entry_no"], day.isoformat(), title, "已结关"), filed)

    def _withdrawal(self, message: etree._Element, known: Mapping[str, str]) -> None:
        day = datetime.fromisoformat(known["last"]).date()
        number = f"M{known['entry_no']}"
        said = {
            "decModSeqNo": number,
            "modCusNo": number,
            "entryId": known["entry_no"],
            "decModType": "2",
            "dDate": f"{day:%Y%m%d}",
            "decModStatus": "海关已同意",
            "decModNote": "结关后申请撤销",
            "feedDept": text(child(message, "DecHead"), "CustomMaster"),
        }
        filed = etree.Element("DecModMessage")
        head = etree.SubElement(filed, "decModHeadVo")
        for name, value in said.items():
            _put(head, name, value)
        self._write(Filed(AMENDMENTS, number, day.isoformat(), f"撤销 {known['entry_no']}", "海关已同意"), filed)

    def book(self, message: etree._Element, kind: BookKind, number: str, now: datetime, seq_no: str = "") -> None:
        """File an account, handbook or qualification; a change of one that is not on file cannot be whole."""
        head, before = head_of(message, kind), self.content(kind.code, number)
        if head is None or (before is None and text(head, "DclTypecd") == "2"):
            return
        filed = copy.deepcopy(message)
        head = head_of(filed, kind)
        rows = {key: row for key, _mark, row in rows_of(parse(before), kind)} if before is not None else {}
        for key, mark, row in rows_of(filed, kind):
            filed.remove(row)
            if mark == _STRUCK:
                rows.pop(key, None)
            else:
                rows[key] = row
        assert head is not None
        place = list(filed).index(head)
        for offset, row in enumerate(rows.values(), 1):
            _put(row, "ModfMarkcd", _KEPT)
            filed.insert(place + offset, row)
        _put(head, kind.number, number)
        if seq_no:
            _put(head, "SeqNo", seq_no)
        first = before is None
        _put(head, "PutrecApprTime" if first else "ChgApprTime", f"{now:%Y%m%d}")
        if before is not None:
            former = head_of(parse(before), kind)
            _put(head, "PutrecApprTime", text(former, "PutrecApprTime"))
        state = "备案通过" if first else "变更通过"
        self._write(Filed(kind.code, number, now.date().isoformat(), text(head, "BizopEtpsNm"), state), filed)

    def codes(self) -> list[str]:
        """Return the kinds of which something is on file."""
        return sorted(one.name for one in self._folder.iterdir()) if self._folder.is_dir() else []

    def listed(self, code: str, begin: date, end: date) -> list[Filed]:
        """Return the copies of a kind whose day lies in the range, by day and number."""
        found = [one for one in self._described(code) if begin.isoformat() <= one.day <= end.isoformat()]
        return sorted(found, key=lambda one: (one.day, one.number))

    def content(self, code: str, number: str) -> bytes | None:
        """Return a copy, None when there is none."""
        if not (_PLAIN.fullmatch(code) and _PLAIN.fullmatch(number)):
            return None
        path = self._folder / code / f"{number}.xml"
        return path.read_bytes() if path.is_file() else None

    def _described(self, code: str) -> Iterator[Filed]:
        folder = self._folder / code
        if _PLAIN.fullmatch(code) and folder.is_dir():
            for path in folder.glob("*.json"):
                yield Filed(**json.loads(path.read_text(encoding="utf-8")))

    def _write(self, filed: Filed, message: etree._Element) -> None:
        folder = self._folder / filed.code
        folder.mkdir(parents=True, exist_ok=True)
        described = json.dumps(asdict(filed), ensure_ascii=False).encode("utf-8")
        content = etree.tostring(message, xml_declaration=True, encoding="UTF-8", pretty_print=True)
        for suffix, written in ((".xml", content), (".json", described)):
            fresh = folder / f"{filed.number}{suffix}.new"
            fresh.write_bytes(written)
            os.replace(fresh, folder / f"{filed.number}{suffix}")


def _put(group: etree._Element, name: str, value: str) -> None:
    """Set an element of a group, adding it in the namespace of the group when it is not there."""
    found = child(group, name)
    if found is None:
        namespace = etree.QName(group).namespace
        found = etree.SubElement(group, f"{{{namespace}}}{name}" if namespace else name)
    found.text = value or None


def _day(written: str) -> date | None:
    try:
        return datetime.strptime(written[:8], "%Y%m%d").date()
    except ValueError:
        return None
