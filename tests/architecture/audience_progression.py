"""Who may open what of progression, in the words of `audience.py`."""

PROGRESSION = {
    # Progression, for everybody (my journey)
    "journey.show": "signed in",
    "journey.code_of_conduct": "signed in",
    # The documents that people agree to: reading and agreeing
    "documents.index": "signed in",
    "documents.show": "signed in",
    "documents.edition": "signed in",
    # Writing and publishing their editions, and who agreed
    "documents.write": "progression:document:write",
    "documents.preview": "progression:document:write",
    "documents.changes": "progression:document:write",
    "documents.discard": "progression:document:write",
    "documents.publish": "progression:document:publish",
    "documents.take_back": "progression:document:publish",
    "documents.agreements": "progression:agreement:see",
    "journey.step_back": "signed in",
    "journey.road": "signed in",
    "journey.say_thanks": "signed in",
    "journey.take_away_thanks": "signed in",
    "journey.application": "signed in",
    "journey.answer_question": "signed in",
    "journey.withdraw_application": "signed in",
    # Suggestions: one's own, what came of everybody's, and answering them
    "suggestions.index": "signed in",
    "suggestions.withdraw": "signed in",
    "suggestions.to_answer": "progression:suggestion:answer",
    "suggestions.answer": "progression:suggestion:answer",
    # News: reading them, and writing them
    "news.index": "signed in",
    "news.show": "signed in",
    "news.mark_read": "signed in",
    "news.announce": "progression:news:announce",
    "news.take_down": "progression:news:announce",
    # Short questions: those open to oneself; asking them, and what came of them
    "pulse.index": "signed in",
    "pulse.answer": "signed in",
    "pulse.ask": "progression:pulse:ask",
    "pulse.results": "progression:pulse:ask",
    "pulse.close": "progression:pulse:ask",
    # Progression, for staff (the evidence, and what they decide on it)
    "sign_offs.what_lapses": "progression:evidence:record",
    "sign_offs.what_lapses_as_table": "progression:evidence:record",
    "sign_offs.index": "progression:step:sign-off",
    "sign_offs.person": "progression:evidence:see",
    "sign_offs.decide": "progression:step:sign-off",
    "sign_offs.confirm": "progression:step:sign-off",
    "sign_offs.ask_for_more": "progression:step:sign-off",
    "sign_offs.check": "progression:evidence:record",
    # Everybody may open it about a person who was on a shift that they led; about others, people who record evidence.
    "sign_offs.observation": "signed in",
    "sign_offs.record": "progression:evidence:record",
    "sign_offs.branch": "progression:step:sign-off",
    "sign_offs.end_branch": "progression:step:sign-off",
    "journey.leave_branch": "signed in",
    "journey.pathway": "signed in",
    "sign_offs.observe": "signed in",
    "journey.record": "signed in",
    "journey.take_answer_back": "signed in",
    "sign_offs.withdraw": "progression:evidence:record",
    "sign_offs.step_back": "progression:step:sign-off",
}
