"""From source shares to draft notes: split → merge inside a group → order → greedy chunks (handbook 5.4).

The result depends only on the shares and the options, never on the order they are handed in. Every note and
every line carries the sentence that says why it is what it is. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bondesk.areas.notes.declaration_key import DeclarationKey, declaration_key
from bondesk.areas.notes.merging import NoteLineDraft, merged_line
from bondesk.areas.notes.shares import SourceShare, SplitOptions
from bondesk.areas.notes.split_keys import MergeKey, NoteKey, filled_labels, merge_key, note_key
from bondesk.base.findings import Finding


@dataclass(frozen=True, slots=True)
class NoteDraft:
    """A note to be. ``packages`` is None when no share knows any.

    ``packages_flagged`` when the note is one of several chunks: the first then carries the whole count, each
    other 1 (handbook appendix D, Weights), and someone has to look.
    """

    key: NoteKey
    lines: tuple[NoteLineDraft, ...]
    packages: int | None
    packages_flagged: bool
    declaration_lines: int
    why: str

    def common(self, key: str) -> str:
        """Return what all source lines in it say, "" where they differ: a note not split by it still knows it."""
        said = {getattr(share, key) for line in self.lines for share in line.shares}
        return str(said.pop() or "") if len(said) == 1 else ""


@dataclass(frozen=True, slots=True)
class SplitResult:
    """The drafts in order, and what is wrong (NOTE-05 errors) or worth knowing (raised to the smallest number).

    A finding's ``line`` counts within its note; its text names the note by its place among ``notes``.
    """

    notes: tuple[NoteDraft, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Chunk:
    lines: tuple[NoteLineDraft, ...]
    declaration_lines: int
    closed_because: str


def split(shares: Iterable[SourceShare], options: SplitOptions) -> SplitResult:
    """Split, merge, order and chunk ``shares`` into draft notes (handbook 5.4, 5.5, appendix D Notes).

    Quantities, totals and weights are summed unrounded and rounded once per note line; notes come in the
    source order of their first share. No note exceeds the limits of ``options``; a full note is not reopened.
    """
    groups: dict[NoteKey, list[SourceShare]] = {}
    for share in sorted(shares, key=_source_order):
        groups.setdefault(note_key(share, options), []).append(share)
    notes = tuple(draft for key, group in groups.items() for draft in _notes_of(key, group, options))
    return SplitResult(notes, tuple(_findings_in(notes)))


def _source_order(share: SourceShare) -> tuple[int, str, int, int]:
    return share.order, share.document_no, share.line_no, share.source_line_id


def _notes_of(key: NoteKey, group: Sequence[SourceShare], options: SplitOptions) -> Iterator[NoteDraft]:
    chunks = list(_chunks(_lines_of(group, options), options))
    known = [share.packages for share in group if share.packages is not None]
    for number, chunk in enumerate(chunks):
        packages = sum(known) if number == 0 else 1
        yield NoteDraft(
            key=key,
            lines=chunk.lines,
            packages=packages if known else None,
            packages_flagged=len(chunks) > 1,
            declaration_lines=chunk.declaration_lines,
            why=_why_note(key, chunks, number),
        )


def _lines_of(group: Sequence[SourceShare], options: SplitOptions) -> list[NoteLineDraft]:
    meeting: dict[MergeKey, list[SourceShare]] = {}
    for share in group:
        meeting.setdefault(merge_key(share, options), []).append(share)
    lines = [merged_line(shares, options) for shares in meeting.values()]
    return sorted(lines, key=lambda line: line.item_no) if options.order == "ITEM" else lines


def _chunks(lines: Iterable[NoteLineDraft], options: SplitOptions) -> Iterator[_Chunk]:
    """Fill notes greedily; open the next when a line would break a limit (handbook 5.4, chunking)."""
    current: list[NoteLineDraft] = []
    keys: set[DeclarationKey] = set()
    for line in lines:
        key, full = declaration_key(line), ""
        if len(current) == options.note_max_lines:
            full = f"清单已满 {options.note_max_lines} 行"
        elif key not in keys and len(keys) == options.declaration_max_lines:
            full = f"对应报关单已满 {options.declaration_max_lines} 项"
        if full:
            yield _Chunk(tuple(current), len(keys), full)
            current, keys = [], set()
        current.append(line)
        keys.add(key)
    if current:
        yield _Chunk(tuple(current), len(keys), "")


def _why_note(key: NoteKey, chunks: Sequence[_Chunk], number: int) -> str:
    chunk = chunks[number]
    sources = sum(len(line.shares) for line in chunk.lines)
    labels = "、".join(filled_labels(key, key.ie_flag))
    sentence = f"{len(chunk.lines)} 行，来自 {sources} 个原始单证行：{labels} 相同"
    if len(chunks) == 1:
        return sentence
    sentence += f"；同组共 {sum(len(part.lines) for part in chunks)} 行，分成 {len(chunks)} 份，这是第 {number + 1} 份"
    if number > 0:
        sentence += f"，上一份因{chunks[number - 1].closed_because}而另起本份"
    if chunk.closed_because:
        sentence += f"，因{chunk.closed_because}，其余行转入下一份"
    return sentence


def _findings_in(notes: Sequence[NoteDraft]) -> Iterator[Finding]:
    for number, draft in enumerate(notes, start=1):
        for place, line in enumerate(draft.lines):
            for finding in line.findings:
                yield replace(finding, text=f"第 {number} 份清单：{finding.text}", line=place)
