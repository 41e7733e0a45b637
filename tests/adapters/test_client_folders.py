"""客户端目录: read from the client's own file without its PIN, kept per machine, tried on real folders and volumes."""

from __future__ import annotations

from pathlib import Path

import pytest

from bondesk.adapters.client_settings import read_client_settings
from bondesk.adapters.client_trial import try_folders
from bondesk.adapters.gateway_folder import STAGING, GatewayFolders
from bondesk.base.client_folders import BOXES, FORMS, FormFolders, below
from bondesk.base.errors import OutsideFailure
from bondesk.client_folders import ClientFolders
from bondesk.settings import Home, Settings
from builders.volumes import read_only, small_volume

PIN = "88888888"


def written(path: Path, inner: str) -> Path:
    path.write_text(
        f'<?xml version="1.0" encoding="utf-8"?>\n<Settings><CardPin>{PIN}</CardPin><TimeInterval>15</TimeInterval>'
        f'<FormSettings>{inner}</FormSettings><User Pwd="{PIN}"/></Settings>',
        encoding="utf-8",
    )
    return path


def sub(form: str, root: str, pin: str = "") -> str:
    boxes = " ".join(f'{box}="{root}\\{box}"' for box in BOXES.values())
    return f'<SubFormSetting FormId="{form}" {boxes} MaxDegreeOfParallelism="1" PinCode="{pin}"/>'


def test_every_form_with_its_own_path(tmp_path: Path) -> None:
    """Forms on several drives, in the client's spelling; what is none of ours is only named; the PIN is nowhere."""
    forms = (
        ("Nems", "DXPDSWNEMS000001", "Nems", r"D:\Imp\Nems", PIN),
        ("DecCus001", "DXPDSWDEC0000002", "DecCus001", r"E:\bgd", ""),
        ("x1", "DXPDSWNPTS000001", "17", r"F:\a", ""),
        ("x2", "None", "18", r"C:\ImpPath\Others", ""),
        ("Rmft", "R", "Rmft", r"C:\ImpPath\Rmft", ""),
    )
    inner = "".join(
        f'<FormSetting Key="{key}" SystemId="{system}">{sub(form, root, pin)}</FormSetting>'
        for key, system, form, root, pin in forms
    )
    found = read_client_settings(written(tmp_path / "DFWJobSettings.xml", inner))
    assert [(one.form, one.outbox) for one in found.forms] == [
        ("Nems", r"D:\Imp\Nems\OutBox"),
        ("Npts", r"F:\a\OutBox"),
        ("Deccus001", r"E:\bgd\OutBox"),
        ("Others", r"C:\ImpPath\Others\OutBox"),
    ]
    assert found.left_out == ("Rmft",)
    assert PIN not in repr(found)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "找不到客户端的设置文件"),
        ("<Settings>", "读不出来"),
        ("<!DOCTYPE a []><Settings/>", "DOCTYPE"),
        ("<Settings><FormSettings/></Settings>", "没有找到"),
    ],
)
def test_what_is_no_settings_file_is_said(tmp_path: Path, text: str | None, said: str) -> None:
    path = tmp_path / "DFWJobSettings.xml"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(OutsideFailure, match=said):
        read_client_settings(path)


def made(root: Path, form: str = "Nems") -> FormFolders:
    (folders,) = below(root, (form,))
    for key in BOXES:
        Path(getattr(folders, key)).mkdir(parents=True, exist_ok=True)
    return folders


