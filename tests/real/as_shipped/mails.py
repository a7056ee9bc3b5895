"""What comes home from outside.

A return as Exchange writes it, with the whole letter in it, and a reply with a large file.
"""

from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.mime.base import MIMEBase
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

FILLER = "แฟ้มแนบ "


def bounced(letter: bytes, to: str, octets: int) -> bytes:
    """Return a delivery report (RFC 3464) of at least so many octets: no such mailbox."""
    sent = message_from_bytes(letter, policy=policy.compat32)
    report = MIMEMultipart("report")
    report.set_param("report-type", "delivery-status")
    report["From"], report["To"] = "MAILER-DAEMON@mx.go.th", sent["Return-Path"].strip("<>")
    report["Subject"] = "Undeliverable: " + " ".join(str(sent["Subject"]).split())
    report.attach(
        MIMEText(f"Your message to {to} couldn't be delivered.\n550 5.1.1 User unknown\n")
    )
    status = MIMEBase("message", "delivery-status")
    host, whom = Message(), Message()
    host["Reporting-MTA"] = "dns;mx.go.th"
    whom["Final-Recipient"], whom["Action"], whom["Status"] = f"rfc822;{to}", "failed", "5.1.1"
    whom["Diagnostic-Code"] = "smtp;550 5.1.1 <" + to + "> User unknown"
    status.set_payload([host, whom])
    report.attach(status)
    report.attach(MIMEMessage(sent))
    report.attach(MIMEText(FILLER * (max(0,
                                         octets - len(report.as_bytes())) // len(FILLER.encode())),
                           _charset="utf-8"))
    return report.as_bytes()


def replied(letter: bytes, sender: str, receipt: str, octets: int) -> bytes:
    """Return an office's reply with its receipt number, and a file of so many octets."""
    sent = message_from_bytes(letter, policy=policy.default)
    reply = EmailMessage()
    reply["From"], reply["To"] = sender, sent["Reply-To"] or sent["From"]
    reply["Subject"] = "Re: " + str(sent["Subject"])
    reply["In-Reply-To"] = sent["Message-ID"]
    reply.set_content(f"ได้รับหนังสือของท่านแล้ว\nเลขรับ {receipt}\nงานสารบรรณ\n")
    reply.add_attachment(bytes(octets), maintype="application", subtype="octet-stream",
                         filename="หนังสือ.zip")
    return reply.as_bytes()
