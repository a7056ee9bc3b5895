"""The console command: `sarabanwatch VERB`. Verbs are imported when they are asked for, so that help comes at once.

Exit codes (sysexits.h where it has one): 0 done; 1 the verb's own no; 2 wrong usage; 65 a register or a snapshot that
cannot be used; 69 a server, the ledger or the press is not there; 73 the site cannot be written there; 74 the ledger cannot
be written; 77 a server refuses our log-in, or us (a verb by hand; `run` waits and says so); 78 the configuration is wrong, a
port or the ledger is another daemon's, or the ledger is lost or damaged.
"""

import importlib
import os
import sys

import click

VERBS = {
    "run":          "daemon:run",
    "check-config": "daemon:check_config",
    "version":      "daemon:version",
    "register":     "register:register",
    "address":      "address:address",
    "census":       "census:census",
    "agencies":     "agencies:agencies",
    "agency":       "agency:agency",
    "groups":       "groups:groups",
    "explain":      "explain:explain",
    "domains":      "domains:domains",
    "plan":         "plan:plan",
    "path":         "path:path",
    "probe":        "probe:probe",
    "letter":       "letter:letter",
    "inbox":        "inbox:inbox",
    "read":         "read:read",
    "corrections":  "corrections:corrections",
    "incidents":    "incidents:incidents",
    "halts":        "halts:halts",
    "wishes":       "wishes:wishes",
    "replay":       "replay:replay",
    "report":       "report:report",
    "notice":       "notice:notice",
    "page":         "page:page",
    "demo":         "demo:demo",
}
EXITS = {
    "Misconfigured": 78, "NoKey": 78, "InUse": 78, "TooNew": 78, "Barred": 77, "Unreachable": 69, "NoLedger": 69, "Unreadable": 65,
    "NoLand": 69, "NoPress": 69, "NoReader": 69, "NoExport": 73, "Unwritable": 74, "Unusable": 78, "Unsound": 65, "Altered": 65,
    "NoImport": 1, "Halted": 1, "Lifted": 1, "Wished": 1, "Decided": 1, "Unknowable": 1, "NoSnapshot": 1, "Settled": 1, "Draft": 1,
}


class Verbs(click.Group):
    """The verbs, each imported when named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in the order of the table."""
        del ctx
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a verb."""
        del ctx
        if cmd_name not in VERBS:
            return None
        module, _, name = VERBS[cmd_name].partition(":")
        command = getattr(importlib.import_module(f"sarabanwatch.cli.{module}"), name)
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs by their first lines, without importing them."""
        del ctx
        with formatter.section("Verbs"):
            formatter.write_dl(list(SHORT.items()))


SHORT = {
    "run":          "ทำงานต่อเนื่อง: the daemon, until SIGTERM",
    "check-config": "ตรวจไฟล์ตั้งค่า: say whether a configuration can be used",
    "version":      "รุ่น: the version",
    "register":     "ทะเบียนหน่วยงาน: the list of agencies: check, import, history, undo",
    "address":      "ตรวจที่อยู่อีเมล: what the Regulation asks of declared addresses, and what to write instead: check",
    "census":       "สรุปจำนวนตามกลุ่ม: the counts, in the circular's shape",
    "agencies":     "รายชื่อหน่วยงาน: list agencies, by group, ministry, province, kind, mail host, day",
    "agency":       "หน่วยงานหนึ่ง: all that is known of one agency, on one screen: show",
    "groups":       "กลุ่ม A1–E, W: what another edition of labels and buckets would change: check",
    "explain":      "อธิบายผล: why an agency is in its group, down to the raw message",
    "domains":      "โดเมนอีเมล: what the DNS shows of the domains, and what to mend",
    "plan":         "แผนการส่ง: who gets how many letters on which day, and the proof that the round ends in time",
    "path":         "เส้นทางของเรา: whether letters to ourselves come back, and how long they are away",
    "probe":        "ทดสอบหน่วยงานเดียว: what a letter to one agency would meet; ask for one now, and follow it",
    "letter":       "หนังสือทดสอบ: the test letter, as an office gets it: preview",
    "inbox":        "จดหมายที่รอคนอ่าน: mails that no rule understands: list, show, teach; what the server never gave: lacking",
    "read":         "ลองอ่าน: how a mail, or a host's answer, would be read; needs no configuration",
    "corrections":  "การแจ้งแก้ไข: mails that tell a new address or announcement: list, show, accept, reject",
    "incidents":    "เหตุการณ์ร่วม: many agencies that would fall at once, none turned: list, show, release",
    "halts":        "การหยุดส่ง: times in which nothing leaves us, for a doubt of our ledger or clock: list, lift",
    "wishes":       "ขอไม่รับหนังสือทดสอบ: agencies that asked to be left alone: add, list, end",
    "replay":       "อ่านจดหมายทั้งหมดใหม่: read all kept mail again under today's rules; tell what would change",
    "report":       "รายงาน: freeze the census, release it, print report, circular, infographic, notices",
    "notice":       "หนังสือแจ้งให้แก้ไข: send notices to agencies to mend, and follow them up",
    "page":         "หน้าเว็บสาธารณะ: the public page: serve, export, qr",
    "demo":         "สาธิต: one campaign over a country in a box, on loopback",
}


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
def group() -> None:
    """Saraban Watch: can a citizen's letter reach each Thai state agency by e-mail?"""


def main() -> None:
    """Run a verb; turn every error that a person can mend into one line and its exit code."""
    os.environ["PYTHONSAFEPATH"] = "1"      # no process of ours, nor of a library's, takes code from the current folder
    try:
        group.main(standalone_mode=False)
    except click.exceptions.Exit as asked:
        sys.exit(asked.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except Exception as error:
        code = EXITS.get(type(error).__name__)
        if code is None:
            raise
        click.echo(f"sarabanwatch: {error}", err=True)
        sys.exit(code)
