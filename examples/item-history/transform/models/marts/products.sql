-- The current items.
select
    item_name,
    sales_description,
    purchase_cost,
    sales_price,
    quantity_on_hand,
    status,
    dbt_valid_from as valid_from
from {{ ref('items_snapshot') }}
where dbt_valid_to is null
