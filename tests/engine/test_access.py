"""Rights: nothing is done that is not granted, whichever way it is asked for (handbook 18)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bondesk.areas.setup.users import GroupRight, User, UserGroup, UserMembership, set_password
from bondesk.base.errors import Refused
from bondesk.base.identity import Identity
from bondesk.base.options import read_options
from bondesk.base.steps import play
from bondesk.engine import importing, records, reporting, scripts, sending
from bondesk.engine.act import Act
from bondesk.engine.drafts import Draft
from bondesk.engine.engine import SYSTEM
from bondesk.engine.list_export import export_steps
from bondesk.engine.query import Query, count, page
from builders.office import DEMO, PASSWORD, Office

Deed = Callable[[Office, Act, Path], object]


def import_partners(office: Office, act: Act, _folder: Path) -> object:
    """Start an import."""
    return next(importing.import_steps(act, office.document("partner"), DEMO / "partner.xlsx"))


def start(key: str) -> Deed:
    """Start a wizard."""

    def deed(office: Office, act: Act, _folder: Path) -> object:
        script = office.engine.catalogue.script(key)
        return scripts.start(act, script, read_options(script.options, {}))

    return deed


def report(office: Office, act: Act, _folder: Path) -> object:
    """Run report 1."""
    declared = office.engine.catalogue.report("material_status")
    return reporting.run_at_once(act, declared, read_options(declared.options, {}))


#: the right on a document → what needs it
DEEDS: dict[tuple[str, str], Deed] = {
    ("partner", "view"): lambda o, act, _: page(act, o.document("partner"), Query(), 0, 10),
    ("bonded_note", "view"): lambda o, act, _: count(act, o.document("bonded_note"), Query()),
    ("partner", "new"): lambda o, act, _: records.blank(act, o.document("partner")),
    ("exchange_rate", "new"): lambda o, act, _: records.save(act, o.document("exchange_rate"), Draft(head={})),
    ("partner", "edit"): lambda o, act, _: records.save(act, o.document("partner"), Draft(head={}, id=1)),
    ("partner", "delete"): lambda o, act, _: records.delete(act, o.document("partner"), 1),
    ("partner", "import"): import_partners,
    ("partner", "export"): lambda o, act, to: play(export_steps(act, o.document("partner"), Query(), to / "x.xlsx")),
    ("bonded_note", "audit"): lambda o, act, _: records.move(act, o.document("bonded_note"), 1, "audit"),
    ("bonded_note", "unaudit"): lambda o, act, _: records.move(act, o.document("bonded_note"), 1, "unaudit"),
    ("bonded_note", "void"): lambda o, act, _: records.move(act, o.document("bonded_note"), 1, "void"),
    ("bonded_note", "send"): lambda o, act, _: sending.order(act, o.document("bonded_note"), []),
    ("source_document", "generate_notes"): start("generate_notes"),
    ("bom", "generate_unit_consumption"): start("generate_unit_consumption"),
    ("material_status", "view"): report,
}


def somebody(*grants: tuple[str, str]) -> Identity:
    """A user with these grants."""
    return Identity(7, "new", "新员工", frozenset(grants))


def answer(office: Office, deed: Deed, who: Identity, folder: Path) -> str:
    """Try a deed; return the code it is refused with, "" when it goes through."""
    try:
        with office.act(who) as act:
            deed(office, act, folder)
    except Refused as refusal:
        return refusal.findings[0].code
    return ""


@pytest.mark.parametrize("right", DEEDS, ids="/".join)
def test_each_deed_needs_its_right(codes_office: Office, tmp_path: Path, right: tuple[str, str]) -> None:
    """Refused with every right but the one; with it (and the right to look), anything but ACCESS-01."""
    catalogue = codes_office.engine.catalogue
    every = {(d.key, action) for d in catalogue.documents for action, _ in catalogue.rights_of(d)}
    every |= {(declared.key, "view") for declared in catalogue.reports}
    assert right in every
    assert answer(codes_office, DEEDS[right], somebody(*(every - {right})), tmp_path) == "ACCESS-01"
    assert answer(codes_office, DEEDS[right], somebody(right, (right[0], "view")), tmp_path) != "ACCESS-01"


def test_receiving_needs_the_right_to_send(codes_office: Office) -> None:
    """Receipts are taken by who may send; a refusal leaves the file where it is."""
    waiting = codes_office.client / "InBox" / "a.xml"
    waiting.write_text("<Root></Root>", encoding="utf-8")
    office = Office(codes_office.home, codes_office.engine, somebody(("bonded_note", "view")), codes_office.auditor)
    with pytest.raises(Refused) as refusal:
        office.receive()
    assert refusal.value.findings[0].code == "ACCESS-01"
    assert waiting.exists()


def test_rights_come_from_the_groups_of_the_user(codes_office: Office) -> None:
    """A user has what the groups grant, read at sign-in."""
    with codes_office.act(SYSTEM) as act:
        group = UserGroup(code="look", name="查看")
        group.rights = [GroupRight(line_no=1, module="partner", action="view")]
        user = User(account="li", name="小李", active=True)
        set_password(user, "xiaoli-1")
        user.groups = [UserMembership(line_no=1, group_code="look")]
        act.session.add_all([group, user])
    who = codes_office.engine.sign_in("li", "xiaoli-1")
    assert (who.name, who.grants) == ("小李", frozenset({("partner", "view")}))
    assert who.may("partner", "view")
    assert not who.may("partner", "edit")
    assert not who.may("part", "view")


def test_wrong_password_unknown_and_inactive_look_alike(codes_office: Office) -> None:
    """AUTH-01 with one sentence, so that nobody learns which accounts exist."""
    with codes_office.act(SYSTEM) as act:
        user = act.facts.one(User, account="shenhe")
        assert user is not None
        user.active = False
    said = set()
    for account, password in (("zhidan", "wrong-1"), ("nobody", PASSWORD), ("shenhe", PASSWORD)):
        with pytest.raises(Refused) as refusal:
            codes_office.engine.sign_in(account, password)
        said |= {str(finding) for finding in refusal.value.findings}
    assert len(said) == 1
    assert codes_office.engine.sign_in(" zhidan ", PASSWORD).account == "zhidan"
