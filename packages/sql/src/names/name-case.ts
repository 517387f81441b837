/** How names of tables and columns are spelled, and which names differ only in case. Pure. */

/** `as_is`: as the tap sends them. `snake_case`: customerName becomes customer_name. */
export type NameCase = "as_is" | "snake_case";

/** The name in that spelling. Names of metadata, and names without a letter or digit, stay as they are. */
export function spellName(name: string, nameCase: NameCase): string {
  return nameCase === "as_is" || name.startsWith("_sdc_") ? name : snakeCase(name);
}

export const otherCase = (nameCase: NameCase): NameCase => (nameCase === "as_is" ? "snake_case" : "as_is");

/** HTMLPage becomes html_page, "Net price (EUR)" net_price_eur. Underscores stay. */
function snakeCase(name: string): string {
  const words = name
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, "$1_$2")
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1_$2")
    .replace(/[^\p{L}\p{M}\p{N}_]+/gu, " ")
    .trim()
    .replaceAll(" ", "_")
    .toLowerCase();
  return words === "" ? name : words;
}

/** Equal for names that differ only in the case of ASCII letters, which is what databases ignore in names without quotes. */
export function foldCase(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
