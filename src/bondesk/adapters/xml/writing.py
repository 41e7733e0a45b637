"""Messages written as text: every element on a line of its own, indented, as the client's own files look.

Written line by line instead of as a tree of nodes: a message is thousands of leaves of two texts, and nothing else.
"""

from __future__ import annotations

from bondesk.engine.ports import Composed, Leaves

DECLARATION = "<?xml version='1.0' encoding='UTF-8'?>\n"
_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_VALUE = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}
)


def escaped(text: str) -> str:
    """Return ``text`` as it stands between tags."""
    return text.translate(_TEXT)


def attributes(values: Leaves) -> str:
    """Return attributes as they stand in a start tag, a blank before each."""
    return "".join(f' {name}="{text.translate(_VALUE)}"' for name, text in values)


def leaves(values: Leaves, depth: int) -> str:
    """Write elements one below the other, ``depth`` steps in."""
    indent = "  " * depth
    if _plain(values):
        return "".join(
            [f"{indent}<{name}>{text}</{name}>\n" if text else f"{indent}<{name}/>\n" for name, text in values]
        )
    return "".join(
        [f"{indent}<{name}>{escaped(text)}</{name}>\n" if text else f"{indent}<{name}/>\n" for name, text in values]
    )


def _plain(values: Leaves) -> bool:
    """Tell whether no text needs escaping: one look at all of them together."""
    joined = "".join([text for _name, text in values])
    return "&" not in joined and "<" not in joined and ">" not in joined and "\r" not in joined


def element(name: str, inside: str, depth: int, start: str = "") -> str:
    """Write an element around lines already written; ``start`` are its attributes."""
    indent = "  " * depth
    return f"{indent}<{name}{start}>\n{inside}{indent}</{name}>\n" if inside else f"{indent}<{name}{start}/>\n"


def body(composed: Composed, depth: int) -> str:
    """Write blocks and tail of a message."""
    parts = []
    for block in composed.blocks:
        if not block.wrapper:
            parts += [element(block.name, leaves(row, depth + 1), depth) for row in block.rows]
            continue
        rows = "".join([element(block.name, leaves(row, depth + 2), depth + 1) for row in block.rows])
        parts.append(element(block.wrapper, rows, depth))
    return "".join(parts) + leaves(composed.tail, depth)
