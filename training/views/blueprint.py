"""The blueprints of training. Importing a view module registers its routes on one of them."""

from __future__ import annotations

from flask import Blueprint

learning_bp = Blueprint("learning", __name__, url_prefix="/learning")
certificates_bp = Blueprint("certificates", __name__, url_prefix="/certificates")
to_mark_bp = Blueprint("to_mark", __name__, url_prefix="/to-mark")
elsewhere_bp = Blueprint("elsewhere", __name__, url_prefix="/learning/elsewhere")
authoring_bp = Blueprint("authoring", __name__, url_prefix="/write-courses")
live_bp = Blueprint("live", __name__, url_prefix="/live-sessions")
public_bp = Blueprint("public", __name__)
