"""The map of a story's branches: where each scene and ending is drawn, and what is wrong with its way. Pure.

Scenes stand in columns by how many answers lead to them, the endings in the last one. A scene that no answer leads to
stands below. An answer that leads nowhere has a sign of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

WIDTH, HEIGHT = 118, 50  # of a scene, in units of the drawing
ACROSS, DOWN = 156, 78  # from one column, and one row, to the next
MARGIN = 10
ROOM_FOR_WORDS = 200  # right of the endings
LONGEST = 14  # characters of a title on the map


@dataclass(frozen=True)
class Scene:
    """A scene as it is written: its part, key and title, and what each of its answers says and leads to."""

    part_id: int
    key: str
    title: str
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Finish:
    """An ending as it is written."""

    part_id: int
    key: str
    title: str
    grade: str


@dataclass(frozen=True)
class Node:
    """A scene, an ending, or the sign of an answer that leads nowhere, with its upper left corner."""

    kind: str  # scene, ending or nowhere
    part_id: int
    number: int  # of a scene, from 1
    title: str
    x: int
    y: int
    trouble: str = ""  # what is wrong with its way, in words
    grade: str = ""

    @property
    def short(self) -> str:
        """The title as there is room for it."""
        return self.title if len(self.title) <= LONGEST else f"{self.title[: LONGEST - 1].rstrip()}…"


@dataclass(frozen=True)
class Way:
    """The line of one answer."""

    path: str
    is_back: bool
    is_lost: bool


@dataclass(frozen=True)
class Leads:
    """One answer in the table behind the map: what it says and where it leads, both in words."""

    answer: str
    to: str
    is_lost: bool


@dataclass(frozen=True)
class BranchMap:
    """The whole drawing, and each scene's answers in words."""

    width: int
    height: int
    nodes: tuple[Node, ...]
    ways: tuple[Way, ...]
    leads: Mapping[int, tuple[Leads, ...]] = field(default_factory=dict)  # by the part of the scene

    @property
    def words(self) -> str:
        """The drawing in a sentence."""
        scenes = sum(node.kind == "scene" for node in self.nodes)
        endings = sum(node.kind == "ending" for node in self.nodes)
        troubles = "; ".join(f"{node.title}: {node.trouble}" for node in self.nodes if node.trouble)
        return f"Scenes: {scenes}. Endings: {endings}. {troubles or 'Every scene leads to an ending.'}"


def scene_of(part_id: int, values: Mapping[str, Any]) -> Scene:
    """A scene from the values of its part, which need not be complete."""
    choices = [each for each in values.get("choices") or [] if isinstance(each, dict)]
    answers = tuple((str(each.get("text") or ""), str(each.get("to") or "")) for each in choices)
    return Scene(part_id, str(values.get("key") or ""), str(values.get("title") or "Untitled"), answers)


def finish_of(part_id: int, values: Mapping[str, Any]) -> Finish:
    """An ending from the values of its part."""
    grade = str(values.get("grade") or ("safe" if values.get("completes") else "unsafe"))
    return Finish(part_id, str(values.get("key") or ""), str(values.get("title") or "Untitled"), grade)


