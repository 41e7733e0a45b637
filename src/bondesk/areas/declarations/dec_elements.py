"""DecMessage as data: every element of head and goods in canonical order (message reference of declarations, 3.1, 3.2).

Optional elements without a source in the declaration are written as empty tags, as most producers do.
"""

from __future__ import annotations

from typing import Any

from bondesk.areas.declarations.declaration_lines import DeclarationLine
from bondesk.areas.declarations.declaration_model import AttachedDocument, Container, Declaration
from bondesk.base.messages import Element, MessageFacts, ReadMessage, SentPaper, Value, sender_value

_D, _L = Declaration, DeclarationLine
COMPANY = "企业基本信息"


def _inward(key: str) -> Value:
    """Return a value that only imports have."""
    return lambda row, facts: getattr(row, key) if facts.document.ie_flag == "I" else ""


def _outward(key: str) -> Value:
    """Return a value that only exports have."""
    return lambda row, facts: getattr(row, key) if facts.document.ie_flag == "E" else ""


def _operator(_row: Any, facts: MessageFacts) -> str:
    return facts.operator


def _declarant(declaration: Declaration, facts: MessageFacts) -> str:
    return declaration.declarant_person or facts.operator


#: The five promises in the order of PromiseItmes (4.2).
PROMISES = ("special_relation", "price_influence", "royalty", "formula_price", "provisional_price")


def _promises(declaration: Declaration, _facts: MessageFacts) -> str:
    """One sign per promise (4.2): 1 yes, 0 no, 9 empty."""
    return "".join(getattr(declaration, key) or "9" for key in PROMISES)


def _country(inward: str, outward: str) -> tuple[Value, Any]:
    """Return value and field of a country whose meaning turns with the direction (4.4)."""

    def value(line: DeclarationLine, facts: MessageFacts) -> str:
        code: str = getattr(line, outward if facts.document.ie_flag == "E" else inward)
        return code

    return value, lambda declaration: outward if declaration.ie_flag == "E" else inward


_ORIGIN, _ORIGIN_FIELD = _country("origin_country", "destination_country")
_DESTINATION, _DESTINATION_FIELD = _country("destination_country", "origin_country")

