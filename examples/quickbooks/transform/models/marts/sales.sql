-- Every sold line, of invoices and of sales receipts.
select 'invoice' as kind, invoice_number as document, line, invoice_date as sold_on, customer_name, item_name, quantity, amount
from {{ ref('stg_invoices') }}
union all
select 'sales receipt', receipt_number, line, receipt_date, customer_name, item_name, quantity, amount
from {{ ref('stg_sales_receipts') }}
