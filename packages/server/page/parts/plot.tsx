/** Two measures over time, drawn by uPlot on a canvas. A table with the same numbers stands beside it, for those who can't see it. */
import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { formatInstant } from "../text/format.ts";

interface Line {
  name: string;
  values: readonly (number | null)[];
  format: (value: number | null | undefined) => string;
}

interface PlotOf {
  name: string;
  /** Seconds since 1970. */
  times: readonly number[];
  /** The first has its axis at the left, the second at the right. */
  lines: readonly [Line, Line];
}

export function Plot({ name, times, lines }: PlotOf) {
  const place = useRef<HTMLDivElement>(null);
  const [theme, setTheme] = useState(0);
  const key = JSON.stringify([times, lines.map(({ values }) => values)]);
  useEffect(() => {
    const again = (): void => setTheme((count) => count + 1);
    const media = matchMedia("(prefers-color-scheme: dark)");
    window.addEventListener("themechange", again);
    media.addEventListener("change", again);
    return () => {
      window.removeEventListener("themechange", again);
      media.removeEventListener("change", again);
    };
  }, []);
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const data = [times, ...lines.map(({ values }) => values)] as uPlot.AlignedData;
    const plot = new uPlot(optionsOf(lines, element), data, element);
    const watch = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      plot.destroy();
    };
  }, [key, theme]);
  return (
    <figure class="plot">
      <figcaption>{name}</figcaption>
      <div ref={place} class="canvas" role="img" aria-label={`${name}. The table of runs has the same numbers.`} />
    </figure>
  );
}

const height = 200;

function optionsOf([left, right]: PlotOf["lines"], element: HTMLElement): uPlot.Options {
  const colour = (name: string): string => colourOf(element, name);
  const [text, grid] = [colour("--quiet"), colour("--line")];
  const axis = { stroke: text, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 }, font: "12px system-ui" };
  return {
    width: element.clientWidth,
    height,
    legend: { live: true },
    cursor: { drag: { x: false, y: false } },
    scales: {
      left: { range: (_, __, most) => [0, Math.max(1, most * 1.1)] },
      right: { range: (_, __, most) => [0, Math.max(1, most * 1.1)] },
    },
    axes: [
      { ...axis, space: 90, values: (_, values) => timesOnAxis(values) },
      { ...axis, scale: "left", size: 70, values: (_, values) => values.map((value) => left.format(value)) },
      {
        ...axis,
        scale: "right",
        side: 1,
        size: 70,
        grid: { show: false },
        values: (_, values) => values.map((value) => right.format(value)),
      },
    ],
    series: [
      { label: "Started", value: (_, value) => (value === null ? "–" : instantOf(value)) },
      {
        label: left.name,
        scale: "left",
        stroke: colour("--accent"),
        width: 2,
        points: { show: true, size: 5 },
        value: (_, value) => left.format(value),
      },
      {
        label: right.name,
        scale: "right",
        stroke: colour("--warn"),
        width: 2,
        dash: [5, 4],
        points: { show: true, size: 4 },
        value: (_, value) => right.format(value),
      },
    ],
  };
}

const instantOf = (seconds: number): string => formatInstant(new Date(seconds * 1000).toISOString());

/** The day, or where they are closer than that, the time of the day. */
function timesOnAxis(times: readonly number[]): string[] {
  const isByDay = (times[1] ?? 0) - (times[0] ?? 0) >= 86_400;
  return times.map((time) => (isByDay ? instantOf(time).slice(0, 10) : instantOf(time).slice(11)));
}

/** A colour of the theme as the canvas needs it: without var() and light-dark(). */
function colourOf(element: HTMLElement, name: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
