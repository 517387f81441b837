/** Finds the strptime patterns that a text fits. When the order of day and month is ambiguous, it returns both. */

export interface DatePattern {
  kind: "date" | "time" | "date-time";
  pattern: string;
  /** The order of day and month; undefined where it is obvious. */
  order?: "day first" | "month first";
  /** Why the pattern is uncertain unless a setting confirms it. */
  doubt?: string;
}

const time =
  /^(?<time>\d{1,2}:\d\d(?<seconds>:\d\d(?:[.,]\d+)?)?)(?<half> ?[AaPp][Mm])?(?<zone> ?(?:[Zz]|UTC?|GMT|[ECMP][SD]T|[+-]\d\d(?::?\d\d)?))?$/;
const day =
  /^(?<weekday>(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? )?(?:(?<a>\d{1,4})(?<separator>[/.-])\d{1,2}\k<separator>(?<c>\d{1,4})|(?<named>[A-Za-z]{3,9} \d{1,2}, \d{4}|\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{4}))/;

export function datePatterns(text: string): DatePattern[] {
  const match = day.exec(text);
  if (match === null) return timePatterns(text, "").map((found) => ({ kind: "time", ...found }));
  // CST and the like are clear only in the form of RFC 2822.
  if (/[ECMP][SD]T$/.test(text) && match.groups?.named === undefined) return [];
  const days = dayPatterns(match.groups as Record<string, string | undefined>);
  const rest = text.slice(match[0].length);
  if (rest === "") return days.map((found) => ({ kind: "date", ...found }));
  const separator = /^(?:T|, | +)/.exec(rest)?.[0];
  if (separator === undefined) return [];
  const [clock] = timePatterns(rest.slice(separator.length), separator);
  if (clock === undefined) return [];
  return days.map((found) => ({ ...found, kind: "date-time", pattern: found.pattern + separator + clock.pattern }));
}

type Found = Omit<DatePattern, "kind">;

function dayPatterns({ weekday, ...groups }: Record<string, string | undefined>): Found[] {
  const days = plainDayPatterns(groups);
  return weekday === undefined
    ? days
    : days.map((found) => ({ ...found, pattern: `%a${weekday.includes(",") ? ", " : " "}${found.pattern}` }));
}

function plainDayPatterns({ a = "", separator = "", c = "", named }: Record<string, string | undefined>): Found[] {
  if (named !== undefined) {
    const month = /[A-Za-z]+/.exec(named)?.[0] ?? "";
    return [
      {
        pattern: named
          .replace(month, "%b")
          .replace(/\d{4}/, "%Y")
          .replace(/\d{1,2}(?!.*%d)/, "%d"),
      },
    ];
  }
  if (a.length === 4) return c.length <= 2 ? [{ pattern: `%Y${separator}%m${separator}%d` }] : [];
  if (a.length > 2 || (c.length !== 4 && c.length !== 2)) return [];
  const doubt = c.length === 2 ? { doubt: "a year of two digits does not show its century" } : {};
  const year = c.length === 2 ? "%y" : "%Y";
  return [
    { pattern: `%d${separator}%m${separator}${year}`, order: "day first", ...doubt },
    { pattern: `%m${separator}%d${separator}${year}`, order: "month first", ...doubt },
  ];
}

function timePatterns(text: string, before: string): Found[] {
  const groups = time.exec(text)?.groups;
  if (groups === undefined) return [];
  const { seconds, half, zone } = groups;
  if (before === "" && zone !== undefined) return [];
  const clock = `${half === undefined ? "%H" : "%I"}:%M${seconds === undefined ? "" : ":%S"}`;
  const pattern = `${clock}${half === undefined ? "" : half.startsWith(" ") ? " %p" : "%p"}${zone === undefined ? "" : "%z"}`;
  return [
    seconds === undefined && half === undefined ? { pattern, doubt: "hours and minutes look like minutes and seconds" } : { pattern },
  ];
}
