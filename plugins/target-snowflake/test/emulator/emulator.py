"""Snowflake's protocol over HTTP for tests: fakesnow's server (DuckDB inside), mended where its answers are not those that the client for
Node.js needs, or where Snowflake does otherwise and a load depends on it. Usage: emulator.py PORT. Each mend says what it is for.
"""
import base64
import datetime
import decimal
import glob
import gzip
import json
import os
import re
import sys
import threading
import time
from email.utils import formatdate

import fakesnow.info_schema as info_schema
import fakesnow.server as server
import fakesnow.transforms as transforms
import pyarrow as pa
import uvicorn
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse
from starlette.routing import Route

# The client reads BINARY and times by these formats, and fails without them.
FORMATS = [
    {"name": "BINARY_OUTPUT_FORMAT", "value": "HEX"},
    {"name": "DATE_OUTPUT_FORMAT", "value": "YYYY-MM-DD"},
    {"name": "TIME_OUTPUT_FORMAT", "value": "HH24:MI:SS.FF6"},
    {"name": "TIMESTAMP_OUTPUT_FORMAT", "value": "YYYY-MM-DD HH24:MI:SS.FF6 TZHTZM"},
    {"name": "TIMESTAMP_NTZ_OUTPUT_FORMAT", "value": "YYYY-MM-DD HH24:MI:SS.FF6"},
    {"name": "TIMESTAMP_LTZ_OUTPUT_FORMAT", "value": ""},
    {"name": "TIMESTAMP_TZ_OUTPUT_FORMAT", "value": ""},
]


class Session:
    """What Snowflake knows of a session and fakesnow does not."""

    def __init__(self):
        # fakesnow's sessions are not safe for two statements at once; the client sends files beside other statements.
        self.lock = threading.Lock()
        self.in_transaction = False
        self.temporary = []
        self.active_at = time.monotonic()


sessions = {}


def success(message="Statement executed successfully.", columns=("status",), rows=None):
    rowtype = [{"name": name, "type": "text", "nullable": True, "length": 16777216, "byteLength": 16777216, "scale": None, "precision": None} for name in columns]
    rowset = [[message]] if rows is None else rows
    data = {"parameters": FORMATS, "rowtype": rowtype, "rowset": rowset, "total": len(rowset), "returned": len(rowset)}
    return {"data": {**data, "queryId": "0", "queryResultFormat": "json", "version": 1, "numberOfBinds": 0, "statementTypeId": 4096}, "success": True}


# The user's own stage, "@~", which fakesnow lacks, as a named one.
STAGE = "EMULATOR.PUBLIC.USER_STAGE"

DDL = re.compile(r"\s*(CREATE|ALTER|DROP|COMMENT|TRUNCATE)\b", re.I)
TEMPORARY = re.compile(r"\s*CREATE\s+(?:OR\s+REPLACE\s+)?TEMPORARY\s+TABLE\s+((?:\"(?:[^\"]|\"\")*\"\.?)+)", re.I)


async def execute(request, session, sql):
    """One statement of the client, as fakesnow can run it."""
    word = sql.split(None, 1)[0].upper() if sql.strip() else ""
    if word in ("BEGIN", "START"):
        session.in_transaction = True
    elif word in ("COMMIT", "ROLLBACK"):
        session.in_transaction = False
    elif DDL.match(sql) and session.in_transaction:
        # Snowflake: each DDL statement commits the open transaction. In fakesnow it would be part of it.
        session.in_transaction = False
        await ask(request, "COMMIT")
    if re.match(r"\s*ALTER\s+SESSION\b", sql, re.I):
        return success()
    if word == "REMOVE":
        return remove(sql)
    if re.match(r"\s*SHOW\s+OBJECTS\b", sql, re.I):
        return await show_objects(request, sql)
    if word == "LIST":
        return list_files(sql)
    # fakesnow has no EXPLAIN: the query is run for no rows.
    sql = re.sub(r"^\s*EXPLAIN\s+USING\s+TEXT\b(.*)$", r"\1 LIMIT 0", sql, flags=re.I | re.S)
    made = TEMPORARY.match(sql)
    if made:
        # fakesnow finds temporary tables only without their schema: plain ones, dropped with the session.
        session.temporary.append(made.group(1))
        sql = re.sub(r"TEMPORARY\s+", "", sql, count=1, flags=re.I)
    sql = sql.replace("@~/", f"@{STAGE}/")
    # A VARIANT keeps 38 digits of a number. DuckDB's functions for JSON round them to a double, and fakesnow makes PARSE_JSON and TO_JSON of them.
    sql = re.sub(r"PARSE_JSON\((\$1:c\d+::VARCHAR)\)", r"CAST(\1 AS VARIANT)", sql)
    sql = re.sub(r'TO_JSON\(("(?:[^"]|"")*")\)', r"(\1 || '')", sql)
    # DuckDB can't take the difference of two times of day.
    sql = sql.replace("DATEDIFF(NANOSECOND, CAST('00:00:00' AS TIME), ", "EPOCH_NS(")
    body = await ask(request, sql)
    if re.match(r"\s*COMMENT\s+ON\b", sql, re.I) and "DESCRIBE COMMENT" in str(body.get("message")):
        # It was made; what fails is fakesnow's look at the result.
        return success()
    if body.get("success") and word == "DESCRIBE":
        await add_comments(request, sql, body)
    return body


