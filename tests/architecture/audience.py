"""Who may open what, agreed. Add a new route to the table of its domain with the route, so that a reviewer sees who
may open it: `audience_core.py`, `audience_progression.py`, `audience_training.py` or `audience_rota.py`.

"public" is anyone, "signed in" anyone with an account; everything else is the value of a permission.
"""

from tests.architecture.audience_core import CORE
from tests.architecture.audience_progression import PROGRESSION
from tests.architecture.audience_rota import ROTA
from tests.architecture.audience_training import TRAINING

AGREED_AUDIENCE = {**CORE, **PROGRESSION, **TRAINING, **ROTA}

# Which roles give which permission, agreed. A permission that one role too many gives opens every route above that asks
# for it.
AGREED_GRANTS = {
    "admin:page:open": "admin",
    "admin:policy:write": "admin",
    "people:person:invite": "coordinator admin",
    "people:person:write": "coordinator admin",
    "people:telephone:see": "coordinator admin",
    "people:person:see": "coordinator assessor trainer lead admin",
    "people:person:suspend": "admin",
    "people:private:correct": "assessor admin",
    "people:private:see": "assessor admin",
    "people:role:grant": "admin",
    "people:team:take-over": "admin",
    "progression:agreement:see": "coordinator assessor admin",
    "progression:document:publish": "admin",
    "progression:news:announce": "coordinator assessor admin",
    "progression:pulse:ask": "coordinator assessor admin",
    "progression:suggestion:answer": "coordinator assessor admin",
    "progression:document:write": "assessor trainer admin",
    "progression:evidence:record": "assessor admin",
    "progression:evidence:see": "assessor admin",
    "progression:standing:see": "coordinator assessor trainer lead admin",
    "progression:step:sign-off": "assessor admin",
    "rota:cover:see": "coordinator lead",
    "rota:duty:ring": "lead",
    "rota:pair:keep": "admin assessor",
    "rota:shift:who": "coordinator lead",
    "rota:rota:plan": "coordinator",
    "rota:statement:read": "coordinator assessor admin",
    "rota:rota:publish": "coordinator",
    "training:reflection:read": "trainer assessor",
    "training:certificate:read": "assessor trainer admin",
    "training:course:install": "trainer admin",
    "training:mistakes:see": "assessor trainer admin",
    "training:elsewhere:accept": "assessor trainer admin",
    "training:try:give": "trainer admin",
    "training:course:write": "trainer admin",
    "training:course:assign": "assessor trainer admin",
    "training:matrix:see": "assessor trainer admin",
    "training:practical:mark": "assessor trainer",
    "training:group:lead": "assessor trainer admin",
    "training:session:hold": "trainer admin",
}
