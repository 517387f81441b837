select
    day,
    region,
    count(*) as orders,
    sum(quantity * unit_price) as revenue
from {{ source('shop', 'sales') }}
where quantity > 0
group by day, region
