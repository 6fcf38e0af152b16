"""Assertions over views, functions, triggers and other ways around the wall."""

from __future__ import annotations

_NOT_THE_SERVERS = "n.nspname NOT IN ('pg_catalog', 'information_schema')"

ASSERTIONS: tuple[tuple[str, str, str], ...] = (
    (
        "view-of-owner",
        "A view without security_invoker reads with its owner's eyes.",
        """
        SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'v'
          AND NOT coalesce(c.reloptions::text[] && ARRAY['security_invoker=true', 'security_invoker=on'], false)
        """,
    ),
    (
        "materialised",
        "Materialised views and foreign tables know no row-level security.",
        """
        SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('m', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
        """,
    ),
    (
        "security-definer",
        "A SECURITY DEFINER function acts with its owner's rights.",
        f"""
        SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE p.prosecdef AND {_NOT_THE_SERVERS} AND has_function_privilege(%(app)s::text, p.oid, 'EXECUTE')
        """,  # noqa: S608 - only constants.
    ),
    (
        "set-tenant-changed",
        "One function sets the municipality, for the transaction alone.",
        """
        SELECT 'set_tenant' WHERE NOT EXISTS (
          SELECT 1 FROM pg_proc p WHERE p.oid = to_regprocedure('public.set_tenant(uuid)') AND NOT p.prosecdef
            AND p.proconfig IS NULL AND p.prosrc LIKE '%%SET LOCAL lumbung.tenant_id = %%L%%'
            AND p.prosrc !~* 'set\\s+session|set_config')
        """,
    ),
    (
        "unknown-function",
        "A function that we did not write may do anything.",
        """
        SELECT p.oid::regprocedure::text FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace AND p.oid <> to_regprocedure('public.set_tenant(uuid)')
        """,
    ),
    (
        "trigger",
        "Triggers on municipalities' tables run where nobody looks, and a sharded database refuses them.",
        """
        SELECT c.relname || '.' || t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace
        """,
    ),
    (
        "rewrite-rule",
        "A rule rewrites a query behind the application's back.",
        """
        SELECT c.relname || '.' || r.rulename FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
        """,
    ),
    (
        "event-trigger",
        "Event triggers run with their owner's rights.",
        "SELECT evtname::text FROM pg_event_trigger",
    ),
    (
        "reaching-out",
        "These extensions open connections of their own, past the wall.",
        "SELECT extname::text FROM pg_extension WHERE extname IN ('dblink', 'postgres_fdw', 'file_fdw', 'plpython3u')",
    ),
    (
        "publication",
        "Logical replication sends rows without asking policies.",
        "SELECT pubname::text FROM pg_publication",
    ),
)
