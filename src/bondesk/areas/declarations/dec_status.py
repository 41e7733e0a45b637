"""What each CHANNEL letter means for a declaration (message reference of declarations 6.6, handbook 6.5). Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Channel:
    """A receipt letter: its sentence, the state it brings ("" = none) and the status customs calls it."""

    words: str
    state: str = ""
    status: str = ""

    @property
    def customs_state(self) -> str:
        """Return the code of 海关状态: the state itself unless customs tells two apart."""
        return self.status or self.state


CHANNELS = {
    "0": Channel("通讯入库成功", "SENT"),
    "1": Channel("协同入库成功", "SENT"),
    "2": Channel("协同入库失败", "FAILED"),
    "3": Channel("回填失败"),
    "4": Channel("逻辑校验失败", "FAILED"),
    "5": Channel("回写失败"),
    "6": Channel("协同处理成功", "SENT"),
    "7": Channel("申报成功（申报到海关预录入系统成功）", "DECLARED"),
    "9": Channel("上载申报失败", "FAILED"),
    "A": Channel("海关放行前删除或异常处理（手工申报通知）", "DELETED"),
    "B": Channel("担保放行", "GUARANTEE"),
    "C": Channel("查验通知", "INSPECT"),
    "D": Channel("海关删单", "DELETED"),
    "E": Channel("海关退单/不受理", "RETURNED"),
    "F": Channel("放行交单", "RELEASED"),
    "G": Channel("报关单已审结", "EXAMINED"),
    "H": Channel("海关挂起，需手工申报", "PENDING"),
    "I": Channel("无纸放行通知（放行）", "RELEASED"),
    "J": Channel("通关无纸化审结", "EXAMINED"),
    "K": Channel("通关无纸化担保放行", "GUARANTEE"),
    "L": Channel("海关入库成功（已接收）", "DECLARED"),
    "M": Channel("报关单重审", "REVIEW"),
    "N": Channel("重传文件"),
    "P": Channel("海关已放行", "RELEASED"),
    "R": Channel("已结关", "CLEARED"),
    "S": Channel("施检"),
    "T": Channel("需交税费", "TAXDUE"),
    "U": Channel("重新申报", "RETURNED"),
    "W": Channel("无纸验放通知（审结）", "EXAMINED"),
    "X": Channel("准予进港"),
    "Y": Channel("申报失败", "FAILED"),
    "Z": Channel("退回修改", "RETURNED", "FIXBACK"),
    "a": Channel("签证领取证单"),
    "b": Channel("已发检验检疫审核"),
    "c": Channel("检验检疫撤单"),
    "d": Channel("申请检验检疫成功"),
    "#": Channel("准予进卡通知书"),
}
#: States that undo what came before them, by notice time (handbook 6.5); of one time the weightier wins.
OVERRIDING = {"FAILED": 1, "RETURNED": 2, "DELETED": 3}
#: The channels that make a 查验记录, and a 退单记录.
INSPECTING, RETURNING = frozenset({"C"}), frozenset({"E", "Z", "Y"})
