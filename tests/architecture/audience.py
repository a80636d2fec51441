"""Who may open what, agreed. A new route is added here by whoever adds it, so that a second pair of eyes sees it.

"public" is anyone, "signed in" anyone with an account; everything else is the value of a permission.
"""

AGREED_AUDIENCE = {
    # The core: Today, sign-in, the account, health
    "pages.today": "signed in",
    "pages.menu": "signed in",
    "pages.support": "public",
    "pages.help": "public",
    "pages.privacy": "public",
    "pages.accessibility": "public",
    "pages.live": "public",
    "pages.ready": "public",
    "people.sign_in_page": "public",
    "people.sign_out": "signed in",
    "people.welcome": "public",
    "people.reset": "public",
    "people.forgot": "public",
    "people.forgot_sent": "public",
    "people.account": "signed in",
    "people.change_password": "signed in",
    "people.end_browser": "signed in",
    # The core: people and what they may do
    "people.index": "people:person:see",
    "people.show": "people:person:see",
    "people.show_private": "people:private:see",
    "people.add": "people:person:invite",
    "people.invite": "people:person:invite",
    "people.import_csv": "people:person:invite",
    "people.grant_role": "people:role:grant",
    "people.end_role": "people:role:grant",
    "people.suspend": "people:person:suspend",
    "people.reinstate": "people:person:suspend",
    "admin.index": "admin:page:open",
    # The core: long work. Each view shows a task to whoever asked for it only.
    "tasks.show": "signed in",
    "tasks.show_json": "signed in",
    "tasks.stop": "signed in",
    # Letters as they would be sent; registered outside production only.
    "mail.index": "public",
    "mail.show": "public",
    "mail.show_html": "public",
    # The parts every page is made of; registered outside production only.
    "kit.show": "public",
    # Progression, for everybody (my journey)
    "journey.show": "signed in",
    "journey.code_of_conduct": "signed in",
    "journey.step_back": "signed in",
    # Progression, for staff (the evidence, and what they decide on it)
    "sign_offs.index": "progression:step:sign-off",
    "sign_offs.person": "progression:evidence:see",
    "sign_offs.decide": "progression:step:sign-off",
    "sign_offs.check": "progression:evidence:record",
    "sign_offs.observation": "progression:evidence:record",
    "sign_offs.withdraw": "progression:evidence:record",
    "sign_offs.step_back": "progression:step:sign-off",
    # Training, for everybody with an account: each page shows the reader their own way
    "learning.index": "signed in",
    "learning.course": "signed in",
    "learning.start": "signed in",
    "learning.hard_words": "signed in",
    "learning.unit": "signed in",
    "learning.read": "signed in",
    "learning.begin": "signed in",
    "learning.question": "signed in",
    "learning.choose": "signed in",
    # Certificates: the holder's own; the PDF also for who may read certificates, decided where it is loaded
    "certificates.show": "signed in",
    "certificates.pdf": "signed in",
    "certificates.credential": "signed in",
    # Whether a certificate is real, and what is needed to check it: for anybody
    "public.ask": "public",
    "public.verify": "public",
    "public.all_keys": "public",
    "public.one_key": "public",
    "public.issuer": "public",
    "public.withdrawn": "public",
}
