/**
 * The macros that make versions of a log, as they stand in the dbt project. SQL that DuckDB and PostgreSQL both take; what differs
 * between them (JSON that is equal) is one macro an adapter. docs/explanation/history.md has the rules.
 */
export const historyMacros = `-- History from a log: every version of every key, from when to when it held.
-- \`log\` is a query with the keys, the columns, is_deleted, log_time, log_sequence and loaded_at.
{% macro tapline_history(log, keys, columns, json=[]) %}
{%- set key = tapline_quoted(keys) -%}
{%- set held = tapline_quoted(keys + columns) -%}
{%- set only_changed = is_incremental() and tapline_has_columns(this, keys + columns) -%}
with log as (
{{ log }}
),

observed as (
    select {{ held }}, is_deleted, log_time, log_sequence from log
    {{ tapline_seed(keys, columns) }}
),

-- What makes two rows the same version, NULL being a value like others.
compared as (
    select
        *,
        row(is_deleted{% for column in columns %}, {{ tapline_json(tapline_quoted([column])) if column in json else tapline_quoted([column]) }}{% endfor %}) as content
    from observed
),
{% if only_changed %}
-- The history so far, each version with its place in the log and that of the next one.
known as (
    select
        {{ key }},
        log_time,
        log_sequence,
        lead(log_time) over (partition by {{ key }} order by valid_from) as next_time,
        lead(log_sequence) over (partition by {{ key }} order by valid_from) as next_sequence,
        row(is_deleted{% for column in columns %}, {{ tapline_json(tapline_quoted([column])) if column in json else tapline_quoted([column]) }}{% endfor %}) as content
    from {{ this }}
),

-- A row of the log that says what the history says of its time changes nothing.
explained as (
    select {{ tapline_quoted(keys, 'compared.') }}, count(*) as row_count
    from compared
    inner join known on {{ tapline_same(keys, 'compared', 'known') }}
    where (known.log_time, known.log_sequence) <= (compared.log_time, compared.log_sequence)
        and (known.next_time is null or (compared.log_time, compared.log_sequence) < (known.next_time, known.next_sequence))
        and compared.content is not distinct from known.content
    group by {{ tapline_quoted(keys, 'compared.') }}
),

counted as (
    select {{ key }}, count(*) as row_count from compared group by {{ key }}
),

changed as (
    select {{ tapline_quoted(keys, 'counted.') }}
    from counted
    left join explained on {{ tapline_same(keys, 'counted', 'explained') }}
    where explained.row_count is distinct from counted.row_count
),
{% endif %}
placed as (
    select
        compared.*,
        row_number() over in_log as place,
        lag(content) over in_log as content_before
    from compared
    {% if only_changed %}inner join changed on {{ tapline_same(keys, 'compared', 'changed') }}{% endif %}
    window in_log as (partition by {{ tapline_quoted(keys, 'compared.') }} order by log_time, log_sequence)
),

versions as (
    select
        *,
        row_number() over (partition by {{ key }} order by place) as version_place
    from placed
    where place = 1 or content is distinct from content_before
),

-- Two versions of one instant: the later one begins a microsecond after the earlier one.
timed as (
    select
        *,
        max(log_time - version_place * interval '1 microsecond')
            over (partition by {{ key }} order by version_place rows unbounded preceding)
            + version_place * interval '1 microsecond' as valid_from
    from versions
)

select
    {{ held }},
    valid_from,
    lead(valid_from) over (partition by {{ key }} order by version_place) as valid_to,
    lead(valid_from) over (partition by {{ key }} order by version_place) is null as is_current,
    is_deleted,
    log_time,
    log_sequence
from timed
{% endmacro %}

-- The history of the keys that changed takes the place of what was there.
{% macro get_incremental_tapline_history_sql(arguments) %}
{%- set target = arguments['target_relation'] -%}
{%- set changed = arguments['temp_relation'] -%}
{%- set names = arguments['dest_columns'] | map(attribute='name') | list -%}
delete from {{ target }}
where exists (
    select 1 from {{ changed }} as changed
    where {% for key in arguments['unique_key'] %}{{ ' and ' if not loop.first }}changed.{{ tapline_quoted([key]) }} = {{ target }}.{{ tapline_quoted([key]) }}{% endfor %}
);

insert into {{ target }} ({{ tapline_quoted(names) }})
select {{ tapline_quoted(names) }} from {{ changed }}
{% endmacro %}

{% macro tapline_same(keys, left, right) %}
    {%- for key in keys -%}
        {{ ' and ' if not loop.first }}{{ left }}.{{ tapline_quoted([key]) }} = {{ right }}.{{ tapline_quoted([key]) }}
    {%- endfor -%}
{% endmacro %}

{% macro tapline_has_columns(relation, names) %}
    {%- set there = adapter.get_columns_in_relation(relation) | map(attribute='name') | list -%}
    {{ return(names | reject('in', there) | list | length == 0) }}
{% endmacro %}

-- What a dbt snapshot knows of the time before the log began, where the project's vars name one:
--   vars: {tapline_history_seeds: {items_history: items_snapshot}}
{% macro tapline_seed(keys, columns) %}
{%- set name = var('tapline_history_seeds', {}).get(model.name) -%}
{%- if name is not none -%}
{%- set seed = ref(name) -%}
{%- if execute -%}
{%- set types = {} -%}
{%- for column in adapter.get_columns_in_relation(seed) -%}{%- do types.update({column.name: column.data_type}) -%}{%- endfor -%}
{%- for needed in keys + ['dbt_valid_from', 'dbt_valid_to'] if needed not in types -%}
    {{ exceptions.raise_compiler_error('The seed ' ~ name ~ ' of ' ~ model.name ~ ' has no column ' ~ needed ~ '; it has ' ~ (types | join(', ')) ~ '. Make a model that selects it under that name, and name that model in tapline_history_seeds.') }}
{%- endfor -%}
{%- set from_time = tapline_utc('dbt_valid_from', types['dbt_valid_from']) -%}
{%- set to_time = tapline_utc('dbt_valid_to', types['dbt_valid_to']) -%}
{%- set is_deleted = "coalesce(cast(dbt_is_deleted as varchar) in ('True', 'true', '1'), false)" if 'dbt_is_deleted' in types else 'false' -%}
    union all
    select
        {{ tapline_quoted(keys) }},
        {% for column in columns %}{% if column in types %}case when not {{ is_deleted }} then {{ tapline_quoted([column]) }} end as {{ tapline_quoted([column]) }}{% else %}null{% endif %}, {% endfor %}
        {{ is_deleted }},
        {{ from_time }},
        row_number() over (partition by {{ tapline_quoted(keys) }} order by dbt_valid_from, dbt_valid_to nulls last)
    from {{ seed }}
    where {{ from_time }} < (select min(loaded_at) from log)
    union all
    -- A version that ended with none behind it ended by a delete.
    select
        {{ tapline_quoted(keys) }},
        {% for column in columns %}null, {% endfor %}
        true,
        {{ to_time }},
        0
    from {{ seed }} as ended
    where {{ to_time }} < (select min(loaded_at) from log)
        and not exists (
            select 1 from {{ seed }} as next
            where {{ tapline_same(keys, 'next', 'ended') }} and next.dbt_valid_from = ended.dbt_valid_to
        )
{%- endif -%}
{%- endif -%}
{% endmacro %}

-- An instant; a time without zone is UTC.
{% macro tapline_utc(name, type) %}
    {%- if 'with time zone' in type | lower or 'timestamptz' in type | lower -%}{{ name }}{%- else -%}cast({{ name }} as timestamp) at time zone 'UTC'{%- endif -%}
{% endmacro %}

-- A JSON value as something that is equal where the JSON is: order of fields, spaces and spelling of numbers make no difference.
{% macro tapline_json(value) %}{{ return(adapter.dispatch('tapline_json')(value)) }}{% endmacro %}

{% macro postgres__tapline_json(value) %}{{ return('cast(' ~ value ~ ' as jsonb)') }}{% endmacro %}

-- Its nodes in order, numbers as doubles; beside them the numbers of more digits than a double holds, as they are spelled.
{% macro duckdb__tapline_json(value) %}
{%- set nodes -%}
row(
    (
        select
            string_agg(
                fullkey || ' ' || case
                    when type in ('UBIGINT', 'BIGINT', 'HUGEINT', 'UHUGEINT', 'DOUBLE') then 'NUMBER ' || cast(cast(atom as double) + 0 as varchar)
                    else type || ' ' || coalesce(cast(atom as varchar), '')
                end, chr(10) order by fullkey)
        from json_tree({{ value }})
    ),
    list_sort(regexp_extract_all(cast({{ value }} as varchar), '[0-9][0-9.eE+-]{15,}'))
)
{%- endset -%}
{{ return(nodes) }}
{% endmacro %}
`;
