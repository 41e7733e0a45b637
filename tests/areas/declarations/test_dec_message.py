"""DecMessage out: true names in canonical order, everything customs would refuse said at once, bytes as lxml writes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest
from lxml import etree

from bondesk.adapters.xml.packing import SingleWindowPacker, build_xml
from bondesk.areas.declarations.dec_elements import GOODS, HEAD
from bondesk.areas.declarations.dec_message import DEC_MESSAGE, NAMESPACE
from bondesk.areas.declarations.declaration_model import AttachedDocument, Declaration
from bondesk.areas.index import CATALOGUE
from bondesk.base.messages import BLOCKS, ROOT, Element, parts_of
from bondesk.engine.composing import Correction, Names, compose
from builders.dec_messages import container, declaration, facts
from builders.office import SHARED
from builders.plain_lxml import lxml_xml

EXAMPLES = SHARED / "spec" / "examples"
needs_examples = pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the message examples are not beside the repository")


def xml(one: Declaration, names: Names | None = None, declare_flag: str = "1") -> etree._Element:
    """Compose and write a declaration; return the root as read back."""
    known = facts(declare_flag)
    composed = compose(DEC_MESSAGE, one, known, names)
    return etree.fromstring(build_xml(DEC_MESSAGE, composed, known, "S", one.internal_no))


def local(parent: etree._Element) -> list[str]:
    """The local names of children, in order."""
    return [etree.QName(child).localname for child in parent]


def part(root: etree._Element, name: str) -> etree._Element:
    """The child of a local name."""
    found = root.find(f"{{{NAMESPACE}}}{name}")
    assert found is not None
    return found


def text(root: etree._Element, *way: str) -> list[str]:
    """The texts at a path of local names."""
    return [found.text or "" for found in root.findall("/".join(f"{{{NAMESPACE}}}{step}" for step in way))]


def codes(one: Declaration, declare_flag: str = "1") -> set[tuple[str, str, int | None]]:
    """(code, field, line) of every finding."""
    found = compose(DEC_MESSAGE, one, facts(declare_flag)).findings
    return {(finding.code, finding.field, finding.line) for finding in found}


# --- layout


@pytest.mark.parametrize("way", ["I", "E"])
def test_a_whole_declaration_has_no_findings(way: str) -> None:
    assert codes(declaration(way)) == set()
    assert codes(declaration(way), "0") == set()


@needs_examples
def test_names_and_order_are_those_of_the_example() -> None:
    """Head and goods hold the example's elements in its order; ours has more of the rare ones, as empty tags."""
    example = etree.parse(str(EXAMPLES / "decmessage-import-example.xml")).getroot()
    ours = xml(declaration())
    assert local(ours) == [name for name in local(example) if name != "EdocRealation"]
    for name in ("DecHead", "DecFreeTxt", "DecSign"):
        assert local(part(ours, name)) == local(part(example, name)), name
    goods, wanted = (local(part(root, "DecLists")[0]) for root in (ours, example))
    assert [name for name in goods if name in set(wanted)] == wanted


def test_the_root_is_plain_with_namespace_and_version() -> None:
    root = xml(declaration())
    assert root.tag == f"{{{NAMESPACE}}}DecMessage"
    assert dict(root.attrib) == {"Version": "4.8"}
    assert b'xmlns=""' not in etree.tostring(root)


def test_version_spelling_and_blocks_are_configured() -> None:
    """报文元素 says how the version is spelled and which it is, and which optional blocks are sent."""
    names = {
        (ROOT, "Version"): Correction("version", True, "5.0"),
        (BLOCKS, "DecOtherPacks"): Correction(),
        (BLOCKS, "DecContainers"): Correction(sent=False),
        ("DecList", "ControlExplainCode"): Correction(),
    }
    root = xml(declaration(), names)
    assert dict(root.attrib) == {"version": "5.0"}
    parts = local(root)
    assert "DecContainers" not in parts
    assert parts.index("DecLicenseDocus") < parts.index("DecOtherPacks") < parts.index("DecFreeTxt")
    assert local(part(root, "DecLists")[0])[-1] == "ControlExplainCode"
    assert "DecOtherPacks" not in local(xml(declaration()))


def test_what_is_demanded_cannot_be_left_out() -> None:
    found = compose(DEC_MESSAGE, declaration(), facts(), {("DecList", "CodeTS"): Correction(sent=False)}).findings
    assert [finding.code for finding in found] == ["MSGN-03"]


