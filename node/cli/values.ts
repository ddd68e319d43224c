// Schemas of what is typed at the command line: each refuses with a sentence that names the bound.
import type { Hex } from "viem";
import { formatUnits, parseUnits } from "viem";
import { z } from "zod";
import { bytes32 } from "../optionTypes.ts";

export { address, bytes32, decimal, httpUrl, integer, oneOf, port, text } from "../optionTypes.ts";

const maximum = 2n ** 96n - 1n;

/** Whole tokens with up to 18 decimals, kept in base units. */
export const tokens = z.string().transform((typed, context): bigint => {
  const value = /^\d{1,30}(\.\d{1,18})?$/.test(typed.trim()) ? parseUnits(typed.trim(), 18) : undefined;
  if (value !== undefined && value <= maximum) return value;
  context.addIssue(
    `expected an amount in tokens from 0 to ${formatUnits(maximum, 18)}, with up to 18 decimals; got ${quote(typed)}`,
  );
  return z.NEVER;
});

/** The id of a program, a request, a commitment or a dispute. */
export const id = z.string().transform((typed, context): Hex => {
  const parsed = bytes32.safeParse(typed);
  if (parsed.success) return parsed.data;
  context.addIssue(`expected an id of 32 bytes in hex, 0x and 64 digits; got ${quote(typed)}`);
  return z.NEVER;
});

/** A number of seconds, or one with a unit: 90, 90s, 15m, 12h, 3d. */
export const duration = z.string().transform((typed, context): number => {
  const [, digits, unit = "s"] = /^(\d{1,9}(?:\.\d{1,3})?)(s|m|h|d)?$/.exec(typed.trim()) ?? [];
  if (digits !== undefined)
    return Number(digits) * { s: 1, m: 60, h: 3_600, d: 86_400 }[unit as "s" | "m" | "h" | "d"];
  context.addIssue(`expected a time such as 90s, 15m, 12h or 3d; got ${quote(typed)}`);
  return z.NEVER;
});

const quote = (typed: string): string => `"${typed.length > 80 ? `${typed.slice(0, 80)}…` : typed}"`;
