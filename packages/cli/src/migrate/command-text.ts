/** The commands of a migration as a person types them. Pure. */
import { quoteWord } from "@tapline/runner";

export function migrateCommand({
  source,
  target,
  tables,
  environment,
}: {
  source: string;
  target: string;
  tables: readonly string[];
  environment?: string | undefined;
}): string {
  const words = ["tapline", "migrate", source, target, ...tables.flatMap((each) => ["--tables", each])];
  return [...words, ...(environment === undefined ? [] : ["-e", environment])].map(quoteWord).join(" ");
}
