"""EML111: the message of a handbook's filing or change, in the order of the message reference 5.2 to 5.4.

Wrapper variant 2 of 5.1 (the Signature envelope of every other message) is built.
"""

from __future__ import annotations

from typing import Any

from bondesk.areas.accounts.book_model import Account, AccountConsumption, AccountLine
from bondesk.areas.accounts.ems111 import marked, once, or_own
from bondesk.base.messages import Element, MessageGroup, fixed_value, numeric_value, sender_value

_A, _L, _U = Account, AccountLine, AccountConsumption


HEAD = (
    Element("SeqNo", "预录入统一编号", "C18", "R", _A.seq_no),
    Element("EmlNo", "手册编号", "C..64", "C", _A.record_no),
    Element("EmlType", "手册类型", "C1", "M", _A.handbook_type),
    Element("EtpsPreentNo", "企业内部编号", "C..64", "M", _A.internal_no),
    Element("DclTypecd", "申报类型", "C..25", "M", _A.declare_kind),
    Element("MasterCuscd", "主管海关", "C4", "M", _A.master_customs),
    Element("BizopEtpsSccd", "经营单位社会信用代码", "C18", "M", _A.credit_code),
    Element("BizopEtpsno", "经营单位编码", "C10", "M", _A.customs_code),
    Element("BizopEtpsNm", "经营单位名称", "C..512", "M", _A.enterprise_name),
    Element(
        "RvsngdEtpsSccd", "加工单位社会信用代码", "C18", "M", or_own("processor_credit", "credit_code"), "credit_code"
    ),
    Element("RcvgdEtpsno", "加工单位编码", "C10", "M", or_own("processor_code", "customs_code"), "processor_code"),
    Element(
        "RcvgdEtpsNm", "加工单位名称", "C..512", "M", or_own("processor_name", "enterprise_name"), "processor_name"
    ),
    Element("RcvgdEtpsDtcd", "加工企业地区代码", "C..5", "M", _A.processor_area),
    Element("DclEtpsTypecd", "申报单位类型", "C..25", "M", _A.declarant_kind),
    Element("DclEtpsSccd", "申报单位社会信用代码", "C18", "M", sender_value("declarant_credit")),
    Element("DclEtpsno", "申报单位编码", "C10", "M", sender_value("declarant_code")),
    Element("DclEtpsNm", "申报单位名称", "C..512", "M", sender_value("declarant_name")),
    Element("DclTime", "申报日期", "DT8", "M", _A.declared_on),
    Element("SupvModecd", "监管方式", "C4", "M", _A.supervision_mode),
    Element("ApcretNo", "批准证编号", "C..80", "O", _A.approval_no),
    Element("ImpCtrtNo", "进口合同号", "C..30", "O", _A.import_contract),
    Element("ExpCtrtNo", "出口合同号", "C..30", "O", _A.export_contract),
    Element("ValidDate", "有效日期", "DT8", "M", _A.valid_to),
    Element("ReduNatrcd", "征免性质", "C..4", "M", _A.duty_nature),
    Element("ProduceTypecd", "加工种类", "C..2", "M", _A.processing_kind),
    Element("ImpexpPortcd", "进出口岸", "C..255", "M", _A.ports),
    Element("UcnsDclSegcd", "单耗申报环节", "C1", "M", _A.uc_stage),
    Element("StndbkBankcd", "手册用途", "C1", "M", _A.handbook_usage),
    Element("ProductRatio", "加工生产能力", "D19,5", "O", _A.capacity),
    Element("ImpCurrcd", "进口币制", "C3", "M", numeric_value("currency", "import_currency"), "import_currency"),
    Element("ExpCurrcd", "出口币制", "C3", "M", numeric_value("currency", "export_currency"), "export_currency"),
    Element("DclTypeMarkcd", "申报来源标志", "C1", "M", fixed_value("1")),
    Element("PauseImpexpMarkcd", "暂停进出口标记", "C..4", "R", field="pause_mark"),
    Element("InputEtpsNm", "录入单位名称", "C..512", "M", sender_value("declarant_name")),
    Element("InputEtpsSccd", "录入单位社会信用代码", "C18", "M", sender_value("declarant_credit")),
    Element("InputEtpsTypecd", "录入单位编码", "C10", "M", sender_value("declarant_code")),
    Element("Rmk", "备注", "C..4000", "O", _A.remark),
    Element("InputTime", "录入日期", "DT8", "M", _A.entered_on),
    Element("LinkMan", "联系人", "C..64", "O", _A.contact),
    Element("LinkManTel", "联系人电话", "C..64", "O", _A.phone),
)


