"""The client's own settings file (``DFWJobSettings.xml``, message reference 9.1): where its boxes lie.

Only paths are taken. The file also keeps the card's PIN: nothing but the named attributes below is ever looked at.
"""

from __future__ import annotations

import os
from pathlib import Path

from lxml import etree

from bondesk.adapters.xml.parser import local, parse
from bondesk.base.client_folders import BOXES, FORMS, FormFolders, FoundFolders
from bondesk.base.errors import OutsideFailure
from bondesk.base.file_words import reason_of

FILE = "DFWJobSettings.xml"
_BY_SYSTEM = {
    "DXPDSWNEMS000001": "Nems",
    "DXPDSWNPTS000001": "Npts",
    "DXPDSWSAS0000001": "Sas",
    "DXPDSWACMP000001": "Acmp",
    "DXPDSWDEC0000002": "Deccus001",
    "DXPDSWDECEDOC002": "Decedoc001",
    "DXPDSWDECSUB0001": "Decsub",
}
_KNOWN = {form.casefold(): form for form in FORMS}


def usual_file() -> Path:
    """Return where the client of the signed-in Windows user keeps its settings."""
    base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    return Path(base) / "SIC" / "UserSetting" / FILE


def read_client_settings(path: Path) -> FoundFolders:
    """Read the folders of every form; ``OutsideFailure`` says in Chinese why that is impossible."""
    try:
        root = parse(path.read_bytes())
    except FileNotFoundError:
        raise OutsideFailure(
            f"找不到客户端的设置文件：{path}。请确认本机已安装并打开过单一窗口客户端，或点「选择文件」指定 {FILE}"
        ) from None
    except OSError as problem:
        raise OutsideFailure(f"客户端的设置文件不能读取：{path}（{reason_of(problem)}）") from problem
    except ValueError as problem:
        raise OutsideFailure(f"客户端的设置文件读不出来：{path}（{problem}）") from problem
    found: dict[str, FormFolders] = {}
    left_out: list[str] = []
    for outer in root.iter():
        if local(outer) != "FormSetting":
            continue
        for inner in (one for one in outer if local(one) == "SubFormSetting"):
            form = _form_of(outer, inner)
            folders = FormFolders(form, **{key: _path(inner, box) for key, box in BOXES.items()})
            if form not in FORMS:
                left_out.append(form or "（未命名）")
            elif folders.used and not (form in found and found[form].outbox):
                found[form] = folders
    if not found:
        raise OutsideFailure(f"文件 {path} 中没有找到加工贸易或报关单业务的目录设置，请手工填写")
    ordered = tuple(found[form] for form in FORMS if form in found)
    return FoundFolders(str(path), ordered, tuple(dict.fromkeys(left_out)))


def _form_of(outer: etree._Element, inner: etree._Element) -> str:
    """Name the form: by its id, its key, its system, or the folder its boxes lie in; as given when unknown."""
    named = [inner.get("FormId", ""), outer.get("Key", "")]
    for name in named:
        if known := _KNOWN.get(name.strip().casefold()):
            return known
    if known := _BY_SYSTEM.get(outer.get("SystemId", "").strip()):
        return known
    for box in BOXES.values():
        parts = _path(inner, box).replace("\\", "/").rstrip("/").split("/")
        if len(parts) > 1 and (known := _KNOWN.get(parts[-2].casefold())):
            return known
    return next((name.strip() for name in named if name.strip()), "")


def _path(element: etree._Element, box: str) -> str:
    return os.path.expandvars(element.get(box, "").strip())
