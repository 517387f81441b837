-- Lines with their amount: quantity times price, less the discount.
select
    l.order_id,
    l.line,
    o.customer_id,
    o.status,
    o.placed_at,
    l.sku,
    l.quantity,
    cast(l.quantity * l.unit_price * (1 - coalesce(cast(l.discount as decimal(9, 6)), 0)) as decimal(18, 4)) as amount
from {{ source('sales', 'order_lines') }} as l
inner join {{ source('sales', 'orders') }} as o on o.order_id = l.order_id