HEAD = (
    Element("SeqNo", "数据中心统一编号", "C..18", "O", _D.seq_no),
    Element("IEFlag", "进出口标志", "C1", "M", _D.ie_flag),
    Element("Type", "单据类型", "C..7", "O", _D.declare_type),
    Element("AgentCode", "申报单位代码", "C10", "M", _D.declarant_code),
    Element("AgentName", "申报单位名称", "C..100", "M", _D.declarant_name),
    Element("ApprNo", "批准文号", "C..32"),
    Element("BillNo", "提运单号", "C..32", "O", _D.bill_no),
    Element("ContrNo", "合同协议号", "C..32", "O", _D.contract_no),
    Element("CustomMaster", "申报地海关", "C4", "M", _D.declare_customs),
    Element("CutMode", "征免性质", "C..3", "O", _D.duty_nature),
    Element("DistinatePort", "经停港/指运港", "C6", "D", _D.transit_port),
    Element("FeeCurr", "运费币制", "C3", "O", _D.freight_currency),
    Element("FeeMark", "运费标记", "C1", "O", _D.freight_mark),
    Element("FeeRate", "运费/率", "D19,5", "O", _D.freight),
    Element("GrossWet", "毛重", "D19,5", "D", _D.gross_weight),
    Element("IEDate", "进出口日期", "DT8", "O", _inward("entry_exit_date"), "entry_exit_date"),
    Element("IEPort", "进出境关别", "C4", "D", _D.entry_exit_customs),
    Element("InsurCurr", "保费币制", "C3", "O", _D.insurance_currency),
    Element("InsurMark", "保费标记", "C1", "O", _D.insurance_mark),
    Element("InsurRate", "保费/率", "D19,5", "O", _D.insurance),
    Element("LicenseNo", "许可证号", "C..20", "O", _D.licence_no),
    Element("ManualNo", "备案号", "C..12", "O", _D.record_no),
    Element("NetWt", "净重", "D19,5", "D", _D.net_weight),
    Element("NoteS", "备注", "C..255", "O", _D.remark),
    Element("OtherCurr", "杂费币制", "C3", "O", _D.misc_currency),
    Element("OtherMark", "杂费标志", "C1", "O", _D.misc_mark),
    Element("OtherRate", "杂费/率", "D19,5", "O", _D.misc_fee),
    Element("OwnerCode", "消费使用/生产销售单位代码", "C..18", "O", _D.end_user_code),
    Element("OwnerName", "消费使用/生产销售单位名称", "C..100", "D", _D.end_user_name),
    Element("PackNo", "件数", "N9", "D", _D.packages),
    Element("TradeCode", "境内收发货人代码", "C..18", "D", _D.domestic_code),
    Element("TradeCountry", "启运国/运抵国", "C3", "D", _D.trade_partner_country),
    Element("TradeMode", "监管方式", "C4", "D", _D.supervision_mode),
    Element("TradeName", "境内收发货人名称", "C..100", "D", _D.domestic_name),
    Element("TrafMode", "运输方式", "C1", "D", _D.transport_mode),
    Element("TrafName", "运输工具名称", "C..50", "O", _D.transport_name),
    Element("TransMode", "成交方式", "C1", "D", _D.transaction_mode),
    Element("WrapType", "包装种类", "C..2", "D", _D.package_type),
    Element("EntryId", "海关编号", "C..18", "R"),
    Element("PreEntryId", "预录入编号", "C..18", "R"),
    Element("EdiId", "报关标志", "C1", "D", _D.edi_mark),
    Element("Risk", "风险评估参数", "C..10"),
    Element("CopName", "录入单位名称", "C..70", "M", sender_value("declarant_name"), kept_in=COMPANY),
    Element("CopCode", "录入单位代码", "C9..10", "M", sender_value("declarant_code"), kept_in=COMPANY),
    Element("EntryType", "报关单类型", "C1", "D", _D.entry_type),
    Element("PDate", "打印/预录入日期", "DT8", "O", _D.declared_on),
    Element("TypistNo", "录入员IC卡号", "C..30", "M", sender_value("ic_card"), kept_in=COMPANY),
    Element("InputerName", "录入员名称", "C..32", "M", _operator, kept_in="用户"),
    Element("PartenerID", "申报人标识", "C..20", "O", _D.declarant_person),
    Element("TgdNo", "关联单据号", "C..18"),
    Element("DataSource", "扩展字段", "C..5"),
    Element("DeclTrnRel", "报关/转关关系标志", "C1", "M", "0"),
    Element("ChkSurety", "担保验放", "C1", "O", _D.surety),
    Element("BillType", "备案清单类型", "C1"),
    Element("CopCodeScc", "录入单位统一编码", "C18", "O", sender_value("declarant_credit")),
    Element("OwnerCodeScc", "消费使用/生产销售单位统一编码", "C18", "D", _D.end_user_credit),
    Element("AgentCodeScc", "申报单位统一编码", "C18", "D", _D.declarant_credit),
    Element("TradeCoScc", "收发货人统一编码", "C18", "D", _D.domestic_credit),
    Element("PromiseItmes", "承诺/价格说明", "C..32", "M", _promises, "special_relation"),
    Element("TradeAreaCode", "贸易国别", "C3", "M", _D.trade_country),
    Element("CheckFlow", "查验分流", "C1"),
    Element("TaxAaminMark", "税收征管标记", "C1", "O", _D.tax_collection),
    Element("MarkNo", "标记唛码", "C..400", "O", _D.marks),
    Element("DespPortCode", "启运港代码", "C..8", "O", _D.departure_port),
    Element("EntyPortCode", "入境/离境口岸代码", "C..8", "D", _D.border_port),
    Element("GoodsPlace", "货物存放地点", "C..100", "O", _D.goods_place),
    Element("BLNo", "提货单号", "C..50", "O", _D.lading_no),
    Element("InspOrgCode", "口岸检验检疫机关", "C..10"),
    Element("SpecDeclFlag", "特种业务标识", "C..10", "O", _D.special_business),
    Element("PurpOrgCode", "目的地海关", "C4", "O", _D.destination_customs),
    Element("DespDate", "启运日期", "DT8", "O", _D.departed_on),
    Element("CmplDschrgDt", "卸毕日期", "DT8", "O", _D.unloaded_on),
    Element("CorrelationReasonFlag", "关联理由", "C..2", "O", _D.link_reason),
    Element("VsaOrgCode", "领证机关", "C..10"),
    Element("OrigBoxFlag", "原集装箱标识", "C1", "O", _D.original_box),
    Element("DeclareName", "申报人员姓名", "C..50", "M", _declarant, "declarant_person"),
    Element("NoOtherPack", "无其他包装", "C1"),
    Element("OrgCode", "检验检疫受理机关", "C..10"),
    Element("OverseasConsignorCode", "境外发货人代码", "C..50", "O", _inward("overseas_code"), "overseas_code"),
    Element("OverseasConsignorCname", "境外收发货人中文名称", "C..150", "O", _D.overseas_name_cn),
    Element("OverseasConsignorEname", "境外发货人外文名称", "C..100", "O", _inward("overseas_name"), "overseas_name"),
    Element("OverseasConsignorAddr", "境外发货人地址", "C..100"),
    Element("OverseasConsigneeCode", "境外收货人编码", "C..50", "O", _outward("overseas_code"), "overseas_code"),
    Element("OverseasConsigneeEname", "境外收货人外文名称", "C..400", "O", _outward("overseas_name"), "overseas_name"),
    Element("DomesticConsigneeEname", "境内收发货人名称（外文）", "C..400"),
    Element("CorrelationNo", "关联号码", "C..500", "O", _D.link_no),
    Element("EdiRemark2", "EDI申报备注2", "C..128"),
    Element("EdiRemark", "EDI申报备注", "C..128"),
    Element("TradeCiqCode", "境内收发货人检验检疫编码", "C..10"),
    Element("OwnerCiqCode", "消费使用/生产销售单位检验检疫编码", "C..10"),
    Element("DeclCiqCode", "申报单位检验检疫编码", "C..10"),
)

