"""EMS111 and EML111 against the examples of the reference: same groups, same elements, same order."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from bondesk.areas.accounts import eml111, ems111
from bondesk.base.messages import Element, MessageGroup

EXAMPLES = Path(__file__).resolve().parents[4] / "shared" / "spec" / "examples"
pytestmark = pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the message examples are not beside the repository")


def local(element: etree._Element) -> str:
    return etree.QName(element).localname


@pytest.mark.parametrize(
    ("name", "root", "groups", "tail"),
    [
        ("ems111-example", "EmsMessage", ems111.GROUPS, ems111.TAIL),
        ("eml111-example", "EmlMessage", eml111.GROUPS, eml111.TAIL),
    ],
)
def test_the_example_has_our_groups_and_elements(
    name: str, root: str, groups: tuple[MessageGroup, ...], tail: tuple[Element, ...]
) -> None:
    tree = etree.parse(EXAMPLES / f"{name}.xml")
    (message,) = [element for element in tree.iter() if isinstance(element.tag, str) and local(element) == root]
    ours = {group.name: [element.name for element in group.elements] for group in groups}
    seen = set()
    for part in message:
        if not isinstance(part.tag, str) or local(part) not in ours:
            continue
        seen.add(local(part))
        theirs = [local(leaf) for leaf in part]
        assert theirs == [element for element in ours[local(part)] if element in theirs], local(part)
        assert set(ours[local(part)]) >= set(theirs)
        needed = [e.name for g in groups if g.name == local(part) for e in g.elements if e.need == "M"]
        assert set(needed) <= set(theirs), local(part)
    assert seen == set(ours)
    others = [local(part) for part in message if isinstance(part.tag, str) and local(part) not in ours]
    assert set(others) <= {element.name for element in tail} | {"NptsSign", "ImportInfo"}
