-- No order may be lost or counted twice on the way to the mart.
with mart as (
    select sum(orders) as orders, sum(revenue) as revenue from {{ ref('customer_summary') }}
),

bought as (
    select count(*) as orders, sum(amount) as revenue from {{ ref('stg_orders') }} where status = 'completed'
)

select mart.orders, mart.revenue, bought.orders as bought_orders, bought.revenue as bought_revenue
from mart
cross join bought
where mart.orders is distinct from bought.orders or mart.revenue is distinct from bought.revenue
