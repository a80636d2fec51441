"""The permissions that the pages of progression require."""

from __future__ import annotations

from app.people.rights import Permission


class ProgressionPermission(Permission):
    """People who plan may see stages and clearances; only people who decide may see evidence."""

    SEE_STANDING = "progression:standing:see"
    SEE_EVIDENCE = "progression:evidence:see"
    RECORD = "progression:evidence:record"
    SIGN_OFF = "progression:step:sign-off"
    # Staff write the next edition of a document; administrators publish it, because it asks everybody to agree again.
    WRITE_DOCUMENTS = "progression:document:write"
    PUBLISH_DOCUMENTS = "progression:document:publish"
    SEE_AGREEMENTS = "progression:agreement:see"
    ANSWER_SUGGESTIONS = "progression:suggestion:answer"
    ASK_PULSE = "progression:pulse:ask"
    ANNOUNCE = "progression:news:announce"
