"""Notices of sending services as JSON in the body of a mail (Amazon SES by way of SNS)."""

import json
from typing import Any

from sarabanwatch.core.returns.bounce.report import Report, code_in, squeezed, status_in
from sarabanwatch.core.returns.mime import Mail

ACTIONS = {"Bounce": "failed", "Delivery": "delivered", "DeliveryDelay": "delayed"}


def read(mail: Mail) -> tuple[Report, ...]:
    """Return the reports in a notice; nothing where the body is no such JSON."""
    notice = _notice(mail.words)
    action = ACTIONS.get(str(notice.get("notificationType") or notice.get("eventType")))
    told = _dict(notice.get({"failed": "bounce", "delivered": "delivery"}.get(action or "",
                                                                              "deliveryDelay")))
    if action is None or not told:
        return ()
    named = told.get("bouncedRecipients") or told.get("delayedRecipients") or told.get("recipients")
    rows = named if isinstance(named, list) else []
    return tuple(_report(row, action, str(told.get("reportingMTA", ""))) for row in rows[:50])


def _notice(words: str) -> dict[str, Any]:
    words = words.replace("!\n ", "")   # lines of a thousand octets, broken by Sendmail
    start = words.find("{")
    if start < 0 or words[:start].strip() or '"' not in words[start:start + 50]:
        return {}
    try:
        notice = _dict(json.JSONDecoder(strict=False).raw_decode(words, start)[0])
        return _dict(json.loads(notice["Message"])) if isinstance(notice.get("Message"),
                                                                  str) else notice
    except (ValueError, RecursionError):
        return {}


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _report(row: object, action: str, reporter: str) -> Report:
    if isinstance(row, str):
        return Report(row, "", action, reporter=reporter)
    fields = _dict(row)
    said = squeezed(str(fields.get("diagnosticCode", "")).removeprefix("smtp;"))
    status = str(fields.get("status", "")) or status_in(said)
    return Report(str(fields.get("emailAddress", "")), "", action, code_in(said), status, said,
                  reporter)
