/** The generic tests that generated models use. They need no packages, and the same text works on both databases. */
export const testMacros = `-- Tests of keys and histories. Each test returns the rows that break its rule.

{% macro tapline_quoted(names, before='') %}
    {%- for name in names -%}
        {{ before }}"{{ name | replace('"', '""') }}"{{ ', ' if not loop.last }}
    {%- endfor -%}
{% endmacro %}

-- No two rows have the same keys.
{% test tapline_unique(model, keys) %}
select {{ tapline_quoted(keys) }}, count(*) as row_count
from {{ model }}
group by {{ tapline_quoted(keys) }}
having count(*) > 1
{% endtest %}

-- No key is null.
{% test tapline_not_null(model, keys) %}
select {{ tapline_quoted(keys) }}
from {{ model }}
where {% for key in keys %}{{ ' or ' if not loop.first }}{{ tapline_quoted([key]) }} is null{% endfor %}
{% endtest %}

-- A key has exactly one current version, and it is the one without an end.
{% test tapline_one_current(model, keys) %}
select {{ tapline_quoted(keys) }}
from {{ model }}
group by {{ tapline_quoted(keys) }}
having sum(case when is_current then 1 else 0 end) <> 1
    or sum(case when valid_to is null then 1 else 0 end) <> 1
    or sum(case when is_current and valid_to is null then 1 else 0 end) <> 1
{% endtest %}

-- A version ends where the next one begins: no gap, no overlap.
{% test tapline_unbroken(model, keys) %}
select *
from (
    select
        {{ tapline_quoted(keys) }},
        valid_to,
        lead(valid_from) over (partition by {{ tapline_quoted(keys) }} order by valid_from, log_time, log_sequence) as next_from
    from {{ model }}
) as versions
where valid_to is distinct from next_from
{% endtest %}

-- A version ends after it began.
{% test tapline_forward(model, keys) %}
select {{ tapline_quoted(keys) }}, valid_from, valid_to
from {{ model }}
where valid_from is null or valid_from >= valid_to
{% endtest %}
`;
