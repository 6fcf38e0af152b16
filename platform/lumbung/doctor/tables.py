"""Assertions over tables: columns, policies, keys."""

from __future__ import annotations

_OURS = "c.relnamespace = 'public'::regnamespace"

ASSERTIONS: tuple[tuple[str, str, str], ...] = (
    (
        "unknown-relation",
        "A relation that no model declares has no stated kind, so nobody knows who may read it.",
        f"""
        SELECT c.relname FROM pg_class c
        WHERE {_OURS} AND c.relkind IN ('r', 'p') AND c.relname <> 'alembic_version'
          AND NOT c.relname = ANY (%(tenant)s::text[] || %(shared)s::text[] || %(global)s::text[] || %(local)s::text[])
        """,  # noqa: S608 - only constants.
    ),
    (
        "missing-table",
        "A table that the models declare is not there: migrations have not run.",
        """
        SELECT name
        FROM unnest(%(tenant)s::text[] || %(shared)s::text[] || %(global)s::text[] || %(local)s::text[]) AS name
        WHERE to_regclass('public.' || quote_ident(name)) IS NULL
        """,
    ),
    (
        "no-tenant-column",
        "A municipality's table without `tenant_id uuid NOT NULL` cannot be told apart by owner.",
        f"""
        SELECT c.relname FROM pg_class c
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
        WHERE {_OURS} AND c.relname = ANY (%(tenant)s::text[] || %(shared)s::text[])
          AND (a.attname IS NULL OR a.atttypid <> 'uuid'::regtype OR NOT a.attnotnull)
        """,  # noqa: S608 - only constants.
    ),
    (
        "row-security-off",
        "Without row-level security, enabled and forced, every query sees everybody's rows.",
        f"""
        SELECT c.relname FROM pg_class c
        WHERE {_OURS} AND c.relname = ANY (%(tenant)s::text[] || %(shared)s::text[])
          AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
        """,  # noqa: S608 - only constants.
    ),
    (
        "tenant-policy",
        "A municipality's table has exactly one policy: for all, permissive, canonical on both sides.",
        """
        SELECT name || ': ' || coalesce(string_agg(p.policyname, ', '), 'no policy')
        FROM unnest(%(tenant)s::text[]) AS name
        LEFT JOIN pg_policies p ON p.schemaname = 'public' AND p.tablename = name
        GROUP BY name
        HAVING count(p.policyname) <> 1 OR bool_or(
          p.cmd <> 'ALL' OR p.permissive <> 'PERMISSIVE' OR p.roles <> '{public}'
          OR btrim(p.qual, '()') <> btrim(%(policy)s::text, '()')
          OR btrim(p.with_check, '()') IS DISTINCT FROM btrim(%(policy)s::text, '()'))
        """,
    ),
    (
        "shared-policy",
        "A shared table has exactly two policies: everybody reads, the owner writes.",
        """
        SELECT name || ': ' || coalesce(string_agg(p.policyname, ', '), 'no policy')
        FROM unnest(%(shared)s::text[]) AS name
        LEFT JOIN pg_policies p ON p.schemaname = 'public' AND p.tablename = name
        GROUP BY name
        HAVING count(p.policyname) <> 2 OR bool_or(p.permissive <> 'PERMISSIVE' OR p.roles <> '{public}')
          OR count(*) FILTER (WHERE p.cmd = 'SELECT' AND p.qual = 'true') <> 1
          OR count(*) FILTER (WHERE p.cmd = 'ALL' AND btrim(p.qual, '()') = btrim(%(policy)s::text, '()')
            AND btrim(p.with_check, '()') = btrim(%(policy)s::text, '()')) <> 1
        """,
    ),
    (
        "key-without-tenant",
        "A unique key that does not start with `tenant_id` tells one municipality what another has.",
        f"""
        SELECT c.relname || '.' || ic.relname FROM pg_index i
        JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class ic ON ic.oid = i.indexrelid
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
        WHERE {_OURS} AND c.relname = ANY (%(tenant)s::text[] || %(shared)s::text[])
          AND (i.indisunique OR i.indisprimary OR i.indisexclusion) AND a.attname IS DISTINCT FROM 'tenant_id'
        """,  # noqa: S608 - only constants.
    ),
    (
        "foreign-key-without-tenant",
        "A foreign key between municipalities' tables without `tenant_id` on both sides can point across the wall.",
        """
        SELECT conrelid::regclass::text || '.' || conname FROM pg_constraint k
        JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class f ON f.oid = k.confrelid
        WHERE k.contype = 'f' AND f.relname = ANY (%(tenant)s::text[] || %(shared)s::text[]) AND NOT (
          c.relname = ANY (%(tenant)s::text[] || %(shared)s::text[]) AND EXISTS (
            SELECT 1 FROM unnest(k.conkey, k.confkey) AS pair(mine, theirs)
            JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = pair.mine
            JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = pair.theirs
            WHERE a.attname = 'tenant_id' AND b.attname = 'tenant_id'))
        """,
    ),
    (
        "tenant-not-first-in-primary-key",
        "The primary key of a municipality's table starts with `tenant_id` and exists.",
        """
        SELECT name FROM unnest(%(tenant)s::text[] || %(shared)s::text[]) AS name
        WHERE NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = to_regclass('public.' || quote_ident(name))
          AND i.indisprimary)
        """,
    ),
    (
        "inheritance",
        "Inheritance children and partitions are read past the policies of their parents.",
        """
        SELECT inhrelid::regclass::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhparent
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'f')
        """,
    ),
    (
        "unlogged",
        "An unlogged table is emptied by a crash.",
        f"SELECT c.relname FROM pg_class c WHERE {_OURS} AND c.relkind = 'r' AND c.relpersistence <> 'p'",  # noqa: S608
    ),
)
