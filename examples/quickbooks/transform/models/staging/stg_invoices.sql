select
    "Invoice Number" as invoice_number,
    "Line" as line,
    "Date" as invoice_date,
    "Customer" as customer_name,
    "Item Name" as item_name,
    "Quantity" as quantity,
    "Amount" as amount,
    "Last Modified" as last_modified
from {{ source('raw', 'invoices') }}
