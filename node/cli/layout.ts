// Lays facts and rows out in columns, for people.
import { formatUnits } from "viem";

export type Fact = readonly [name: string, value: unknown];

const show = (value: unknown): string =>
  value === undefined || value === null || value === "" ? "–" : String(value);

/** `name  value` lines with the values in one column; facts whose value is `undefined` are left out. */
export function facts(rows: readonly Fact[], indent = ""): string {
  const shown = rows.filter(([, value]) => value !== undefined);
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${indent}${name.padEnd(width)}  ${show(value)}`.trimEnd()).join("\n");
}

/** A table whose columns are as wide as they need to be; `nothing` stands for no rows. */
export function table(
  columns: readonly string[],
  rows: readonly (readonly unknown[])[],
  nothing: string,
): string {
  if (rows.length === 0) return nothing;
  const cells = [columns, ...rows.map((row) => row.map(show))];
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => (row[index] ?? "").length)));
  return cells
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Base units as tokens: `12.5 tokens`. */
export const tokenText = (amount: bigint): string => `${formatUnits(amount, 18)} tokens`;

/** Wei as coins of the chain: `0.25 ETH`. */
export const coinText = (amount: bigint): string => `${formatUnits(amount, 18)} ETH`;

/** `2h 5m`, `45s`. */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const units = [
    [86_400, "d"],
    [3_600, "h"],
    [60, "m"],
    [1, "s"],
  ] as const;
  const first = units.findIndex(([size]) => whole >= size);
  if (first < 0) return "0s";
  const parts = units.slice(first, first + 2).map(([size, unit], index) => {
    const count = index === 0 ? Math.floor(whole / size) : Math.floor((whole % units[first]![0]) / size);
    return count === 0 ? "" : `${count}${unit}`;
  });
  return parts.filter((part) => part !== "").join(" ");
}

/** A chain time for people: `2026-11-23 12:00:00 UTC (in 2h 5m)`. */
export function timeText(unixSeconds: bigint | number, now: number): string {
  const at = Number(unixSeconds);
  const date = new Date(at * 1_000).toISOString().slice(0, 19).replace("T", " ");
  const distance = at >= now ? `in ${durationText(at - now)}` : `${durationText(now - at)} ago`;
  return `${date} UTC (${distance})`;
}

export const short = (hex: string): string => `${hex.slice(0, 10)}…${hex.slice(-4)}`;
