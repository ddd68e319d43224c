// Runs a float decoder token by token in onnxruntime.
import type { Listener, Samples } from "../calibration.ts";
import { type ConstantData, elements, GraphSession, type GraphTensor } from "../graph/index.ts";
import type { Decoder } from "./decoder.ts";
import { GenerationError } from "./errors.ts";

/** Where a text stands: how many tokens were read, and what the caches hold. */
class DecoderState {
  readonly #decoder: Decoder;
  #caches: readonly ConstantData[] = [];
  #position = 0;

  constructor(decoder: Decoder) {
    this.#decoder = decoder;
    this.reset();
  }

  /** Begins a text anew. */
  reset(): void {
    this.#caches = this.#decoder.caches.map(({ past }) => floats(past));
    this.#position = 0;
  }

  /** The inputs of the model for the next token, in its order. */
  feeds(token: number): ConstantData[] {
    const { graph, token: tokenInput, position, mask, caches } = this.#decoder;
    const filled = (input: GraphTensor): ConstantData => {
      if (input === tokenInput) return integers(input, [token]);
      if (input === position) return integers(input, [this.#position]);
      if (input === mask) return integers(input, maskAt(this.#decoder, this.#position));
      return this.#caches[caches.findIndex(({ past }) => past === input)]!;
    };
    return graph.inputs.map(filled);
  }

  /** Goes on with the caches that the model gave. */
  take(presents: readonly ConstantData[]): void {
    this.#caches = presents.map((data, index) => {
      const { present, grows } = this.#decoder.caches[index]!;
      return grows === undefined ? data : withoutFirst(data as Float32Array, present.shape, grows);
    });
    this.#position++;
  }
}

const presentsOf = ({ caches }: Decoder): string[] => caches.map(({ present }) => present.name);

export class FloatDecoder {
  readonly #state: DecoderState;
  readonly #session: GraphSession;

  private constructor(decoder: Decoder, session: GraphSession) {
    this.#state = new DecoderState(decoder);
    this.#session = session;
  }

  static async open(decoder: Decoder): Promise<FloatDecoder> {
    const names = [decoder.logits.name, ...presentsOf(decoder)];
    return new FloatDecoder(decoder, await GraphSession.open(decoder.graph, names));
  }

  /** Begins a text anew. */
  reset(): void {
    this.#state.reset();
  }

  /** The inputs of the model for the next token, in its order. */
  feeds(token: number): ConstantData[] {
    return this.#state.feeds(token);
  }

  /** Reads a token; the logits of the next one. */
  async step(token: number): Promise<Float32Array> {
    const [logits, ...presents] = await this.#session.run(this.feeds(token));
    this.#state.take(presents.map(({ data }) => data as ConstantData));
    return logits!.data as Float32Array;
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}

/** 1 for the entries that are filled when the token at `position` is read, its own among them. */
export function maskAt({ mask, caches: [first] }: Decoder, position: number): number[] {
  const size = elements(mask!.shape);
  // Caches that grow are filled from their end, others from their beginning.
  return Array.from({ length: size }, (_, place) =>
    Number(first?.grows === undefined ? place <= position : place >= size - 1 - position),
  );
}

function floats({ name, dtype, shape }: GraphTensor): Float32Array {
  if (dtype === "f32" || dtype === "f16") return new Float32Array(elements(shape));
  throw new GenerationError("A cache holds no numbers of 32 or 16 bits.", { facts: { cache: name, dtype } });
}

function integers({ dtype, shape }: GraphTensor, values: readonly number[]): ConstantData {
  const count = elements(shape);
  const all = values.length === count ? values : new Array<number>(count).fill(values[0]!);
  if (dtype === "i64") return BigInt64Array.from(all, BigInt);
  return dtype === "i32"
    ? Int32Array.from(all)
    : dtype === "bool"
      ? Uint8Array.from(all)
      : Float32Array.from(all);
}

/** Without the first place of an axis. */
function withoutFirst(data: Float32Array, shape: readonly number[], axis: number): Float32Array {
  const inner = elements(shape.slice(axis + 1));
  const length = shape[axis]! * inner;
  const kept = new Float32Array(data.length - (data.length / length) * inner);
  for (let from = 0, to = 0; from < data.length; from += length, to += length - inner)
    kept.set(data.subarray(from + inner, from + length), to);
  return kept;
}

/**
 * The inputs of every token of every sequence: what calibration runs the model on, which says what its caches hold. Sequences longer
 * than the context end there.
 */
export function decoderSamples(
  decoder: Decoder,
  sequences: readonly (readonly number[])[],
): { readonly samples: Samples; readonly listener: Listener } {
  const state = new DecoderState(decoder);
  function* inputs() {
    for (const sequence of sequences) {
      state.reset();
      for (const token of sequence.slice(0, decoder.context)) yield state.feeds(token);
    }
  }
  const hear = (presents: readonly ConstantData[]): void => state.take(presents);
  return { samples: inputs(), listener: { tensors: presentsOf(decoder), hear } };
}
