/** The reference of what works of a Meltano project, made from the code that translates it. */
import { meltanoSupport } from "@tapline/runner";

export function meltanoReference(): string {
  return `# Meltano projects: what works

How to run one: [Meltano projects](../how-to/meltano.md). This page is made from the code; \`tapline doctor\` says what of it concerns your project.

${meltanoSupport().join("\n")}
`;
}
