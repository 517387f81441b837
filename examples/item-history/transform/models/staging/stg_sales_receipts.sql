select
    "Receipt Number" as receipt_number,
    "Line" as line,
    "Date" as receipt_date,
    "Customer" as customer_name,
    "Item Name" as item_name,
    "Quantity" as quantity,
    "Rate" as rate,
    "Amount" as amount,
    "Memo" as memo,
    _sdc_extracted_at,
    _sdc_batched_at
from {{ source('raw', 'sales_receipts') }}
-- Leaves out rows for deleted keys, which have no other values.
where _sdc_deleted_at is null
