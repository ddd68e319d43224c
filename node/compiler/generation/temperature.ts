// How a temperature turns differences of logits into entries of a table of exponentials.

/** What the likeliest token weighs. */
export const TABLE_ONE = 2 ** 16;

const ENTRIES = 8192;
/** From this many nats below the likeliest on, a token weighs nothing: e^-12 · 2^16 rounds to 0. */
const NATS = 12;

/** Bounds of the temperature, in thousandths. Below the least, generation takes the largest logit. */
export const LEAST_TEMPERATURE = 50;
export const GREATEST_TEMPERATURE = 2000;

/** Differences of logits are cut to units between this and half of it, in nats at temperature 1. */
const UNIT = 2 ** -10;

const MOST = 2 ** 31 - 1;

export interface TemperatureScale {
  /** logit steps per unit, a power of two */
  readonly divisor: number;
  /** units beyond which no token weighs anything at any temperature */
  readonly mostUnits: number;
  /** over the temperature: the factor from units to entries of the table, times `one` */
  readonly numerator: bigint;
  readonly one: number;
  readonly least: number;
  readonly greatest: number;
}

/** Chosen so that every product fits 32 bits. `logitScale`: nats per step of the logits. */
export function temperatureScale(logitScale: number): TemperatureScale {
  const divisor = 2 ** Math.max(0, Math.floor(Math.log2(UNIT / logitScale)));
  const unit = logitScale * divisor;
  const mostUnits = Math.ceil((NATS * GREATEST_TEMPERATURE) / 1000 / unit);
  const perUnit = ((ENTRIES / NATS) * unit * 1000) / LEAST_TEMPERATURE;
  let one = 2 ** 12;
  while (one > 2 && mostUnits * perUnit * one + one > MOST) one /= 2;
  const numerator = BigInt(Math.round((ENTRIES / NATS) * unit * 1000 * one));
  return { divisor, mostUnits, numerator, one, least: LEAST_TEMPERATURE, greatest: GREATEST_TEMPERATURE };
}

/** Entry i: e^(-i · NATS / ENTRIES) · TABLE_ONE, rounded; the last is 0. */
export function expTable(): number[] {
  const table = Array.from({ length: ENTRIES }, (_, index) =>
    Math.round(Math.exp((-index * NATS) / ENTRIES) * TABLE_ONE),
  );
  return table.with(ENTRIES - 1, 0);
}
