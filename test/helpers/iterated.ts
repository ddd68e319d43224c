// Small iterated programs: a counter, and a toy that generates tokens with a cache.
import { type Operand, type Program, packInputs, type TensorData, tensorType } from "@assay/sdk/program";
import { ProgramBuilder } from "./programs.ts";
import { Random } from "./random.ts";

const one = tensorType("i32", [1]);
const flag = tensorType("bool", [1]);

/** Counts from 1 up to its input and stops; `maxPasses` cuts it short. Six slots, the last is Stop. */
export function counter(maxPasses = 20): Program {
  const builder = new ProgramBuilder([one]);
  const zero = builder.constant(one, Int32Array.of(0));
  const step = builder.constant(one, Int32Array.of(1));
  const count = builder.carry(zero);
  const clipped = builder.step("Clip", [count], [0, 1_000], one);
  const next = builder.step("Add", [clipped, step], [], one);
  builder.setNext(count, next);
  const limit = builder.step("Clip", [builder.input(0)], [1, 1_001], one);
  builder.stop(builder.step("Equal", [next, limit], [], flag));
  return builder.build([next], maxPasses);
}

export const countTo = (limit: number): Uint8Array => packInputs(counter(), [Int32Array.of(limit)]);

export const context = 12;
export const vocabulary = 20;
const width = 24;

/**
 * Reads a prompt token by token, then goes on with the most likely one, and stops at token 0. What it has read and written is
 * in a cache; output `p` is the token chosen after position `p`.
 */
export function generator(seed: number): Program {
  const random = new Random(seed);
  const builder = new ProgramBuilder([tensorType("i32", [context]), one]);
  const scalar = (value: number): Operand => builder.constant(one, Int32Array.of(value));
  const clip = (value: Operand, high: number, low = 0): Operand =>
    builder.step("Clip", [value], [low, high], value.type);

  const position = builder.carry(scalar(0));
  const at = clip(position, context - 1);
  const next = builder.step("Add", [at, scalar(1)], [], one);
  builder.setNext(position, next);

  const last = builder.carry(scalar(0));
  const length = clip(builder.input(1), context, 1);
  const given = clip(builder.step("Gather", [builder.input(0), at], [0], one), vocabulary - 1);
  const reading = builder.step("Less", [at, length], [], flag);
  const token = builder.step("Where", [reading, given, clip(last, vocabulary - 1)], [], one);

  const row = tensorType("u8", [1, width]);
  const grid = tensorType("u8", [context, width], [1, 0]);
  const table = tensorType("u8", [vocabulary, width]);
  const embeddings = builder.constant(table, random.data("u8", vocabulary * width));
  const embedded = builder.step("Gather", [embeddings, token], [0], row);
  const cache = builder.carry(builder.constant(grid, new Uint8Array(context * width)));
  const index = builder.step(
    "Expand",
    [builder.step("Reshape", [at], [], tensorType("i32", [1, 1]))],
    [],
    tensorType("i32", [1, width]),
  );
  const written = builder.step("ScatterElements", [cache, index, embedded], [0], grid);
  builder.setNext(cache, written);

  const wideGrid = tensorType("i32", [context, width], [1, 0]);
  const wideRow = tensorType("i32", [1, width]);
  const wide = builder.step("Cast", [written], [], wideGrid);
  const sum = builder.step("ReduceSum", [wide], [0, 1], wideRow);
  const mean = builder.step("Div", [sum, scalar(7)], [], wideRow);
  const state = builder.step("Cast", [builder.step("BitwiseAnd", [mean, scalar(255)], [], wideRow)], [], row);
  const weights = tensorType("i8", [width, vocabulary], [1, 0]);
  const data = random.data("i8", width * vocabulary, { min: -64n, max: 64n });
  const logits = builder.step(
    "MatMulInteger",
    [state, builder.constant(weights, data)],
    [0, 0],
    tensorType("i32", [1, vocabulary]),
  );
  const best = builder.step("ArgMax", [logits], [1, 0], tensorType("i64", [1]));
  const chosen = builder.step("Cast", [best], [], one);
  builder.setNext(last, chosen);

  const line = tensorType("i32", [context]);
  const text = builder.carry(builder.constant(line, new Int32Array(context)));
  const extended = builder.step("ScatterElements", [text, at, chosen], [0], line);
  builder.setNext(text, extended);

  const byte = tensorType("u8", [1]);
  const asByte = (bool: Operand): Operand => builder.step("Cast", [bool], [], byte);
  const isEnd = asByte(builder.step("Equal", [chosen, scalar(0)], [], flag));
  const isPast = asByte(
    builder.step("Less", [length, builder.step("Add", [next, scalar(1)], [], one)], [], flag),
  );
  builder.stop(builder.step("BitwiseAnd", [isEnd, isPast], [], byte));
  return builder.build([extended, next], context);
}

/** The input of the generator. */
export function promptOf(program: Program, tokens: readonly number[]): Uint8Array {
  const prompt = new Int32Array(context);
  prompt.set(tokens);
  return packInputs(program, [prompt, Int32Array.of(tokens.length)] satisfies TensorData[]);
}
