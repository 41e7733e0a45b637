"""客户端程序更新 (row 183): a newer program is downloaded, verified, unpacked beside the present one, runs next time.

Everything lies in the data folder: ``updates/program`` what was downloaded, ``versions`` what was unpacked.
"""

from __future__ import annotations

import compileall
import logging
import os
import py_compile
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Collection
from pathlib import Path

import bondesk
from bondesk import program_versions
from bondesk.base.errors import OutsideFailure, Refused
from bondesk.base.file_words import reason_of
from bondesk.base.program_release import ProgramRelease, ProgramSource, Tell
from bondesk.program_versions import Pointer, numbers
from bondesk.settings import Home, carried

_log = logging.getLogger(__name__)
_MANIFEST, _SIGNATURE = "program.json", "program.sig"
#: What the newer program is asked before it is trusted to start.
_TRIAL = "import bondesk, bondesk.cli, bondesk.window, bondesk.app; print(bondesk.__version__)"
_TRIAL_SECONDS = 120
#: A scanner of files may hold what was just written; then Windows does not rename it (tries, seconds between them).
_TRIES, _BETWEEN = 5, 0.4


class HomeUpdates:
    """The :class:`bondesk.base.program_release.ProgramUpdates` of a data folder; ``keys`` holds trusted public keys."""

    def __init__(
        self,
        home: Home,
        source: Callable[[], ProgramSource | None],
        keys: Path | None = None,
        present: str = bondesk.__version__,
    ) -> None:
        """Work beside ``home``; ``present`` is the version that runs."""
        self._home, self._source, self._present = home, source, present
        self._keys = keys or carried("resources") / "program_keys"
        self._waiting = home.path / "updates" / "program"
        self._versions = program_versions.versions_of(home.path)

    def newer(self) -> ProgramRelease | None:
        """Return the release on offer when it is newer; ``OutsideFailure`` without a source or when it is away."""
        source = self._known()
        found = source.newest()
        if found is None:
            return None
        release = self._read(*found)
        return release if numbers(release.version) > numbers(self._present) else None

    def _known(self) -> ProgramSource:
        source = self._source()
        if source is None:
            raise OutsideFailure("没有设置程序更新的来源，请管理员在设置中指定更新目录或更新地址")
        return source

    def _read(self, manifest: bytes, signature: bytes) -> ProgramRelease:
        from bondesk.adapters.program_wheel import read_release

        return read_release(manifest, signature, {path.stem: path.read_bytes() for path in self._keys.glob("*.pub")})

    def downloaded(self) -> ProgramRelease | None:
        """Return the newer release that waits; its manifest is checked, its file again when it is installed."""
        try:
            manifest, signature = (self._waiting / name for name in (_MANIFEST, _SIGNATURE))
            if not manifest.exists():
                return None
            release = self._read(manifest.read_bytes(), signature.read_bytes())
        except (OSError, Refused, OutsideFailure) as problem:
            _log.warning("what was downloaded of a newer program cannot be used: %s", problem)
            return None
        there = (self._waiting / release.file).exists()
        return release if there and numbers(release.version) > numbers(self._present) else None

    def download(self, release: ProgramRelease, tell: Tell) -> None:
        """Bring the release here, verify it, and only then let it wait under its name.

        What cannot run on this computer is refused here (PROG-05), not after the user closed everything for it.
        """
        from bondesk.adapters.program_wheel import require_fitting, verify_file

        source = self._known()
        found = source.newest()
        if found is None or self._read(*found) != release:
            raise OutsideFailure("更新来源中的新版本刚才变了，请重新查看")
        part = Path(source.fetch(release, str(self._waiting), tell))
        try:
            verify_file(release, part, lambda _done, _total: None)
            require_fitting(release, part)
            for old in (*self._waiting.glob("*.whl"), self._waiting / _MANIFEST):
                old.unlink(missing_ok=True)
            os.replace(part, self._waiting / release.file)
            (self._waiting / _SIGNATURE).write_bytes(found[1])
            fresh = self._waiting / f"{_MANIFEST}.new"
            fresh.write_bytes(found[0])
            os.replace(fresh, self._waiting / _MANIFEST)
        except Refused:
            part.unlink(missing_ok=True)
            raise
        except OSError as problem:
            raise OutsideFailure(f"新版本不能保存到 {self._waiting}：{reason_of(problem)}") from problem

    def install(self, tell: Tell) -> ProgramRelease:
        """Verify once more, unpack, try, list, switch; the present version stays for going back.

        What is refused waits no longer: the login would ask for it for ever, and it could not be downloaded again.
        """
        if getattr(sys, "frozen", False):
            raise Refused("这台电脑的程序由安装包安装，请运行新的安装包更新", "PROG-06")
        release = self.downloaded()
        if release is None:
            raise Refused("没有等待安装的新版本，请先下载", "PROG-04")
        final, part = self._versions / release.version, self._versions / f".{release.version}.part"
        try:
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir(parents=True)
            try:
                files = self._unpacked(release, part, tell)
                shutil.rmtree(final, ignore_errors=True)
                _rename(part, final)
            finally:
                shutil.rmtree(part, ignore_errors=True)
            before = program_versions.read_pointer(self._versions)
            if before.version != self._present:  # it does not run: the installed program does
                before = Pointer()
            fresh = Pointer(release.version, files, before.version, before.files)
            program_versions.write_pointer(self._versions, fresh)
            shutil.rmtree(self._waiting, ignore_errors=True)
            self._clear({fresh.version, fresh.before})
        except Refused:
            shutil.rmtree(self._waiting, ignore_errors=True)
            raise
        except OSError as problem:
            raise OutsideFailure(f"新版本不能安装到 {self._versions}：{reason_of(problem)}") from problem
        return release

    def _clear(self, needed: Collection[str]) -> None:
        """Remove the versions nobody can go back to."""
        for old in self._versions.iterdir():
            if old.is_dir() and numbers(old.name) and old.name not in needed:
                shutil.rmtree(old, ignore_errors=True)

    def _unpacked(self, release: ProgramRelease, part: Path, tell: Tell) -> str:
        from bondesk.adapters.program_wheel import unpack, verify_file

        wheel = self._waiting / release.file
        verify_file(release, wheel, lambda _done, _total: None)
        unpack(release, wheel, part, tell)
        mode = py_compile.PycInvalidationMode.CHECKED_HASH  # a start must not compile, nor trust a time of a file
        compileall.compile_dir(str(part / "bondesk"), quiet=2, invalidation_mode=mode, workers=1)
        _require_running(part, release.version)
        return program_versions.list_files(part)

    def back(self) -> str:
        """Switch to the version before; the installed program when there was no other."""
        pointer = program_versions.read_pointer(self._versions)
        if not pointer.version:
            raise Refused("现在运行的就是安装的程序，没有可以回到的版本", "PROG-07")
        try:
            program_versions.write_pointer(self._versions, Pointer(pointer.before, pointer.before_files))
        except OSError as problem:
            raise OutsideFailure(f"不能切换版本：{reason_of(problem)}") from problem
        return pointer.before or "安装的版本"

    def restart(self) -> None:
        """Start the program over the same data folder."""
        environment = {name: text for name, text in os.environ.items() if not name.endswith("_VERSIONS_RUNNING")}
        command = [sys.executable, "-m", "bondesk", "--home", str(self._home.path)]
        try:
            subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, env=environment)
        except OSError as problem:
            raise OutsideFailure(f"程序没有重新启动：{reason_of(problem)}；请关闭后重新打开") from problem

    def trouble(self) -> str:
        """Return what kept the newer program from running at this start, once."""
        return program_versions.trouble(self._versions)