@pytest.mark.parametrize(("way", "origin", "destination"), [("I", "JPN", "CHN"), ("E", "JPN", "CHN")])
def test_countries_turn_on_exports(way: str, origin: str, destination: str) -> None:
    """OriginCountry holds 最终目的国 on exports: both ways the foreign country stands there here (4.4)."""
    one = declaration(way)
    line = one.lines[0]
    assert (line.origin_country, line.destination_country) == (("JPN", "CHN") if way == "I" else ("CHN", "JPN"))
    root = xml(one)
    assert text(root, "DecLists", "DecList", "OriginCountry") == [origin] * 2
    assert text(root, "DecLists", "DecList", "DestinationCountry") == [destination] * 2


def test_a_finding_about_a_turned_country_points_at_the_field_the_clerk_sees() -> None:
    one = declaration("E")
    one.lines[1].destination_country = ""
    assert codes(one) == {("MSG-01", "destination_country", 1)}


def test_the_party_abroad_stands_where_the_direction_says() -> None:
    inward, outward = xml(declaration("I")), xml(declaration("E"))
    assert text(inward, "DecHead", "OverseasConsignorEname") == ["EXAMPLE TRADING KK"]
    assert text(inward, "DecHead", "OverseasConsigneeEname") == [""]
    assert text(outward, "DecHead", "OverseasConsigneeEname") == ["EXAMPLE TRADING KK"]
    assert text(outward, "DecHead", "IEDate") == [""]


def test_sign_and_operation_type() -> None:
    """G keeps a draft, C declares; the own number is echoed by the answer; the client signs."""
    for flag, kind in (("0", "G"), ("1", "C")):
        root = xml(declaration(), declare_flag=flag)
        assert text(root, "DecSign", "OperType") == [kind]
        assert text(root, "DecSign", "ClientSeqNo") == ["EX2025011500000001"]
        assert text(root, "DecSign", "BillSeqNo") == ["202500000000000001"]
        assert text(root, "DecSign", "SignDate") == ["2025011509301500"]


def test_the_note_is_quoted_once() -> None:
    one = declaration()
    one.documents = [AttachedDocument(line_no=1, document_code="Y", document_no="<14>C1234567890")]
    assert text(xml(one), "DecLicenseDocus", "LicenseDocu", "DocuCode") == ["a", "Y"]
    assert text(xml(declaration()), "DecLicenseDocus", "LicenseDocu", "DocuCode") == ["a"]


def test_promises_and_plain_decimals() -> None:
    one = declaration()
    one.special_relation, one.royalty = "1", "0"
    root = xml(one)
    assert text(root, "DecHead", "PromiseItmes") == ["19099"]
    assert text(root, "DecHead", "GrossWet") == ["128.5"]
    assert not re.search(r">[-\d.]+E[+-]?\d+<", etree.tostring(root).decode())


# --- what is checked


def attribute(name: str) -> Element:
    """An element of head or goods by name."""
    return next(one for one in (*HEAD, *GOODS) if one.name == name)


#: PromiseItmes is never empty (9 per promise), nor DeclareName (who sends when nobody is named).
NEVER_EMPTY = {"PromiseItmes", "DeclareName"}
DEMANDED = [e for e in HEAD if e.need in "MD" and e.field_of(declaration()) and e.name not in NEVER_EMPTY]


@pytest.mark.parametrize("element", DEMANDED, ids=lambda e: e.name)
@pytest.mark.parametrize("declare_flag", ["0", "1"])
def test_every_demanded_element_of_the_head_is_checked(element: Element, declare_flag: str) -> None:
    """M always, D only when declaring (3.1)."""
    one, key = declaration(), element.field_of(declaration())
    setattr(one, key, None if key in {"packages", "gross_weight", "net_weight"} else "")
    wanted = element.need == "M" or declare_flag == "1"
    assert (("MSG-01", key, None) in codes(one, declare_flag)) is wanted


@pytest.mark.parametrize("element", [e for e in GOODS if e.need in "MD"], ids=lambda e: e.name)
@pytest.mark.parametrize("declare_flag", ["0", "1"])
def test_every_demanded_element_of_the_goods_is_checked(element: Element, declare_flag: str) -> None:
    one = declaration()
    key = element.field_of(one)
    setattr(one.lines[1], key, None)
    wanted = element.need == "M" or declare_flag == "1"
    assert (("MSG-01", key, 1) in codes(one, declare_flag)) is wanted


