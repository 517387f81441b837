select
    customer,
    count(*) as orders,
    sum(quantity * unit_price) as revenue,
    max(day) as last_day
from {{ source('shop', 'sales') }}
group by customer
