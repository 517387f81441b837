/** Names and values as SQL. Pure. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

/** As bytes, so that no mode of the server and no character of the text changes where it ends. */
export function quoteText(text: string): string {
  return text === "" ? "''" : `_utf8mb4 X'${Buffer.from(text).toString("hex")}'`;
}

export function quoteBytes(bytes: Uint8Array): string {
  return bytes.length === 0 ? "''" : `X'${Buffer.from(bytes).toString("hex")}'`;
}

/** As SQL has it; messages use the name in standard SQL. */
export function tableSql({ schema, name }: { schema: string; name: string }): string {
  return `${quoteName(schema)}.${quoteName(name)}`;
}
