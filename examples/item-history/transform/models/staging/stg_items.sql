select
    "Item Name" as item_name,
    "Sales Description" as sales_description,
    "Purchase Cost" as purchase_cost,
    "Sales Price" as sales_price,
    "Quantity On Hand" as quantity_on_hand,
    "Status" as status,
    _sdc_extracted_at,
    _sdc_batched_at
from {{ source('raw', 'items') }}
-- A row that says its key is gone holds nothing else: left out here.
where _sdc_deleted_at is null
