"""The files the rehearsal customs writes: true names, roots and vocabulary (message reference 8 and 9.3)."""

from __future__ import annotations

import os
import zlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from lxml import etree

from bondesk.adapters.xml.parser import local, text

_NAMESPACE = "http://www.w3.org/2000/09/xmldsig#"
#: SW element → HDE element where the first letter alone does not do (0.1).
_RENAMED = {"SeqNo": "invtPreentNo", "InvtType": "bondInvtTypecd", "ListStat": "invtStucd"}
_RENAMED |= {"PassportUsedTypeCd": "passportUsedTypecd"}
_NOT_RETURNED = {"Param1", "Param2", "Param3", "IcCardNo", "InputTime", "DecType", "ListType", "GenDecFlag"}


class Answers:
    """Writes the answers to one message into ``inbox``, each file in one rename; the place may change in between."""

    def __init__(self, inbox: Path, stem: str, now: datetime) -> None:
        """Answer the message ``stem``, dated ``now``."""
        self.inbox = inbox
        self._stem = stem
        self.now = now
        self._count = 0

    def import_failed(self, internal_no: str, reason: str) -> None:
        """CommonResponeMessage with DealFlag -1."""
        self._common("Failed", (("EtpsPreentNo", internal_no), ("CheckInfo", reason), ("DealFlag", "-1")))

    def imported(self, internal_no: str, seq_no: str) -> None:
        """CommonResponeMessage with DealFlag 0 and the 统一编号."""
        said = "保税核注清单申报服务调用成功"
        values = (("SeqNo", seq_no), ("EtpsPreentNo", internal_no), ("CheckInfo", said), ("DealFlag", "0"))
        self._common("Successed", values)

    def approved(self, message: etree._Element, number: Mapping[str, str], result: str) -> None:
        """INV201 with customs' own copy of the note: 1 已核扣, 4 预核扣."""
        mark = "2" if result == "1" else "1"
        body = self._body("INV201", number["bond_no"])
        self._result(body, number, result)
        self._bond(body, message, number, {"vrfdedMarkcd": mark, "prevdTime": self._moment()})
        self._receipt(body, "CUS0000E010000", "INV")

    def rejected(self, number: Mapping[str, str], reason: str, result: str = "3") -> None:
        """INV201 with manageResult 3 (Z, 2) and the reason in CheckInfo; a first one has no 清单编号 yet."""
        body = self._body("INV201", number["seq_no"])
        self._result(body, {**number, "bond_no": number["bond_no"] if number.get("kind") in {"2", "3"} else ""}, result)
        _leaf(etree.SubElement(body, _q("CheckInfo")), "note", reason)
        self._receipt(body, "CUS0000E010000", "INV")

    def book_decided(self, code: str, group: str, number: Mapping[str, str], reason: str) -> None:
        """EMS211, EML211 or EMS201: manageResult 1, or 3 with ``reason`` in CheckInfo."""
        self.decided(code, group, number, "3" if reason else "1", reason)

    def decided(self, code: str, group: str, number: Mapping[str, str], result: str, reason: str) -> None:
        """Any decision about a book: ``result`` as manageResult, ``reason`` in CheckInfo."""
        body = self._body(code, number["bond_no"] or number["seq_no"])
        self._result(body, number, result)
        if reason:
            _leaf(etree.SubElement(body, _q("CheckInfo")), "note", reason)
        else:
            _leaf(etree.SubElement(body, _q(group)), "etpsPreentNo", number["seq_no"])
        self._receipt(body, "CUS0000E010000", "EMS")

    def declaration_generated(self, number: Mapping[str, str]) -> None:
        """INV202 with the 报关单统一编号."""
        body = self._body("INV202", number["bond_no"])
        result = etree.SubElement(body, _q("InvApprResult"))
        _leaf(result, "invPreentNo", number["seq_no"])
        _leaf(result, "businessId", number["bond_no"])
        _leaf(result, "entrySeqNo", number["entry_seq_no"])
        _leaf(result, "manageResult", "1")
        _leaf(result, "createDate", self._moment())
        _leaf(result, "reason", "")
        self._receipt(body, "DXPEDCINVT000001DXPENT0000000000", "INVT")

    def posted(self, message: etree._Element, number: Mapping[str, str]) -> None:
        """INV211: 已核扣, with the declaration number."""
        body = self._body("INV211", number["bond_no"])
        values = {"vrfdedMarkcd": "2", "formalVrfdedTime": self._moment(), "entryNo": number["entry_no"]}
        self._bond(body, message, number, values | {"entryStucd": "1"})
        self._receipt(body, "CUS0000E010000", "INV")

    def _moment(self) -> str:
        return self.now.strftime("%Y-%m-%d %H:%M:%S")

    def _common(self, prefix: str, values: tuple[tuple[str, str], ...]) -> None:
        root = etree.Element("CommonResponeMessage")
        for name, value in values:
            etree.SubElement(root, name).text = value
        self._write(f"{prefix}_{self._stem}_{self._stamp()}.xml", root)

    def _body(self, code: str, business_no: str) -> etree._Element:
        package = etree.Element(_q("Package"), nsmap={None: _NAMESPACE})  # type: ignore[dict-item]
        envelope = etree.SubElement(package, _q("EnvelopInfo"))
        for name, value in (
            ("version", "1.0"),
            ("business_id", business_no),
            ("message_id", ""),
            ("file_name", ""),
            ("message_type", code),
            ("sender_id", "CUS0000"),
            ("receiver_id", "E010000"),
            ("send_time", self.now.strftime("%Y-%m-%dT%H:%M:%S")),
        ):
            _leaf(envelope, name, value)
        data = etree.SubElement(package, _q("DataInfo"))
        return etree.SubElement(etree.SubElement(data, _q("BussinessData")), _q(code))

    def _result(self, body: etree._Element, number: Mapping[str, str], result: str) -> None:
        part = etree.SubElement(body, _q("HdeApprResult"))
        _leaf(part, "etpsPreentNo", number["seq_no"])
        _leaf(part, "businessId", number["bond_no"])
        _leaf(part, "tmsCnt", number.get("count", "0"))
        _leaf(part, "typecd", number.get("kind", "1"))
        _leaf(part, "manageResult", result)
        _leaf(part, "manageDate", self._moment())
        _leaf(part, "rmk", "")

    def _bond(
        self, body: etree._Element, message: etree._Element, number: Mapping[str, str], more: Mapping[str, str]
    ) -> None:
        for part in message:
            if local(part) == "InvtHeadType":
                bond = etree.SubElement(body, _q("BondInvtBsc"))
                own = {"bondInvtNo": number["bond_no"], "invtPreentNo": number["seq_no"], "invtStucd": "0"}
                known = {**own, "vrfdedModecd": _writeoff_mode(part), **more}
                _copy(part, bond, known)
            elif local(part) == "InvtListType":
                line = etree.SubElement(body, _q("BondInvtDt"))
                _leaf(line, "bondInvtNo", number["bond_no"])
                _copy(part, line, {})

    def _receipt(self, body: etree._Element, prefix: str, extension: str) -> None:
        self._count += 1
        message_id = f"{prefix}{self.now:%Y%m%d%H%M%S}{self._count:03d}{zlib.crc32(self._stem.encode()):010d}"
        root = body.getroottree().getroot()
        for leaf in root.iter(_q("message_id")):
            leaf.text = message_id
        for leaf in root.iter(_q("file_name")):
            leaf.text = f"{message_id}.{extension}"
        self._write(f"Receipt_{self._stem}_{message_id}_{self._stamp()}.xml", root)

    def _stamp(self) -> str:
        self._count += 1
        return f"{self.now:%Y%m%d%H%M%S}{self._count:07d}"

    def _write(self, name: str, root: etree._Element) -> None:
        self.inbox.mkdir(parents=True, exist_ok=True)
        content = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
        writing = self.inbox / f"{name}.tmp"
        writing.write_bytes(content)
        os.replace(writing, self.inbox / name)


def _q(name: str) -> str:
    return f"{{{_NAMESPACE}}}{name}"


def _leaf(parent: etree._Element, name: str, value: str) -> None:
    leaf = etree.SubElement(parent, _q(name))
    if value:
        leaf.text = value


def _copy(source: etree._Element, target: etree._Element, known: Mapping[str, str]) -> None:
    """Copy a group in customs' vocabulary; ``known`` values take the place of what was sent."""
    written = set()
    for element in source:
        name = local(element)
        if name in _NOT_RETURNED:
            continue
        hde = _RENAMED.get(name, name[0].lower() + name[1:])
        _leaf(target, hde, known.get(hde, (element.text or "").strip()))
        written.add(hde)
    for name, value in known.items():
        if name not in written:
            _leaf(target, name, value)


def _writeoff_mode(head: etree._Element) -> str:
    """D 正扣, F 反扣: 0644 and 4600 imports are posted against their direction (handbook 5.6)."""
    against = {"0644", "0245", "4600", "4400"}
    return "F" if text(head, "SupvModecd") in against and text(head, "ImpexpMarkcd") == "I" else "D"