GOODS = (
    Element("ClassMark", "归类标志", "C1"),
    Element("CodeTS", "商品编号", "C10", "M", _L.hs_code),
    Element("ContrItem", "备案序号", "N9", "C", _L.item_no),
    Element("DeclPrice", "申报单价", "D19,4", "D", _L.price),
    Element("DutyMode", "征免方式", "C1", "D", _L.duty_mode),
    Element("Factor", "比例因子", "D11,3"),
    Element("GModel", "规格型号", "B..255", "O", _L.spec),
    Element("GName", "商品名称", "C..255", "D", _L.name),
    Element("GNo", "商品序号", "N9", "M", _L.line_no),
    Element("OriginCountry", "原产国（出口：最终目的国）", "C3", "D", _ORIGIN, _ORIGIN_FIELD),
    Element("TradeCurr", "成交币制", "C3", "D", _L.currency),
    Element("DeclTotal", "申报总价", "D19,4", "D", _L.total),
    Element("GQty", "成交数量", "D19,5", "D", _L.dcl_qty),
    Element("FirstQty", "法定第一数量", "D19,5", "D", _L.legal_qty1),
    Element("SecondQty", "法定第二数量", "D19,5", "C", _L.legal_qty2),
    Element("GUnit", "成交单位", "C3", "D", _L.dcl_unit),
    Element("FirstUnit", "法定第一单位", "C3", "D", _L.legal_unit1),
    Element("SecondUnit", "法定第二单位", "C3", "O", _L.legal_unit2),
    Element("UseTo", "用途/生产厂家", "C..2"),
    Element("WorkUsd", "工缴费", "D19,4"),
    Element("ExgNo", "货号", "C..30", "O", _L.part_no),
    Element("ExgVersion", "版本号", "N8", "O", _L.uc_version),
    Element("DestinationCountry", "最终目的国（出口：原产国）", "C3", "M", _DESTINATION, _DESTINATION_FIELD),
    Element("CiqCode", "检验检疫编码", "C..20", "O", _L.ciq_code),
    Element("DeclGoodsEname", "商品英文名称", "C..100"),
    Element("OrigPlaceCode", "原产地区代码", "C..50", "O", _L.origin_region),
    Element("Purpose", "用途代码", "C..4", "O", _L.purpose),
    Element("ProdValidDt", "产品有效期", "C..20"),
    Element("ProdQgp", "产品保质期", "C..20"),
    Element("GoodsAttr", "货物属性代码", "C..20", "O", _L.goods_attribute),
    Element("Stuff", "成份/原料/组份", "C..400", "O", _L.ingredients),
    Element("Uncode", "UN编码", "C..20", "O", _L.un_code),
    Element("DangName", "危险货物名称", "C..80", "O", _L.dangerous_name),
    Element("DangPackType", "危包类别", "C..4", "O", _L.dangerous_pack),
    Element("DangPackSpec", "危包规格", "C..24"),
    Element("EngManEntCnm", "境外生产企业名称", "C..100"),
    Element("NoDangFlag", "非危险化学品", "C1", "O", _L.not_dangerous),
    Element("DestCode", "目的地/产地代码", "C..8", "O", _L.domestic_region),
    Element("GoodsSpec", "检验检疫货物规格", "C..2000", "O", _L.goods_spec),
    Element("GoodsModel", "货物型号", "C..2000", "O", _L.goods_model),
    Element("GoodsBrand", "货物品牌", "C..2000", "O", _L.goods_brand),
    Element("ProduceDate", "生产日期", "C..2000", "O", _L.produced_on),
    Element("ProdBatchNo", "生产批号", "C..2000", "O", _L.batch_no),
    Element("DistrictCode", "境内目的地/境内货源地", "C..5", "D", _L.domestic_district),
    Element("CiqName", "检验检疫名称", "C..50"),
    Element("DecGoodsLimits", "许可证信息", "C..1"),
    Element("MnufctrRegNo", "生产单位注册号", "C..20"),
    Element("MnufctrRegName", "生产单位名称", "C..150"),
    Element("RcepOrigPlaceCode", "优惠贸易协定项下原产地", "C..3"),
    Element("ControlExplainCode", "禁限管制识别码", "C..4", confidence="B", sent=False),
)


