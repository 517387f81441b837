import { expect, test } from "vitest";
import { builtinFormat, formatOf } from "./number-format.ts";

test.each([
  ["yyyy-mm-dd", "date"],
  ["[$-409]d\\-mmm\\-yy;@", "date"],
  ["mmm-yy", "date"],
  ["[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", "date"],
  ['yyyy"年"m"月"d"日"', "date"],
  ["ggge", "date"],
  ["h:mm AM/PM", "time"],
  ["mm:ss.0", "time"],
  ["hh:mm:ss", "time"],
  ["m/d/yy h:mm", "date-time"],
  ["dd.mm.yyyy hh:mm:ss.000", "date-time"],
  ["[h]:mm:ss", "duration"],
  ["[mm]:ss", "duration"],
  ["General", undefined],
  ["0.00E+00", undefined],
  ["0.00%", undefined],
  ['#,##0.00 "days"', undefined],
  ["#,##0.00\\ [$USD]", undefined],
  ["[Red]-0.00;[Blue]0.00", undefined],
  ['_("$"* #,##0.00_);_("$"* (#,##0.00)', undefined],
  ["0;yyyy", undefined],
  ["@", undefined],
  ['"', undefined],
])("%s is %s", (code, format) => {
  expect(formatOf(code)).toBe(format);
});

test("formats of the standard are known by number", () => {
  expect([0, 2, 9, 10, 14, 20, 22, 46, 47, 49].map(builtinFormat)).toEqual([
    ...[undefined, undefined, undefined, undefined],
    ...["date", "time", "date-time", "duration", "time"],
    undefined,
  ]);
});
