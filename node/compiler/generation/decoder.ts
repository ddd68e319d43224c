// A float decoder: which of its tensors are token, position, mask, caches and logits.
import type { GraphTensor, ModelGraph } from "../graph/index.ts";
import { GenerationError } from "./errors.ts";

/** Names that are given because they are not found by themselves. */
export interface DecoderNames {
  readonly token?: string;
  readonly position?: string;
  readonly mask?: string;
  readonly logits?: string;
  /** [input, output] of each cache */
  readonly caches?: readonly (readonly [string, string])[];
}

export interface DecoderCache {
  readonly past: GraphTensor;
  /** the output's tensor */
  readonly present: GraphTensor;
  /** the axis along which the output is longer by one, where the model appends to its cache; the oldest entry goes */
  readonly grows: number | undefined;
}

export interface Decoder {
  readonly graph: ModelGraph;
  readonly token: GraphTensor;
  readonly position: GraphTensor | undefined;
  /** 1 for the places of the caches that are filled, and for the token's own */
  readonly mask: GraphTensor | undefined;
  readonly caches: readonly DecoderCache[];
  readonly logits: GraphTensor;
  readonly vocabulary: number;
  /** positions that the caches have room for */
  readonly context: number;
}

const tokenNames = /^(input_ids|tokens?|token_ids?|input)$/i;
const positionNames = /^(positions?|position_ids?|cache_position|pos|input_pos)$/i;
const maskNames = /^(attention_)?mask$/i;
const cacheNames = /past|cache|state|memory/i;

/** Outputs that hold what the input of this name is to be next. */
const successors = (name: string): string[] =>
  [
    name.replace("past_key_values", "present"),
    name.replace("past", "present"),
    name.replace("past", "new"),
    name.replace(/in$/, "out"),
    name.replace("_in", "_out"),
    `present_${name}`,
    `new_${name}`,
    `updated_${name}`,
    `${name}_out`,
    `${name}_next`,
  ].filter((candidate) => candidate !== name);

const sizeOf = ({ shape }: GraphTensor): number => shape.reduce((product, size) => product * size, 1);
const isInteger = ({ dtype }: GraphTensor): boolean => dtype === "i64" || dtype === "i32";

/**
 * Finds the parts of a decoder that reads one token per run, in the usual exports by their names.
 * @throws GenerationError naming the tensor that is missing or does not fit
 */
export function readDecoder(graph: ModelGraph, names: DecoderNames = {}): Decoder {
  const inputs = new Map(graph.inputs.map((input) => [input.name, input]));
  const outputs = new Map(graph.outputs.map(({ name, tensor }) => [name, tensor]));
  const find = (named: string | undefined, pattern: RegExp): GraphTensor | undefined => {
    const input =
      named === undefined ? [...inputs.values()].find(({ name }) => pattern.test(name)) : inputs.get(named);
    if (named !== undefined && !input) throw missing("input", named, [...inputs.keys()]);
    return input;
  };
  const token = find(names.token, tokenNames);
  if (token === undefined || !isInteger(token) || sizeOf(token) !== 1)
    throw new GenerationError("The model has no input for one token.", {
      facts: { inputs: describe([...inputs.values()]) },
      hint: "Export a decoder that takes one token, i32 or i64, per run, and name its input with token=NAME",
    });
  const position = find(names.position, positionNames);
  const mask = find(names.mask, maskNames);
  const pairs = names.caches ?? findPairs([...inputs.keys()], [...outputs.keys()], [token, position, mask]);
  const caches = pairs.map(([past, present]) => cacheOf(past, present));
  const used = new Set([token, position, mask, ...caches.map(({ past }) => past)]);
  const unused = graph.inputs.filter((input) => !used.has(input));
  if (unused.length > 0)
    throw new GenerationError("An input of the model is none that generation knows how to fill.", {
      facts: { inputs: describe(unused), outputs: [...outputs.keys()].join(", ") },
      hint: "Name the output that a cache goes on with by --cache INPUT=OUTPUT, other inputs by --generate …,position=NAME,mask=NAME",
    });
  const logits = findLogits();
  const vocabulary = sizeOf(logits);
  const growing = caches.find(({ grows }) => grows !== undefined);
  if (growing && mask === undefined)
    throw new GenerationError(
      "The model appends to its caches, but has no mask that says which entries are filled.",
      {
        facts: { cache: growing.past.name },
        hint: "Export it with an attention mask, or with caches of a fixed size",
      },
    );
  return { graph, token, position, mask, caches, logits, vocabulary, context: contextOf(caches, mask) };

  function cacheOf(past: string, present: string): DecoderCache {
    const input = inputs.get(past);
    const output = outputs.get(present);
    if (!input) throw missing("input", past, [...inputs.keys()]);
    if (!output) throw missing("output", present, [...outputs.keys()]);
    const differing = input.shape.flatMap((size, axis) => (output.shape[axis] === size ? [] : [axis]));
    const [grows] = differing;
    const fits =
      input.shape.length === output.shape.length &&
      input.dtype === output.dtype &&
      (grows === undefined || (differing.length === 1 && output.shape[grows] === input.shape[grows]! + 1));
    if (fits) return { past: input, present: output, grows };
    throw new GenerationError("A cache comes out in another shape than it goes in.", {
      facts: { input: describe([input]), output: describe([output]) },
      hint: "Export the model for one token per run",
    });
  }

  function findLogits(): GraphTensor {
    const presents = new Set(caches.map(({ present }) => present));
    const others = [...outputs].filter(([, tensor]) => !presents.has(tensor));
    const [name, tensor] =
      others.find(([name]) => name === (names.logits ?? "logits")) ??
      (names.logits === undefined && others.length === 1 ? others[0]! : []);
    if (name !== undefined && tensor !== undefined && tensor.shape.at(-1) === sizeOf(tensor)) return tensor;
    throw new GenerationError("The model has no output with the logits of one token.", {
      facts: { outputs: [...outputs].map(([name, { shape }]) => `${name} [${shape.join(", ")}]`).join(", ") },
      hint: "Name it with --generate …,logits=NAME; it has one number per token of the vocabulary",
    });
  }
}

function findPairs(
  inputs: readonly string[],
  outputs: readonly string[],
  others: readonly (GraphTensor | undefined)[],
): [string, string][] {
  const taken = new Set(others.map((tensor) => tensor?.name));
  return inputs.flatMap((name): [string, string][] => {
    const output = successors(name).find((candidate) => outputs.includes(candidate));
    return !taken.has(name) && cacheNames.test(name) && output !== undefined ? [[name, output]] : [];
  });
}

/** The axis of a cache that counts positions is the one it grows along, or the mask's; else the longest but the last. */
function contextOf(caches: readonly DecoderCache[], mask: GraphTensor | undefined): number {
  const [first] = caches;
  if (first === undefined) return Number.MAX_SAFE_INTEGER;
  const { past, grows } = first;
  if (grows !== undefined) return past.shape[grows]! + 1;
  if (mask !== undefined) return sizeOf(mask);
  return Math.max(...past.shape.slice(0, -1));
}

const describe = (tensors: readonly GraphTensor[]): string =>
  tensors.map(({ name, dtype, shape }) => `${name} ${dtype} [${shape.join(", ")}]`).join(", ");

const missing = (kind: "input" | "output", name: string, known: readonly string[]): GenerationError =>
  new GenerationError(`The model has no ${kind} of this name.`, { facts: { name, known: known.join(", ") } });
