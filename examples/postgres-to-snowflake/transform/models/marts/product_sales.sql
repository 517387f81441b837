-- One row per product that is for sale.
select
    p.sku,
    p.title,
    p.price,
    coalesce(sum(l.quantity), 0) as sold,
    coalesce(sum(l.amount), 0) as revenue
from {{ source('sales', 'products') }} as p
left join {{ ref('stg_order_lines') }} as l on l.sku = p.sku and l.status <> 'cancelled'
group by p.sku, p.title, p.price
