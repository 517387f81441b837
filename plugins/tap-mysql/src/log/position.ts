/** A place in a server's log: a file, whose number grows, and the bytes before the place. Pure. */
export interface LogPosition {
  file: string;
  position: number;
}

/** Negative: a is before b. Files of one server differ in their numbers alone. */
export function comparePositions(a: LogPosition, b: LogPosition): number {
  return fileNumber(a.file) - fileNumber(b.file) || a.position - b.position;
}

export function laterPosition(a: LogPosition, b: LogPosition): LogPosition {
  return comparePositions(a, b) >= 0 ? a : b;
}

export function earliestPosition(list: readonly LogPosition[]): LogPosition | undefined {
  return list.reduce<LogPosition | undefined>(
    (least, one) => (least === undefined || comparePositions(one, least) < 0 ? one : least),
    undefined,
  );
}

export const positionText = ({ file, position }: LogPosition): string => `${file}:${position}`;

function fileNumber(file: string): number {
  return Number(/(\d+)$/.exec(file)?.[1] ?? 0);
}
