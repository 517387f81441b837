/** Singer plugins from PyPI, each in its own virtual environment below `.cache/venv`, because their dependencies conflict. */
import { join } from "node:path";
import { pythonProgram as programIn } from "@tapline/testing/python";
import { root } from "./repository.ts";

/** What is installed where; versions are fixed, so that a red test means us. */
const environments = {
  "singer-python": ["singer-python==6.8.0"],
  "target-jsonl": ["target-jsonl==0.1.4"],
  openpyxl: ["openpyxl==3.1.5", "xlsxwriter==3.3.1"],
  mapper: ["meltano-map-transform==0.12.3"],
  "target-csv": ["meltanolabs-target-csv==0.5.0"],
  "tap-postgres": ["meltanolabs-tap-postgres==0.10.0"],
  meltano: ["meltano==4.4.1"],
  "singer-sdk": ["singer-sdk==0.54.2"],
  "target-postgres": ["pipelinewise-target-postgres==2.1.2"],
};

/** The path of a program in that environment, which is created where it is missing or outdated. @throws Error where python3 or pip fails */
export function pythonProgram(environment: keyof typeof environments, program: string): string {
  return programIn(join(root, ".cache/venv", environment), environments[environment], program);
}
