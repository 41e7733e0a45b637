"""The client's folders: no torn file is ever seen, nothing is overwritten, a missing place is named."""

from __future__ import annotations

import os
import shutil
import threading
import time
from pathlib import Path

import pytest

from bondesk.adapters.gateway_folder import ARCHIVE, QUARANTINE, GatewayFolders, folders_below
from bondesk.base.client_folders import FORMS
from bondesk.base.errors import OutsideFailure
from bondesk.engine.ports import Arrival

WHOLE = b"<CommonResponeMessage><DealFlag>0</DealFlag></CommonResponeMessage>"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A client with one form."""
    for box in ("OutBox", "InBox", "SentBox", "FailBox", "TempBox"):
        (tmp_path / "Nems" / box).mkdir(parents=True)
    return tmp_path


def over(root: Path, settled_after: float = 2.0) -> GatewayFolders:
    """A gateway over a client that keeps every form below one root."""
    return GatewayFolders(lambda: folders_below(root), settled_after)


def complete(gateway: GatewayFolders) -> list[tuple[Arrival, bytes]]:
    """What is complete, with its bytes."""
    read = [(arrival, gateway.read(arrival)) for arrival in gateway.arrivals().files]
    return [(arrival, content) for arrival, content in read if content is not None]


def names(gateway: GatewayFolders) -> list[str]:
    """The names of what is complete."""
    return [arrival.name for arrival, _content in complete(gateway)]


def test_a_watching_client_never_sees_a_torn_file(root: Path) -> None:
    """Whoever polls the OutBox, more than 1,000 times a second, while files of a megabyte arrive reads every one whole
    at first sight; between two steps of ours it has looked again.
    """
    gateway = over(root)
    contents = {f"m{i}.zip": bytes([i]) * (1 << 20) for i in range(12)}
    seen: dict[str, bytes] = {}
    torn: list[str] = []
    stop, looked = threading.Event(), threading.Event()
    looks = 0
    spent = 0.0

    def watch() -> None:
        nonlocal looks, spent
        last_look = False
        while not last_look:
            last_look = stop.is_set()
            looks += 1
            looked.set()
            for entry in os.scandir(root / "Nems" / "OutBox"):
                if entry.name not in seen:
                    seen[entry.name] = Path(entry.path).read_bytes()
                    if seen[entry.name] != contents.get(entry.name):
                        torn.append(entry.name)
        spent = time.thread_time()

    watcher = threading.Thread(target=watch)
    watcher.start()
    for name, content in contents.items():
        gateway.stage("Nems", name, content)
        looked.clear()
        assert looked.wait(10)
        gateway.release("Nems", name)
    stop.set()
    watcher.join()
    assert torn == []
    assert looks > max(len(contents), 1000 * spent)
    assert seen == contents


def test_staged_files_are_out_of_the_clients_sight(root: Path) -> None:
    """Before the release nothing lies in any box of the client; after it nothing is staged."""
    gateway = over(root)
    gateway.stage("Nems", "m.zip", b"1")
    assert gateway.staged("Nems", "m.zip")
    assert not gateway.seen("Nems", "m")
    assert list((root / "Nems" / "OutBox").iterdir()) == []
    gateway.release("Nems", "m.zip")
    assert not gateway.staged("Nems", "m.zip")
    assert gateway.seen("Nems", "m")


def test_content_is_on_disk_before_the_rename(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Order of the durable steps: fsync of the file, rename beside the box, fsync of the folder, then into the box."""
    steps: list[str] = []
    fsync, replace = os.fsync, os.replace

    def noted_fsync(handle: int) -> None:
        steps.append("fsync")
        fsync(handle)

    def noted_replace(source: Path, target: Path) -> None:
        steps.append(f"rename {Path(target).parent.name}")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "replace", noted_replace)
    gateway = over(root)
    gateway.stage("Nems", "m.zip", b"1")
    gateway.release("Nems", "m.zip")
    assert steps == ["fsync", "rename BondeskStaging", "fsync", "rename OutBox", "fsync"]


@pytest.mark.parametrize(
    "place",
    [
        "OutBox/stem.zip",
        "SentBox/stem.zip",
        "SentBox/stem.xml",
        "FailBox/stem.zip",
        "FailBox/2024-01-08/stem.zip",
        "TempBox/stem.xml",
        "InBox/Successed_stem_202401081000000000001.xml",
        f"{ARCHIVE}/Successed_stem_202401081000000000001.xml",
    ],
)
def test_traces_of_a_message(root: Path, place: str) -> None:
    """Every place in which the client may have put a message, or its answer, shows that it had it."""
    path = root / "Nems" / place
    path.parent.mkdir(exist_ok=True)
    gateway = over(root)
    assert not gateway.seen("Nems", "stem")
    path.write_bytes(b"1")
    assert gateway.seen("Nems", "stem")
    assert not gateway.seen("Nems", "other")


