/** Extensions of DuckDB that a person installed and named. Nothing is ever downloaded. */
import { quoteText } from "@tapline/columns";
import { firstSentence } from "@tapline/duckdb";
import { TaplineError } from "@tapline/sdk";
import { errors } from "./errors.ts";

/** `extensions`: names, or paths of `.duckdb_extension` files. @throws extension_unusable */
export async function loadExtensions(query: (sql: string) => Promise<unknown>, extensions: readonly string[]): Promise<void> {
  for (const extension of extensions) {
    await query(`LOAD ${quoteText(extension)}`).catch((error: unknown) => {
      const cause = error instanceof TaplineError ? error.cause : error;
      const reason = firstSentence(cause instanceof Error ? cause.message : String(cause));
      throw errors.extension_unusable({ extension, reason }, {}, cause);
    });
  }
}
