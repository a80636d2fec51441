"""What pages say of the fields of a policy. Pure: a schema carries these records beside its fields.

    adult_hours: Annotated[Hours, Words("Rest of adults", unit="hours")]

`app.policies.fields` makes a form and a page in words out of a schema and its words.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """The words of one field, its label first.

    `sentence` says what a field that holds figures means, with `{name}` where the figure of that name stands. `group`
    is the heading it stands under, of those that the kind of policy lists. `unit` follows a figure that stands for
    itself; `empty` is what an empty one means. `one` is what one of several is called. A `rare` field stands behind
    “More”. On the page to read, a field with `where` is left out unless the field beside it of that name has that
    value. `without` names the fields inside that the product does not read here: they are only there where they hold
    something.
    """

    label: str
    sentence: str = ""
    group: str = ""
    unit: str = ""
    hint: str = ""
    empty: str = ""
    one: str = ""
    rows: int = 1
    rare: bool = False
    where: tuple[str, str] | None = None
    without: tuple[str, ...] = ()
