"""Assertions over roles and grants."""

from __future__ import annotations

ASSERTIONS: tuple[tuple[str, str, str], ...] = (
    (
        "application-too-mighty",
        "The application's role must not be able to step over the wall.",
        """
        SELECT rolname FROM pg_roles WHERE rolname = %(app)s::text
          AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)
        """,
    ),
    (
        "application-missing",
        "The application's role does not exist.",
        "SELECT %(app)s::text WHERE NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = %(app)s::text)",
    ),
    (
        "application-is-member",
        "Through a membership the application could become somebody mightier.",
        """
        SELECT r.rolname FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid
        JOIN pg_roles u ON u.oid = m.member WHERE u.rolname = %(app)s::text
        """,
    ),
    (
        "application-owns",
        "An owner can switch the wall off.",
        """
        SELECT 'relation ' || c.oid::regclass::text FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
          WHERE r.rolname = %(app)s::text
        UNION ALL SELECT 'function ' || p.oid::regprocedure::text FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner
          WHERE r.rolname = %(app)s::text
        UNION ALL SELECT 'schema ' || n.nspname FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner
          WHERE r.rolname = %(app)s::text
        UNION ALL SELECT 'database ' || d.datname FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba
          WHERE r.rolname = %(app)s::text
        """,
    ),
    (
        "application-may-create",
        "What the application creates it owns, and nobody has looked at it.",
        """
        SELECT 'schema ' || n.nspname FROM pg_namespace n
          WHERE n.nspname !~ '^pg_(toast|temp)' AND has_schema_privilege(%(app)s::text, n.oid, 'CREATE')
        UNION ALL SELECT 'database ' || current_database()
          WHERE has_database_privilege(%(app)s::text, current_database(), 'CREATE')
        UNION ALL SELECT 'temporary tables in ' || current_database()
          WHERE has_database_privilege(%(app)s::text, current_database(), 'TEMP')
        """,
    ),
    (
        "needless-right",
        "TRUNCATE passes row-level security; REFERENCES and TRIGGER look through it.",
        """
        SELECT c.relname || ' ' || a.privilege_type || ' ' || coalesce(r.rolname, 'PUBLIC')
        FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
          AND a.grantee <> c.relowner AND a.privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
        """,
    ),
    (
        "granted-to-everybody",
        "What is granted to PUBLIC or to a third role escapes our eye.",
        """
        SELECT c.relname || ' ' || coalesce(r.rolname, 'PUBLIC')
        FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
          AND a.grantee <> c.relowner AND r.rolname IS DISTINCT FROM %(app)s::text
        """,
    ),
    (
        "column-grants",
        "A right on a column alone hides from the list of a table's rights.",
        """
        SELECT c.relname || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relnamespace = 'public'::regnamespace AND a.attacl IS NOT NULL
        """,
    ),
    (
        "append-only-is-changeable",
        "History that can be changed proves nothing.",
        """
        SELECT name || ' ' || verb
        FROM unnest(%(append_only)s::text[]) AS name, unnest(ARRAY['UPDATE', 'DELETE']) AS verb
        WHERE has_table_privilege(%(app)s::text, to_regclass('public.' || quote_ident(name)), verb)
        """,
    ),
    (
        "not-readable",
        "The application cannot read a table of its own.",
        """
        SELECT name
        FROM unnest(%(tenant)s::text[] || %(shared)s::text[] || %(global)s::text[] || %(local)s::text[]) AS name
        WHERE to_regclass('public.' || quote_ident(name)) IS NOT NULL
          AND NOT has_table_privilege(%(app)s::text, to_regclass('public.' || quote_ident(name)), 'SELECT')
        """,
    ),
    (
        "foreign-schema",
        "Tables outside `public` and the job queue are nobody's.",
        """
        SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('public', 'procrastinate', 'pg_catalog',
          'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
          AND has_table_privilege(%(app)s::text, c.oid, 'SELECT')
        """,
    ),
    (
        "default-rights",
        "Default privileges hand out rights on tables that do not exist yet.",
        "SELECT d.defaclrole::regrole::text FROM pg_default_acl d",
    ),
    (
        "tenant-set-by-default",
        "A municipality that is set for a role or a database stays set between requests.",
        """
        SELECT unnest(setconfig) FROM pg_db_role_setting
        WHERE EXISTS (SELECT 1 FROM unnest(setconfig) s WHERE s ILIKE 'lumbung.%%' OR s ILIKE 'row_security%%')
        """,
    ),
)
