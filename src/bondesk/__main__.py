"""Where the program starts: the newest version there is, then a command when one is given, else the window."""

from __future__ import annotations

import sys
from pathlib import Path

import bondesk
from bondesk import program_versions

_VERBS = frozenset(
    [
        "init",
        "demo",
        "template",
        "import",
        "list",
        "export",
        "download",
        "pre-entry",
        "card",
        "run",
        "audit",
        "unaudit",
        "send",
        "receive",
        "rehearsal",
        "training",
        "report",
        "explain",
        "update-codes",
        "update-program",
        "check",
        "describe",
        "-h",
        "--help",
    ]
)


def _home(arguments: list[str]) -> Path:
    """Return the data folder meant, where a newer program may lie."""
    for place, word in enumerate(arguments):
        if word == "--home" and place + 1 < len(arguments):
            return Path(arguments[place + 1]).resolve()
        if word.startswith("--home="):
            return Path(word.partition("=")[2]).resolve()
    from bondesk.settings import default_home

    return default_home().path


def main() -> int:
    """Run the command line, or open the window when no command is given; return the exit code.

    The command line is imported only when it is needed: the window must be there at once.
    """
    arguments = sys.argv[1:]
    program_versions.run_newer(_home(arguments), bondesk.__version__, arguments)
    if _VERBS.intersection(arguments) or (arguments and not arguments[0].startswith("--home")):
        from bondesk import cli, cli_output

        cli_output.use_standard_streams()
        return cli.main(arguments)
    from bondesk.settings import Home, default_home
    from bondesk.window import run_window

    chosen = arguments[1] if len(arguments) == 2 else "".join(arguments).partition("=")[2]
    return run_window(Home(Path(chosen).resolve()) if chosen else default_home())


if __name__ == "__main__":
    sys.exit(main())
