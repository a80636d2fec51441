"""The map of a story's branches: every scene has its place, and what leads nowhere is marked in words."""

from __future__ import annotations

from training.authoring.branch_map import Finish, Node, Scene, branch_map

END = Finish(9, "end", "The end", "safe")


def scene(number: int, *to: str, key: str = "") -> Scene:
    key = key or f"s{number}"
    return Scene(number, key, f"Scene {key}", tuple((f"Answer to {each}", each) for each in to))


def by_part(*scenes: Scene) -> dict[int, Node]:
    return {node.part_id: node for node in branch_map(scenes, [END]).nodes if node.kind != "nowhere"}


def test_scenes_stand_in_columns_by_how_they_are_reached() -> None:
    nodes = by_part(scene(1, "s2", "s3"), scene(2, "s4"), scene(3, "s4", "end"), scene(4, "end"))
    assert nodes[1].x < nodes[2].x == nodes[3].x < nodes[4].x < nodes[9].x
    assert nodes[2].y != nodes[3].y
    assert not any(node.trouble for node in nodes.values())


def test_a_dead_end_and_what_nobody_reaches_are_marked_in_words() -> None:
    nodes = by_part(scene(1, "s2", "end"), scene(2, "s3"), scene(3, "s2"), scene(4, "end"))
    assert nodes[2].trouble == nodes[3].trouble == "no ending can be reached from here"
    assert nodes[4].trouble == "no answer leads here"
    assert not nodes[1].trouble
    drawn = branch_map([scene(1, "s1")], [END])
    assert next(node for node in drawn.nodes if node.kind == "ending").trouble == "no answer leads here"


def test_an_answer_that_leads_nowhere_has_a_sign_of_its_own() -> None:
    drawn = branch_map([scene(1, "end", "")], [END])
    assert [node.trouble for node in drawn.nodes if node.kind == "nowhere"] == [
        "an answer of scene 1 leads nowhere yet"
    ]
    assert [way.is_lost for way in drawn.ways] == [False, True]
    assert [(lead.to, lead.is_lost) for lead in drawn.leads[1]] == [("Ending: The end", False), ("Nowhere yet", True)]
    assert "leads nowhere yet" in drawn.words


def test_nothing_is_drawn_over_anything_else_and_all_of_it_has_room() -> None:
    scenes = [scene(n, f"s{n % 12 + 1}", f"s{(n * 5) % 17}", "end" if n % 3 else "nowhere") for n in range(1, 15)]
    drawn = branch_map(scenes, [END, Finish(10, "other", "Another end", "unsafe")])
    places = [(node.x, node.y) for node in drawn.nodes]
    assert len(set(places)) == len(places) == len(drawn.nodes)
    assert all(0 <= x < drawn.width and 0 <= y < drawn.height for x, y in places)


def test_a_story_without_scenes_is_drawn_too() -> None:
    assert branch_map([], []).nodes == ()
