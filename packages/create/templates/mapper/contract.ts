/** The contract that every mapper keeps. */
import { describeMapper, describeReadme, ownCommand } from "@tapline/testing";

describeMapper({
  command: ownCommand(import.meta.url),
  config: { columns: ["email"] },
  streams: {
    people: {
      schema: { type: "object", properties: { id: { type: "integer" }, name: { type: "string" }, email: { type: "string" } } },
      keys: ["id"],
      rows: [
        { id: 1, name: "Ann", email: "ann@example.com" },
        { id: 2, name: "Bo", email: "bo@example.com" },
      ],
    },
  },
  mapped: {
    people: [
      { id: 1, name: "Ann" },
      { id: 2, name: "Bo" },
    ],
  },
});
describeReadme(import.meta.url);
