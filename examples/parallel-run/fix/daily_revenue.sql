select
    day,
    region,
    count(*) as orders,
    sum(quantity * unit_price) as revenue
from {{ source('shop', 'sales') }}
group by day, region
