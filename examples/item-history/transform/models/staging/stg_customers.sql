select
    "QuickBooks Internal Id" as quickbooks_id,
    "Customer" as customer_name,
    "Email" as email,
    "Open Balance" as open_balance,
    "Active" as active,
    _sdc_extracted_at,
    _sdc_batched_at
from {{ source('raw', 'customers') }}
-- Leaves out rows for deleted keys, which have no other values.
where _sdc_deleted_at is null
