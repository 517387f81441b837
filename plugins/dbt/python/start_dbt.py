"""Starts dbt so that it ends when its parent ends, and reports the row counts that its DuckDB adapter does not report.

dbt cancels its queries only on Ctrl-C (KeyboardInterrupt). Nobody writes to standard input, a pipe: when it ends, the parent has
ended, even if it was killed.
"""

import json
import os
import signal
import sys
import threading


def interrupt_at_end_of_input() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGINT)
    threading.Event().wait(10)
    # A query could not be cancelled; what was not committed is rolled back.
    os.kill(os.getpid(), signal.SIGKILL)


def report_tables(path: str) -> None:
    """Prints the row count of each table in the file. DuckDB knows it without counting. An error is ignored, since counts are optional."""
    try:
        import duckdb

        with duckdb.connect(path) as connection:
            tables = connection.execute("SELECT schema_name, table_name, estimated_size FROM duckdb_tables()").fetchall()
        print(json.dumps({"tapline_tables": tables}), flush=True)
    except Exception:
        return


threading.Thread(target=interrupt_at_end_of_input, daemon=True).start()
sys.argv[0] = "dbt"
duckdb_path = os.environ.pop("TAPLINE_REPORT_TABLES", None)

from dbt.cli.main import cli  # noqa: E402

try:
    cli()
except SystemExit as end:
    # Not after exit code 2: dbt could not start, so the file may be locked.
    if duckdb_path is not None and end.code in (0, 1):
        report_tables(duckdb_path)
    raise
