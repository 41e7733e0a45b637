"""One command to be ready: installs what is missing, then runs the demo company or passes the tests.

Standard library only; Linux and Windows. ``python3 packaging/ready.py demo`` or ``… test``; words after
``--`` are handed on.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
WINDOWS = os.name == "nt"
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"

SYSTEM_RUN = [
    "libgl1",
    "libegl1",
    "libxkbcommon0",
    "libglib2.0-0",
    "libfontconfig1",
    "libfreetype6",
    "libdbus-1-3",
    "libxkbcommon-x11-0",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-keysyms1",
    "libxcb-shape0",
    "libxcb-xkb1",
    "libxcb-render-util0",
    "libxcb-image0",
    "fonts-wqy-microhei",
]
SYSTEM_TEST = ["xvfb", "xauth", "fonts-noto-cjk"]


def say(text: str) -> None:
    """Print one line at once."""
    print(text, flush=True)


def run(*words: str | Path, **more: object) -> int:
    """Run a program and return its exit code."""
    return subprocess.call([str(word) for word in words], **more)  # type: ignore[call-overload,no-any-return]


def installed_packages(names: list[str]) -> list[str]:
    """Return those of ``names`` that Debian does not have installed."""
    asked = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${Status}\n", *names], capture_output=True, text=True, check=False
    )
    have = {
        line.split()[0].split(":")[0] for line in asked.stdout.splitlines() if line.endswith("install ok installed")
    }
    return [name for name in names if name not in have]


def install_system(names: list[str]) -> None:
    """Install Debian packages as root or through sudo; say the line to run when neither is possible."""
    if WINDOWS or shutil.which("apt-get") is None:
        return
    missing = installed_packages(names)
    if not missing:
        return
    before: list[str] = []
    if os.geteuid() != 0:
        if shutil.which("sudo") is None:
            say(f"Missing system packages. Run as root: apt-get install -y {' '.join(missing)}")
            return
        before = ["sudo"] if sys.stdin.isatty() else ["sudo", "-n"]
    say(f"Installing system packages: {' '.join(missing)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run(*before, "apt-get", "update", "-qq", env=environment)
    if run(*before, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing, env=environment):
        say(f"Could not install them. Run as root: apt-get install -y {' '.join(missing)}")


def venv_python() -> Path:
    """Return the interpreter of our virtual environment."""
    return VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")


def make_venv() -> None:
    """Create the virtual environment; Debian keeps part of it in a package of its own."""
    if venv_python().exists():
        return
    say("Creating the virtual environment 正在创建虚拟环境")
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        major, minor = platform.python_version_tuple()[:2]
        install_system([f"python{major}.{minor}-venv"])
    if run(sys.executable, "-m", "venv", VENV):
        raise SystemExit("The virtual environment could not be created.")


def can_build_cards() -> bool:
    """Tell whether the reader library, which has no Linux wheel, can be built here."""
    return not WINDOWS and all(map(shutil.which, ("gcc", "swig"))) and Path("/usr/include/PCSC/winscard.h").exists()


def install_project(extra: str, *, needed: bool = True) -> bool:
    """Install the project with exact versions, once per state of the declarations.

    False when it fails and is not ``needed``.
    """
    mark = hashlib.sha256((ROOT / "pyproject.toml").read_bytes() + CONSTRAINTS.read_bytes() + extra.encode())
    stamp = VENV / f"ready-{extra or 'run'}"
    if stamp.exists() and stamp.read_text() == mark.hexdigest():
        return True
    say("Installing the program 正在安装程序")
    target = f"{ROOT}[{extra}]" if extra else str(ROOT)
    pip = (venv_python(), "-m", "pip", "install", "--disable-pip-version-check", "-q", "-c", CONSTRAINTS)
    if run(*pip, "-e", target):
        if needed:
            raise SystemExit("Installing failed; see the lines above. 安装失败")
        return False
    stamp.write_text(mark.hexdigest())
    return True


def demo(more: list[str]) -> int:
    """Start the program with a fresh demo company."""
    install_system(SYSTEM_RUN)
    make_venv()
    install_project("")
    home = ROOT / "build" / "demo"
    return run(venv_python(), "-m", "bondesk", "--home", home, "demo", *more)


def test(more: list[str]) -> int:
    """Lint, check the types, run the tests; the first failure's exit code, after all have run."""
    install_system(SYSTEM_RUN + SYSTEM_TEST)
    make_venv()
    if not (can_build_cards() and install_project("dev,card", needed=False)):
        say("The card reader library is not built here; the tests that need it are skipped and say so")
        install_project("dev")
    python = venv_python()
    environment = {"QT_QPA_PLATFORM": "offscreen", "PYTHONUTF8": "1", **os.environ}
    codes = []
    if not more:
        codes.append(run(python, "-m", "ruff", "check", "src", "tests", "packaging", cwd=ROOT))
        codes.append(run(python, "-m", "mypy", cwd=ROOT))
    codes.append(run(python, "-m", "pytest", "-q", "-n", "2", *more, cwd=ROOT, env=environment))
    return next((code for code in codes if code), 0)


def main() -> int:
    """Run the verb given on the command line."""
    if sys.version_info < (3, 11):
        raise SystemExit("Python 3.11 or newer is needed. 需要 Python 3.11 或更新版本")
    verbs = {"demo": demo, "test": test}
    words = sys.argv[1:]
    if not words or words[0] not in verbs:
        raise SystemExit("usage: ready.py demo|test [-- more words]")
    more = words[1:]
    return verbs[words[0]](more[1:] if more[:1] == ["--"] else more)


if __name__ == "__main__":
    sys.exit(main())
