/** `tapline codegen`: TypeScript of what describes rows. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Args, Command, Flags } from "@oclif/core";
import { conclude, exitCodes } from "../outcome.ts";
import { usage } from "../usage.ts";
import { writeOver } from "../write-new.ts";

// Help is made without the package that writes the types.
const forms = ["schema", "openapi", "catalog", "sample"];

export default class Codegen extends Command {
  static override description = `Makes TypeScript types of a JSON Schema, an OpenAPI document, a catalog or records.

Beside each type stands a schema that carries it, so that streams of a tap are typed. A catalog is what tapline discover prints; records are JSON or JSON lines.

With --check nothing is written: it ends with 1 where the file is not what would be written, for CI.`;
  static override examples = [
    "<%= config.bin %> codegen orders.schema.json --out src/orders.ts",
    "<%= config.bin %> codegen openapi.yaml --out src/api.ts",
    "<%= config.bin %> codegen answer.json --records '$.data[*]' --out src/orders.ts",
    "<%= config.bin %> codegen openapi.yaml --out src/api.ts --check",
  ];
  static override args = { source: Args.string({ description: "A file of JSON, JSON lines or YAML.", required: true }) };
  static override flags = {
    out: Flags.string({ char: "o", description: "The file to write. Default: print it." }),
    as: Flags.string({ description: "What the source is. Default: by what is in it.", options: forms }),
    records: Flags.string({ description: "Where the records of a sample are, as a JSONPath." }),
    check: Flags.boolean({ description: "Write nothing, and fail where the file differs.", dependsOn: ["out"] }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Codegen);
    await conclude(async () => {
      const { describedRows, typescriptOf } = await import("@tapline/codegen");
      const options = { path: args.source, form: flags.as as "schema" | undefined, records: flags.records };
      const more = [
        flags.as === undefined ? [] : ["--as", flags.as],
        flags.records === undefined ? [] : ["--records", `'${flags.records}'`],
      ].flat();
      const madeBy = ["tapline codegen", args.source, ...more, ...(flags.out === undefined ? [] : ["--out", flags.out])].join(" ");
      const text = await typescriptOf(describedRows(read(args.source), options), madeBy);
      if (flags.out === undefined) process.stdout.write(text);
      else if (!flags.check) writeOver(process.cwd(), flags.out, text);
      else if (present(flags.out) !== text) {
        process.stderr.write(`${flags.out} is not what ${args.source} gives now. Write it again: ${madeBy}\n`);
        return exitCodes.failed;
      }
      return exitCodes.done;
    });
  }
}

/** @throws source_file_unreadable */
function read(path: string): string {
  try {
    return readFileSync(resolve(path), "utf8");
  } catch (error) {
    throw usage.source_file_unreadable({ path, reason: (error as Error).message }, {}, error);
  }
}

function present(path: string): string | undefined {
  try {
    return readFileSync(resolve(path), "utf8");
  } catch {
    return undefined;
  }
}
