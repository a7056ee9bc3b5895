"""The console command: `sarabanwatch VERB`.

A verb's module is imported when the verb is called, so that help comes at once. Exit codes: 0 done,
2 wrong usage, 130 interrupted at the keyboard; errors that a person can mend carry theirs
(`core.errors`).
"""

import importlib
import os
import re
import sys
from collections.abc import Mapping
from typing import Any

import click

from sarabanwatch.core.errors import SarabanError

Refusal = SarabanError | click.ClickException   # what a person can mend
LANG = re.compile(r"--lang[= ](th|en)\b")

VERBS = {
    "run":          "daemon:run",
    "check-config": "daemon:check_config",
    "status":       "status:status",
    "top":          "top:top",
    "doctor":       "doctor:doctor",
    "drill":        "drill:drill",
    "version":      "version:version",
    "assets":       "assets:assets",
    "register":     "register:register",
    "address":      "address:address",
    "census":       "census:census",
    "agencies":     "agencies:agencies",
    "agency":       "agency:agency",
    "groups":       "groups:groups",
    "explain":      "explain:explain",
    "domains":      "domains:domains",
    "plan":         "plan:plan",
    "rounds":       "rounds:rounds",
    "holidays":     "holidays:holidays",
    "path":         "path:path",
    "probe":        "probe:probe",
    "letter":       "letter:letter",
    "inbox":        "inbox:inbox",
    "read":         "read:read",
    "corrections":  "corrections:corrections",
    "incidents":    "incidents:incidents",
    "halts":        "halts:halts",
    "pause":        "pause:pause",
    "resume":       "pause:resume",
    "opt-outs":     "opt_outs:opt_outs",
    "audit":        "audit:audit",
    "replay":       "replay:replay",
    "report":       "report:report",
    "notice":       "notice:notice",
    "page":         "page:page",
    "backup":       "backup:backup",
    "restore":      "backup:restore",
    "ledger":       "ledger_file:ledger",
    "demo":         "demo:demo",
}


RETIRED = {"wishes": "opt-outs"}     # names that verbs had -> those that they have


class Verbs(click.Group):
    """The verbs, each imported when named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Note how an error is to be told, for what was typed may itself be wrong."""
        ctx.meta["as_json"] = "--json" in args
        if asked := LANG.search(" ".join(args)):
            ctx.meta["lang"] = asked[1]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in the order of the table."""
        del ctx
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a verb."""
        if cmd_name in RETIRED:
            raise click.UsageError(f"the verb {cmd_name} is now {RETIRED[cmd_name]}")
        if cmd_name not in VERBS:
            raise click.exceptions.NoSuchCommand(cmd_name, possibilities=VERBS, ctx=ctx)
        module, _, name = VERBS[cmd_name].partition(":")
        command = getattr(importlib.import_module(f"sarabanwatch.cli.{module}"), name)
        return command if isinstance(command, click.Command) else None

    def invoke(self, ctx: click.Context) -> object:
        """Run the verb, as an act of a person where it writes into the ledger (`cli.acting`).

        An error that a person can mend ends it with its exit code.
        """
        from sarabanwatch.cli.acting import ACTING, actor

        acts = ACTING.set(actor)
        try:
            return super().invoke(ctx)
        except (SarabanError, click.ClickException) as error:
            tell(error, ctx.meta)
            sys.exit(error.exit_code)
        finally:
            ACTING.reset(acts)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs by their first lines, without importing them."""
        del ctx
        with formatter.section("Verbs"):
            formatter.write_dl(list(SHORT.items()))


def tell(error: Refusal, meta: Mapping[str, Any]) -> None:
    """Say what is wrong: in the language that was asked for, in English into the journal.

    Whoever asked for JSON is told by one object on stderr; stdout holds nothing then.
    """
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return
    from sarabanwatch.cli import errors

    text = str(error) if isinstance(error, SarabanError) else error.format_message() + _has(error)
    if priority := _priority():
        click.echo(f"{priority}sarabanwatch: {text}", err=True)
        return
    thai = error.thai if isinstance(error, SarabanError) else ""
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    help_ = f"{ctx.command_path} --help" if ctx else ""
    if meta.get("as_json"):
        from sarabanwatch.cli.options import json_line

        found = {"exit_code": error.exit_code, **errors.record(text, thai), "help": help_}
        click.echo(json_line({"error": found}), err=True)
        return
    lang = meta.get("lang") or "th"
    click.echo("sarabanwatch: " + "\n".join(errors.lines(text, lang, thai)), err=True)
    if help_:
        click.echo(f"  {'help' if lang == 'en' else 'ดูวิธีใช้ · help'}: {help_}", err=True)


def _has(error: click.ClickException) -> str:
    """Return what may have been meant where a verb of verbs was given a word that is none of them.

    Most often it is what the verb that shows one thing wants: `agency 2140101`.
    """
    if (not isinstance(error, click.exceptions.NoSuchCommand) or error.possibilities
            or error.ctx is None or not isinstance(group := error.ctx.command, click.Group)):
        return ""
    names = group.list_commands(error.ctx)
    if only := "show" if "show" in names else names[0] if len(names) == 1 else "":
        return f" Did you mean '{error.ctx.command_path} {only} {error.command_name}'?"
    return "" if isinstance(group, Verbs) else f" It has {', '.join(names)}."


def _priority() -> str:
    """Return what tells the service manager's journal that a line is an error; else ""."""
    if "JOURNAL_STREAM" not in os.environ:
        return ""
    from sarabanwatch.edge.journal import log
    return f"<{log.PRIORITIES['error']}>" if log.is_journal(sys.stderr) else ""


