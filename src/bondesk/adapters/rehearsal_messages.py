"""The files in the OutBox as the rehearsal customs opens them: the business root, and what lies beside it."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from lxml import etree

from bondesk.adapters import rehearsal_verification
from bondesk.adapters.rehearsal_books import kind_of
from bondesk.adapters.xml.parser import child, local, parse, text

DECLARATION = "DecMessage"


def message_of(path: Path) -> tuple[etree._Element, dict[str, bytes]]:
    """Return the business root of a message and the files beside it; ``ValueError`` with a Chinese reason."""
    content, files = _unpacked(path)
    root = parse(content)
    if local(root) == DECLARATION:
        return root, files
    if files:
        raise ValueError(f"压缩包须只含 {path.stem}.xml，现为 {'、'.join([f'{path.stem}.xml', *files])}")
    if local(root) != "Signature":
        raise ValueError(f"根元素应为 Signature，现为 {local(root)}")
    steps = ("Object", "Package", "DataInfo", "BussinessData")
    found: etree._Element | None = root
    for step in steps:
        found = child(found, step) if found is not None else None
    if found is None or not len(found):
        raise ValueError(f"缺少 {' / '.join(steps)} 或其中没有报文")
    message = found[0]
    if local(message) not in {"InvtMessage", rehearsal_verification.ROOT} and kind_of(message) is None:
        raise ValueError(f"不认识的报文 {local(message)}，应为 InvtMessage 或账册、手册、资质、报核报文")
    return message, files


def is_kept(message: etree._Element) -> bool:
    """Tell whether a message of the signed envelope is 暂存: kept at the Single Window, not declared."""
    return text(message.getparent(), "DelcareFlag") == "0"


def _unpacked(path: Path) -> tuple[bytes, dict[str, bytes]]:
    """Return the XML of a file in the OutBox and what lies beside it in the zip."""
    if path.suffix == ".xml":
        return path.read_bytes(), {}
    own = f"{path.stem}.xml"
    try:
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
            names = archive.namelist()
            if own not in names:
                raise ValueError(f"压缩包须只含 {own}，现为 {'、'.join(names)}")
            return archive.read(own), {name: archive.read(name) for name in names if name != own}
    except zipfile.BadZipFile as problem:
        raise ValueError("压缩包损坏") from problem
