"""演练海关 for declarations: takes what is right, refuses by its own lights, line by line."""

from __future__ import annotations

import pytest
from lxml import etree

from bondesk.adapters.rehearsal_declarations import problems_of_declaration
from bondesk.adapters.xml.packing import build_xml
from bondesk.areas.declarations.dec_message import DEC_MESSAGE
from bondesk.base.messages import SentPaper
from bondesk.engine.composing import compose
from builders.dec_messages import container, declaration, facts, pdf

PAPER = SentPaper("530100000001IM202501150000000001.pdf", "00000001", "发票.pdf", 9, pdf())


def text(way: str = "I", flag: str = "1", papers: tuple[SentPaper, ...] = ()) -> str:
    """The message of a whole declaration."""
    one, known = declaration(way), facts(flag, papers=papers)
    one.containers = [container()]
    return build_xml(DEC_MESSAGE, compose(DEC_MESSAGE, one, known), known, "S", "N").decode()


def problems(written: str, **files: bytes) -> list[str]:
    """What is refused about a message."""
    return problems_of_declaration(etree.fromstring(written.encode()), files)


@pytest.mark.parametrize("way", ["I", "E"])
@pytest.mark.parametrize("flag", ["0", "1"])
def test_what_we_write_is_taken(way: str, flag: str) -> None:
    """Our composer and these checks were written apart from the reference, and agree."""
    assert problems(text(way, flag)) == []
    assert problems(text(way, flag, (PAPER,)), **{PAPER.name: PAPER.content}) == []


#: what is replaced | by what | what is said
SPOILT = [
    ("<CustomMaster>5301<", "<CustomMaster>530<", "表头CustomMaster格式不正确：530"),
    ("<TradeCountry>JPN<", "<TradeCountry>116<", "表头TradeCountry格式不正确：116"),
    ("<PackNo>12<", "<PackNo>0<", "表头PackNo格式不正确：0"),
    ("<GoodsPlace>示例货运站</GoodsPlace>", "<GoodsPlace/>", "表头GoodsPlace不能为空"),
    ("<NetWt>110<", "<NetWt>200<", "净重大于毛重"),
    ("<GNo>2<", "<GNo>3<", "表体第2项：商品序号应为2"),
    ("<SecondQty>100</SecondQty>", "<SecondQty/>", "表体第1项：法定第二单位与法定第二数量须同时填写"),
    ("<ContrItem>1</ContrItem>", "<ContrItem/>", "表体第1项：备案序号不能为空"),
    ("<DeclTotal>850<", "<DeclTotal>860<", "表体第1项：成交数量与申报单价的乘积与申报总价不符"),
    ("<GQty>100000<", "<GQty>1E+5<", "表体第1项：GQty小数超过5位"),
    ("<ClientSeqNo>EX2025011500000001<", "<ClientSeqNo><", "ClientSeqNo 须为1至18位"),
    (' xmlns="http://www.chinaport.gov.cn/dec"', "", "命名空间应为 http://www.chinaport.gov.cn/dec"),
]


@pytest.mark.parametrize(("old", "new", "said"), SPOILT)
def test_what_is_refused(old: str, new: str, said: str) -> None:
    written = text()
    assert old in written
    assert problems(written.replace(old, new, 1)) == [said]


def test_countries_left_as_they_stand_on_exports() -> None:
    """The commonest mistake: OriginCountry filled with 原产国 on an export (reference 4.4)."""
    written = text("E").replace("<OriginCountry>JPN<", "<OriginCountry>CHN<")
    written = written.replace("<DestinationCountry>CHN<", "<DestinationCountry>JPN<")
    assert [one.partition("：")[2] for one in problems(written)] == [
        "原产国不正确，OriginCountry 与 DestinationCountry 疑似颠倒"
    ] * 2


def test_papers_are_in_the_zip_and_named() -> None:
    written = text(papers=(PAPER,))
    assert problems(written) == [f"随附单据 {PAPER.name} 不在压缩包中"]
    assert problems(written, **{PAPER.name: b"GIF89a"}) == [f"随附单据 {PAPER.name} 不是 PDF"]
    assert problems(text(), **{"x.pdf": pdf()}) == ["压缩包中的 x.pdf 没有在报文中说明"]
