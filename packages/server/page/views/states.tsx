/** The state of each pipe: where its next run begins. */
import type { States } from "../../src/api/answers.ts";
import { useHref } from "../location.ts";
import { Answered, Empty } from "../parts/answered.tsx";
import { Heading } from "../parts/heading.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Ago } from "../parts/time.tsx";
import { statePath } from "../router.ts";
import { useEnvironment } from "../session.ts";
import { useAnswer } from "../use-answer.ts";

type State = States["states"][number];

export function StatesView() {
  const href = useHref();
  const environment = useEnvironment();
  const asked = useAnswer<States>("/api/states", 5000);
  const columns: Column<State>[] = [
    { heading: "State", cell: ({ state_id }) => <a href={href(statePath(state_id))}>{state_id}</a> },
    { heading: "Bookmarks", isLong: true, cell: ({ text }) => <span class="cut">{text}</span> },
    { heading: "Changed", cell: ({ updated_at }) => <Ago at={updated_at} /> },
  ];
  return (
    <>
      <Heading title="States">
        <p class="quiet">A state has the bookmarks of a pipe: its next run goes on from them.</p>
      </Heading>
      <Answered asked={asked}>
        {({ states }) => {
          const shown = states.filter((each) => environment === undefined || each.environment === environment);
          if (shown.length === 0)
            return (
              <Empty>
                <p>No pipe has a state yet. The first run that commits rows writes one.</p>
              </Empty>
            );
          return <Table isText name="States" columns={columns} rows={shown} keyOf={({ state_id }) => state_id} />;
        }}
      </Answered>
    </>
  );
}
