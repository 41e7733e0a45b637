"""INV101: the message of a bonded note as data, in the order of the message reference 2.2 and 2.3."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bondesk.areas.notes.bonded_note_model import BondedNote, NoteLine
from bondesk.areas.notes.receipts import RECEIPT_CODES, receive
from bondesk.base.findings import Finding, error
from bondesk.base.messages import (
    Element,
    Message,
    MessageFacts,
    MessageGroup,
    Value,
    answer_forgotten,
    numeric_value,
    sender_value,
)


def _declared(note: BondedNote) -> bool:
    return note.declaration_flag == "1"


def _when(test: Any, value: Value) -> Value:
    """Return a value that is only sent while ``test`` holds for the note."""
    return lambda row, facts: value(row, facts) if test(row) else ""


def _own_declaration(note: BondedNote) -> bool:
    return _declared(note) and note.declaration_link_type == "2"


def _linked_declaration(note: BondedNote) -> bool:
    return _declared(note) and note.declaration_link_type == "1"


def _own(attribute: Any) -> Value:
    """Return the value of an attribute of the note itself."""
    return lambda row, _facts: getattr(row, attribute.key)


def _system(note: BondedNote, _facts: MessageFacts) -> str:
    """95 加工贸易账册; B1 加工贸易手册 (0.3), by the first sign of the record number."""
    return "B1" if note.record_no[:1] in {"B", "C", "D"} else "95"


def _folder(note: BondedNote) -> str:
    return "Npts" if note.record_no[:1] in {"B", "C", "D"} else "Nems"


_N, _L = BondedNote, NoteLine
#: 两步申报: the number of the declaration is known before the note's.
_TWO_STEP = {"X", "Y"}
_CORR = (
    Element(
        "CorrEntryDclEtpsSccd",
        "对应报关单申报单位信用代码",
        "C18",
        "C",
        _when(_own_declaration, sender_value("declarant_credit")),
    ),
    Element(
        "CorrEntryDclEtpsNo",
        "对应报关单申报单位编号",
        "C10",
        "C",
        _when(_own_declaration, sender_value("declarant_code")),
    ),
    Element(
        "CorrEntryDclEtpsNm",
        "对应报关单申报单位名称",
        "C..512",
        "C",
        _when(_own_declaration, sender_value("declarant_name")),
    ),
)
#: 关联报关单 parties (28–36): sent while the counterpart declares, else empty; the name precedes the number at last.
_RELATED = tuple(
    Element(name, label, form, "C", _when(_linked_declaration, _own(attribute)), attribute.key)
    for name, label, form, attribute in (
        ("RltEntryBizopEtpsSccd", "关联报关单境内收发货人信用代码", "C18", _N.related_trader_credit),
        ("RltEntryBizopEtpsno", "关联报关单境内收发货人编号", "C10", _N.related_trader_code),
        ("RltEntryBizopEtpsNm", "关联报关单境内收发货人名称", "C..512", _N.related_trader_name),
        ("RltEntryRvsngdEtpsSccd", "关联报关单消费使用单位信用代码", "C18", _N.related_owner_credit),
        ("RltEntryRcvgdEtpsno", "关联报关单消费使用单位编号", "C10", _N.related_owner_code),
        ("RltEntryRcvgdEtpsNm", "关联报关单消费使用单位名称", "C..512", _N.related_owner_name),
        ("RltEntryDclEtpsSccd", "关联报关单申报单位信用代码", "C18", _N.related_declarant_credit),
        ("RltEntryDclEtpsNm", "关联报关单申报单位名称", "C..512", _N.related_declarant_name),
        ("RltEntryDclEtpsno", "关联报关单申报单位编号", "C10", _N.related_declarant_code),
    )
)

HEAD = (
    Element("SeqNo", "预录入统一编号", "C18", "R", _N.seq_no),
    Element("BondInvtNo", "清单编号", "C..64", "R", _N.bond_no),
    Element("ChgTmsCnt", "变更次数", "N19", "M", _N.change_count),
    Element("PutrecNo", "备案编号", "C..64", "M", _N.record_no),
    Element("EtpsInnerInvtNo", "企业内部清单编号", "C..64", "M", _N.internal_no),
    Element("BizopEtpsSccd", "经营企业社会信用代码", "C18", "M", sender_value("enterprise_credit")),
    Element("BizopEtpsno", "经营企业编号", "C10", "M", sender_value("enterprise_code")),
    Element("BizopEtpsNm", "经营企业名称", "C..512", "M", sender_value("enterprise_name")),
    Element("RvsngdEtpsSccd", "收发货企业社会信用代码", "C18", "M", sender_value("enterprise_credit")),
    Element("RcvgdEtpsno", "收发货企业编号", "C10", "M", sender_value("enterprise_code")),
    Element("RcvgdEtpsNm", "收发货企业名称", "C..512", "M", sender_value("enterprise_name")),
    Element("DclEtpsSccd", "申报企业社会信用代码", "C18", "M", sender_value("declarant_credit")),
    Element("DclEtpsno", "申报企业编号", "C10", "M", sender_value("declarant_code")),
    Element("DclEtpsNm", "申报企业名称", "C..512", "M", sender_value("declarant_name")),
    Element("InputCode", "录入企业编号", "C10", "M", sender_value("declarant_code")),
    Element("InputCreditCode", "录入企业社会信用代码", "C18", "M", sender_value("declarant_credit")),
    Element("InputName", "录入单位名称", "C..255", "M", sender_value("declarant_name")),
    Element("InputTime", "录入日期", "DT8", "M", _N.entered_on),
    Element("InvtDclTime", "清单申报日期", "DT8", "M", _N.declared_on),
    Element("EntryDclTime", "报关单申报日期", "DT8", "R"),
    Element(
        "EntryNo", "对应报关单编号", "C..64", "R", _when(_own_declaration, _own(_N.declaration_no)), "declaration_no"
    ),
    *_CORR,
    Element("RltInvtNo", "关联清单编号", "C..64", "C", _N.linked_note_no),
    Element("RltPutrecNo", "关联备案编号", "C..64", "C", _N.linked_record_no),
    Element(
        "RltEntryNo",
        "关联报关单编号",
        "C..64",
        "C",
        _when(_linked_declaration, _own(_N.linked_declaration_no)),
        "linked_declaration_no",
    ),
    *_RELATED,
    Element("ImpexpPortcd", "进出境关别", "C4", "M", _N.entry_exit_customs),
    Element("DclPlcCuscd", "申报地关区", "C4", "M", _N.declare_customs),
    Element("ImpexpMarkcd", "进出口标记", "C1", "M", _N.ie_flag),
    Element("MtpckEndprdMarkcd", "料件成品标记", "C1", "M", _N.goods_flag),
    Element("SupvModecd", "监管方式", "C4", "M", _N.supervision_mode),
    Element("TrspModecd", "运输方式", "C1", "M", _N.transport_mode),
    Element("ApplyNo", "申报表编号", "C..64", "C", _N.application_no),
    Element("ListType", "流转类型", "C1", "C", _N.note_flow_type),
    Element("DclcusFlag", "报关标志", "C1", "M", _N.declaration_flag),
    Element("DclcusTypecd", "报关类型", "C1", "C", _N.declaration_link_type),
    Element("PrevdTime", "预核扣时间", "DateTime", "R"),
    Element("FormalVrfdedTime", "正式核扣时间", "DateTime", "R"),
    Element("InvtIochkptStucd", "清单进出卡口状态", "C1", "R"),
    Element("VrfdedMarkcd", "核扣标志", "C1", "R", field="writeoff_mark"),
    Element("IcCardNo", "申报人IC卡号", "C..20", "O", sender_value("ic_card")),
    Element("ListStat", "清单状态", "C1", "R", field="list_state"),
    Element("DecType", "报关单类型", "C1", "C", _N.declaration_type),
    Element("Rmk", "备注", "C..4000", "O", _N.remark),
    Element(
        "StshipTrsarvNatcd",
        "启运/运抵国",
        "C3",
        "M",
        numeric_value("country", "trade_partner_country"),
        "trade_partner_country",
    ),
    Element("InvtType", "清单类型", "C1", "M", _N.note_type),
    Element("EntryStucd", "报关状态", "C1", "R"),
    Element("PassportUsedTypeCd", "核放单生成标志", "C1", "R"),
    Element("NeedEntryModified", "报关单同步修改标志", "C1", "R"),
    Element("LevyBlAmt", "计征金额", "C..25", "R"),
    Element("DclTypecd", "申报类型", "C1", "M", _N.declare_kind),
    Element("GenDecFlag", "是否生成报关单", "C1", "M", _N.generate_declaration),
    Element("Param1", "备用1", "C..64"),
    Element("Param2", "备用2", "C..64"),
    Element("Param3", "备用3", "D19,5"),
)

LINES = (
    Element("SeqNo", "统一编号", "C18", "R", lambda line, _facts: line.head_seq_no),
    Element("GdsSeqno", "商品序号", "N19", "M", _L.line_no),
    Element("PutrecSeqno", "备案序号", "N19", "C", _L.item_no),
    Element("GdsMtno", "商品料号", "C..32", "M", _L.part_no),
    Element("Gdecd", "商品编码", "C10", "M", _L.hs_code),
    Element("GdsNm", "商品名称", "C..512", "M", _L.name),
    Element("GdsSpcfModelDesc", "规格型号", "C..512", "M", _L.spec),
    Element("DclUnitcd", "申报计量单位", "C3", "M", _L.dcl_unit),
    Element("LawfUnitcd", "法定计量单位", "C3", "M", _L.legal_unit1),
    Element("SecdLawfUnitcd", "法定第二计量单位", "C3", "O", _L.legal_unit2),
    Element("Natcd", "原产国", "C3", "M", numeric_value("country", "origin_country"), "origin_country"),
    Element("DclUprcAmt", "企业申报单价", "D25,4", "M", _L.price),
    Element("DclTotalAmt", "企业申报总价", "D25,2", "M", _L.total),
    Element("UsdStatTotalAmt", "美元统计总金额", "D25,5", "O"),
    Element("DclCurrcd", "币制", "C3", "M", numeric_value("currency", "currency"), "currency"),
    Element("LawfQty", "法定数量", "D19,5", "M", _L.legal_qty1),
    Element("SecdLawfQty", "第二法定数量", "D19,5", "C", _L.legal_qty2),
    Element("WtSfVal", "重量比例因子", "D19,5", "O"),
    Element("FstSfVal", "第一比例因子", "D19,5", "O"),
    Element("SecdSfVal", "第二比例因子", "D19,5", "O"),
    Element("DclQty", "申报数量", "D19,5", "M", _L.dcl_qty),
    Element("GrossWt", "毛重", "D19,5", "O", _L.gross_weight),
    Element("NetWt", "净重", "D19,5", "O", _L.net_weight),
    Element("UseCd", "重点商品标识", "C..4", "O", _L.key_goods, confidence="B"),
    Element("LvyrlfModecd", "征免方式", "C1", "M", _L.duty_mode),
    Element("UcnsVerno", "单耗版本号", "C..8", "C", _L.uc_version),
    Element("EntryGdsSeqno", "报关单商品序号", "N19", "O", _L.declaration_line_no),
    Element("ApplyTbSeqno", "流转申报表序号", "N19", "C", _L.application_line_no),
    Element("ClyMarkcd", "危化品标志", "C1", "M", _L.dangerous, confidence="B"),
    Element("Rmk", "备注", "C..4000", "O", _L.remark),
    Element(
        "DestinationNatcd",
        "最终目的国",
        "C3",
        "M",
        numeric_value("country", "destination_country"),
        "destination_country",
    ),
    Element("ModfMarkcd", "修改标志", "C1", "M", _L.row_mark),
    Element("Param1", "来源标识", "C..64", "O", confidence="B"),
    Element("Param3", "自动备案序号", "C..19", "R", confidence="B"),
)


def _cross_checks(note: BondedNote, _facts: MessageFacts) -> Iterator[Finding]:
    """Cross-field rules of the Single Window's own form (2.2)."""
    if not _declared(note):
        if note.declaration_link_type:
            yield error("MSG-06", "非报关清单不能填报关类型", "declaration_link_type")
        if note.declaration_type:
            yield error("MSG-06", "非报关清单不能填报关单类型", "declaration_type")
        if note.generate_declaration == "1":
            yield error("MSG-06", "非报关清单不能生成报关单", "generate_declaration")
    else:
        if note.declaration_link_type not in {"1", "2"}:
            yield error("MSG-06", "报关清单须填报关类型（1 关联报关，2 对应报关）", "declaration_link_type")
        if note.declaration_link_type == "1" and note.declaration_type in _TWO_STEP and not note.linked_declaration_no:
            yield error("MSG-06", "两步申报的关联报关须填关联报关单编号", "linked_declaration_no")
        if note.generate_declaration == "1" and not note.declaration_type:
            yield error("MSG-06", "生成报关单时须填报关单类型", "declaration_type")
    if note.note_type == "9":
        if not _own_declaration(note) or note.generate_declaration != "1":
            yield error("MSG-06", "一纳成品内销清单须为对应报关并生成报关单", "declaration_link_type")
        if note.note_flow_type != "Y" or not note.application_no:
            yield error("MSG-06", "一纳成品内销清单须填流转类型 Y 和申请表编号", "application_no")
    if note.note_type == "8" and (_declared(note) or note.generate_declaration == "1"):
        yield error("MSG-06", "保税电商清单须为非报关、不生成报关单", "note_type")


def _once(note: BondedNote) -> Sequence[Any]:
    return (note,)


def _lines(note: BondedNote) -> Sequence[Any]:
    for line in note.lines:
        line.head_seq_no = note.seq_no or ""
    return note.lines


INV101 = Message(
    code="INV101",
    title="保税核注清单",
    root="InvtMessage",
    groups=(MessageGroup("InvtHeadType", HEAD, _once), MessageGroup("InvtListType", LINES, _lines, "lines")),
    tail=(
        Element("SysId", "子系统", "C2", "M", _system),
        Element("OperCusRegCode", "操作卡海关十位编码", "C10", "M", sender_value("oper_customs_code")),
    ),
    folder=_folder,
    direction=lambda note: note.ie_flag,
    number=BondedNote.internal_no,
    seq_no=BondedNote.seq_no,
    business_no=BondedNote.bond_no,
    receipt_codes=RECEIPT_CODES,
    receive=receive,
    ordered=answer_forgotten,
    checks=lambda note, facts: tuple(_cross_checks(note, facts)),
    copies=frozenset({"INV201", "INV211"}),
)
