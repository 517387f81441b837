"""Loads a CSV file with dlt and pyarrow, merging by id: dlt_csv.py FILE DESTINATION DATASET, destination as a URL."""

import os
import sys
import tempfile

import dlt
import pyarrow as pa
import pyarrow.csv

path, url, dataset = sys.argv[1:]
types = {
    "id": pa.int64(),
    "customer_id": pa.int64(),
    "quantity": pa.int64(),
    "unit_price": pa.decimal128(18, 2),
    "amount": pa.decimal128(18, 2),
    "exchange_rate": pa.decimal128(18, 6),
    "invoice_date": pa.date32(),
    "due_date": pa.date32(),
    "created_at": pa.timestamp("us", tz="UTC"),
    "paid": pa.bool_(),
}


@dlt.resource(name="invoices", write_disposition="merge", primary_key="id")
def invoices():
    # An unquoted empty cell is NULL, even in a text column.
    convert = pa.csv.ConvertOptions(column_types=types, strings_can_be_null=True, quoted_strings_can_be_null=False)
    with pa.csv.open_csv(path, convert_options=convert, read_options=pa.csv.ReadOptions(block_size=16 << 20)) as batches:
        for batch in batches:
            yield pa.Table.from_batches([batch])


if url.startswith("postgresql:"):
    # COPY is its fastest way to load.
    destination, file_format = dlt.destinations.postgres(url), "csv"
else:
    destination, file_format = dlt.destinations.duckdb(url), "parquet"

with tempfile.TemporaryDirectory() as folder:
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    pipeline = dlt.pipeline("bench", pipelines_dir=folder, destination=destination, dataset_name=dataset)
    pipeline.run(invoices(), loader_file_format=file_format).raise_on_failed_jobs()
