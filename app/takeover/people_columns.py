"""The columns that say who somebody is, and what people write in them."""

from __future__ import annotations

from app.people.models import Role
from app.takeover.parts import Column

SUBJECT = "Who they are"
COLUMNS = (
    Column(
        "display_name",
        "Name the community sees",
        SUBJECT,
        ("displayname", "nickname", "nick", "screenname", "username", "knownas", "alias", "handle", "preferredname"),
        example="Plover",
        hint="Without it, the first name is used.",
    ),
    Column(
        "email",
        "E-mail address",
        SUBJECT,
        ("email", "emailaddress", "mail", "mailaddress", "emails", "contactemail", "personalemail"),
        example="plover@example.org",
        is_required=True,
    ),
    Column(
        "first_name",
        "First name",
        SUBJECT,
        ("firstname", "forename", "givenname", "christianname", "first", "forenames", "firstnames"),
        example="Pauline",
    ),
    Column("last_name", "Surname", SUBJECT, ("surname", "lastname", "familyname", "last"), example="Lovell"),
    Column(
        "legal_name",
        "Whole name",
        SUBJECT,
        ("legalname", "fulllegalname", "fullname", "wholename", "name", "volunteer", "volunteername", "realname"),
        hint="Only people who may see private details read it.",
    ),
    Column(
        "phone",
        "Telephone",
        SUBJECT,
        (
            *("phone", "phonenumber", "telephone", "telephonenumber", "tel", "telno", "phoneno", "contactnumber"),
            *("mobile", "mobilenumber", "mobilephone", "mobileno", "mob", "cell", "cellphone"),
        ),
        example="07700 900101",
    ),
    Column(
        "born_on",
        "Born on",
        SUBJECT,
        ("bornon", "born", "dateofbirth", "birthdate", "birthday", "dob", "dateborn"),
        example="29/3/1998",
        hint="Kept for the rules that protect young people; pages do not show it.",
    ),
    Column(
        "over_18",
        "Over 18",
        SUBJECT,
        ("over18", "over18s", "18plus", "18orover", "18orolder", "is18", "adult", "18", "aged18", "ageover18"),
        example="yes",
        hint="Enough for the rules about ages where no birth date is kept.",
        needed_for_duties=True,
        instead=("born_on",),
    ),
    Column(
        "roles",
        "Roles",
        SUBJECT,
        ("roles", "role", "permissions", "access", "responsibility", "responsibilities"),
        example="shift lead",
        hint="Coordinator, assessor, trainer, lead or admin; only people who may give roles can take them over.",
    ),
    Column("zone", "Time zone", SUBJECT, ("zone", "timezone", "tz"), hint="Written like Europe/London."),
    Column(
        "joined_on",
        "Joined on",
        SUBJECT,
        ("joinedon", "joined", "datejoined", "joindate", "joiningdate", "startdate", "started", "startedon"),
        example="1/9/2023",
    ),
)

# What people write for each role, without spaces, signs and capitals.
ROLE_WORDS = {
    Role.COORDINATOR: ("coord", "rotacoordinator", "volunteercoordinator", "rotamanager", "scheduler", "planner"),
    Role.ASSESSOR: ("supervisor", "mentor", "signoff", "signsoff"),
    Role.TRAINER: ("training", "traininglead", "tutor"),
    Role.LEAD: ("shiftlead", "shiftleader", "teamlead", "teamleader", "leader"),
    Role.ADMIN: ("administrator", "systemadmin", "sysadmin"),
}
ROLE_OF = {word: role for role, words in ROLE_WORDS.items() for word in (role.value, *words)}
NO_ROLE = frozenset({"", "none", "no", "na"})


IS_ADULT = frozenset({"y", "yes", "true", "x", "1", "over18", "18", "18+", "adult", "over", "✓", "✔"})
IS_NO_ADULT = frozenset({"n", "no", "false", "0", "under18", "under", "minor", "child"})
