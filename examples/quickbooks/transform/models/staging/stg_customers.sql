select
    "QuickBooks Internal Id" as quickbooks_id,
    "Customer" as customer_name,
    "Email" as email,
    "Open Balance" as open_balance,
    "Active" as active,
    "Last Modified" as last_modified
from {{ source('raw', 'customers') }}
