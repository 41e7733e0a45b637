"""默认模板: which fit, what they fill, what they leave alone (rows 36, 37; handbook 18)."""

from __future__ import annotations

from typing import Any

import pytest

from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.base.errors import Refused
from bondesk.base.head_template import HeadTemplate
from bondesk.base.template_filling import fill, most_specific_first
from bondesk.engine import records, templates
from bondesk.engine.drafts import Draft, LineDraft
from bondesk.engine.engine import SYSTEM
from builders.office import Office


def store(
    office: Office, name: str, values: dict[str, str], *, ie: str = "", mode: str = "", usual: bool = True
) -> int:
    """Store a template of 核注清单 the way its form does."""
    document = office.document("head_template")
    head = {"document_key": "bonded_note", "name": name, "ie_flag": ie, "supervision_mode": mode, "usual": usual}
    lines = [LineDraft({"field_key": key, "label": "", "value": value}) for key, value in values.items()]
    with office.act() as act:
        return records.save(act, document, Draft(head, {"values": lines}))


def usual(office: Office, head: dict[str, Any]) -> dict[str, Any]:
    """What the usual templates fill into a head."""
    with office.act() as act:
        return dict(templates.usual_filling(act, office.document("bonded_note"), head).values)


def test_the_most_specific_template_wins_and_typed_values_stay(codes_office: Office) -> None:
    """
    template        | direction | mode | 申报地海关 | 运输方式 | 备注
    通用            |           |      | 5301       | 2        | 通用
    进口            | I         |      | 5304       |          | 进口
    进口进料对口    | I         | 0615 |            |          | 对口
    """
    store(codes_office, "通用", {"declare_customs": "5301", "transport_mode": "2", "remark": "通用"})
    store(codes_office, "进口", {"declare_customs": "5304", "remark": "进口"}, ie="I")
    store(codes_office, "进口进料对口", {"remark": "对口"}, ie="I", mode="0615")
    assert usual(codes_office, {}) == {"declare_customs": "5301", "transport_mode": "2", "remark": "通用"}
    assert usual(codes_office, {"ie_flag": "E"})["remark"] == "通用"
    assert usual(codes_office, {"ie_flag": "I"})["remark"] == "进口"
    full = {"ie_flag": "I", "supervision_mode": "0615"}
    assert usual(codes_office, full) == {"declare_customs": "5304", "transport_mode": "2", "remark": "对口"}
    assert usual(codes_office, {**full, "declare_customs": "0100", "remark": "手填"}) == {"transport_mode": "2"}


def test_names_and_codes_are_read_like_typed_values(codes_office: Office) -> None:
    """A name, a code, both; stored with the name beside the code."""
    key = store(codes_office, "甲", {"transport_mode": "水路运输", "trade_country": "JPN", "note_type": "普通清单"})
    with codes_office.act() as act:
        stored = records.load(act, codes_office.document("head_template"), key)
        assert [(line.label, line.value) for line in stored.values] == [
            ("运输方式", "2 水路运输"),
            ("贸易国", "JPN 日本"),
            ("清单类型", "0 普通清单"),
        ]
    assert usual(codes_office, {}) == {"transport_mode": "2", "trade_country": "JPN", "note_type": "0"}


@pytest.mark.parametrize(
    ("values", "code", "said"),
    [
        ({"transport_mode": "火箭"}, "TPL-02", "运输方式"),
        ({"packages": "三"}, "TPL-02", "件数"),
        ({"entered_on": "去年"}, "TPL-02", "录入日期"),
        ({"internal_no": "X1"}, "TPL-04", "internal_no"),
        ({"bond_no": "QD1"}, "TPL-04", "bond_no"),
        ({"nonsense": "1"}, "TPL-04", "nonsense"),
    ],
)
def test_a_template_that_cannot_be_applied_is_not_saved(
    codes_office: Office, values: dict[str, str], code: str, said: str
) -> None:
    """The finding names field and reason and points at the line."""
    with pytest.raises(Refused) as problem:
        store(codes_office, "甲", values)
    (finding,) = problem.value.findings
    assert (finding.code, finding.table, finding.line) == (code, "values", 0)
    assert said in finding.text


def test_a_document_without_templates_is_refused(codes_office: Office) -> None:
    """Partners start empty; TPL-04 says so."""
    with codes_office.act() as act, pytest.raises(Refused, match="没有默认模板"):
        head = {"document_key": "partner", "name": "甲", "usual": True}
        records.save(act, codes_office.document("head_template"), Draft(head, {"values": []}))


def test_a_value_that_became_unreadable_is_a_note_and_fills_nothing(codes_office: Office) -> None:
    """A code customs closed after the template was kept: the other values still apply."""
    store(codes_office, "旧", {"transport_mode": "2", "remark": "好"})
    with codes_office.act(SYSTEM) as act:
        template = act.facts.find(HeadTemplate)[0]
        template.values[0].value = "ZZ"
    with codes_office.act() as act:
        filling = templates.usual_filling(act, codes_office.document("bonded_note"), {})
    assert dict(filling.values) == {"remark": "好"}
    assert [(one.code, one.severity, one.field) for one in filling.findings] == [("TPL-02", "note", "transport_mode")]


