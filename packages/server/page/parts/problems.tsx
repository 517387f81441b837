/** When plugins were asked, and which could not be, with the reason. */
import { Ago } from "./time.tsx";

export function Problems({ problems, askedAt }: { problems: readonly string[]; askedAt: string | null }) {
  return (
    <>
      <p class="quiet">
        The plugins were asked <Ago at={askedAt} />.
      </p>
      {problems.map((problem) => (
        <p class="box warn" key={problem}>
          {problem}
        </p>
      ))}
    </>
  );
}
