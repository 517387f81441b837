select
    "Item Name" as item_name,
    "Type" as item_type,
    "Sales Description" as sales_description,
    "Purchase Cost" as purchase_cost,
    "Sales Price" as sales_price,
    "Quantity On Hand" as quantity_on_hand,
    "Status" as status,
    -- In UTC, as dbt's snapshots keep times.
    "Last Modified" at time zone 'UTC' as last_modified
from {{ source('raw', 'items') }}
