-- One row per customer: what they bought, when, and their segment. Only completed orders count.
with orders as (
    select * from {{ ref('stg_orders') }}
),

today as (
    select max(order_date) as day from orders
),

-- Name and address from the newest order, whatever its status.
customers as (
    select customer_id, customer_name, email, city, region
    from orders
    qualify row_number() over (partition by customer_id order by order_date desc, order_id desc) = 1
),

totals as (
    select
        customer_id,
        count(*) filter (where status = 'completed') as orders,
        count(*) filter (where status = 'returned') as returned_orders,
        coalesce(sum(quantity) filter (where status = 'completed'), 0) as units,
        coalesce(sum(amount) filter (where status = 'completed'), 0) as revenue,
        min(order_date) filter (where status = 'completed') as first_order_date,
        max(order_date) filter (where status = 'completed') as last_order_date
    from orders
    group by customer_id
),

favourites as (
    select customer_id, category as favourite_category
    from orders
    where status = 'completed'
    group by customer_id, category
    qualify row_number() over (partition by customer_id order by sum(amount) desc, category) = 1
)

select
    customer_id,
    customers.customer_name,
    customers.email,
    customers.city,
    customers.region,
    totals.orders,
    totals.returned_orders,
    totals.units,
    totals.revenue,
    cast(totals.revenue / nullif(totals.orders, 0) as decimal(38, 2)) as average_order,
    totals.first_order_date,
    totals.last_order_date,
    today.day - totals.last_order_date as days_since_order,
    favourites.favourite_category,
    case
        when totals.orders = 0 then 'no purchase'
        when today.day - totals.last_order_date > {{ var('lapsed_after_days') }} then 'lapsed'
        when totals.orders >= {{ var('champion_orders') }} and totals.revenue >= {{ var('champion_revenue') }} then 'champion'
        when totals.orders >= {{ var('loyal_orders') }} then 'loyal'
        when today.day - totals.first_order_date <= {{ var('new_within_days') }} then 'new'
        else 'occasional'
    end as segment
from customers
inner join totals using (customer_id)
left join favourites using (customer_id)
cross join today