def test_what_is_still_being_written_waits(root: Path) -> None:
    """.tmp files and files without their end wait; one without a known end is taken when it has settled."""
    inbox = root / "Nems" / "InBox"
    (inbox / "whole.xml").write_bytes(WHOLE + b"\n")
    (inbox / "half.xml").write_bytes(WHOLE[:30])
    (inbox / "writing.xml.tmp").write_bytes(WHOLE)
    gateway = over(root, settled_after=0.2)
    assert names(gateway) == ["whole.xml"]
    time.sleep(0.3)
    assert sorted(names(gateway)) == ["half.xml", "whole.xml"]
    with (inbox / "half.xml").open("ab") as stream:
        stream.write(WHOLE[30:40])
    assert names(gateway) == ["whole.xml"]


def test_a_growing_file_is_taken_once_and_whole(root: Path) -> None:
    """Read while another thread writes it in pieces: never a part."""
    path = root / "Nems" / "InBox" / "slow.xml"
    gateway = over(root, settled_after=5)

    def write() -> None:
        with path.open("wb") as stream:
            for place in range(0, len(WHOLE), 7):
                stream.write(WHOLE[place : place + 7])
                stream.flush()
                time.sleep(0.01)

    writer = threading.Thread(target=write)
    writer.start()
    taken: list[bytes] = []
    while not taken:
        taken = [content for _arrival, content in complete(gateway)]
    writer.join()
    assert taken == [WHOLE]


def test_every_inbox_is_read_oldest_first(root: Path) -> None:
    """Receipts may lie in the form's folder, in Others, or in its INV sub-folder (9.1)."""
    places = ["Nems/InBox", "Others/InBox", "Others/InBox/INV", "Npts/InBox", "Sas/InBox"]
    for age, place in enumerate(places):
        (root / place).mkdir(parents=True, exist_ok=True)
        path = root / place / f"{age}.xml"
        path.write_bytes(WHOLE)
        os.utime(path, (1_700_000_000 - age, 1_700_000_000 - age))
    found = over(root).arrivals().files
    assert [(incoming.folder, incoming.name) for incoming in found] == [
        (place, f"{age}.xml") for age, place in reversed(list(enumerate(places)))
    ]


def test_settling_moves_and_never_overwrites(root: Path) -> None:
    """Archive and quarantine keep both files of one name; a file that is gone is fine."""
    gateway = over(root)
    for content in (b"<Root>1</Root>", b"<Root>2</Root>"):
        (root / "Nems" / "InBox" / "same.xml").write_bytes(content)
        ((incoming, _content),) = complete(gateway)
        gateway.settle(incoming, quarantine=False)
        gateway.settle(incoming, quarantine=False)
    kept = {path.name: path.read_bytes() for path in (root / "Nems" / ARCHIVE).iterdir()}
    assert kept == {"same.xml": b"<Root>1</Root>", "same~2.xml": b"<Root>2</Root>"}
    (root / "Nems" / "InBox" / "bad.xml").write_bytes(WHOLE)
    gateway.settle(complete(gateway)[0][0], quarantine=True)
    assert [path.name for path in (root / "Nems" / QUARANTINE).iterdir()] == ["bad.xml"]
    assert names(gateway) == []


def test_missing_folders_are_named(root: Path) -> None:
    """Network drive away, form missing: a Chinese sentence with the path."""
    gateway = over(root / "away")
    assert all("away" in problem for problem in gateway.arrivals().problems)
    assert len(gateway.arrivals().problems) == len(FORMS)
    with pytest.raises(OutsideFailure, match="OutBox"):
        over(root).stage("Npts", "m.zip", b"1")
    shutil.rmtree(root / "Nems" / "OutBox")
    with pytest.raises(OutsideFailure, match="单据保持待发送"):
        over(root).release("Nems", "m.zip")
    assert not (root / "Npts").exists()


def test_a_disk_error_is_an_outside_failure(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk leaves no message in the OutBox and says so."""

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutsideFailure, match="不能读写"):
        over(root).stage("Nems", "m.zip", b"1")
    assert not over(root).staged("Nems", "m.zip")
    assert list((root / "Nems" / "OutBox").iterdir()) == []