CONTAINER = (
    Element("ContainerId", "集装箱号", "C..32", "M", Container.container_no),
    Element("ContainerMd", "集装箱规格", "C..32", "M", Container.container_spec),
    Element("GoodsNo", "商品项号", "C..255", "M", Container.goods_nos),
    Element("LclFlag", "拼箱标识", "C1", "O", Container.less_than_load),
    Element("GoodsContaWt", "箱货重量", "D19,5", "O", Container.goods_weight),
    Element("ContainerWt", "集装箱自重", "D18,5"),
)
LICENCE = (
    Element("DocuCode", "随附单证代码", "C1", "M", AttachedDocument.document_code),
    Element("CertCode", "随附单证编号", "C..32", "M", AttachedDocument.document_no),
)
FREE_TEXT = (
    Element("RelId", "关联报关单号", "C..18", "O", _D.linked_declaration_no),
    Element("RelManNo", "关联备案号", "C..12", "O", _D.linked_record_no),
    Element("BonNo", "监管仓号", "C..32"),
    Element("VoyNo", "航次号", "C..32", "O", _D.voyage_no),
    Element("DecBpNo", "报关员联系方式", "C..32"),
    Element("CusFie", "货场代码", "C..8"),
    Element("DecNo", "申报人员证号", "C..13"),
)


