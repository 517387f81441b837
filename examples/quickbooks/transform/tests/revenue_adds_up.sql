-- The revenue of all months is the amount of all lines. Returns a row if it is not.
with months as (select sum(revenue) as total from {{ ref('monthly_revenue') }}),
lines as (select sum(amount) as total from {{ ref('sales') }})
select months.total, lines.total as amount_of_lines
from months cross join lines
where months.total <> lines.total
