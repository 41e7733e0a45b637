"""Nobody locks the company out, and rights taken away are gone at the next act."""

from __future__ import annotations

import pytest

from bondesk.areas.setup.users import GroupRight, User, UserGroup, UserMembership
from bondesk.base.errors import Refused
from bondesk.base.identity import Identity
from bondesk.engine import records
from bondesk.engine.drafts import LineDraft
from bondesk.engine.engine import SYSTEM
from bondesk.engine.query import Query, count
from builders.office import Office


@pytest.fixture
def clerks(codes_office: Office) -> Identity:
    """A group that may see partners, its one member, and the three users with all rights."""
    with codes_office.act(SYSTEM) as act:
        group = UserGroup(code="clerks", name="制单")
        group.rights = [GroupRight(line_no=1, module="partner", action="view")]
        user = User(account="li", name="李四", active=True)
        user.groups = [UserMembership(line_no=1, group_code="clerks")]
        act.session.add_all([group, user])
    with codes_office.act(SYSTEM) as act:
        return codes_office.engine.catalogue.users.identity(act.facts, "li")


def stored(office: Office, key: str, **where: object) -> int:
    """Find the id of a stored user or group."""
    document = office.document(key)
    with office.act(SYSTEM) as act:
        found = act.facts.one(document.header, **where)
        assert found is not None
        return int(found.id)


def change(office: Office, key: str, document_id: int, lines: str = "", **head: object) -> None:
    """Save a user or group with other values; ``lines`` names a table to empty."""
    document = office.document(key)
    with office.act() as act:
        draft = records.open_draft(act, document, document_id)
        draft.head |= head
        if lines:
            draft.lines[lines] = []
        records.save(act, document, draft)


def code_of(refused: pytest.ExceptionInfo[Refused]) -> str:
    """Return the code of the one finding."""
    (finding,) = refused.value.findings
    return finding.code


def leave_one(office: Office) -> int:
    """Stop every user but the clerk and return the clerk's id."""
    for account in ("shenhe", "admin"):
        change(office, "user", stored(office, "user", account=account), active=False)
    return stored(office, "user", account="zhidan")


def test_the_last_user_with_all_rights_stays(codes_office: Office) -> None:
    """Stopped, without the group, deleted, the group emptied or deleted: all refused, nothing changed."""
    last = leave_one(codes_office)
    group = stored(codes_office, "user_group", code="admin")
    user, groups = codes_office.document("user"), codes_office.document("user_group")
    with pytest.raises(Refused) as caught:
        change(codes_office, "user", last, active=False)
    assert code_of(caught) == "AUTH-08"
    with pytest.raises(Refused) as caught:
        change(codes_office, "user", last, lines="groups")
    assert code_of(caught) == "AUTH-08"
    with pytest.raises(Refused) as caught:
        change(codes_office, "user_group", group, lines="rights")
    assert code_of(caught) == "AUTH-08"
    with pytest.raises(Refused) as caught, codes_office.act() as act:
        records.delete(act, user, last)
    assert code_of(caught) == "AUTH-08"
    with pytest.raises(Refused) as caught, codes_office.act() as act:
        records.delete(act, groups, group)
    assert code_of(caught) == "AUTH-07"
    with codes_office.act(SYSTEM) as act:
        assert codes_office.engine.catalogue.users.identity(act.facts, "zhidan").may("anything", "at all")


def test_one_of_two_may_go(codes_office: Office) -> None:
    change(codes_office, "user", stored(codes_office, "user", account="shenhe"), active=False)
    with codes_office.act() as act:
        records.delete(act, codes_office.document("user"), stored(codes_office, "user", account="admin"))


def test_a_group_in_use_is_neither_deleted_nor_renamed(codes_office: Office, clerks: Identity) -> None:
    group = stored(codes_office, "user_group", code="clerks")
    with pytest.raises(Refused, match="clerks") as caught, codes_office.act() as act:
        records.delete(act, codes_office.document("user_group"), group)
    assert code_of(caught) == "AUTH-07"
    with pytest.raises(Refused) as caught:
        change(codes_office, "user_group", group, code="others")
    assert code_of(caught) == "AUTH-07"
    change(codes_office, "user_group", group, name="新名称")
    change(codes_office, "user", clerks.user_id, lines="groups")
    with codes_office.act() as act:
        records.delete(act, codes_office.document("user_group"), group)


def test_rights_taken_away_are_gone_at_the_next_act(codes_office: Office, clerks: Identity) -> None:
    """The identity of the sign-in is kept by the window; the engine reads again when a revision differs."""
    partner = codes_office.document("partner")
    with codes_office.act(clerks) as act:
        assert count(act, partner, Query()) == 0
        assert act.identity is clerks, "nothing changed: nothing read again"
    change(codes_office, "user_group", stored(codes_office, "user_group", code="clerks"), lines="rights")
    with pytest.raises(Refused) as caught, codes_office.act(clerks) as act:
        count(act, partner, Query())
    assert code_of(caught) == "ACCESS-01"


def test_rights_given_are_there_at_the_next_act(codes_office: Office, clerks: Identity) -> None:
    user, document = stored(codes_office, "user", account="li"), codes_office.document("user")
    with codes_office.act() as act:
        draft = records.open_draft(act, document, user)
        draft.lines["groups"].append(LineDraft({"group_code": "admin"}))
        records.save(act, document, draft)
    with codes_office.act(clerks) as act:
        assert act.identity.may("bonded_note", "audit")


@pytest.mark.parametrize("way", ["stopped", "deleted"])
def test_a_user_who_is_gone_does_nothing_more(codes_office: Office, clerks: Identity, way: str) -> None:
    if way == "stopped":
        change(codes_office, "user", clerks.user_id, active=False)
    else:
        with codes_office.act() as act:
            records.delete(act, codes_office.document("user"), clerks.user_id)
    with pytest.raises(Refused) as caught, codes_office.act(clerks) as act:
        count(act, codes_office.document("partner"), Query())
    assert code_of(caught) == "AUTH-01"


def test_the_enterprise_is_one(codes_office: Office) -> None:
    document = codes_office.document("company")
    only = stored(codes_office, "company")
    with codes_office.act() as act:
        assert records.open_single(act, document).id == only
    with pytest.raises(Refused, match="只有一份"), codes_office.act() as act:
        records.delete(act, document, only)
    with pytest.raises(Refused, match="只有一份"), codes_office.act() as act:
        records.copy_draft(act, document, only)
    with pytest.raises(Refused, match="只有一份"), codes_office.act() as act:
        records.save(act, document, records.blank(act, document))
