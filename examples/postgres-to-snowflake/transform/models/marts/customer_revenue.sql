-- One row per customer. Cancelled orders are no revenue.
select
    c.customer_id,
    c.name,
    c.country,
    count(distinct l.order_id) as orders,
    coalesce(sum(l.amount), 0) as revenue,
    max(l.placed_at) as last_order_at
from {{ source('sales', 'customers') }} as c
left join {{ ref('stg_order_lines') }} as l on l.customer_id = c.customer_id and l.status <> 'cancelled'
group by c.customer_id, c.name, c.country
