-- One row for each value that changed between a version of an item and the version before it.
{% set columns = ['purchase_cost', 'sales_price', 'quantity_on_hand', 'status', 'sales_description'] %}

with changes as (
    {% for column in columns %}
    select
        item_name,
        '{{ column }}' as column_name,
        cast(lag({{ column }}) over (partition by item_name order by dbt_valid_from) as varchar) as old_value,
        cast({{ column }} as varchar) as new_value,
        dbt_valid_from as changed_at
    from {{ ref('items_snapshot') }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select item_name, column_name, old_value, new_value, changed_at
from changes
where old_value <> new_value
