"""The blueprints of progression. Importing a view module registers its routes on one of them."""

from __future__ import annotations

from flask import Blueprint

journey_bp = Blueprint("journey", __name__, url_prefix="/journey")
documents_bp = Blueprint("documents", __name__, url_prefix="/documents")
sign_offs_bp = Blueprint("sign_offs", __name__, url_prefix="/sign-offs")
suggestions_bp = Blueprint("suggestions", __name__, url_prefix="/suggestions")
pulse_bp = Blueprint("pulse", __name__, url_prefix="/pulse")
news_bp = Blueprint("news", __name__, url_prefix="/news")
pathway_bp = Blueprint("pathway", __name__, url_prefix="/admin/pathway")
