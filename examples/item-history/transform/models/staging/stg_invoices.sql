select
    "Invoice Number" as invoice_number,
    "Line" as line,
    "Date" as invoice_date,
    "Customer" as customer_name,
    "Item Name" as item_name,
    "Quantity" as quantity,
    "Rate" as rate,
    "Amount" as amount,
    "Memo" as memo,
    _sdc_extracted_at,
    _sdc_batched_at
from {{ source('raw', 'invoices') }}
-- Leaves out rows for deleted keys, which have no other values.
where _sdc_deleted_at is null
