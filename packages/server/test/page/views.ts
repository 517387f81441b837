/** The address of every view of a project, with the heading that it must show. */

export interface ShownView {
  path: string;
  heading: string | RegExp;
}

export async function viewsOf(base: string): Promise<ShownView[]> {
  const answer = async <T>(path: string): Promise<T> => (await fetch(`${base}${path}`)).json() as Promise<T>;
  const { runs } = await answer<{ runs: { run_id: string; name: string; status: string }[] }>("/api/runs?limit=50");
  const { states } = await answer<{ states: { state_id: string }[] }>("/api/states");
  const { streams } = await answer<{ streams: { job: string; stream: string }[] }>("/api/streams");
  const state = states[0]?.state_id ?? "";
  const stream = streams[0] ?? { job: "", stream: "" };
  const ofStatus = (status: string): string => runs.find((run) => run.status === status)?.run_id ?? runs[0]?.run_id ?? "";
  return [
    { path: "/", heading: "Pipelines" },
    { path: `/jobs/${stream.job}`, heading: stream.job },
    { path: "/runs", heading: "Runs" },
    ...[...new Set([ofStatus("warning"), ofStatus("failed")])].flatMap((run) => [
      { path: `/runs/${run}`, heading: new RegExp(`run ${run}$`) },
      { path: `/runs/${run}/log`, heading: `Log of run ${run}` },
    ]),
    { path: "/streams", heading: "Streams" },
    { path: `/jobs/${stream.job}/streams/${stream.stream}`, heading: stream.stream },
    { path: "/states", heading: "States" },
    { path: `/states/${encodeURIComponent(state)}`, heading: state },
    { path: "/backfills", heading: "Back-fills" },
    { path: "/checks", heading: "Checks" },
    { path: "/files", heading: "Files" },
    { path: "/rejects", heading: "Rejected rows" },
    { path: "/notices", heading: "Notices" },
    { path: "/lineage", heading: "Lineage" },
    { path: "/nowhere", heading: "Nothing is here" },
  ];
}