def _main_mark(row: Any, _facts: Any) -> str:
    return (row.main_mark or "1") if row.goods_flag == "I" else ""


GOODS = (
    Element("SeqNo", "统一编号", "C18", "R"),
    Element("GdsSeqno", "商品序号", "N19", "M", _L.item_no),
    Element("MtpckEndprdTypecd", "料件成品类型", "C1", "M", _L.goods_flag),
    Element("GdsMtno", "商品料号", "C..32", "M", _L.part_no),
    Element("Gdecd", "商品编码", "C10", "M", _L.hs_code),
    Element("GdsNm", "商品名称", "C..512", "M", _L.name),
    Element("EndprdGdsSpcfModelDesc", "规格型号", "C..512", "M", _L.spec),
    Element("DclUnitcd", "申报计量单位", "C3", "M", _L.dcl_unit),
    Element("LawfUnitcd", "法定计量单位", "C3", "M", _L.legal_unit1),
    Element("SecdLawfUnitcd", "法定第二单位", "C3", "O", _L.legal_unit2),
    Element("DclQty", "申报数量", "D19,5", "M", _L.filed_qty),
    Element("DclUprcAmt", "申报单价", "D25,5", "M", _L.price),
    Element("DclTotalAmt", "申报总价", "D25,5", "M", _L.total),
    Element("DclCurrcd", "币制", "C3", "M", numeric_value("currency", "currency"), "currency"),
    Element("Natcd", "产销国(地区)", "C3", "M", numeric_value("country", "country"), "country"),
    Element("LvyrlfModecd", "征免方式", "C..6", "M", _L.duty_mode),
    Element("AdjmtrMarkcd", "主辅料标记", "C..4", "C", _main_mark, "main_mark"),
    Element("GdsAtrcd", "商品属性", "C1", "O", _L.goods_attribute),
    Element("ModfMarkcd", "修改标志", "C1", "M", _L.row_mark),
    Element("Rmk", "备注", "C..255", "O", _L.remark),
)

CONSUMPTION = (
    Element("SeqNo", "统一编号", "C18", "R"),
    Element("EndprdSeqno", "成品序号", "N19", "M", _U.product_no),
    Element("EndprdGdsMtno", "成品料号", "C..32", "O"),
    Element("MtpckSeqno", "料件序号", "N19", "M", _U.material_no),
    Element("MtpckGdsMtno", "料件料号", "C..32", "O"),
    Element("UcnsVerno", "单耗版本号", "C..8", "M", _U.uc_version),
    Element("UcnsQty", "单耗数量", "D19,9", "O", _U.unit_consumption, "net"),
    Element("NetUseupQty", "净耗数量", "D19,9", "M", _U.net),
    Element("TgblLossRate", "有形损耗率", "D19,9", "M", _U.tangible),
    Element("IntgbLossRate", "无形损耗率", "D19,9", "M", _U.intangible),
    Element("UcnsDclStucd", "单耗申报状态", "C1", "M", _U.declared_state),
    Element("ModfMarkcd", "修改标志", "C1", "M", _U.row_mark),
    Element("BondMtpckPrpr", "保税料件比例", "D19,9", "M", _U.bonded),
    Element("EtpsExeMarkcd", "企业执行标志", "C1", "M", _U.enterprise_mark),
    Element("Rmk", "备注", "C..255", "O", _U.remark),
    Element("GseqNo", "序号", "N19", "O", _U.line_no),
    Element("EndprdGdecd", "成品商品编码", "C10", "O"),
    Element("EndprdGdsNm", "成品商品名称", "C..512", "O"),
    Element("MtpckGdecd", "料件商品编码", "C10", "O"),
    Element("MtpckGdsNm", "料件商品名称", "C..512", "O"),
)

GROUPS = (
    MessageGroup("NptsEmlHead", HEAD, once),
    MessageGroup("NptsEmlImg", GOODS, marked("materials"), "materials"),
    MessageGroup("NptsEmlExg", GOODS, marked("products"), "products"),
    MessageGroup("NptsEmlConsume", CONSUMPTION, marked("consumptions"), "consumptions"),
)
TAIL = (Element("OperCusRegCode", "操作卡海关十位编码", "C10", "M", sender_value("oper_customs_code")),)