def test_kept_for_this_machine_and_in_force_at_once(tmp_path: Path) -> None:
    """What one setup keeps, a gateway made before it and another program on the same data folder use."""
    home = Home(tmp_path / "home")
    home.write(Settings())
    client = ClientFolders(home)
    gateway = GatewayFolders(client.in_force)
    assert not gateway.set_up
    assert [one.form for one in client.forms()] == list(FORMS)
    with pytest.raises(OutsideFailure, match="客户端目录"):
        gateway.stage("Nems", "a.zip", b"1")
    other = ClientFolders(Home(home.path))
    folders = made(tmp_path / "own" / "place")
    other.keep([folders, FormFolders("Sas")])
    assert gateway.set_up
    gateway.stage("nems", "a.zip", b"1")
    gateway.release("nems", "a.zip")
    assert [one.name for one in Path(folders.outbox).iterdir()] == ["a.zip"]
    assert home.read().client_folders == [folders]
    with pytest.raises(OutsideFailure, match="Sas（特殊监管区域"):
        gateway.stage("Sas", "a.zip", b"1")


def test_the_clients_spelling_is_found(tmp_path: Path) -> None:
    """``DecCus001\\outbox`` on disk serves Deccus001 on a system that minds case."""
    (tmp_path / "DECCUS001" / "outbox").mkdir(parents=True)
    gateway = GatewayFolders(lambda: below(tmp_path, ("Deccus001",)))
    gateway.stage("DecCus001", "a.xml", b"1")
    gateway.release("DecCus001", "a.xml")
    assert [one.name for one in (tmp_path / "DECCUS001" / "outbox").iterdir()] == ["a.xml"]


def test_a_good_client_is_tried_and_left_clean(tmp_path: Path) -> None:
    folders = made(tmp_path)
    trials = try_folders([folders, FormFolders("Npts", inbox=folders.inbox)])
    assert [(one.form, one.box, one.state) for one in trials] == [
        *(("Nems", box, "good") for box in BOXES.values()),
        ("Npts", "OutBox", "warn"),
        ("Npts", "InBox", "good"),
    ]
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert left == []
    assert {path.name for path in (tmp_path / "Nems").iterdir()} == set(BOXES.values())


def states(folders: FormFolders) -> dict[str, str]:
    return {one.box: f"{one.state} {one.text}" for one in try_folders([folders])}


def test_what_is_wrong_with_a_box_is_said(tmp_path: Path) -> None:
    """Missing, a file in its place, read-only; the optional boxes only warn."""
    folders = made(tmp_path)
    Path(folders.outbox).rmdir()
    Path(folders.sentbox).rmdir()
    Path(folders.sentbox).write_text("x", encoding="utf-8")
    said = states(folders)
    assert said["OutBox"].startswith("bad 目录不存在")
    assert said["SentBox"].startswith("warn 不是目录")
    Path(folders.outbox).mkdir()
    with read_only(tmp_path / "Nems"):
        said = states(folders)
    assert said["OutBox"].startswith("bad ")
    assert "只读" in said["OutBox"] or "权限" in said["OutBox"]


def test_an_outbox_on_another_volume(tmp_path: Path) -> None:
    """The rename would not be one: said by the test, and the gateway keeps the document instead of copying."""
    folders = made(tmp_path)
    with small_volume(Path(folders.outbox)):
        assert "不在同一磁盘" in states(folders)["OutBox"]
        gateway = GatewayFolders(lambda: [folders])
        gateway.stage("Nems", "a.zip", b"1")
        with pytest.raises(OutsideFailure, match="不在同一磁盘"):
            gateway.release("Nems", "a.zip")
        assert gateway.staged("Nems", "a.zip")


def test_a_full_volume(tmp_path: Path) -> None:
    """Said before and while sending; no half file stays, and it goes on when there is room."""
    with small_volume(tmp_path / "volume") as volume:
        folders = made(volume)
        assert "几乎已满" in states(folders)["OutBox"]
        gateway = GatewayFolders(lambda: [folders])
        with pytest.raises(OutsideFailure, match="磁盘已满"):
            gateway.stage("Nems", "a.zip", b"1" * (1 << 20))
        assert not gateway.staged("Nems", "a.zip")
        assert [one.name for one in (volume / "Nems" / STAGING).iterdir()] == []
        gateway.stage("Nems", "a.zip", b"1" * 1000)
        gateway.release("Nems", "a.zip")
