"""The statement of what one person gave as a PDF on A4, to show to an employer, a college or a university."""

from __future__ import annotations

from app import settings
from app.printing import fonts, pdf
from app.wording import amount, day_in_words, plural
from rota.reports.service_statement import ServiceStatement


def render(statement: ServiceStatement, name: str) -> bytes:
    """The PDF, made out to a name. Takes some tenths of a second: keep it outside any transaction."""
    return pdf.printed(
        "rota/paper/statement.html",
        "rota/paper/month.css",
        organisation=fonts.printable(settings.current().organisation),
        name=name,
        statement=statement,
        amount=amount,
        plural=plural,
        day_in_words=day_in_words,
    )
