"""EMS101: the message of a qualification, in the order of message reference 4; inner names are inferred (C)."""

from __future__ import annotations

from bondesk.areas.accounts.ems111 import marked, once, or_own
from bondesk.areas.accounts.qualification_model import Qualification, QualificationLine
from bondesk.base.messages import Element, MessageGroup, fixed_value, sender_value

_Q, _L = Qualification, QualificationLine

HEAD = (
    Element("SeqNo", "预录入统一编号", "C18", "R", _Q.seq_no),
    Element("EtArcrpNo", "资质编号", "C..64", "C", _Q.qualification_no, confidence="C"),
    Element("ChgTmsCnt", "变更次数", "N19", "M", _Q.change_count, confidence="C"),
    Element("EtpsPreentNo", "企业内部编号", "C..64", "M", _Q.internal_no, confidence="C"),
    Element("MasterCuscd", "主管海关", "C4", "M", _Q.master_customs, confidence="C"),
    Element("BizopEtpsSccd", "经营单位信用代码", "C18", "O", _Q.credit_code, confidence="C"),
    Element("BizopEtpsno", "经营单位编码", "C10", "M", _Q.customs_code, confidence="C"),
    Element("BizopEtpsNm", "经营单位名称", "C..512", "M", _Q.enterprise_name, confidence="C"),
    Element(
        "PrcsEtpsSccd",
        "加工单位信用代码",
        "C18",
        "O",
        or_own("processor_credit", "credit_code"),
        "processor_credit",
        "C",
    ),
    Element("PrcsEtpsno", "加工单位编码", "C10", "M", or_own("processor_code", "customs_code"), "processor_code", "C"),
    Element(
        "PrcsEtpsNm", "加工单位名称", "C..512", "M", or_own("processor_name", "enterprise_name"), "processor_name", "C"
    ),
    Element("DclEtpsSccd", "申报单位信用代码", "C18", "O", sender_value("declarant_credit"), confidence="C"),
    Element("DclEtpsno", "申报单位编码", "C10", "M", sender_value("declarant_code"), confidence="C"),
    Element("DclEtpsNm", "申报单位名称", "C..512", "M", sender_value("declarant_name"), confidence="C"),
    Element("DclEtpsTypecd", "申报单位类型", "C1", "O", _Q.declarant_kind, confidence="C"),
    Element("ConcAddr", "联系地址", "C..512", "O", _Q.address, confidence="C"),
    Element("Telnum", "联系电话", "C..15", "O", _Q.phone, confidence="C"),
    Element("FinishValidTime", "结束有效日期", "DT8", "M", _Q.valid_to, confidence="C"),
    Element("PrcsPrdcAbltAmt", "加工生产能力", "D25,5", "M", _Q.capacity, confidence="C"),
    Element("ApcretNo", "批准证编号", "C..64", "O", _Q.approval_no, confidence="C"),
    Element("RiskAssureMarkcd", "风险担保标志", "C1", "R", confidence="C"),
    Element("RltFormNo", "关联单证编号", "C..64", "R", confidence="C"),
    Element("DclSourceMarkcd", "申报来源", "C1", "O", fixed_value("1"), confidence="C"),
    Element("DclTypecd", "申报类型", "C1", "M", _Q.declare_kind, confidence="C"),
    Element("DclTime", "申报日期", "DT8", "M", _Q.declared_on, confidence="C"),
    Element("Rmk", "备注", "C..4000", "O", _Q.remark, confidence="C"),
    Element("InputEtpsTypecd", "录入单位编码", "C10", "M", sender_value("declarant_code"), confidence="C"),
    Element("InputEtpsSccd", "录入单位信用代码", "C18", "O", sender_value("declarant_credit"), confidence="C"),
    Element("InputEtpsNm", "录入单位名称", "C..512", "M", sender_value("declarant_name"), confidence="C"),
    Element("InputTime", "录入日期", "DT8", "M", _Q.entered_on, confidence="C"),
)
LINES = (
    Element("SeqNo", "统一编号", "C18", "R", confidence="C"),
    Element("GdsSeqno", "商品序号", "N19", "M", _L.item_no, confidence="C"),
    Element("Gdecd", "商品编码", "C4", "M", _L.hs_heading, confidence="C"),
    Element("GdsNm", "商品名称", "C..512", "M", _L.name, confidence="C"),
    Element("ModfMarkcd", "修改标志", "C1", "M", _L.row_mark, confidence="C"),
    Element("Rmk", "备注", "C..4000", "O", _L.remark, confidence="C"),
)
GROUPS = (
    MessageGroup("NemsTrHeadType", HEAD, once),
    MessageGroup("NemsTrImgTypes", LINES, marked("materials"), "materials"),
    MessageGroup("NemsTrExgTypes", LINES, marked("products"), "products"),
)
TAIL = (Element("OperCusRegCode", "操作卡海关十位编码", "C10", "M", sender_value("oper_customs_code"), confidence="C"),)
