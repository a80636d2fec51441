"""The one blueprint of the rota's pages."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("rota", __name__)
