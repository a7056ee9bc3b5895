"""What the daemon's role may do on a server, where the tables belong to another one.

Whoever owns a table may disable its triggers. So the tables belong to a role that makes and
changes them, and the daemon's, which is given no more than it needs, can neither change nor delete
what is only ever added to: not by mistake, and not by a fault in our own triggers.
"""

from sarabanwatch.store.tx import Tx

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
SEEN = """
    REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role};
    GRANT USAGE ON SCHEMA {schema} TO {role};
    GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role};
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {role}
"""


def grant(tx: Tx, role: str) -> None:
    """Give a role the rights of the daemon's. Call as the owner of the tables, after a migration.

    Raise the engine's error where there is no such role.
    """
    named = tx.execute("SELECT quote_ident(?)", (role,)).get
    schema = tx.execute("SELECT quote_ident(current_schema())").get
    tx.execute(SEEN.format(schema=schema, role=named))
    for table, no_update, no_delete in tx.execute(REFUSED):
        may = ["INSERT", *["UPDATE"] * (not no_update), *["DELETE"] * (not no_delete)]
        tx.execute(f"GRANT {', '.join(may)} ON {table} TO {named}")
