"""The limit of this stack: bare Flask and a psycopg pool, one indexed query, no ORM, no checks, no isolation."""

import json
import os

from flask import Flask, Response, abort, request
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

pool = ConnectionPool(
    os.environ["PEER_LIMIT"],
    min_size=4,
    max_size=8,
    kwargs={"row_factory": dict_row, "autocommit": True},
    open=True,
)
app = Flask(__name__)
tenants: dict[str, int] = {}


def tenant_id() -> int:
    host = request.host.split(":")[0]
    if host not in tenants:
        with pool.connection() as connection:
            row = connection.execute("select id from tenant where host = %s", (host,)).fetchone()
        tenants[host] = row["id"] if row else abort(404)
    return tenants[host]


def answer(body, status=200):
    return Response(json.dumps(body, default=str), status, mimetype="application/json")


@app.get("/api/complaints")
def newest():
    with pool.connection() as connection:
        rows = connection.execute(
            "select id, title, description, category, state, lat, lon, data, created, due"
            " from complaint where tenant_id = %s order by created desc limit 20",
            (tenant_id(),),
        ).fetchall()
    return answer({"results": rows})


@app.get("/api/complaints/<int:number>")
def read(number):
    with pool.connection() as connection:
        row = connection.execute(
            "select * from complaint where tenant_id = %s and id = %s", (tenant_id(), number)
        ).fetchone()
    return answer(row) if row else abort(404)


@app.post("/api/complaints")
def create():
    given = request.get_json()
    with pool.connection() as connection:
        row = connection.execute(
            "insert into complaint(tenant_id, title, description, category, lat, lon, data, created, due)"
            " values (%s, %s, %s, %s, %s, %s, %s, now(), now() + interval '48 hours') returning id, created, due",
            (
                tenant_id(),
                given["title"],
                given["description"],
                given["category"],
                given.get("lat"),
                given.get("lon"),
                json.dumps(given.get("data", {})),
            ),
        ).fetchone()
    return answer(row, 201)