def _oper_type(_declaration: Declaration, facts: MessageFacts) -> str:
    """C declares, G keeps a draft at the Single Window (5)."""
    return "C" if facts.declares else "G"


def way_of(read: ReadMessage) -> str:
    """Return how a DecMessage read back was sent: 1 申报, 0 暂存, "" when its OperType is neither of ours."""
    signs = read.groups.get("DecSign", ())
    return {"C": "1", "G": "0"}.get(signs[0].get("OperType", ""), "") if signs else ""


def _sign_date(_declaration: Declaration, facts: MessageFacts) -> str:
    return f"{facts.now:%Y%m%d%H%M%S}00"


#: The client signs while it sends (5), so ``Sign`` stays empty here; where 报文签名方式 says so, the operator's card
#: fills it before hand-over.
SIGN = (
    Element("OperType", "操作类型", "C1", "M", _oper_type),
    Element("ICCode", "操作员IC卡号", "C..13", "O", sender_value("ic_card"), kept_in=COMPANY),
    Element("CopCode", "操作企业代码", "C..18", "O", sender_value("declarant_code")),
    Element("OperName", "操作员姓名", "C..30", "O", _operator),
    Element("ClientSeqNo", "客户端报关单编号", "C..18", "M", _D.internal_no),
    Element("Sign", "数字签名信息", "C..200", passing=True),
    Element("SignDate", "签名日期", "C16", "D", _sign_date, passing=True),
    Element("Certificate", "操作员卡的证书号", "C..20", passing=True),
    Element("HostId", "邮箱HostId", "C..10"),
    Element("BillSeqNo", "对应清单统一编号", "C..18", "O", _D.note_seq_no),
    Element("DomainId", "签名人分类", "C1", "O", "1"),
    Element("Note", "备注", "C..100"),
)


def _of_paper(key: str) -> Value:
    def value(paper: SentPaper, _facts: MessageFacts) -> Any:
        return getattr(paper, key)

    return value


def _goods_numbers(_paper: SentPaper, facts: MessageFacts) -> str:
    """Every goods number while they fit, else empty: the paper belongs to the whole declaration."""
    text = ",".join(str(line.line_no) for line in facts.document.lines)
    return text if len(text) <= 150 else ""


def _sign_time(_paper: SentPaper, facts: MessageFacts) -> str:
    return f"{facts.now:%Y%m%d %H:%M:%S}"


PAPER = (
    Element("EdocID", "随附单据编号", "C..64", "M", _of_paper("name")),
    Element("EdocCode", "随附单据类别", "C..8", "M", _of_paper("code")),
    Element("EdocFomatType", "格式类型", "C..2", "M", "US"),
    Element("OpNote", "操作说明", "C..255"),
    Element("EdocCopId", "企业内部文件名", "C..64", "O", lambda paper, _facts: paper.file_name[-64:]),
    Element("EdocOwnerCode", "所属单位海关编号", "C..10", "O", lambda _paper, facts: facts.document.domestic_code),
    Element("SignUnit", "签名单位代码", "C..10", "O", sender_value("declarant_code")),
    Element("SignTime", "签名时间", "C..17", "O", _sign_time, passing=True),
    Element("EdocOwnerName", "所属单位名称", "C..100", "O", lambda _paper, facts: facts.document.domestic_name),
    Element("EdocSize", "文件大小", "C..12", "O", _of_paper("size")),
    Element("GNoStr", "商品项号关系", "C..150", "O", _goods_numbers),
)
