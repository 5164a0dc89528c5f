"""What an environment is made of: what a script asks for, or the pinned list of its lock."""

from __future__ import annotations

import dataclasses
import json
import re

# A lock holds one list or more, each under a comment that says in JSON what it was made from.
HEADING = re.compile(r"(?m)^(?=# \{)")


@dataclasses.dataclass(frozen=True)
class Packages:
    """Requirements, how they are to be resolved, and whether they are pinned and hashed."""

    requirements: list[str]
    overrides: list[str]
    newer: str
    locked: bool = False


def locked_packages(lock: str, asked: Packages) -> Packages | None:
    """Find the first list of a lock that was made from all that is asked, and in the same way."""
    for pinned in filter(None, HEADING.split(lock)):
        made_from = json.loads(pinned.partition("\n")[0][2:])
        covered = set(asked.requirements) <= set(made_from["requirements"])
        same = [made_from["overrides"], made_from["newer"]] == [asked.overrides, asked.newer]
        if covered and same:
            return Packages(pinned.splitlines(), [], "", locked=True)
    return None
