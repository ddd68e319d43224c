// How well decoders predict texts: perplexity, and how often two of them name the same next token.

/** Reads one token after the other; `logits` in nats. */
export interface Predictor {
  reset(): void;
  step(token: number): Promise<ArrayLike<number>>;
}

export interface Comparison {
  /** predictions that were compared */
  readonly tokens: number;
  readonly floatPerplexity: number;
  readonly integerPerplexity: number;
  /** predictions in which both name the same likeliest token */
  readonly agree: number;
}

export interface CompareParameters {
  readonly float: Predictor;
  readonly integer: Predictor;
  readonly sequences: readonly (readonly number[])[];
  /** follows the last token of a sequence; nothing does if not given */
  readonly stopToken?: number | undefined;
  readonly onToken?: (done: number) => void;
}

/** Both decoders predict every token of the sequences but the first of each. */
export async function comparePredictions(parameters: CompareParameters): Promise<Comparison> {
  const { float, integer, sequences, stopToken, onToken } = parameters;
  let [tokens, agree, floatNats, integerNats] = [0, 0, 0, 0];
  for (const sequence of sequences) {
    float.reset();
    integer.reset();
    for (const [index, token] of sequence.entries()) {
      const target = sequence[index + 1] ?? stopToken;
      if (target === undefined) break;
      const floatLogits = await float.step(token);
      const integerLogits = await integer.step(token);
      floatNats += surprise(floatLogits, target);
      integerNats += surprise(integerLogits, target);
      if (largestAt(floatLogits) === largestAt(integerLogits)) agree++;
      tokens++;
      onToken?.(tokens);
    }
  }
  return {
    tokens,
    floatPerplexity: Math.exp(floatNats / tokens),
    integerPerplexity: Math.exp(integerNats / tokens),
    agree,
  };
}

/** −log of the probability of a token. */
function surprise(logits: ArrayLike<number>, target: number): number {
  const most = logits[largestAt(logits)]!;
  let sum = 0;
  for (let index = 0; index < logits.length; index++) sum += Math.exp(logits[index]! - most);
  return most + Math.log(sum) - logits[target]!;
}

function largestAt(values: ArrayLike<number>): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) if (values[index]! > values[best]!) best = index;
  return best;
}
