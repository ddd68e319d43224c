// Numbers that the contracts' sources give as constants, for pages that show them.
import { readFileSync } from "node:fs";

const units: Readonly<Record<string, number>> = { seconds: 1, minutes: 60, hours: 3_600, days: 86_400 };

/**
 * The value of a constant.
 *
 * @param file Below contracts/, without `.sol`.
 */
export function constantOf(file: string, name: string): number {
  const source = readFileSync(new URL(`../contracts/${file}.sol`, import.meta.url), "utf8");
  const [, expression] = new RegExp(` constant ${name} =\\s+([^;]+);`).exec(source) ?? [];
  const value = expression === undefined ? Number.NaN : evaluate(expression);
  if (Number.isNaN(value)) throw new Error(`contracts/${file}.sol gives no number ${name}`);
  return value;
}

/** A product of literals, each with a unit of time or without. */
const evaluate = (expression: string): number =>
  expression
    .split("*")
    .map((factor) => {
      const [number = "", unit = "seconds"] = factor.trim().split(/\s+/);
      return Number(number.replaceAll("_", "")) * (units[unit] ?? Number.NaN);
    })
    .reduce((product, factor) => product * factor, 1);