def test_a_new_document_starts_with_its_templates(factory_office: Office) -> None:
    """They beat what the program proposes, a copied document keeps its own values."""
    note = factory_office.document("bonded_note")
    store(factory_office, "通用", {"declare_customs": "5304", "transport_mode": "4", "note_type": "1"})
    store(factory_office, "只按名字", {"remark": "不自动"}, usual=False)
    with factory_office.act() as act:
        draft, filling = templates.new_draft(act, note)
    assert (draft.head["declare_customs"], draft.head["transport_mode"]) == ("5304", "4")
    assert draft.head["note_type"] == "1"
    assert not draft.head["remark"]
    assert filling.names == ("通用",)
    (number, *_) = factory_office.notes("IM2403001", transport_mode="2")
    with factory_office.act() as act:
        copy = records.copy_draft(act, note, factory_office.note(number).id)
    assert copy.head["declare_customs"] == factory_office.note(number).declare_customs


def test_generated_notes_take_templates_below_the_line_and_the_options(factory_office: Office) -> None:
    """Source line > options of the run > template > book; other direction, other template."""
    store(
        factory_office,
        "进口",
        {
            "declare_customs": "5304",
            "entry_exit_customs": "5316",
            "trade_country": "DEU",
            "remark": "模板",
            "note_type": "1",
        },
        ie="I",
    )
    store(factory_office, "出口", {"remark": "出口模板"}, ie="E")
    before = set(factory_office.notes("IM2403001", trade_country="KOR"))
    for number in before:
        note: BondedNote = factory_office.note(number)
        assert (note.declare_customs, note.trade_country, note.remark) == ("5304", "KOR", "模板")
        assert note.note_type == "1"
    with factory_office.act() as act:
        source = records.load_numbered(act, factory_office.document("source_document"), "IM2403001")
        named = {line.entry_exit_customs for line in source.lines}
    assert {factory_office.note(number).entry_exit_customs for number in before} == {one or "5316" for one in named}


def test_a_template_leaves_a_direction_open_only_when_chosen_by_name(codes_office: Office) -> None:
    """By itself an import template never applies to a note without direction; chosen, it fills the direction too."""
    store(codes_office, "进口", {"remark": "进口"}, ie="I", mode="0615")
    note = codes_office.document("bonded_note")
    assert usual(codes_office, {}) == {}
    with codes_office.act() as act:
        (offer,) = templates.offers(act, note, {})
        assert dict(offer.filling.values) == {"ie_flag": "I", "supervision_mode": "0615", "remark": "进口"}
        assert offer.meant_for == "I 进口，0615 进料对口"
        assert templates.offers(act, note, {"ie_flag": "E"}) == []


def test_keeping_a_head_as_a_template(factory_office: Office) -> None:
    """Texts and codes are kept, numbers, dates and the document's own number are not; reading it back fills the same."""
    note = factory_office.document("bonded_note")
    (number, *_) = factory_office.notes("IM2403001")
    with factory_office.act() as act:
        draft = records.open_draft(act, note, factory_office.note(number).id)
        templates.keep_as_template(act, note, "我的", draft.head, ("I", ""))
    with factory_office.act() as act:
        (offer,) = templates.offers(act, note, {"ie_flag": "I"})
        wanted = templates.keepable(note, draft.head)
        assert dict(offer.filling.values) == wanted
        assert not {"internal_no", "entered_on", "packages", "ie_flag", "supervision_mode"} & set(wanted)
        assert wanted["declare_customs"] == draft.head["declare_customs"]
        with pytest.raises(Refused) as problem:
            templates.keep_as_template(act, note, "我的", draft.head)
        assert problem.value.findings[0].code == "IMP-08"
        with pytest.raises(Refused) as problem:
            templates.keep_as_template(act, note, "空的", {})
        assert problem.value.findings[0].code == "TPL-03"


def test_copying_a_template_keeps_its_fields(codes_office: Office) -> None:
    """Fields chosen from the offers are copied though nobody can type them."""
    key = store(codes_office, "甲", {"transport_mode": "2"})
    with codes_office.act() as act:
        copy = records.copy_draft(act, codes_office.document("head_template"), key)
        copy.head["name"] = "乙"
        records.save(act, codes_office.document("head_template"), copy)
    assert usual(codes_office, {}) == {"transport_mode": "2"}


def test_order_of_templates_is_that_of_their_names_among_equals(codes_office: Office) -> None:
    """Two templates for the same case: the first by name wins, always."""
    note = codes_office.document("bonded_note")
    for name in ("乙", "甲"):
        store(codes_office, name, {"remark": name})
    with codes_office.act() as act:
        ordered = most_specific_first(note, act.facts.find(HeadTemplate))
        assert [one.name for one in ordered] == sorted(["甲", "乙"])
        assert fill(note, ordered, {}, act.codebook).values == {"remark": ordered[0].name}
