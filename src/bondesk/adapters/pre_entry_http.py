"""Pre-entering at a service that speaks the rehearsal customs' protocol: one zip per document, a number back."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO, Any, cast

from bondesk.adapters.pre_entry_package import write_zip
from bondesk.adapters.rehearsal_service import RehearsalService
from bondesk.adapters.service_line import LONGEST, PATIENCE, ServiceLine
from bondesk.base.errors import OutsideFailure, Refused
from bondesk.engine.download_port import ChallengeSigner, Tell
from bondesk.engine.pre_entry_port import Paper, PreEntryAnswer, PreEntryWay


class _Told:
    """A file being sent that tells how far it is; what telling raises stops it."""

    def __init__(self, stream: IO[bytes], size: int, tell: Tell, title: str) -> None:
        self._stream, self._size, self._tell, self._title, self._done = stream, size, tell, title, 0

    def read(self, size: int = -1) -> bytes:
        piece = self._stream.read(size)
        self._done += len(piece)
        self._tell(self._title, self._done, self._size)
        return piece


class PreEntryHttp:
    """The :class:`bondesk.engine.pre_entry_port.PreEntry` of a service; ``address`` says where it is."""

    needs_card = True

    def __init__(self, address: Callable[[], str], title: str = "演练海关", patience: int = PATIENCE) -> None:
        """Ask the service when wanted; it may be silent for ``patience`` seconds."""
        self.title = title
        self._line = ServiceLine(address, title, "预录入服务", patience)

    def sign_in(self, challenge_signer: ChallengeSigner | None) -> None:
        """Fetch a challenge, let the card sign it, exchange the answer for a login."""
        self._line.sign_in(challenge_signer)

    def upload(self, paper: Paper, tell: Tell) -> PreEntryAnswer:
        """Send the package; the service gives the same number to the same key."""
        package = paper.files[0].path.parent / f"{paper.key}.zip"
        write_zip(paper, package)
        size = package.stat().st_size
        if size > LONGEST:
            raise Refused(f"资料包 {size >> 20} MB，超过 {LONGEST >> 20} MB，请改用资料包目录", "PRE-07")
        title = f"正在上传{paper.kind} {paper.number}"
        with package.open("rb") as stream:
            told = cast(IO[bytes], _Told(stream, size, tell, title))
            content = self._line.send("/pre-entry", {"key": paper.key}, told, size, "PRE-07")
        answer: Any = self._line.texts(content)
        if not answer.get("number"):
            raise OutsideFailure(f"{self.title}没有给出预录入编号，请再上传一次查明")
        return PreEntryAnswer(number=answer["number"])


def rehearsal_pre_entry(service: RehearsalService) -> PreEntryWay:
    """Return the rehearsal customs as a place that can be chosen; its service starts when it is first asked."""
    told = "演练用：上传到演练海关，当场给出预录入编号，须用IC卡登录"
    return PreEntryWay("rehearsal", "演练海关", told, True, lambda: PreEntryHttp(service.address))
