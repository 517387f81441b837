select
    date_trunc('month', sold_on) as month,
    kind,
    count(*) as lines,
    sum(amount) as revenue
from {{ ref('sales') }}
group by 1, 2
