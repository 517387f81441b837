/** Whether a number format shows its cell's number as a date, a time of day or a length of time. Source: ECMA-376 part 1, 18.8.30. */

export type DateFormat = "date" | "time" | "date-time" | "duration";

/** Formats that a workbook uses by number, without writing their code; those from 27 on depend on the language (18.8.30 lists them). */
export function builtinFormat(id: number): DateFormat | undefined {
  if (id >= 14 && id <= 17) return "date";
  if (id >= 18 && id <= 21) return "time";
  if (id === 22) return "date-time";
  if (id === 45 || id === 47) return "time";
  if (id === 46) return "duration";
  if ((id >= 27 && id <= 31) || id === 36 || (id >= 50 && id <= 54) || id === 57 || id === 58) return "date";
  if ((id >= 32 && id <= 35) || id === 55 || id === 56) return "time";
  if (id >= 71 && id <= 74) return "date";
  if (id >= 75 && id <= 76) return "time";
  if (id === 77) return "date-time";
  if (id === 78 || id === 80) return "time";
  if (id === 79) return "duration";
  return id === 81 ? "date" : undefined;
}

/** By the first section of a format code: it formats positive numbers, as dates are. */
export function formatOf(code: string): DateFormat | undefined {
  const section = withoutText(code);
  if (/^general$/i.test(section.trim())) return undefined;
  if (/\[(h+|m+|s+)\]/i.test(section)) return "duration";
  const letters = section.replace(/\[[^\]]*\]/g, "").replace(/am\/pm|a\/p/gi, "h");
  // `m` is minutes after hours or before seconds, else months; `E+` is an exponent and `e` a year in some calendars.
  const plain = letters.replace(/E[+-]/g, "");
  const hasTime = /[hs]/i.test(plain);
  const withoutMinutes = plain.replace(/(h[^a-z]*)m+/gi, "$1").replace(/m+([^a-z]*s)/gi, "$1");
  const hasDate = /[ydm]|\be+\b|g{1,3}(?=e)|(?<=g)e/i.test(withoutMinutes);
  if (hasDate) return hasTime ? "date-time" : "date";
  return hasTime ? "time" : undefined;
}

/** The first section without what is shown as it stands: quoted text, escaped characters, fillers. */
function withoutText(code: string): string {
  let rest = "";
  for (let at = 0; at < code.length; at++) {
    const character = code[at] as string;
    if (character === ";") break;
    if (character === '"') {
      const end = code.indexOf('"', at + 1);
      if (end < 0) break;
      at = end;
    } else if (character === "\\" || character === "_" || character === "*") at++;
    else if (character === "[") {
      const end = code.indexOf("]", at);
      if (end < 0) break;
      rest += code.slice(at, end + 1);
      at = end;
    } else rest += character;
  }
  return rest;
}