def _rename(part: Path, final: Path) -> None:
    for left in reversed(range(_TRIES)):
        try:
            os.replace(part, final)
            return
        except PermissionError:
            if not left:
                raise
            time.sleep(_BETWEEN)


def _require_running(folder: Path, version: str) -> None:
    """Start the unpacked program far enough to see that it is whole; ``Refused`` (PROG-01) when it is not."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            [sys.executable, "-c", _TRIAL],
            env=environment,
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=_TRIAL_SECONDS,
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise Refused("新版本试运行没有成功，没有安装", "PROG-01") from problem
    if done.returncode or done.stdout.strip() != version:
        _log.warning("the newer program does not run: %s", done.stderr[-2000:])
        raise Refused("新版本试运行没有成功，没有安装；详细情况已写入日志", "PROG-01")


def updates_of(home: Home) -> HomeUpdates:
    """Return what can be done about a newer program: from the address or folder set, else the rehearsal's service."""
    return HomeUpdates(home, lambda: _source_of(home))


def _source_of(home: Home) -> ProgramSource | None:
    from bondesk.adapters.program_source import ProgramFolder, ProgramServer

    settings = home.read()
    if settings.update_url:
        return ProgramServer(lambda: settings.update_url, "更新服务器")
    if settings.update_folder:
        return ProgramFolder(Path(settings.update_folder))
    from bondesk.adapters.rehearsal import is_rehearsal

    root = Path(settings.gateway_root) if settings.gateway_root else None
    if root is None or not is_rehearsal(root):
        return None
    from bondesk.adapters.rehearsal_service import shared_service

    return ProgramServer(lambda: f"{shared_service(root).address()}/updates", "演练海关")
