select
    "Invoice Number" as invoice_number,
    "Line" as line,
    "Date" as invoice_date,
    "Customer" as customer_name,
    "Item Name" as item_name,
    "Quantity" as quantity,
    "Amount" as amount,
    -- In UTC, as dbt's snapshots keep times.
    "Last Modified" at time zone 'UTC' as last_modified
from {{ source('raw', 'invoices') }}
