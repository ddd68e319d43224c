// SmoothQuant (Xiao et al. 2022): what is large in few channels of a tensor moves into the weights that read them.
import type { Linear } from "../linear.ts";
import type { Normalization, Operation, Plan } from "../plan.ts";
import type { TensorStatistics } from "../statistics.ts";
import { noiseOf, type Reading, SiteReadings } from "./readings.ts";
import { type Site, sitesOf } from "./sites.ts";

/** How much of a channel's size moves into the weights: the exponents that are tried. */
const ALPHAS = [0.5, 0.65, 0.8];
/** Factors further apart would cost the maker's own integers their precision. */
const MAX_FACTOR = 64;
/** Less gain than this, as a share of the noise, is not worth the change. */
const WORTH = 0.8;
/** One byte is enough where all noise lies 35 decibels below the signal, as it does where nothing is uneven. */
const BYTE_NOISE = 10 ** -3.5;

/** One tensor that was balanced, for reports. */
export interface Balance {
  /** of the node that makes it */
  readonly node: string;
  readonly tensor: string;
  /** the share of each channel's size that moved into the weights, as an exponent */
  readonly alpha: number;
  /** least and greatest factor that channels were divided by */
  readonly factors: readonly [number, number];
  /** bytes in which products read it, before and now */
  readonly bytes: readonly [before: number, now: number];
  /** expected ratio of signal to noise of what products make of it, in decibels, before and now */
  readonly sqnr: readonly [before: number, now: number];
}

export interface Balanced {
  readonly statistics: ReadonlyMap<string, TensorStatistics>;
  readonly balances: readonly Balance[];
}

/** max|X|^α / max|W|^(1 − α) per channel, around 1; 1 where a channel or its weights are 0. */
function factorsOf(activations: Float64Array, weights: Float64Array, alpha: number): Float64Array {
  const logarithms = activations.map((most, channel) => {
    const weight = weights[channel]!;
    return most > 0 && weight > 0 ? alpha * Math.log2(most) - (1 - alpha) * Math.log2(weight) : Number.NaN;
  });
  const live = logarithms.filter((value) => !Number.isNaN(value));
  const middle = live.reduce((sum, value) => sum + value, 0) / Math.max(1, live.length);
  const limit = Math.log2(MAX_FACTOR);
  return logarithms.map((value) =>
    Number.isNaN(value) ? 1 : 2 ** Math.max(-limit, Math.min(limit, value - middle)),
  );
}

interface Choice {
  readonly alpha: number;
  readonly divisors: Float64Array;
  readonly before: Reading;
  readonly now: Reading;
}

function isBetter(before: Reading, now: Reading): boolean {
  if (now.isDouble && !before.isDouble) return false;
  if (before.isDouble && !now.isDouble) return noiseOf(now) <= Math.max(BYTE_NOISE, noiseOf(before));
  return noiseOf(now) < WORTH * noiseOf(before);
}

/** The division with the least noise, one that saves a byte first; undefined where none is better than what is. */
function chooseAt(site: Site, statistics: TensorStatistics): Choice | undefined {
  const readings = new SiteReadings(site, statistics);
  const before = readings.read(new Float64Array(site.channels).fill(1));
  const most = Float64Array.from({ length: site.channels }, (_, index) => statistics.most(site.axis, index));
  const weights = readings.largestWeights();
  const tried = ALPHAS.map((alpha): Choice => {
    const divisors = factorsOf(most, weights, alpha);
    return { alpha, divisors, before, now: readings.read(divisors) };
  });
  const bytes = ({ now }: Choice): number => (now.isDouble ? 2 : 1);
  return tried
    .filter(({ now }) => isBetter(before, now))
    .sort((a, b) => bytes(a) - bytes(b) || noiseOf(a.now) - noiseOf(b.now))[0];
}

/** The operation with its channels divided. */
function dividing(operation: Operation, divisors: Float64Array): Operation {
  const { parameters } = operation;
  const quotients = (values: Float64Array): Float64Array =>
    divisors.map((divisor, channel) => values[values.length === 1 ? 0 : channel]! / divisor);
  if (parameters?.kind === "normalization") {
    const { gain, bias } = parameters;
    const divided: Normalization = { ...parameters, gain: quotients(gain), bias: bias && quotients(bias) };
    return { ...operation, parameters: divided };
  }
  const linear = parameters as Linear;
  const divided: Linear = {
    ...linear,
    weights: linear.weights.scaled((channel) => 1 / divisors[channel]!),
    bias: linear.bias.map((value, channel) => value / divisors[channel]!),
  };
  return { ...operation, parameters: divided };
}

/** The operation with the weights of each channel that it reads multiplied. */
function multiplying(operation: Operation, factors: Float64Array): Operation {
  const linear = operation.parameters as Linear;
  const each = linear.weights.depth / factors.length;
  const inside = Float64Array.from(
    { length: linear.weights.depth },
    (_, depth) => factors[Math.floor(depth / each)]!,
  );
  return { ...operation, parameters: { ...linear, weights: linear.weights.scaledInside(inside) } };
}

/** The plan with the channels at one site divided: the same model in floats. */
export function divideAt(plan: Plan, site: Site, divisors: Float64Array): void {
  const { maker, readers, divided } = site;
  // operations may have been replaced for another site: names stay
  const isMaker = ({ outputs }: Operation): boolean => outputs[0] === maker.outputs[0];
  const read = new Set(readers.map(({ outputs }) => outputs[0]));
  plan.operations = plan.operations.map((operation) => {
    if (isMaker(operation)) return dividing(operation, divisors);
    return read.has(operation.outputs[0]) ? multiplying(operation, divisors) : operation;
  });
  for (const { name, axis } of divided)
    plan.observe(name, { ...plan.observed(name), channels: { axis, divisors } });
}

const decibels = (noise: number): number => (noise > 0 ? -10 * Math.log10(noise) : 0);

/** Balances every tensor where it lowers the noise or saves a byte. The model stays what it is in floats. */
export function balance(plan: Plan, statistics: ReadonlyMap<string, TensorStatistics>): Balanced {
  const changed = new Map(statistics);
  const balances: Balance[] = [];
  for (const site of sitesOf(plan)) {
    const read = changed.get(site.tensor);
    if (!read || site.divided.some(({ name, axis }) => !changed.get(name)?.watchesOnly(axis))) continue;
    const choice = chooseAt(site, read);
    if (!choice) continue;
    const { alpha, divisors, before, now } = choice;
    divideAt(plan, site, divisors);
    for (const { name, axis } of site.divided) changed.set(name, changed.get(name)!.divided(axis, divisors));
    balances.push({
      node: site.maker.node.name,
      tensor: site.tensor,
      alpha,
      factors: [divisors.reduce((a, b) => Math.min(a, b)), divisors.reduce((a, b) => Math.max(a, b))],
      bytes: [before.isDouble ? 2 : 1, now.isDouble ? 2 : 1],
      sqnr: [decibels(noiseOf(before)), decibels(noiseOf(now))],
    });
  }
  return { statistics: changed, balances };
}
