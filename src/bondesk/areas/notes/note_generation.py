"""生成核注清单: the wizard from source documents to draft notes (handbook 5.3 to 5.5)."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.areas.notes.line_usage import portions_taken
from bondesk.areas.notes.note_building import NoteBuilder
from bondesk.areas.notes.note_options import (
    GenerateNotes,
    Linked,
    Splitting,
    Turned,
    changed_by_hand,
    split_options,
    splitting_of,
)
from bondesk.areas.notes.note_preview import preview_of
from bondesk.areas.notes.note_recipe import NoteRecipe, keep_recipe, recipe_for, recipe_named
from bondesk.areas.notes.note_sources import amounts_step, book_of, candidates_of, documents_step, head_defaults
from bondesk.areas.notes.note_templates import NoteTemplates
from bondesk.areas.notes.share_building import BuiltShares, ShareBuilder
from bondesk.areas.notes.shares import SourceShare
from bondesk.areas.notes.source_document import SourceDocument
from bondesk.areas.notes.source_taking import keepable
from bondesk.areas.notes.splitting import SplitResult, split
from bondesk.areas.setup.company import company_of
from bondesk.base.errors import Refused
from bondesk.base.facts import Work
from bondesk.base.findings import Finding, error, errors_in
from bondesk.base.steps import (
    Ask,
    Confirm,
    Outcome,
    Progress,
    Script,
    Step,
    Steps,
    amounts_taken,
)


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the user agreed to for the lines of some partners: the notes to be, and a sentence about a kept recipe."""

    result: SplitResult
    kept: str = ""


def generate_notes(work: Work, options: GenerateNotes, selected: Sequence[int], links: Sequence[type[Any]]) -> Steps:
    """Run the wizard; ``selected`` limits it to the source documents marked in the list.

    ``links`` are the tables of all who take of source lines (:func:`portions_taken`).
    """
    book = book_of(work, options)
    candidates = candidates_of(work, options, selected)
    if not candidates:
        raise Refused("没有符合条件且尚有未生成数量的原始单证", "GEN-10")
    chosen = yield documents_step(candidates)
    documents = [document for document in candidates if document.id in set(chosen)]
    asked = amounts_step(work, documents)
    amounts = amounts_taken(asked, (yield asked))
    yield Progress(0, 3, "换算")
    templates = NoteTemplates(work.facts, head_defaults(options))
    builder = ShareBuilder(work.facts, book, templates, spec_from_elements=options.spec_from_elements)
    lines = [line for document in documents for line in document.lines]
    built = keepable(builder.build(documents, amounts, portions_taken(work, lines, links)))
    if built.findings:
        skip = yield Confirm("skip", _failed_text(built), proposed=True)
        if not skip:
            raise Refused(built.findings)
    if not built.shares:
        raise Refused(built.findings or "没有可生成的明细", "GEN-10")
    shares = yield from _link_transfers(built.shares)
    agreed: list[Agreed] = []
    for recipe, group in _by_recipe(work, shares, options):
        yield Progress(1, 3, "拆单与合并")
        one = yield from _agree(work, group, recipe, options, built.findings)
        if one is None:
            return Outcome("已取消，没有生成清单")
        agreed.append(one)
    notes_of = NoteBuilder(work, documents, built.derivations, options.date_by_document, templates)
    return (yield from _store(work, agreed, notes_of, documents, (*built.findings, *templates.findings())))


def _store(
    work: Work,
    agreed: Sequence[Agreed],
    notes_of: NoteBuilder,
    documents: Sequence[SourceDocument],
    findings: Sequence[Finding],
) -> Steps:
    drafts = [draft for one in agreed for draft in one.result.notes]
    notes: list[BondedNote] = []
    numbers = notes_of.numbers(drafts)
    for number, draft in enumerate(drafts, 1):
        notes.append(notes_of.build(draft, numbers))
        if number % 20 == 0:
            yield Progress(number, len(drafts), "生成清单")
    work.session.flush()
    lines = sum(len(draft.lines) for draft in drafts)
    declared = sum(draft.declaration_lines for draft in drafts)
    text = f"已生成核注清单 {len(notes)} 份，表体 {lines} 项，将合并为报关单商品 {declared} 项"
    text += "".join(f"；{one.kept}" for one in agreed if one.kept)
    changed = {"bonded_note": [note.id for note in notes], "source_document": [d.id for d in documents]}
    if any(one.kept for one in agreed):
        changed["note_recipe"] = []
    said = [*findings, *(finding for one in agreed for finding in one.result.findings)]
    return Outcome(text, changed, tuple(dict.fromkeys(said)))


