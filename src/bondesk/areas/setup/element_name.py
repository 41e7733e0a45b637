"""报文元素: an implementer corrects uncertain element names of messages, without code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bondesk.base.documents import DocumentType, LineTable, Offer, group
from bondesk.base.element_name import ElementName, MessageNames
from bondesk.base.facts import Facts
from bondesk.base.findings import Finding, error
from bondesk.base.messages import parts_of

_XML_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]*")
#: The tail of a message has no group of its own.
TAIL = "（报文尾）"


def element_offers(catalogue: Any, _facts: Facts, head: Mapping[str, Any]) -> Sequence[Offer]:
    """Offer every element of the chosen message that is not proven, then the others."""
    messages = {d.message.code: d.message for d in catalogue.documents if d.message is not None}
    message = messages.get(str(head.get("message_code") or "").upper())
    if message is None:
        return []
    parts = [*parts_of(message), (TAIL, message.tail)]
    found = []
    for certain in (False, True):
        branch = "已证实" if certain else "未证实"
        for name, elements in parts:
            for element in elements:
                if (element.confidence == "A") is certain:
                    values = {"group_name": name, "element": element.name, "label": element.label}
                    values |= {"confidence": element.confidence, "sent": element.sent}
                    found.append(Offer((branch, name), f"{element.name} {element.label}", values))
    return found


def names_possible(names: MessageNames, _facts: Facts) -> Iterator[Finding]:
    """MSGN-01: an own name is an XML name; MSGN-02: one element is corrected once."""
    seen: set[tuple[str, str]] = set()
    for position, line in enumerate(names.elements):
        if line.own_name and not _XML_NAME.fullmatch(line.own_name):
            text = f"“{line.own_name}”不能作元素名：只能用英文字母、数字、下划线、点和连字符，且不以数字开头"
            yield error("MSGN-01", text, "own_name", position, table="elements")
        key = (line.group_name or "", line.element or "")
        if key in seen:
            yield error("MSGN-02", f"元素 {line.element} 出现两次", "element", position, table="elements")
        seen.add(key)


ELEMENT_NAME = DocumentType(
    key="element_name",
    title="报文元素",
    area="config",
    header=MessageNames,
    number=(MessageNames.message_code,),
    list_columns=(MessageNames.message_code, MessageNames.active, MessageNames.remark),
    form=(group("报文", MessageNames.message_code, MessageNames.active, MessageNames.remark),),
    lines=(
        LineTable(
            "elements",
            "元素",
            MessageNames.elements,
            (
                ElementName.group_name,
                ElementName.element,
                ElementName.label,
                ElementName.confidence,
                ElementName.own_name,
                ElementName.own_text,
                ElementName.sent,
            ),
            offers=element_offers,
        ),
    ),
    rules=(names_possible,),
    help="账册、手册、资质报文中有些元素名是推断的；单一窗口实际名称不同时，在这里更正，不需要改程序。",
)