def branch_map(scenes: Sequence[Scene], endings: Sequence[Finish]) -> BranchMap:
    """Draw the map of these scenes, which begins at the first, and these endings."""
    columns = _columns(scenes)
    finds_end = _lead_to_an_end(scenes, {each.key for each in endings})
    nodes: dict[str, Node] = {}
    taken: dict[int, int] = defaultdict(int)
    last = max(columns.values(), default=0) + 1
    unreached = [scene for scene in scenes if scene.key not in columns]
    for number, scene in enumerate(scenes, 1):
        if scene.key in columns and scene.key not in nodes:
            column = columns[scene.key]
            trouble = "" if scene.key in finds_end else "no ending can be reached from here"
            nodes[scene.key] = _scene(scene, number, column, taken[column], trouble)
            taken[column] += 1
    reached = {to for scene in scenes if scene.key in columns for _words, to in scene.answers}
    for ending in endings:
        trouble = "" if ending.key in reached else "no answer leads here"
        x, y = MARGIN + last * ACROSS, MARGIN + taken[last] * DOWN
        nodes.setdefault(ending.key, Node("ending", ending.part_id, 0, ending.title, x, y, trouble, grade=ending.grade))
        taken[last] += 1
    for place, scene in enumerate(unreached):
        column = place % last
        number = scenes.index(scene) + 1
        nodes.setdefault(scene.key, _scene(scene, number, column, taken[column], "no answer leads here"))
        taken[column] += 1
    ways, lost = _ways(scenes, nodes, taken)
    drawn = (*nodes.values(), *lost)
    return BranchMap(
        width=MARGIN * 2 + last * ACROSS + ROOM_FOR_WORDS,
        height=max((node.y + HEIGHT for node in drawn), default=HEIGHT) + MARGIN * 2,
        nodes=drawn,
        ways=tuple(ways),
        leads={scene.part_id: tuple(_leads(scene, nodes)) for scene in scenes},
    )


def _scene(scene: Scene, number: int, column: int, row: int, trouble: str) -> Node:
    return Node("scene", scene.part_id, number, scene.title, MARGIN + column * ACROSS, MARGIN + row * DOWN, trouble)


def _columns(scenes: Sequence[Scene]) -> dict[str, int]:
    """By how many answers each scene is reached, at the least; without those that are not."""
    by_key = {scene.key: scene for scene in scenes}
    columns = {scenes[0].key: 0} if scenes else {}
    waiting = list(columns)
    for key in waiting:
        for _words, to in by_key[key].answers:
            if to in by_key and to not in columns:
                columns[to] = columns[key] + 1
                waiting.append(to)
    return columns


def _lead_to_an_end(scenes: Sequence[Scene], ends: set[str]) -> set[str]:
    """The scenes from which some ending can be reached."""
    found = set(ends)
    while more := {s.key for s in scenes if s.key not in found and any(to in found for _words, to in s.answers)}:
        found |= more
    return found


def _ways(scenes: Sequence[Scene], nodes: Mapping[str, Node], taken: dict[int, int]) -> tuple[list[Way], list[Node]]:
    ways, lost = [], []
    for scene in scenes:
        start = nodes[scene.key]
        for to in dict.fromkeys(to for _words, to in scene.answers):
            target = nodes.get(to)
            if target is None:
                column = (start.x - MARGIN) // ACROSS + 1
                x, y = MARGIN + column * ACROSS, MARGIN + taken[column] * DOWN
                taken[column] += 1
                trouble = f"an answer of scene {start.number} leads nowhere yet"
                target = Node("nowhere", scene.part_id, start.number, f"Scene {start.number}", x, y, trouble)
                lost.append(target)
            ways.append(Way(_path(start, target), target.x <= start.x, target.kind == "nowhere"))
    return ways, lost


def _path(start: Node, target: Node) -> str:
    """A curve from the right of a scene to the left of where it leads; back to an earlier one, from below to below."""
    if target.x > start.x:
        x, y, to_x, to_y = start.x + WIDTH, start.y + HEIGHT // 2, target.x, target.y + HEIGHT // 2
        half = (x + to_x) // 2
        return f"M{x} {y}C{half} {y} {half} {to_y} {to_x} {to_y}"
    x, y, to_x, to_y = start.x + WIDTH // 2, start.y + HEIGHT, target.x + WIDTH // 2 + 14, target.y + HEIGHT
    low = max(y, to_y) + 24
    return f"M{x} {y}C{x} {low} {to_x} {low} {to_x} {to_y}"


def _leads(scene: Scene, nodes: Mapping[str, Node]) -> list[Leads]:
    found = []
    for answer, to in scene.answers:
        target = nodes.get(to)
        if target is None:
            found.append(Leads(answer, "Nowhere yet", True))
        else:
            words = f"Scene {target.number}: " if target.kind == "scene" else "Ending: "
            found.append(Leads(answer, f"{words}{target.title}", False))
    return found
