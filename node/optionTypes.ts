// Schemas of option values: each takes what a flag, a variable or YAML gives, and refuses with a sentence.
import { type Address, getAddress, isAddress, isHex, parseUnits } from "viem";
import { z } from "zod";

type Bounds = { min?: number; max?: number };

const number = ({ min = 0, max = Number.MAX_SAFE_INTEGER }: Bounds, kind: "a whole number" | "a number") =>
  z.union([z.number(), z.bigint(), z.string()]).transform((given, context) => {
    const text = String(given).trim();
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN; // no hex, no exponents
    const isValid = kind === "a number" ? Number.isFinite(value) : Number.isSafeInteger(value);
    if (isValid && value >= min && value <= max) return value;
    context.addIssue(`expected ${kind} from ${min} to ${max}`);
    return z.NEVER;
  });

export const integer = (bounds: Bounds = {}) => number(bounds, "a whole number");

export const decimal = (bounds: Bounds = {}) => number(bounds, "a number");

export const port = integer({ min: 0, max: 65_535 });

export const flag = z.union([z.boolean(), z.string()]).transform((given, context) => {
  if (given === true || given === "true" || given === "1") return true;
  if (given === false || given === "false" || given === "0") return false;
  context.addIssue("expected true or false");
  return z.NEVER;
});

export const text = z.union([z.string(), z.number(), z.bigint()]).transform(String);

export const oneOf = <const choice extends string>(...choices: choice[]) =>
  z.enum(choices, { error: `expected one of ${choices.join(", ")}` });

/** A comma-separated string, or a YAML list. */
export const list = <T>(item: z.ZodType<T>) =>
  z
    .union([z.string().transform((given) => given.split(",")), z.array(z.unknown())])
    .transform((items) =>
      items
        .map((entry) => (typeof entry === "string" ? entry.trim() : entry))
        .filter((entry) => entry !== ""),
    )
    .pipe(z.array(item));

/** Base units of a token, decimal digits only. */
export const amount = z.union([z.bigint(), z.number(), z.string()]).transform((given, context) => {
  const digits = String(given).trim();
  if (/^\d{1,39}$/.test(digits)) return BigInt(digits);
  context.addIssue("expected a whole number of base units");
  return z.NEVER;
});

/** Gwei with up to nine decimals, kept as wei. */
export const gwei = z.union([z.bigint(), z.number(), z.string()]).transform((given, context) => {
  const digits = String(given).trim();
  if (/^\d{1,12}(\.\d{1,9})?$/.test(digits)) return parseUnits(digits, 9);
  context.addIssue("expected an amount in gwei");
  return z.NEVER;
});

export const address = z.string().transform((given, context): Address => {
  if (isAddress(given)) return getAddress(given);
  context.addIssue("expected an address of 20 bytes; mixed case has to be the checksum");
  return z.NEVER;
});

export const bytes32 = z.string().transform((given, context): `0x${string}` => {
  if (isHex(given) && given.length === 66) return given.toLowerCase() as `0x${string}`;
  context.addIssue("expected 32 bytes in hex");
  return z.NEVER;
});

export const httpUrl = z.string().transform((given, context): string => {
  const protocol = URL.canParse(given) ? new URL(given).protocol : "";
  if (protocol === "http:" || protocol === "https:") return given;
  context.addIssue("expected an http or https URL");
  return z.NEVER;
});
