/** The view of a route. */
import type { Route } from "../router.ts";
import { BackfillsView } from "./backfills.tsx";
import { ChecksView } from "./checks.tsx";
import { FilesView } from "./files.tsx";
import { LineageView } from "./lineage.tsx";
import { LogView } from "./log.tsx";
import { MissingView } from "./missing.tsx";
import { NoticesView } from "./notices.tsx";
import { PipelineView } from "./pipeline.tsx";
import { PipelinesView } from "./pipelines.tsx";
import { RejectsView } from "./rejects.tsx";
import { RunView } from "./run.tsx";
import { RunsView } from "./runs.tsx";
import { StateView } from "./state.tsx";
import { StatesView } from "./states.tsx";
import { StreamView } from "./stream.tsx";
import { StreamsView } from "./streams.tsx";

export function View({ route }: { route: Route }) {
  const [first = "", second = ""] = route.names;
  switch (route.view) {
    case "pipelines":
      return <PipelinesView />;
    case "pipeline":
      return <PipelineView job={first} />;
    case "runs":
      return <RunsView />;
    case "run":
      return <RunView runId={first} />;
    case "log":
      return <LogView runId={first} />;
    case "streams":
      return <StreamsView />;
    case "stream":
      return <StreamView job={first} stream={second} />;
    case "states":
      return <StatesView />;
    case "state":
      return <StateView key={first} stateId={first} />;
    case "backfills":
      return <BackfillsView />;
    case "checks":
      return <ChecksView />;
    case "files":
      return <FilesView />;
    case "rejects":
      return <RejectsView />;
    case "notices":
      return <NoticesView />;
    case "lineage":
      return <LineageView />;
    case "missing":
      return <MissingView />;
  }
}
