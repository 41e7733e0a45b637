"""How an IC card fails: one fixed sentence and one hint each; the raw codes stay in ``detail``, for the log only.

No text here ever holds the password of the card.
"""

from __future__ import annotations

from bondesk.base.errors import OutsideFailure


class CardFailure(OutsideFailure):
    """A card, reader or card service failed. The text is ``sentence`` and ``hint``; ``detail`` is for the log only."""

    sentence = "IC卡操作失败"
    hint = "请重新插卡后再试"

    def __init__(self, detail: str = "") -> None:
        """Carry the raw codes for the log."""
        super().__init__(f"{self.sentence}。{self.hint}。")
        self.detail = detail


class ServiceUnavailable(CardFailure):
    """The card service of the system or of the E-port control does not answer."""

    sentence = "读卡服务没有运行或没有响应"
    hint = "请确认读卡器已插好、智能卡服务或电子口岸卡控件已启动，然后重试"


class ReaderSoftwareMissing(ServiceUnavailable):
    """The part of the program that talks to readers is not installed on this computer."""

    sentence = "这台电脑没有安装读卡组件（pyscard），不能直接使用读卡器"
    hint = "请联系维护人员安装读卡组件，或启动电子口岸卡控件；由客户端签名的报文不受影响"


class NoReader(CardFailure):
    """No reader is connected."""

    sentence = "没有找到读卡器"
    hint = "请插好读卡器或电子口岸Key后重试"


class NoCard(CardFailure):
    """The reader is empty."""

    sentence = "读卡器里没有IC卡"
    hint = "请插入操作员IC卡后重试"


class CardRemoved(CardFailure):
    """The card was pulled out."""

    sentence = "IC卡已被拔出"
    hint = "请重新插入同一张卡，再从未完成的单据继续"


class CardReset(CardFailure):
    """Another program reset the card, or the reader cannot wake it; the password must be verified again."""

    sentence = "IC卡被复位，验证状态已失效"
    hint = "请关闭其他使用IC卡的程序（必要时拔插一次卡）后重试"


class CardBusy(CardFailure):
    """Another program holds the card."""

    sentence = "IC卡正被其他程序独占"
    hint = "请关闭其他使用IC卡的程序后重试"


class UnsupportedCard(CardFailure):
    """No driver knows the card, or the card lacks what is needed."""

    sentence = "不支持这种卡，或卡里没有可用的证书"
    hint = "请换用操作员IC卡；电子口岸卡须先启动电子口岸卡控件"


class WrongPin(CardFailure):
    """The password was wrong; ``tries_left`` None = the card does not tell."""

    def __init__(self, tries_left: int | None = None, detail: str = "") -> None:
        """Say how many tries are left."""
        self.sentence = "IC卡密码错误" + ("" if tries_left is None else f"，还可尝试 {tries_left} 次")
        self.hint = "请核对密码后重新输入"
        self.tries_left = tries_left
        super().__init__(detail)


class LastTry(CardFailure):
    """Only one try is left; it is never used without a person saying so."""

    sentence = "IC卡密码只剩最后 1 次尝试机会，程序不会自动尝试"
    hint = "再错一次卡将锁定；请确认密码无误后手工验证"


class PinBlocked(CardFailure):
    """The card is locked."""

    sentence = "IC卡已锁定"
    hint = "请到数据分中心解锁"


class PinRequired(CardFailure):
    """The password has not been verified."""

    sentence = "需要先验证IC卡密码"
    hint = "请输入密码后重试"


class PinMalformed(CardFailure):
    """The typed password cannot be one; the card was not asked and no try is used."""

    sentence = "IC卡密码格式不对，未送卡验证，不占用尝试次数"
    hint = "请输入 6 到 8 位的卡密码"


class CertificateExpired(CardFailure):
    """The certificate has ended."""

    sentence = "IC卡证书已过期，不能签名"
    hint = "请到数据分中心办理证书延期"


class CertificateNotYetValid(CardFailure):
    """The certificate has not begun."""

    sentence = "IC卡证书尚未生效，不能签名"
    hint = "请核对电脑的日期时间，或向发卡机构核实证书有效期"


class CertificateMismatch(CardFailure):
    """The card is another one than the settings name, or was swapped."""

    sentence = "当前IC卡不是设置的操作员卡，或中途换了卡，不能签名"
    hint = "请插入参数设置中操作员IC卡号对应的卡，或在「企业基本信息」核对操作员IC卡号和社会信用代码"

    def __init__(self, detail: str = "", *, found: str = "", wanted: str = "") -> None:
        """Say which card is in and which is wanted, where that is known."""
        if found:
            self.sentence = f"当前IC卡（{found}）与参数设置（{wanted}）不一致，不能签名"
        super().__init__(detail)


class SigningRefused(CardFailure):
    """The card refused to sign, or signed wrongly."""

    sentence = "IC卡未能给出有效的签名"
    hint = "请拔插IC卡后重试；仍不行请更换卡或联系维护人员"


class ProtocolError(CardFailure):
    """The card or the service answered something that makes no sense."""

    sentence = "IC卡或读卡服务返回的数据无法识别"
    hint = "请拔插IC卡后重试；仍不行请联系维护人员"
