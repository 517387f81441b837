/** How a stream is read from a bookmark on. */
import type { StreamSettings } from "../definition/schema.ts";
import type { Component } from "./component.ts";
import { template } from "./template.ts";

export function importIncremental(
  sync: Component | undefined,
  note: (what: string) => void,
): { incremental?: StreamSettings["incremental"]; query?: Record<string, string> } {
  if (sync === undefined || sync === null) return {};
  if (sync.type !== "DatetimeBasedCursor") {
    note(`the bookmark ${JSON.stringify(sync.type)}: the stream is read whole`);
    return {};
  }
  const param = (option: Component | undefined, what: string): string | undefined => {
    if (option === undefined) return undefined;
    if (option.inject_into === "request_parameter") return String(option.field_name);
    note(`${what} in ${JSON.stringify(option.inject_into)}`);
    return undefined;
  };
  const expression = (text: string): void => note(`the expression {{ ${text} }}`);
  const dateOf = (given: unknown): string | undefined => {
    if (given === undefined || given === null) return undefined;
    const text = typeof given === "string" ? given : String((given as Component).datetime ?? "");
    if (/now_utc|today/.test(text)) return undefined;
    return template(text.replace(/\{\{\s*format_datetime\(\s*config\[(["'])([^"']+)\1\][^}]*\}\}/, "{{ config.$2 }}"), expression);
  };
  const [startParam, endParam] = [param(sync.start_time_option, "the start"), param(sync.end_time_option, "the end")];
  const start = dateOf(sync.start_datetime);
  const end = dateOf(sync.end_datetime);
  const plain = (value: unknown, what: string): string | undefined => {
    if (value === undefined || value === null) return undefined;
    if (!String(value).includes("{{")) return String(value);
    note(`${what} that is computed (${value})`);
    return undefined;
  };
  const [step, lookback] = [plain(sync.step, "a step"), plain(sync.lookback_window, "a lookback")];
  const granularity = plain(sync.cursor_granularity, "a granularity");
  return {
    incremental: {
      cursor: String(sync.cursor_field),
      format: formatOf(String(sync.datetime_format ?? "iso")),
      ...(startParam !== undefined && { start_param: startParam }),
      ...(endParam !== undefined && { end_param: endParam }),
      ...(start !== undefined && { start }),
      ...(end !== undefined && { end }),
      ...(step !== undefined &&
        start !== undefined && { step, ...(granularity !== undefined && !/^PT0\.0+1S$/.test(granularity) && { granularity }) }),
      ...(lookback !== undefined && { lookback }),
      ...(sync.is_data_feed === true && { order: "desc" as const }),
    },
  };
}

function formatOf(format: string): string {
  if (format === "%s") return "unix";
  if (format === "%ms") return "unix_ms";
  if (format === "%Y-%m-%d") return "date";
  return /^%Y-%m-%dT%H:%M:%S(Z|%z)$/.test(format) ? "iso" : format;
}
