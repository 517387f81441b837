/**
 * The macros that make versions from a log, as text for the dbt project. The SQL works in DuckDB and PostgreSQL; where they differ
 * (comparing JSON), there is one macro for each adapter. docs/explanation/history.md has the rules.
 */
export const historyMacros = `-- History from a log: every version of every key, with the time from which and until which it was valid.
-- \`log\` is a query with the keys, the columns, is_deleted, log_time, log_sequence, load_started and loaded_at.
{% macro tapline_history(log, keys, columns, json=[]) %}
{%- set key = tapline_quoted(keys) -%}
{%- set held = tapline_quoted(keys + columns) -%}
{%- set only_changed = is_incremental() and tapline_has_columns(this, keys + columns) -%}
with log as (
{{ log }}
),

observed as (
    select {{ held }}, is_deleted, log_time, log_sequence, load_started from log
    {{ tapline_seed(keys, columns) }}
),

told as (
    select *, {{ tapline_content(columns, json) }} as content
    from observed
),

-- Drops rows that repeat what an earlier load had for the same instant.
compared as (
    select told.*
    from told
    where not exists (
        select 1 from told as earlier
        where {{ tapline_same(keys, 'earlier', 'told') }}
            and earlier.log_time = told.log_time
            and earlier.load_started < told.load_started
            and earlier.content is not distinct from told.content
    )
),
{% if only_changed %}
-- The history so far: each version with its position in the log and that of the next version.
known as (
    select
        {{ key }},
        log_time,
        log_sequence,
        lead(log_time) over (partition by {{ key }} order by valid_from) as next_time,
        lead(log_sequence) over (partition by {{ key }} order by valid_from) as next_sequence,
        {{ tapline_content(columns, json) }} as content
    from {{ this }}
),

-- Rows of the log that agree with the history at their time change nothing.
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

-- Of two versions at the same instant, the later one begins a microsecond after the earlier one.
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

-- Replaces the history of the keys that changed.
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

-- The values that two rows of the same version share; NULL is a value like others.
{% macro tapline_content(columns, json) -%}
    row(is_deleted
    {%- for column in columns %}, {{ tapline_json(tapline_quoted([column])) if column in json else tapline_quoted([column]) }}{% endfor -%}
    )
{%- endmacro %}

{% macro tapline_same(keys, left, right) %}
    {%- for key in keys -%}
        {{ ' and ' if not loop.first }}{{ left }}.{{ tapline_quoted([key]) }} = {{ right }}.{{ tapline_quoted([key]) }}
    {%- endfor -%}
{% endmacro %}

{% macro tapline_has_columns(relation, names) %}
    {%- set there = adapter.get_columns_in_relation(relation) | map(attribute='name') | list -%}
    {{ return(names | reject('in', there) | list | length == 0) }}
{% endmacro %}

-- Adds what a dbt snapshot has for a key before its first row in the log was loaded, if the project's vars name a snapshot:
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
{%- set from_time = tapline_utc('seed.dbt_valid_from', types['dbt_valid_from']) -%}
{%- set to_time = tapline_utc('seed.dbt_valid_to', types['dbt_valid_to']) -%}
{%- set is_deleted = "coalesce(cast(seed.dbt_is_deleted as varchar) in ('True', 'true', '1'), false)" if 'dbt_is_deleted' in types else 'false' -%}
{%- set first_loads -%}
    left join (
        select {{ tapline_quoted(keys) }}, min(loaded_at) as loaded_at from log group by {{ tapline_quoted(keys) }}
    ) as first_load on {{ tapline_same(keys, 'seed', 'first_load') }}
{%- endset -%}
    union all
    select
        {{ tapline_quoted(keys, 'seed.') }},
        {% for column in columns %}{% if column in types %}case when not {{ is_deleted }} then {{ tapline_quoted([column], 'seed.') }} end{% else %}null{% endif %}, {% endfor %}
        {{ is_deleted }},
        {{ from_time }},
        row_number() over (partition by {{ tapline_quoted(keys, 'seed.') }} order by seed.dbt_valid_from, seed.dbt_valid_to nulls last),
        0
    from {{ seed }} as seed
    {{ first_loads }}
    where first_load.loaded_at is null or {{ from_time }} < first_load.loaded_at
    union all
    -- A version that ended without a next one was ended by a delete.
    select
        {{ tapline_quoted(keys, 'seed.') }},
        {% for column in columns %}null, {% endfor %}
        true,
        {{ to_time }},
        0,
        0
    from {{ seed }} as seed
    {{ first_loads }}
    where (first_load.loaded_at is null or {{ to_time }} < first_load.loaded_at)
        and seed.dbt_valid_to is not null
        and not exists (
            select 1 from {{ seed }} as follower
            where {{ tapline_same(keys, 'follower', 'seed') }} and follower.dbt_valid_from = seed.dbt_valid_to
        )
{%- endif -%}
{%- endif -%}
{% endmacro %}

-- Converts a time to an instant; a time without a time zone is UTC.
{% macro tapline_utc(name, type) %}
    {%- if 'with time zone' in type | lower or 'timestamptz' in type | lower -%}{{ name }}{%- else -%}cast({{ name }} as timestamp) at time zone 'UTC'{%- endif -%}
{% endmacro %}

-- Makes JSON values comparable: the order of fields, spaces and the spelling of numbers make no difference.
{% macro tapline_json(value) %}{{ return(adapter.dispatch('tapline_json')(value)) }}{% endmacro %}

{% macro postgres__tapline_json(value) %}{{ return('cast(' ~ value ~ ' as jsonb)') }}{% endmacro %}

-- The nodes in order, with numbers as doubles, and the exact text of numbers with more digits than a double has.
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