async def ask(request, sql):
    """fakesnow's answer, with rows as JSON: the client reads no Arrow."""
    content = json.dumps({"sqlText": sql}).encode()

    async def receive():
        return {"type": "http.request", "body": content, "more_body": False}

    scope = {**request.scope, "headers": [(name, value) for name, value in request.scope["headers"] if name not in (b"content-encoding", b"content-length")]}
    response = await server.query_request(server.Request(scope, receive))
    body = json.loads(response.body)
    if response.status_code >= 500:
        # The client would try again for minutes.
        return {"data": {"errorCode": "261000", "sqlState": "0A000"}, "code": "261000", "message": body.get("message"), "success": False}
    data = body.get("data") or {}
    if isinstance(data.get("stageInfo"), dict):
        data["stageInfo"].setdefault("isClientSideEncrypted", False)
    if data.get("queryResultFormat") == "arrow":
        data["queryResultFormat"] = "json"
        data["rowset"] = rows_of(base64.b64decode(data.pop("rowsetBase64") or ""), data["rowtype"])
    if "rowset" in data:
        data["total"] = data["returned"] = len(data["rowset"])
        data.setdefault("version", 1)
        data.setdefault("numberOfBinds", 0)
        data["parameters"] = (data.get("parameters") or []) + FORMATS
    return body


def rows_of(arrow, rowtype):
    if not arrow:
        return []
    table = pa.ipc.open_stream(arrow).read_all()
    return [list(row) for row in zip(*[texts(table.column(at), rowtype[at]) for at in range(table.num_columns)])]


def texts(column, rowtype):
    return [None if value is None else text(value, rowtype["type"].lower()) for value in column.to_pylist()]


def text(value, kind):
    if isinstance(value, bool):
        return "1" if value else "0"
    if kind == "date" and isinstance(value, datetime.date):
        return str((value - datetime.date(1970, 1, 1)).days)
    if isinstance(value, dict) and "epoch" in value:
        if value["epoch"] is None:
            return None
        nanoseconds = value["epoch"] * 10**9 + value["fraction"]
        instant = f"{'-' if nanoseconds < 0 else ''}{abs(nanoseconds) // 10**9}.{abs(nanoseconds) % 10**9:09d}"
        return f"{instant} {value.get('timezone', 1440)}" if kind == "timestamp_tz" else instant
    if kind == "time" and isinstance(value, int):
        return f"{value // 10**9}.{value % 10**9:09d}"
    if isinstance(value, (bytes, bytearray)):
        return value.hex().upper()
    if isinstance(value, float):
        return repr(value)
    return format(value, "f") if isinstance(value, decimal.Decimal) else str(value)


async def add_comments(request, sql, body):
    """fakesnow keeps comments and shows them only in its INFORMATION_SCHEMA. Snowflake has them in DESCRIBE and SHOW as well."""
    data = body["data"]
    names = [column["name"].lower() for column in data["rowtype"]]
    if "comment" not in names or not data["rowset"]:
        return
    at = names.index("comment")
    parts = re.findall(r'"((?:[^"]|"")*)"', sql)
    if sql.lstrip().upper().startswith("DESCRIBE TABLE") and len(parts) == 3:
        database, schema, table = parts
        found = await ask(request, f'SELECT column_name, comment FROM "{database}".information_schema.columns WHERE table_schema = {literal(schema)} AND table_name = {literal(table)}')
    else:
        return
    comments = {name: comment for name, comment in found["data"]["rowset"]}
    name_at = names.index("name")
    for row in data["rowset"]:
        row[at] = comments.get(row[name_at], row[at])


async def show_objects(request, sql):
    """fakesnow's has no comments, and fails on names with quotes in them."""
    database, schema = re.findall(r'"((?:[^"]|"")*)"', sql)[-2:]
    like = re.search(r"LIKE '((?:[^'\\]|''|\\.)*)'", sql, re.I)
    named = "" if like is None else f" AND table_name ILIKE '{like.group(1)}'"
    body = await ask(
        request,
        f"""SELECT table_name, CASE table_type WHEN 'BASE TABLE' THEN 'TABLE' ELSE table_type END, coalesce(comment, '')
        FROM "{database}".information_schema.tables WHERE table_schema = {literal(schema)}{named}""",
    )
    if not body.get("success"):
        return body
    return success(columns=("name", "kind", "comment"), rows=body["data"]["rowset"])


def literal(name):
    return "'" + name.replace('""', '"').replace("\\", "\\\\").replace("'", "''") + "'"


