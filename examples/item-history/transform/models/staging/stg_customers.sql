select
    "QuickBooks Internal Id" as quickbooks_id,
    "Customer" as customer_name,
    "Email" as email,
    "Open Balance" as open_balance,
    "Active" as active,
    _sdc_extracted_at,
    _sdc_batched_at
from {{ source('raw', 'customers') }}
-- A row that says its key is gone holds nothing else: left out here.
where _sdc_deleted_at is null
