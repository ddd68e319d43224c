// The form of every benchmark's result: a table for people, and with --json one object as the last line.
import { execFileSync } from "node:child_process";
import { cpus, totalmem } from "node:os";

/** One figure that the project holds itself to. `ok` compares `value` with `limit` in the direction of `atMost`. */
export interface Bar {
  name: string;
  value: number;
  unit: string;
  limit: number;
  ok: boolean;
}

export type Row = Record<string, string | number>;

/** A figure that must not exceed `limit`. */
export const atMost = (name: string, value: number, limit: number, unit: string): Bar => ({
  name,
  value: round(value),
  unit,
  limit,
  ok: value <= limit,
});

/** A figure that must reach `limit`. */
export const atLeast = (name: string, value: number, limit: number, unit: string): Bar => ({
  name,
  value: round(value),
  unit,
  limit,
  ok: value >= limit,
});

/** Four significant digits, whole numbers untouched. */
export const round = (value: number): number =>
  Number.isInteger(value) ? value : Number(value.toPrecision(4));

/** The middle value; the mean of the two middle ones when there are two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

function commit(): string {
  try {
    return execFileSync("git", ["describe", "--always", "--dirty"], {
      encoding: "utf8",
      stdio: "pipe",
    }).trim();
  } catch {
    return "unknown";
  }
}

const machine = (): string =>
  `${cpus()[0]?.model.trim() ?? "unknown processor"}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;

/** Prints the result and sets the exit status: non-zero when a bar is missed. */
export function report(bench: string, bars: readonly Bar[], rows: readonly Row[]): void {
  if (process.argv.includes("--json")) {
    console.log(JSON.stringify({ bench, machine: machine(), commit: commit(), bars, rows }));
  } else {
    console.log(`\n${bench} on ${machine()}, commit ${commit()}\n`);
    if (rows.length > 0) console.log(table(rows));
    console.log(
      table(
        bars.map(({ name, value, unit, limit, ok }) => ({
          bar: name,
          value,
          unit,
          limit,
          ok: ok ? "ok" : "MISSED",
        })),
      ),
    );
  }
  process.exitCode = bars.every((bar) => bar.ok) ? 0 : 1;
}

/** Progress goes to the error stream, so that the last line of the output stays the result. */
export const progress = (text: string): void => console.error(text);

function table(rows: readonly Row[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = rows.map((row) => columns.map((column) => String(row[column] ?? "")));
  const widths = columns.map((column, i) =>
    Math.max(column.length, ...cells.map((row) => row[i]?.length ?? 0)),
  );
  const numeric = columns.map((column) => rows.every((row) => typeof (row[column] ?? 0) === "number"));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (numeric[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join("  ")
      .trimEnd();
  return `${[line(columns), ...cells.map(line)].join("\n")}\n`;
}
