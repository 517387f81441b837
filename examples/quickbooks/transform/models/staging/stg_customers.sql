select
    "QuickBooks Internal Id" as quickbooks_id,
    "Customer" as customer_name,
    "Email" as email,
    "Open Balance" as open_balance,
    "Active" as active,
    -- In UTC, as dbt's snapshots keep times.
    "Last Modified" at time zone 'UTC' as last_modified
from {{ source('raw', 'customers') }}
