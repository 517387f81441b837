select
    order_id,
    order_date,
    customer_id,
    customer_name,
    email,
    city,
    region,
    category,
    quantity,
    quantity * unit_price - coalesce(discount, 0) as amount,
    status
from {{ source('raw', 'orders') }}
