/** The end of an import in a file that is written, which is no import of the file that writes it. */
export const from = (name: string): string => `from ${JSON.stringify(name)}`;