SHORT = {
    "run":          "ทำงานต่อเนื่อง · run the daemon",
    "check-config": "ตรวจไฟล์ตั้งค่า · say whether a configuration can be used",
    "status":       "สถานะ · how we stand: one screen, or one line for a monitoring system",
    "top":          "สถานะสด · how we stand, drawn again and again in a terminal",
    "doctor":       "ตรวจสุขภาพ · look at all that the daemon stands on, with a remedy for each",
    "drill":        "ซ้อมแจ้งเตือน · send one marked alert along the chain, and see it come home",
    "version":      "รุ่น · print the version, and what it is made of",
    "assets":       "ไฟล์ประกอบการติดตั้ง · lay out unit, rules, boards, runbooks and manual",
    "register":     "ทะเบียนหน่วยงาน · the list of agencies: check, import, history, undo",
    "address":      "ตรวจที่อยู่อีเมล · hold declared addresses against the Regulation: check",
    "census":       "สรุปจำนวนตามกลุ่ม · count the agencies, in the circular's shape",
    "agencies":     "รายชื่อหน่วยงาน · list agencies by group, ministry, province, kind or mail host",
    "agency":       "หน่วยงานเดียว · all that is known of one agency, on one screen: show",
    "groups":       "กลุ่ม A1–E, W · what another edition of the groups would change: check",
    "explain":      "อธิบายผล · why an agency is in its group, down to the raw message",
    "domains":      "โดเมนอีเมล · what is known of the domains, and what to mend",
    "plan":         "แผนการส่ง · the rest of the round day by day, and whether it ends in time",
    "rounds":       "รอบการส่ง · the rounds of letters: list, open, close, skip, extra, plan",
    "holidays":     "วันหยุดราชการ · days on which offices are closed: list, add, remove",
    "path":         "เส้นทางของเรา · whether letters to ourselves come home",
    "probe":        "ทดสอบหน่วยงานเดียว · what a letter to one agency would meet; have one sent",
    "letter":       "หนังสือทดสอบ · the test letter, as an office gets it: preview",
    "inbox":        "จดหมายที่รอเจ้าหน้าที่ · mails that wait: list, show, teach, taught, lacking",
    "read":         "ลองอ่าน · how a mail, or a mail host's answer, would be read",
    "corrections":  "การแจ้งแก้ไข · new addresses that agencies tell: list, show, accept, reject",
    "incidents":    "เหตุการณ์ร่วม · many agencies that would fall at once: list, show, release",
    "halts":        "การหยุดส่ง · a doubt of our own ledger or clock: list, lift",
    "pause":        "พักการทดสอบ · send no letters for a while: to all, a ministry, an agency ...",
    "resume":       "ทดสอบต่อ · end a pause before its time",
    "opt-outs":     "ขอไม่รับหนังสือทดสอบ · agencies that want no test letters: add, list, end",
    "audit":        "บันทึกการดำเนินการ · what people did, who, when and why: list, verify",
    "replay":       "อ่านจดหมายทั้งหมดใหม่ · read all kept mail again under today's rules",
    "report":       "รายงาน · snapshots and their papers: freeze, list, show, release, render",
    "notice":       "หนังสือแจ้งให้แก้ไข · notices to agencies to mend: send, list",
    "page":         "หน้าเว็บสาธารณะ · the public page: serve, export, qr",
    "backup":       "สำรองข้อมูล · back up ledger and configuration while the daemon runs",
    "restore":      "กู้คืนข้อมูล · put the ledger of a backup back",
    "ledger":       "ฐานข้อมูล · the file that remembers: check, size, migrate, downgrade",
    "demo":         "สาธิต · one round over a country in a box, on this machine",
}


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
def group() -> None:
    """Saraban Watch: can a citizen's letter reach each Thai state agency by e-mail?"""


def main() -> None:
    """Run a verb, and end with its exit code."""
    # no process of ours, nor of a library's, takes code from the current folder
    os.environ["PYTHONSAFEPATH"] = "1"
    try:
        group.main(standalone_mode=False)
    except click.exceptions.Exit as asked:
        sys.exit(asked.exit_code)
    except click.ClickException as error:
        tell(error, error.ctx.meta if isinstance(error, click.UsageError) and error.ctx else {})
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
