select
    "Receipt Number" as receipt_number,
    "Line" as line,
    "Date" as receipt_date,
    "Customer" as customer_name,
    "Item Name" as item_name,
    "Quantity" as quantity,
    "Amount" as amount,
    -- In UTC, as dbt's snapshots keep times.
    "Last Modified" at time zone 'UTC' as last_modified
from {{ source('raw', 'sales_receipts') }}
