"""Which rights a role has over a ledger on a server, where the tables belong to another role.

Whoever owns a table may disable its triggers. So the tables belong to a role that makes and
changes them, and others are given no more than they need:

    daemon   works. It can neither change nor delete what is only ever added to: not by mistake, and
             not by a fault in our own triggers.
    page     reads what the public page shows: no mail, no token of a letter, no act of a person.
    board    reads the views of the schema `sarabanwatch_public`, and nothing else; for Grafana.

Each is given anew, so that nothing stays of what a role could do before.
"""

from collections.abc import Iterator
from typing import Final

from sarabanwatch.core.errors import RequestError
from sarabanwatch.store import schema
from sarabanwatch.store.tx import Tx

KINDS = ("daemon", "page", "board")
PUBLIC = "sarabanwatch_public"
# What the pages ask (`store.public`); of a letter not its token.
SHOWN: Final = (
    "agency", "announced", "announcement", "catch_all", "chosen", "commits", "declared",
    "domain", "downgrade", "engine", "entry", "epoch", "evidence", "finding", "halt", "import",
    "incident", "judgement", "lease", "member", "off_day", "opt_out", "pause", "round",
    "rulebook", "transition", "written")
HIDDEN: Final = {"letter": "token"}
ROLE = """
    SELECT quote_ident(r.rolname), r.rolsuper OR pg_has_role(r.oid, c.relowner, 'MEMBER'),
           pg_has_role(c.relowner, 'USAGE'), quote_ident(current_schema()),
           pg_get_userbyid(c.relowner)
    FROM pg_roles r, pg_class c WHERE r.rolname = ? AND c.oid = to_regclass('letter')
"""
# Of every table, whether a trigger refuses each change (TRUE) and each deletion of its rows.
REFUSED = """
    SELECT c.relname,
           coalesce(bool_or(t.tgtype & 16 > 0 AND p.prosrc LIKE '%IF TRUE THEN%'), FALSE),
           coalesce(bool_or(t.tgtype & 8 > 0 AND p.prosrc LIKE '%IF TRUE THEN%'), FALSE)
    FROM pg_class c LEFT JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal
         LEFT JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
    GROUP BY c.relname ORDER BY c.relname
"""
NOTHING = """
    REVOKE ALL ON ALL TABLES IN SCHEMA {schema}, {public} FROM {role};
    REVOKE ALL ON ALL SEQUENCES IN SCHEMA {schema} FROM {role};
    GRANT USAGE ON SCHEMA {schema} TO {role}
"""
# Moments are text in the ledger, and are given as moments here.
VIEWS = """
    CREATE SCHEMA IF NOT EXISTS {public};
    CREATE OR REPLACE VIEW {public}.agency AS
        SELECT a.code, a.name, a.kind, a.province, a.superior,
               coalesce(j.grp, 'unknown') AS grp, coalesce(j.because, '') AS because,
               j.since::timestamptz AS since
        FROM {schema}.agency a LEFT JOIN {schema}.judgement j USING (code) WHERE a.listed;
    CREATE OR REPLACE VIEW {public}.census AS
        SELECT grp, count(*) AS agencies FROM {public}.agency GROUP BY grp;
    CREATE OR REPLACE VIEW {public}.transition AS
        SELECT id, code, was, now AS grp, because, at::timestamptz AS at FROM {schema}.transition;
    CREATE OR REPLACE VIEW {public}.round AS
        SELECT id, kind, number, opened_at::timestamptz AS opened_at,
               due_at::timestamptz AS due_at, closed_at::timestamptz AS closed_at
        FROM {schema}.round;
    CREATE OR REPLACE VIEW {public}.letters AS
        SELECT campaign AS round, purpose, state, fate, count(*) AS letters
        FROM {schema}.letter WHERE code <> '' GROUP BY campaign, purpose, state, fate
"""


def grant(tx: Tx, role: str, kind: str) -> None:
    """Give a role the rights of a kind (KINDS), and no others. Call it again after a migration.

    Raise RequestError where that makes no sense: no ledger stands there, there is no such role, it
    owns the tables (whose rights nothing limits), or they are not ours to grant.
    """
    schema.refuse_behind(tx)
    if not schema.known(tx):
        raise RequestError(f"{tx.place} holds no ledger yet: make it with `ledger migrate`, as the "
                           "role that is to own its tables")
    found = tx.execute(ROLE, (role,)).get
    if found is None:
        raise RequestError(f"{tx.place} has no role {role}: make it first "
                           f"(CREATE ROLE {role} LOGIN PASSWORD ...)")
    named, unlimited, ours, where, owner = found
    if unlimited:
        raise RequestError(f"{role} owns the tables, or may do as {owner}, who does: nothing "
                           "limits its rights; name another role")
    if not ours:
        raise RequestError(f"the tables belong to {owner}: name that role in ledger.url")
    with tx:
        names = {"schema": where, "public": PUBLIC, "role": named}
        for sql in (VIEWS, NOTHING, *_rights(tx, kind)):
            tx.execute(sql.format(**names))


def _rights(tx: Tx, kind: str) -> Iterator[str]:
    """Yield what grants the rights of a kind."""
    if kind == "board":
        yield "REVOKE USAGE ON SCHEMA {schema} FROM {role}"
        yield "GRANT USAGE ON SCHEMA {public} TO {role}"
        yield "GRANT SELECT ON ALL TABLES IN SCHEMA {public} TO {role}"
    elif kind == "page":
        yield f"GRANT SELECT ON {', '.join(SHOWN)} TO {{role}}"
        for table, hidden in HIDDEN.items():
            shown = [name for name in tx.columns(table) if name != hidden]
            yield f"GRANT SELECT ({', '.join(shown)}) ON {table} TO {{role}}"
    else:
        yield "GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}"
        yield "GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {role}"
        for table, no_update, no_delete in tx.execute(REFUSED):
            may = ["INSERT", *["UPDATE"] * (not no_update), *["DELETE"] * (not no_delete)]
            yield f"GRANT {', '.join(may)} ON {table} TO {{role}}"
