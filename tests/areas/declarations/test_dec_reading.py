"""DecMessage read back: model → XML → model is the identity, and a reader that minds little."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect

from bondesk.adapters.xml.packing import SingleWindowPacker, build_xml
from bondesk.areas.declarations.dec_message import DEC_MESSAGE
from bondesk.areas.declarations.dec_reading import read_declaration
from bondesk.areas.declarations.declaration_lines import DeclarationLine
from bondesk.areas.declarations.declaration_model import AttachedDocument, Container, Declaration
from bondesk.base.errors import Refused
from bondesk.base.numbers import plain
from bondesk.base.steps import play
from bondesk.engine import message_import
from bondesk.engine.composing import compose
from bondesk.engine.engine import SYSTEM
from builders.dec_messages import container, declaration, facts, pdf
from builders.office import SHARED, Office

PACKER = SingleWindowPacker()
EXAMPLE = SHARED / "spec" / "examples" / "decmessage-import-example.xml"
needs_example = pytest.mark.skipif(not EXAMPLE.is_file(), reason="the message examples are not beside the repository")
#: What no element holds: the message cannot bring it back (decision 0015).
UNSENT = {"net_weight", "gross_weight", "packages", "hand_typed", "reason", "id", "company_id", "header_id"}
HEAD_UNSENT = {"copy", "id", "company_id", "declaration_no", "pre_entry_no", "match_state", "partner", "reason"}
HEAD_UNSENT |= {"customs_state", "customs_reason", "customs_at", "not_recomputed", "state"}


def values(row: Any, unsent: set[str]) -> dict[str, Any]:
    """The values a message may hold, empty ones left out."""
    found = {one.key: getattr(row, one.key) for one in inspect(type(row)).column_attrs if one.key not in unsent}
    return {key: value for key, value in found.items() if value not in (None, "") and not key.startswith("origin_r")}


def whole(one: Declaration) -> dict[str, Any]:
    """A declaration as plain values."""
    return {
        "head": values(one, HEAD_UNSENT),
        "lines": [values(line, UNSENT) for line in one.lines],
        "documents": [values(row, UNSENT) for row in one.documents],
        "containers": [values(row, UNSENT) for row in one.containers],
    }


def written(one: Declaration, declare_flag: str = "1") -> bytes:
    """The message of a declaration; it must be fit to send."""
    known = facts(declare_flag)
    composed = compose(DEC_MESSAGE, one, known)
    assert composed.findings == ()
    return PACKER.pack(DEC_MESSAGE, composed, known, "S", one.internal_no).content


def again(content: bytes) -> Declaration:
    """Read a message; nothing in it may be unreadable."""
    found, findings = read_declaration(PACKER.read(DEC_MESSAGE, content))
    assert findings == []
    return found


@pytest.mark.parametrize("way", ["I", "E"])
def test_a_whole_declaration_comes_back(way: str) -> None:
    one = declaration(way)
    one.containers = [container()]
    one.special_relation, one.royalty = "1", "0"
    assert whole(again(written(one))) == whole(one)


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), min_size=1, max_size=20)
CODE = st.text("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", min_size=1, max_size=8)


def exact(places: int, whole_digits: int = 9) -> st.SearchStrategy[Decimal]:
    """A positive number of the trade."""
    most = 10 ** (whole_digits + places) - 1
    return st.integers(1, most).map(lambda number: Decimal(number).scaleb(-places))


@st.composite
def lines(draw: st.DrawFn, way: str, count: int) -> list[DeclarationLine]:
    """Goods with anything optional there or not."""
    found = declaration(way, lines=count).lines
    for line in found:
        line.name, line.spec = draw(TEXT), draw(TEXT)
        line.dcl_qty, line.legal_qty1 = draw(exact(5)), draw(exact(5))
        line.price, line.total = draw(exact(4)), draw(exact(2))
        if draw(st.booleans()):
            line.legal_qty2, line.legal_unit2 = None, ""
        line.part_no, line.goods_brand, line.ingredients = draw(CODE), draw(TEXT), draw(TEXT)
        line.origin_country, line.destination_country = draw(st.sampled_from(["JPN", "CHN", "USA"])), "CHN"
    return found


@st.composite
def declarations(draw: st.DrawFn) -> Declaration:
    """Declarations fit to send, both ways."""
    way = draw(st.sampled_from("IE"))
    one = declaration(way)
    one.lines = draw(lines(way, draw(st.integers(1, 6))))
    for key in ("contract_no", "bill_no", "transport_name", "voyage_no", "lading_no"):
        setattr(one, key, draw(st.one_of(st.just(""), CODE)))
    one.remark, one.marks, one.domestic_name, one.overseas_name = draw(TEXT), draw(TEXT), draw(TEXT), draw(TEXT)
    one.net_weight = draw(exact(5, 6))
    one.gross_weight = one.net_weight + draw(exact(5, 3))
    one.freight, one.freight_mark, one.freight_currency = draw(exact(4)), "3", "USD"
    one.misc_fee = -draw(exact(4))
    one.unloaded_on = draw(st.one_of(st.none(), st.dates(date(2000, 1, 1), date(2099, 12, 31))))
    one.price_influence, one.provisional_price = draw(st.sampled_from("019")), draw(st.sampled_from("019"))
    if draw(st.booleans()):
        one.documents.append(AttachedDocument(line_no=2, document_code="Y", document_no=draw(CODE)))
    if draw(st.booleans()):
        one.containers = [container(",".join(str(line.line_no) for line in one.lines))]
        one.containers[0].goods_weight = draw(exact(5))
    return one


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(one=declarations(), declare_flag=st.sampled_from("01"))
def test_model_to_xml_to_model_is_the_identity(one: Declaration, declare_flag: str) -> None:
    content = written(one, declare_flag)
    back = again(content)
    assert whole(back) == whole(one)
    assert written(back, declare_flag) == content


@needs_example
def test_the_example_is_read() -> None:
    one = again(EXAMPLE.read_bytes())
    assert (one.internal_no, one.ie_flag, one.note_no) == ("EX2025011500000001", "I", "QD233325I000000001")
    assert [line.hs_code for line in one.lines] == ["8532241000", "8534009000"]
    assert one.lines[1].price == Decimal("1.25")
    assert (one.lines[0].origin_country, one.lines[0].destination_country) == ("JPN", "CHN")
    assert [row.document_code for row in one.documents] == ["a"]


def test_any_order_both_spellings_and_what_nobody_knows() -> None:
    """Head shuffled, parts shuffled, elements in other letters, obsolete and unknown ones, another envelope."""
    one = declaration()
    text = written(one).decode().replace('Version="4.8"', 'version="3.1"').replace("DecFreeTxt", "DECFREETXT", 0)
    head = re.search(r"<DecHead>\n(.*?)  </DecHead>", text, re.S)
    assert head is not None
    turned = "".join(reversed(head.group(1).splitlines(keepends=True)))
    turned += "<DistrictCode>32052</DistrictCode><PayWay/><Novelty>1</Novelty>"
    text = text.replace(head.group(1), turned).replace("GrossWet", "GROSSWET")
    licences = re.search(r"  <DecLicenseDocus>.*?</DecLicenseDocus>\n", text, re.S)
    assert licences is not None
    text = text.replace(licences.group(), "").replace("</DecMessage>", f"{licences.group()}</DecMessage>")
    assert whole(again(text.encode())) == whole(one)
    body = text.partition("?>\n")[2]
    wrapped = f"<ImportMessage><SWImpHead/><SWImpData>{body}</SWImpData></ImportMessage>"
    assert whole(again(wrapped.encode())) == whole(one)


def test_old_three_digit_codes_become_alpha_3() -> None:
    text = written(declaration()).decode().replace(">JPN<", ">116<").replace(">USD<", ">502<")
    old = {("country", "116"): "JPN", ("currency", "502"): "USD"}
    read = PACKER.read(DEC_MESSAGE, text.encode())
    one, findings = read_declaration(read, lambda table, code: old.get((table, code)))
    assert findings == []
    assert (one.trade_country, one.lines[0].origin_country, one.lines[0].currency) == ("JPN", "JPN", "USD")


#: what stands in the file | code, field, line
UNREADABLE = [
    ("GrossWet", "viel", ("IMP-07", "gross_weight", None)),
    ("IEDate", "20251345", ("IMP-02", "entry_exit_date", None)),
    ("PackNo", "1.5", ("IMP-07", "packages", None)),
    ("GQty", "1e999999", ("IMP-07", "dcl_qty", 0)),
    ("GQty", "0.000001", ("IMP-07", "dcl_qty", 0)),
    ("CodeTS", "9" * 40, ("IMP-10", "hs_code", 0)),
]


@pytest.mark.parametrize(("name", "text", "wanted"), UNREADABLE)
def test_what_cannot_be_read_is_said(name: str, text: str, wanted: tuple[str, str, int | None]) -> None:
    content = re.sub(f"<{name}>[^<]*<", f"<{name}>{text}<", written(declaration()).decode(), count=1)
    _one, findings = read_declaration(PACKER.read(DEC_MESSAGE, content.encode()))
    assert [(f.code, f.field, f.line) for f in findings] == [wanted]


# --- files imported


def bring(office: Office, key: str, path: Path) -> str:
    """Import a message file as the clerk; return what was said."""
    with office.act() as act:
        return play(message_import.import_message_steps(act, office.document(key), path)).text


def formal(number: str = "530120251000000001", quantity: str = "100000") -> str:
    """The message of a declared 报关单 as a broker hands it over."""
    text = written(declaration()).decode()
    text = re.sub("<EntryId/>", f"<EntryId>{number}</EntryId>", text)
    text = text.replace("<SeqNo/>", "<SeqNo>I20250000000000001</SeqNo>")
    return text.replace("<GQty>100000<", f"<GQty>{quantity}<")


def test_a_formal_copy_stands_alone_and_is_replaced_by_a_newer_file(codes_office: Office, tmp_path: Path) -> None:
    path = tmp_path / "formal.xml"
    path.write_text(formal(), encoding="utf-8")
    assert bring(codes_office, "declaration_formal", path) == "已导入「报关单正式单」530120251000000001"
    path.write_text(formal(quantity="90000"), encoding="utf-8")
    assert bring(codes_office, "declaration_formal", path) == "已更新「报关单正式单」530120251000000001"
    with codes_office.act(SYSTEM) as act:
        (one,) = act.facts.find(Declaration)
        assert (one.copy, one.state, one.internal_no) == ("formal", "DECLARED", "EX2025011500000001")
        assert [line.dcl_qty for line in one.lines] == [Decimal(90000)] * 2
        assert len(act.facts.find(DeclarationLine)) == 2
        assert len(act.facts.find(Container)) == 0


def test_a_draft_is_never_replaced(codes_office: Office, tmp_path: Path) -> None:
    path = tmp_path / "draft.zip"
    known = facts(papers=())
    content = build_xml(DEC_MESSAGE, compose(DEC_MESSAGE, declaration(), known), known, "S", "B")
    import zipfile

    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("发票.pdf", pdf())
        archive.writestr("draft.xml", content)
    assert "EX2025011500000001" in bring(codes_office, "declaration", path)
    with pytest.raises(Refused, match="IMP-08"), codes_office.act() as act:
        play(message_import.import_message_steps(act, codes_office.document("declaration"), path))
    with codes_office.act(SYSTEM) as act:
        (one,) = act.facts.find(Declaration)
        assert (one.copy, one.state) == ("draft", "DRAFT")


def test_other_files_are_refused_with_a_reason(codes_office: Office, tmp_path: Path) -> None:
    path = tmp_path / "other.xml"
    for text, reason in (
        ("<InvtMessage/>", "根元素是 InvtMessage"),
        ("<DecMessage>", "不是完整的 XML"),
        ("PK nonsense", "压缩包损坏"),
        (re.sub("<EntryId>.*</EntryId>", "", formal()).replace("I20250000000000001", ""), "IMP-09"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(Refused) as refused, codes_office.act() as act:
            play(message_import.import_message_steps(act, codes_office.document("declaration_formal"), path))
        assert reason in str(refused.value)


def test_plain_decimals_in_the_file() -> None:
    assert b"<GQty>100000</GQty>" in written(declaration())
    assert plain(Decimal("1E+5")) == "100000"