def _agree(
    work: Work,
    shares: Sequence[SourceShare],
    recipe: NoteRecipe | None,
    options: GenerateNotes,
    findings: Sequence[Finding],
) -> Generator[Step, Any, Agreed | None]:
    """Show what the lines become, again after every turn of an option, until the user agrees or stops (None)."""
    by_hand = changed_by_hand(options)
    start = splitting_of(recipe or Splitting())
    turned = Turned(**{**start, **by_hand}, recipe=recipe.name if recipe else "")
    whose = _whose(shares, recipe)
    while True:
        chosen = split_options(turned, raise_to_min=company_of(work.facts).raise_to_min is not False)
        result = split(shares, chosen)
        answer = yield preview_of(result, chosen, turned, findings, whose)
        if answer is False:
            return None
        if answer is True:
            if errors_in(result.findings):
                raise Refused(result.findings)
            return Agreed(result, _kept(work, shares, turned))
        problems = _impossible(work, answer)
        findings = (*(one for one in findings if one.code not in {"RCP-01", "ACCESS-01"}), *problems)
        turned = turned if problems else _turned(work, turned, answer)


def _turned(work: Work, before: Turned, answer: Turned) -> Turned:
    """Return the options turned; one who chose another recipe gets its options."""
    recipe = recipe_named(work, answer.recipe) if answer.recipe != before.recipe else None
    if recipe is None:
        return answer
    return Turned(**splitting_of(recipe), recipe=recipe.name, keep_as=answer.keep_as)


def _impossible(work: Work, answer: Turned) -> tuple[Finding, ...]:
    limits = (("清单", answer.note_max_lines, 9999), ("报关单", answer.declaration_max_lines, 50))
    found = [
        error("RCP-01", f"{what}最多项数须为1到{most}，{given} 未采用")
        for what, given, most in limits
        if not 1 <= given <= most
    ]
    if answer.keep_as.strip() and not work.may("note_recipe", "new"):
        found.append(error("ACCESS-01", "您没有「拆单方案」的「新增」权限，不能存为方案，请清空「存为方案」"))
    return tuple(found)


def _kept(work: Work, shares: Sequence[SourceShare], turned: Turned) -> str:
    """Keep the options under the name given, for the partner and direction all lines have."""
    name = turned.keep_as.strip()
    if not name:
        return ""
    partners = {share.partner for share in shares}
    flags = {share.ie_flag for share in shares}
    partner = partners.pop() if len(partners) == 1 else ""
    return keep_recipe(work, name[:64], partner, flags.pop() if len(flags) == 1 else "", turned)


def _by_recipe(
    work: Work, shares: Sequence[SourceShare], options: GenerateNotes
) -> list[tuple[NoteRecipe | None, list[SourceShare]]]:
    """Return the lines grouped by the recipe that applies to them, in source order."""
    if options.recipe:
        named = recipe_named(work, options.recipe)
        if named is None:
            raise Refused(f"没有拆单方案「{options.recipe}」", "RCP-03")
        return [(named, list(shares))]
    groups: dict[int | None, tuple[NoteRecipe | None, list[SourceShare]]] = {}
    for share in shares:
        recipe = recipe_for(work, share.partner, share.ie_flag) if options.use_recipes else None
        groups.setdefault(recipe.id if recipe else None, (recipe, []))[1].append(share)
    return list(groups.values())


def _whose(shares: Sequence[SourceShare], recipe: NoteRecipe | None) -> str:
    if recipe is None:
        return ""
    partners = list(dict.fromkeys(share.partner for share in shares if share.partner))
    named = "、".join(partners[:3]) + ("等" if len(partners) > 3 else "")
    return f"{named}（方案「{recipe.name}」）" if named else f"方案「{recipe.name}」"


def _failed_text(built: BuiltShares) -> str:
    listed = "\n".join(str(finding) for finding in built.findings[:20])
    more = f"\n……共 {len(built.findings)} 条" if len(built.findings) > 20 else ""
    return f"以下明细不能生成清单：\n{listed}{more}\n跳过这些明细继续？"


def _link_transfers(shares: Sequence[SourceShare]) -> Generator[Step, Any, list[SourceShare]]:
    """Ask per partner for the other side of transfers whose documents do not name it."""
    answers: dict[tuple[str, str], Linked] = {}
    linked: list[SourceShare] = []
    for share in shares:
        if share.note_flow_type and not share.linked_record_no:
            key = (share.partner, share.ie_flag)
            if key not in answers:
                way = "转入" if share.ie_flag == "I" else "转出"
                answers[key] = yield Ask(f"linked_{share.partner}", f"{share.partner} {way}的对方账册", Linked())
            other = answers[key]
            share = replace(
                share,
                linked_record_no=other.linked_record_no,
                linked_note_no=share.linked_note_no or other.linked_note_no,
            )
        linked.append(share)
    return linked


def note_generation(links: Sequence[type[Any]]) -> Script:
    """Return the wizard; ``links`` are the tables of all who take of source lines."""

    def run(work: Work, options: GenerateNotes, selected: Sequence[int]) -> Steps:
        return generate_notes(work, options, selected, links)

    return Script(
        key="generate_notes",
        title="生成核注清单",
        document="source_document",
        run=run,
        options=GenerateNotes,
        help="选择原始单证与生成数量，按拆单与合并规则生成核注清单草稿；每一步都能回看为什么。",
    )
