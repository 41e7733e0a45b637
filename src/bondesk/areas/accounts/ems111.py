"""EMS111: the message of an account's filing or change, in the order of the message reference 3.2 to 3.4.

The inner element names are inferred (confidence C): an implementer corrects them in 报文元素 without code.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import object_session, with_parent

from bondesk.areas.accounts.book_model import Account, AccountConsumption, AccountLine
from bondesk.base.change import Mark
from bondesk.base.messages import Element, MessageFacts, MessageGroup, Value, numeric_value, sender_value

_A, _L, _U = Account, AccountLine, AccountConsumption


def or_own(key: str, own: str) -> Value:
    """Return a value of the processing enterprise: the operating one unless it is named."""
    return lambda row, _facts: getattr(row, key) or getattr(row, own)


HEAD = (
    Element("SeqNo", "预录入统一编号", "C18", "R", _A.seq_no),
    Element("EmsNo", "账册编号", "C..64", "C", _A.record_no, confidence="C"),
    Element("EtpsPreentNo", "企业内部编号", "C..64", "M", _A.internal_no, confidence="C"),
    Element("BizopEtpsno", "经营单位编码", "C10", "M", _A.customs_code, confidence="C"),
    Element("BizopEtpsSccd", "经营单位社会信用代码", "C18", "O", _A.credit_code, confidence="C"),
    Element("BizopEtpsNm", "经营单位名称", "C..512", "M", _A.enterprise_name, confidence="C"),
    Element("RcvgdEtpsno", "加工单位编码", "C10", "M", or_own("processor_code", "customs_code"), "processor_code", "C"),
    Element(
        "RvsngdEtpsSccd",
        "加工单位社会信用代码",
        "C18",
        "O",
        or_own("processor_credit", "credit_code"),
        "processor_credit",
        "C",
    ),
    Element(
        "RcvgdEtpsNm", "加工单位名称", "C..512", "M", or_own("processor_name", "enterprise_name"), "processor_name", "C"
    ),
    Element("DclEtpsno", "申报单位编码", "C10", "M", sender_value("declarant_code"), confidence="C"),
    Element("DclEtpsSccd", "申报单位社会信用代码", "C18", "O", sender_value("declarant_credit"), confidence="C"),
    Element("DclEtpsNm", "申报单位名称", "C..512", "M", sender_value("declarant_name"), confidence="C"),
    Element("DclEtpsTypecd", "申报单位类型", "C1", "O", _A.declarant_kind, confidence="C"),
    Element("DclTypecd", "申报类型", "C1", "M", _A.declare_kind, confidence="C"),
    Element("EmsTypecd", "账册类型", "C1", "M", _A.account_type, confidence="C"),
    Element("ApcretNo", "批准证编号", "C..64", "O", _A.approval_no, confidence="C"),
    Element("NetwkEtpsArcrpNo", "资质编号", "C..64", "M", _A.qualification_no, confidence="C"),
    Element("ActlImpTotalAmt", "实际进口总金额", "D25,5", "R", confidence="C"),
    Element("ActlExpTotalAmt", "实际出口总金额", "D25,5", "R", confidence="C"),
    Element("MtpckItemCnt", "料件项数", "N19", "R", confidence="C"),
    Element("EndprdItemCnt", "成品项数", "N19", "R", confidence="C"),
    Element("MaxTovrAmt", "最大周转金额", "D25,5", "M", _A.max_turnover, confidence="C"),
    Element("MasterCuscd", "主管海关", "C4", "M", _A.master_customs, confidence="C"),
    Element("DclTime", "申报日期", "DT8", "M", _A.declared_on, confidence="C"),
    Element("InputEtpsTypecd", "录入单位编码", "C10", "M", sender_value("declarant_code")),
    Element("InputEtpsSccd", "录入单位社会信用代码", "C18", "O", sender_value("declarant_credit"), confidence="C"),
    Element("InputEtpsNm", "录入单位名称", "C..512", "M", sender_value("declarant_name"), confidence="C"),
    Element("PutrecApprTime", "备案批准日期", "DT8", "R", field="approved_on", confidence="C"),
    Element("ChgApprTime", "变更批准日期", "DT8", "R", field="changed_on", confidence="C"),
    Element("RcntVclrTime", "最近核销日期", "DT8", "R", field="verified_on", confidence="C"),
    Element("InputTime", "录入日期", "DT8", "M", _A.entered_on, confidence="C"),
    Element("UcnsDclSegcd", "单耗申报环节", "C1", "M", _A.uc_stage, confidence="C"),
    Element(
        "UcnsVernoCntrFlag",
        "单耗版本号控制标志",
        "C1",
        "O",
        lambda row, _facts: "1" if row.version_control else "0",
        "version_control",
        "C",
    ),
    Element("ImpMaxAccount", "最大进口金额", "D25,5", "O", _A.import_limit, confidence="B"),
    Element("VclrPridVal", "核销周期", "D19,5", "M", _A.cycle_days, confidence="C"),
    Element("VclrTypecd", "核销类型", "C1", "O", _A.verification_kind, confidence="C"),
    Element("ChgTmsCnt", "变更次数", "N19", "M", _A.change_count, confidence="C"),
    Element("FinishValidDate", "结束有效日期", "DT8", "M", _A.valid_to, confidence="C"),
    Element("PauseImpexpMarkcd", "账册执行标志", "C1", "R", field="pause_mark", confidence="C"),
    Element("UsageTypecd", "账册用途", "C1", "O", _A.usage, confidence="C"),
    Element("Rmk", "备注", "C..4000", "O", _A.remark, confidence="C"),
    Element("Status", "数据状态", "C1", "M", lambda _row, _facts: "S", confidence="B"),
)


def goods_elements(material: bool) -> tuple[Element, ...]:
    """料件 and 成品 rows of an account (3.3); products carry no main mark and no opening quantity."""
    first = (
        Element("SeqNo", "统一编号", "C18", "R", confidence="C"),
        Element("GdsSeqno", "备案序号", "N19", "M", _L.item_no, confidence="C"),
        Element("GdsMtno", "料号", "C..32", "M", _L.part_no, confidence="C"),
        Element("Gdecd", "商品编码", "C10", "M", _L.hs_code, confidence="C"),
        Element("GdsNm", "商品名称", "C..512", "M", _L.name, confidence="C"),
        Element("EndprdGdsSpcfModelDesc", "规格型号", "C..512", "O", _L.spec, confidence="C"),
        Element("DclUnitcd", "申报计量单位", "C3", "M", _L.dcl_unit, confidence="C"),
        Element("LawfUnitcd", "法定计量单位", "C3", "M", _L.legal_unit1, confidence="C"),
        Element("SecdLawfUnitcd", "法定第二单位", "C3", "O", _L.legal_unit2, confidence="C"),
        Element("DclUprcAmt", "申报单价", "D25,5", "O", _L.price, confidence="C"),
        Element("DclCurrcd", "币制", "C3", "O", numeric_value("currency", "currency"), "currency", "C"),
        Element("DclQty", "申报数量", "D19,5", "O", _L.filed_qty, confidence="C"),
        Element("LvyrlfModecd", "征免方式", "C..6", "O", _L.duty_mode, confidence="C"),
    )
    marks = (
        Element("EtpsExeMarkcd", "企业执行标志", "C1", "M", _L.enterprise_mark, confidence="C"),
        Element("ModfMarkcd", "修改标志", "C1", "M", _L.row_mark, confidence="C"),
    )
    control = Element("QtyCntrMarkcd", "数量控制标志", "C..4", "O", _L.quantity_control, confidence="C")
    customs = Element("CusmExeMarkcd", "海关执行标志", "C1", "R", confidence="C")
    remark = Element("Rmk", "备注", "C..4000", "O", _L.remark, confidence="C")
    surplus = Element("ApprMaxSurpQty", "批准最大余数量", "D19,5", "R", confidence="C")
    if material:
        main = Element("AdjmtrMarkcd", "主料标志", "C1", "M", _main_mark, "main_mark", "C")
        opening = Element("VclrPridInitQty", "期初数量", "D19,5", "R", confidence="C")
        return (*first, main, *marks, opening, control, customs, surplus, remark)
    questions = (
        Element("UcnsTqsnFlag", "单耗质疑标志", "C1", "R", confidence="C"),
        Element("CsttnFlag", "磋商标志", "C1", "R", confidence="C"),
    )
    return (*first, control, *marks, customs, surplus, *questions, remark)


def _main_mark(row: AccountLine, _facts: MessageFacts) -> str:
    return row.main_mark or "1"


CONSUMPTION = (
    Element("SeqNo", "统一编号", "C18", "R", confidence="C"),
    Element("GseqNo", "序号", "N19", "M", _U.line_no, confidence="C"),
    Element("EndprdSeqno", "成品序号", "N19", "M", _U.product_no, confidence="C"),
    Element("EndprdGdsMtno", "成品料号", "C..32", "O", confidence="C"),
    Element("EndprdGdecd", "成品商品编码", "C10", "O", confidence="C"),
    Element("EndprdGdsNm", "成品商品名称", "C..512", "O", confidence="C"),
    Element("MtpckSeqno", "料件序号", "N19", "M", _U.material_no, confidence="C"),
    Element("MtpckGdsMtno", "料件料号", "C..32", "O", confidence="C"),
    Element("MtpckGdecd", "料件商品编码", "C10", "O", confidence="C"),
    Element("MtpckGdsNm", "料件商品名称", "C..512", "O", confidence="C"),
    Element("UcnsVerno", "单耗版本号", "C..8", "C", _U.uc_version, confidence="C"),
    Element("UcnsQty", "单耗", "D19,9", "M", _U.unit_consumption, "net", "C"),
    Element("NetUseupQty", "净耗", "D19,9", "M", _U.net, confidence="C"),
    Element("TgblLossRate", "有形损耗率", "D19,9", "M", _U.tangible, confidence="C"),
    Element("IntgbLossRate", "无形损耗率", "D19,9", "M", _U.intangible, confidence="C"),
    Element("UcnsDclStucd", "单耗申报状态", "C1", "M", _U.declared_state, confidence="C"),
    Element("BondMtpckPrpr", "保税料件比例", "D19,9", "M", _U.bonded, confidence="C"),
    Element("ModfMarkcd", "修改标志", "C1", "M", _U.row_mark, confidence="C"),
    Element("ValidDate", "单耗有效期", "DT8", "O", _U.valid_to, confidence="B"),
    Element("Rmk", "备注", "C..4000", "O", _U.remark, confidence="C"),
)


def once(document: Any) -> Sequence[Any]:
    """The head group stands once."""
    return (document,)


def marked(relation: str) -> Any:
    """Only rows with a mark go into the message (4.2); a row added and taken along by a 删除 was never filed.

    Of a stored document the other rows are never read.
    """

    def rows(document: Any) -> Sequence[Any]:
        session = object_session(document)
        attribute = getattr(type(document), relation)
        if session is None or relation not in inspect(document).unloaded:
            lines = getattr(document, relation)
        else:
            model = attribute.property.mapper.class_
            mine = select(model).where(with_parent(document, attribute), model.row_mark != Mark.SAME.value)
            lines = session.scalars(mine.order_by(model.line_no, model.id))
        return [line for line in lines if line.row_mark != Mark.SAME and getattr(line, "mark_before", "") != Mark.ADDED]

    return rows


def places(relation: str) -> Callable[[Any], Sequence[int]]:
    """Return where the rows of :func:`marked` stand among all rows of their table, from 0."""

    def found(document: Any) -> Sequence[int]:
        wanted = {line.id for line in marked(relation)(document)}
        session = object_session(document)
        if session is None:
            return [place for place, line in enumerate(getattr(document, relation)) if line.id in wanted]
        attribute = getattr(type(document), relation)
        model = attribute.property.mapper.class_
        ids = session.scalars(
            select(model.id).where(with_parent(document, attribute)).order_by(model.line_no, model.id)
        )
        return [place for place, line_id in enumerate(ids) if line_id in wanted]

    return found


GROUPS = (
    MessageGroup("NemsHead", HEAD, once),
    MessageGroup("NemsImgList", goods_elements(material=True), marked("materials"), "materials", places("materials")),
    MessageGroup("NemsExgList", goods_elements(material=False), marked("products"), "products", places("products")),
    MessageGroup("NemsCmList", CONSUMPTION, marked("consumptions"), "consumptions", places("consumptions")),
)
TAIL = (Element("OperCusRegCode", "操作卡海关十位编码", "C10", "M", sender_value("oper_customs_code"), confidence="C"),)
