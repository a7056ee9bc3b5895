"""Notices of sending services as JSON in the body of a mail (Amazon SES through SNS)."""

import json
from typing import Any

from sarabanwatch.core.returns.bounce.report import Report, code_in, squeezed, status_in
from sarabanwatch.core.returns.mime import Mail

ACTIONS = {"Bounce": "failed", "Delivery": "delivered", "DeliveryDelay": "delayed"}
DETAILS = {"failed": "bounce", "delivered": "delivery", "delayed": "deliveryDelay"}
RECIPIENTS = ("bouncedRecipients", "delayedRecipients", "recipients")


def read(mail: Mail) -> tuple[Report, ...]:
    """Return the reports in a notice; nothing where the body is no such JSON."""
    notice = _notice(mail.words)
    action = ACTIONS.get(str(notice.get("notificationType") or notice.get("eventType")))
    if action is None:
        return ()
    details = _dict(notice.get(DETAILS[action]))
    named = next(filter(None, map(details.get, RECIPIENTS)), None)
    rows = named if isinstance(named, list) else []
    return tuple(_report(row, action, str(details.get("reportingMTA", ""))) for row in rows[:50])


def _notice(words: str) -> dict[str, Any]:
    words = words.replace("!\n ", "")   # lines of a thousand octets, broken by Sendmail
    start = words.find("{")
    if start < 0 or words[:start].strip() or '"' not in words[start:start + 50]:
        return {}
    try:
        notice = _dict(json.JSONDecoder(strict=False).raw_decode(words, start)[0])
        inner = notice.get("Message")
        return _dict(json.loads(inner)) if isinstance(inner, str) else notice
    except (ValueError, RecursionError):
        return {}


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _report(row: object, action: str, reporter: str) -> Report:
    if isinstance(row, str):
        return Report(row, "", action, reporter=reporter)
    fields = _dict(row)
    text = squeezed(str(fields.get("diagnosticCode", "")).removeprefix("smtp;"))
    status = str(fields.get("status", "")) or status_in(text)
    return Report(str(fields.get("emailAddress", "")), "", action, code_in(text), status, text,
                  reporter)