def staged(sql):
    """The files below the folder that the statement names: each as its path in the stage and on the disk."""
    folder = re.search(r"@~/([^'\s]*)", sql).group(1)
    root = os.path.join(server.stage.LOCAL_BUCKET_PATH, *STAGE.split("."))
    paths = glob.glob(glob.escape(os.path.join(root, folder)) + "**", recursive=True)
    return [(os.path.relpath(path, root), path) for path in sorted(paths) if os.path.isfile(path)]


def list_files(sql):
    """fakesnow lists whole stages only."""
    rows = [[name, str(os.path.getsize(path)), "0", formatdate(os.path.getmtime(path), usegmt=True)] for name, path in staged(sql)]
    return success(columns=("name", "size", "md5", "last_modified"), rows=rows)


def remove(sql):
    """fakesnow has no REMOVE."""
    files = staged(sql)
    for _, path in files:
        os.remove(path)
    return success(columns=("name", "result"), rows=[[name, "removed"] for name, _ in files])


# PUT: the client copies the file itself, as it does for a folder of this machine.
server.gcs_stage_info = lambda request, expr, data: data["stageInfo"]

# MERGE in a transaction: fakesnow notes an empty comment of its helper table in a second database, which DuckDB refuses.
original_comment = info_schema.insert_table_comment_sql
info_schema.insert_table_comment_sql = lambda catalog, schema, table, comment: (
    original_comment(catalog, schema, table, comment) if comment else "SELECT 1"
)


# NUMBER(38,0) takes 38 digits. fakesnow makes it an integer of 64 bits.
original_precision = transforms.integer_precision


def exact_precision(expression):
    is_number = isinstance(expression, exp.DataType) and expression.this == exp.DataType.Type.DECIMAL
    return expression if is_number and expression.expressions else original_precision(expression)


transforms.integer_precision = exact_precision

# SUM of numbers is exact. fakesnow makes doubles of all that are no column of a known type, for texts that Snowflake would cast.
transforms.numeric_agg_implicit_cast = lambda expression: expression

# Functions that fakesnow does not translate.
DuckDB.Generator.TRANSFORMS[exp.MD5NumberUpper64] = lambda self, call: f"CAST('0x' || LEFT(MD5({self.sql(call, 'this')}), 16) AS UBIGINT)"
# OCTET_LENGTH of a text. That of bytes comes from LENGTH, with a cast.
DuckDB.Generator.TRANSFORMS[exp.ByteLength] = lambda self, call: f"{'OCTET_LENGTH' if isinstance(call.this, exp.Cast) else 'STRLEN'}({self.sql(call, 'this')})"


def content(body, raw):
    return json.loads(gzip.decompress(raw) if body.headers.get("Content-Encoding") == "gzip" else raw)


async def login(request):
    # fakesnow's MERGE needs a current schema. Snowflake's does not, and a new database has PUBLIC.
    if "schemaName" not in request.query_params:
        scope = {**request.scope, "query_string": request.scope["query_string"] + b"&schemaName=PUBLIC"}
        request = server.Request(scope, request.receive)
    response = await server.login_request(request)
    body = json.loads(response.body)
    # Snowflake rolls back what a vanished client left open once it is in another's way for some minutes.
    for token, session in list(sessions.items()):
        if session.in_transaction and time.monotonic() - session.active_at > 1 and session.lock.acquire(blocking=False):
            await run_in_threadpool(server.sessions[token].cursor().execute, "ROLLBACK")
            session.in_transaction = False
            session.lock.release()
    sessions[body["data"]["token"]] = Session()
    body["data"]["parameters"] += FORMATS
    return JSONResponse(body)


async def query(request):
    session = sessions[server.to_token(request)]
    sql = content(request, await request.body())["sqlText"]
    await run_in_threadpool(session.lock.acquire)
    try:
        return JSONResponse(await execute(request, session, sql))
    finally:
        session.active_at = time.monotonic()
        session.lock.release()


async def end(request):
    token = server.to_token(request)
    session = sessions.pop(token, None)
    if session and session.in_transaction:
        # Snowflake rolls back what a session leaves open.
        await run_in_threadpool(server.sessions[token].cursor().execute, "ROLLBACK")
    for table in session.temporary if session else []:
        await ask(request, f"DROP TABLE IF EXISTS {table}")
    return JSONResponse({"success": True})


async def telemetry(request):
    return JSONResponse({"success": True})


mended = {
    "/session/v1/login-request": login,
    "/queries/v1/query-request": query,
    "/telemetry/send": telemetry,
    "/session": end,
}
routes = [Route(path, handler, methods=["POST"]) for path, handler in mended.items()]
app = server.Starlette(debug=False, routes=routes + [route for route in server.routes if route.path not in mended])

if __name__ == "__main__":
    server.shared_fs.connect("EMULATOR", "PUBLIC").cursor().execute(f"CREATE STAGE {STAGE}")
    uvicorn.run(app, port=int(sys.argv[1]), host="127.0.0.1", log_level="warning")
