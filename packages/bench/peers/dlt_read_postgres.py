"""Extracts a table of PostgreSQL with dlt and pyarrow, without loading it: dlt_read_postgres.py URL SCHEMA TABLE."""

import os
import sys
import tempfile

import dlt
from dlt.sources.sql_database import sql_table

url, schema, table = sys.argv[1:]

with tempfile.TemporaryDirectory() as folder:
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    pipeline = dlt.pipeline("bench", pipelines_dir=folder, destination=dlt.destinations.duckdb(os.path.join(folder, "unused.duckdb")), dataset_name="bench")
    pipeline.extract(sql_table(credentials=url, schema=schema, table=table, backend="pyarrow", chunk_size=50_000))