#: what is spoilt | field, value | (code, field, line)
SPOILT: Sequence[tuple[str, dict[str, Any], tuple[str, str, int | None]]] = [
    ("line", {"spec": "汉" * 128}, ("MSG-02", "spec", 1)),
    ("line", {"line_no": 3}, ("MSG-06", "line_no", 1)),
    ("line", {"item_no": None}, ("MSG-06", "item_no", 1)),
    ("line", {"legal_qty2": None}, ("MSG-06", "legal_qty2", 1)),
    ("line", {"legal_unit2": ""}, ("MSG-06", "legal_qty2", 1)),
    ("line", {"hs_code": "85322410"}, ("MSG-02", "hs_code", 1)),
    ("line", {"name": "甲\x07"}, ("MSG-04", "name", 1)),
    ("line", {"name": "甲\ud800"}, ("MSG-04", "name", 1)),
    ("head", {"internal_no": "1" * 19}, ("MSG-02", "internal_no", None)),
    ("head", {"net_weight": declaration().gross_weight + 1}, ("MSG-06", "net_weight", None)),  # type: ignore[operator]
    ("head", {"departure_port": ""}, ("MSG-01", "departure_port", None)),
    ("head", {"goods_place": ""}, ("MSG-01", "goods_place", None)),
    ("head", {"overseas_name": ""}, ("MSG-01", "overseas_name", None)),
    ("head", {"bill_no": "1" * 33}, ("MSG-02", "bill_no", None)),
]


@pytest.mark.parametrize(("where", "values", "wanted"), SPOILT)
def test_what_customs_would_refuse(where: str, values: dict[str, Any], wanted: tuple[str, str, int | None]) -> None:
    one = declaration()
    for key, value in values.items():
        setattr(one.lines[1] if where == "line" else one, key, value)
    assert codes(one) == {wanted}


def test_the_specification_is_counted_in_bytes_as_customs_counts() -> None:
    """127 Chinese signs and one Latin one are 255 bytes: one more is refused, and the sentence says how many."""
    one = declaration()
    one.lines[0].spec = "汉" * 127 + "A"
    assert codes(one) == set()
    one.lines[0].spec += "B"
    (found,) = compose(DEC_MESSAGE, one, facts()).findings
    assert "超过255字节（现为256" in found.text


def test_containers_name_goods_that_are_there() -> None:
    one = declaration()
    one.containers = [container("1，2")]
    assert codes(one) == set()
    one.containers = [container("1,3")]
    assert codes(one) == {("MSG-06", "goods_nos", 0)}


def test_codes_customs_does_not_know() -> None:
    one = declaration()
    one.lines[1].currency = "XXX"
    known = facts(known=lambda table, code: (table, code) != ("currency", "XXX"))
    found = compose(DEC_MESSAGE, one, known).findings
    assert [(f.code, f.field, f.line) for f in found] == [("MSG-07", "currency", 1)]


def test_all_findings_come_at_once() -> None:
    one = Declaration(internal_no="X", ie_flag="I")
    one.lines, one.documents, one.containers = list(declaration().lines), [], []
    one.lines[0].hs_code, one.lines[1].name = "1", ""
    found = compose(DEC_MESSAGE, one, facts()).findings
    assert {"declare_customs", "hs_code", "name", "goods_place", "trade_country"} <= {f.field for f in found}
    assert all(re.search("[\u4e00-\u9fff]", f.text) for f in found)


def test_an_empty_value_of_the_company_says_where_to_fill_it() -> None:
    from dataclasses import replace

    known = facts()
    found = compose(DEC_MESSAGE, declaration(), replace(known, sender=replace(known.sender, ic_card=""))).findings
    assert [f.text for f in found] == ["「录入员IC卡号」(TypistNo)必填，请在「企业基本信息」中填写"]


# --- the table itself


@pytest.mark.parametrize("message", [d.message for d in CATALOGUE.documents if d.message], ids=lambda m: m.code)
def test_every_element_has_a_row_in_the_table(message: Any) -> None:
    """Names are XML names, said once per group, labelled, in a form that is understood."""
    for group, elements in parts_of(message):
        names = [one.name for one in elements]
        assert len(set(names)) == len(names), group
        for one in elements:
            assert re.fullmatch(r"[A-Za-z_][\w.-]*", one.name)
            assert one.label
            assert re.fullmatch(r"C\d*(\.\.\d+)?|B\.\.\d+|[ND]\d+(,\d+)?|DT8|Date|DateTime", one.form), one.name


# --- bytes


HOSTILE = ["甲 & 乙 <丙> ]]>", "\"引号\" '与'", "行\n行\t列\r", "𠮷🙂", " 全角　空格 "]


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("way", ["I", "E"])
def test_the_bytes_are_those_of_lxml(way: str, hostile: str) -> None:
    one, known = declaration(way), facts()
    one.remark = one.lines[0].name = hostile
    one.containers = [container()]
    composed = compose(DEC_MESSAGE, one, known)
    written = build_xml(DEC_MESSAGE, composed, known, "S", "B")
    assert written == lxml_xml(DEC_MESSAGE, composed, known, "S", "B")
    assert SingleWindowPacker().pack(DEC_MESSAGE, composed, known, "S", "B").content == written
    read = SingleWindowPacker().read(DEC_MESSAGE, written)
    assert read.groups["DecList"][0]["GName"] == hostile
