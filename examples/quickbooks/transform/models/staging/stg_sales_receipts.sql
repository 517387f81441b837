select
    "Receipt Number" as receipt_number,
    "Line" as line,
    "Date" as receipt_date,
    "Customer" as customer_name,
    "Item Name" as item_name,
    "Quantity" as quantity,
    "Amount" as amount,
    "Last Modified" as last_modified
from {{ source('raw', 'sales_receipts') }}
