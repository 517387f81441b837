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
-- Leaves out rows for deleted keys, which have no other values.
where _sdc_deleted_at is null
