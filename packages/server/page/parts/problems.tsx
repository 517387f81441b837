/** Plugins that could not be asked, and why. */
export function Problems({ problems }: { problems: readonly string[] }) {
  return problems.map((problem) => (
    <p class="box warn" key={problem}>
      {problem}
    </p>
  ));
}
