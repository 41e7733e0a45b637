"""Where the rule behind a finding is written down, so that a clerk can look up why something is wrong. Pure.

The first letters of a code name the family of rules; sections are those of the trade's handbook (业务手册).
"""

from __future__ import annotations

from collections.abc import Mapping

#: Family → what the rules are about, and where they are written.
SOURCES: Mapping[str, str] = {
    "ACC": "账册备案 · 手册 4.3、4.5",
    "ACCESS": "权限 · 手册 18",
    "AMT": "数量、单价、总价的勾稽 · 手册 0.2",
    "ATT": "附件 · 手册 18",
    "AUD": "审核人与制单人 · 手册 0.4",
    "AUTH": "登录与权限 · 手册 0.4、18",
    "BOM": "BOM 与单损耗 · 手册 3.4",
    "CHK": "数据自检",
    "CNT": "盘点 · 手册 12.2",
    "CODE": "代码的有效期（按单据日期）· 手册 18",
    "CODES": "海关参数更新包 · 手册 18",
    "COMP": "企业基本信息 · 手册 0.3、0.5",
    "CONFLICT": "多人同时修改",
    "CONN": "数据连接",
    "CUS": "海关回执 · 手册 6.5",
    "DEC": "报关单校验 · 手册 6.4",
    "DEMO": "演示企业",
    "DOWN": "数据下载 · 手册 18",
    "EDOC": "随附单据 · 单一窗口报文规范、手册 18",
    "ELM": "申报要素 · 手册 6.3、17",
    "EXP": "导出设置 · 手册 18",
    "FLOW": "单据状态 · 手册 0.4",
    "FORM": "录入格式",
    "GEN": "生成向导 · 手册 5.3",
    "GONE": "多人同时修改",
    "HBK": "手册核销 · 手册 9.3",
    "HSC": "商品编码校验 · 手册 2.5",
    "IMP": "导入与读数 · 手册 18、附录 D",
    "INIT": "首次启用",
    "INV": "数量倒挂检查 · 手册 5.7",
    "LED": "底账与已核销周期 · 手册 5.6、8.7，决定 0035",
    "LOG": "操作日志的连续性与校验点 · 手册 18",
    "MAP": "归并关系 · 手册 2.4",
    "MAT": "对碰 · 手册 7",
    "MSGN": "报文元素 · 单一窗口报文规范",
    "MSG": "报文 · 单一窗口报文规范",
    "NOTE": "核注清单校验 · 手册 5.9",
    "OPT": "向导与报表的条件",
    "PASTE": "粘贴",
    "PRE": "数据预录入 · 手册 18、决定 0034",
    "PROG": "客户端程序更新 · 手册 18、决定 0034",
    "PTN": "商业合作伙伴的合同与证照 · 手册 18",
    "PUR": "内购发票 · 手册 13.4",
    "RATE": "汇率 · 手册 18",
    "SIGN": "本机IC卡签名 · 单一窗口报文规范",
    "RCP": "拆单方案 · 手册 5.3、5.4",
    "REH": "演练海关",
    "REQ": "必填项",
    "RPT": "报表 · 手册 8、16",
    "RSK": "查验与退单 · 手册 15",
    "RCPT": "回执认领 · 报文参考 8、9",
    "SEND": "发送 · 手册 0.4、18",
    "SHO": "短溢表 · 手册 12.3",
    "STK": "仓单 · 手册 12.1",
    "WHAT": "假设分析 · 决定 0032",
    "TPL": "默认模板 · 手册 18",
}
#: Single rules that stand elsewhere than their family.
ELSEWHERE: Mapping[str, str] = {
    "NOTE-15": "代码与企业参数对照 · 手册 5.9、18",
    "HBK-08": "内购抵扣 · 手册 13.4",
    "MAP-12": "单位对照（企业参数）· 手册 2.4、18",
    "AUTH-02": "新增单据用户才可以编辑 · 手册 0.4、0.5",
    "REQ-01": "必填项 · 单据的字段定义",
}


def source_of(code: str) -> str:
    """Return where the rule of ``code`` is written, "" for a code of no known family.

    >>> source_of("NOTE-05"), source_of("XYZ-1")
    ('核注清单校验 · 手册 5.9', '')
    """
    return ELSEWHERE.get(code) or SOURCES.get(code.partition("-")[0], "")


def with_source(code: str, text: str) -> str:
    r"""Write a finding as a tooltip shows it: code, sentence, and the rule's source on a second line.

    >>> with_source("REQ-01", "「币制」必填")
    '[REQ-01] 「币制」必填\n依据：必填项 · 单据的字段定义'
    """
    source = source_of(code)
    return f"[{code}] {text}\n依据：{source}" if source else f"[{code}] {text}"
