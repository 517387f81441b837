/** The contract that every tap keeps. */
import { describeReadme, describeTap, ownCommand } from "@tapline/testing";

describeTap({
  command: ownCommand(import.meta.url),
  config: { count: 100 },
  rows: { example_rows: Array.from({ length: 100 }, (_, id) => ({ id, name: `row ${id}` })) },
  longConfig: { count: 12_000 },
});
describeReadme(import.meta.url);
