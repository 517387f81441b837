-- Both marts add up the same lines.
with by_customer as (select sum(revenue) as revenue from {{ ref('customer_revenue') }}),
by_product as (select sum(revenue) as revenue from {{ ref('product_sales') }})
select * from by_customer, by_product where by_customer.revenue <> by_product.revenue
