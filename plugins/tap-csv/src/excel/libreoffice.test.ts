/** A workbook that LibreOffice 7.4 wrote, so that not only our own idea of the format is tested. */
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { properties, read, streamsOf } from "../../test/tap-run.ts";

const path = fileURLToPath(new URL("../../test/workbooks/libreoffice.xlsx", import.meta.url));

test("a workbook of LibreOffice arrives with types and values", async () => {
  const [stream] = await streamsOf({ files: [{ entity: "items", path, null_values: ["#DIV/0!"], time_zone: "UTC" }] });
  expect(Object.values(properties(stream as never)).map(({ type, format }) => format ?? [type].flat().at(-1))).toEqual(
    "integer string string number number date date-time time boolean number string".split(" "),
  );
  const { rows } = await read(stream as never);
  const names = Object.keys(rows[0] as object);
  expect(names).toEqual("id name code price share day at clock ok double note".split(" "));
  expect(rows.map((row) => Object.values(row))).toEqual([
    [1, "Pen", "00123", 1.5, 0.125, "2024-01-31", "2024-01-31T13:45:30Z", "06:30:00", true, 3, "two\nlines"],
    [2, "Käse, „jung“", "456", 1234.25, 0.5, "1999-12-31", "1999-12-31T23:59:59Z", "23:59:00", false, 2468.5, null],
    [3, 'x "y"', "007", 0.1, 1, "1900-03-01", "2000-02-29T00:00:00Z", "00:00:00", true, 0.2, "=no formula"],
    [4, "bold text", null, null, null, null, null, null, null, null, null],
  ]);
});
