// What provability costs a language model: perplexity on held-out text beside the float model's, and agreement.
import { heldOutPassages, STOP_TOKEN, storytellerPath } from "../examples/storyteller/storyteller.ts";
import {
  comparePredictions,
  FloatDecoder,
  floatStep,
  IntegerDecoder,
  type Predictor,
  readDecoder,
  thinned,
} from "../node/compiler/generation/index.ts";
import { readGraph } from "../node/compiler/graph/index.ts";
import { atLeast, atMost, median, progress, report, round } from "./lib/report.ts";

const CALIBRATED = 1024;
const MEASURED = 9000;

const decoder = readDecoder(await readGraph({ path: storytellerPath() }));
const passages = heldOutPassages();
const calibration = thinned(
  passages.filter((_, index) => index % 2 === 0),
  CALIBRATED,
);
const heldOut = thinned(
  passages.filter((_, index) => index % 2 === 1),
  MEASURED,
);
const size = (sequences: readonly (readonly number[])[]) =>
  sequences.reduce((sum, { length }) => sum + length, 0);
progress(`calibrating on ${size(calibration)} tokens`);
const step = await floatStep({ decoder, sequences: calibration });
const float = await FloatDecoder.open(decoder);
const integer = await IntegerDecoder.open(step);
progress(`predicting ${size(heldOut)} held-out tokens twice`);

/** The same predictor, with the time that each token took. */
function timed(predictor: Predictor, times: number[]): Predictor {
  return {
    reset: () => predictor.reset(),
    step: async (token) => {
      const from = performance.now();
      const logits = await predictor.step(token);
      times.push(performance.now() - from);
      return logits;
    },
  };
}

const [floatTimes, integerTimes]: [number[], number[]] = [[], []];
const { tokens, floatPerplexity, integerPerplexity, agree } = await comparePredictions({
  float: timed(float, floatTimes),
  integer: timed(integer, integerTimes),
  sequences: heldOut,
  stopToken: STOP_TOKEN,
  onToken: (done) => {
    if (done % 1000 === 0) progress(`${done} tokens`);
  },
});
await float.close();
await integer.close();

report(
  "language",
  [
    atMost("perplexity_ratio", integerPerplexity / floatPerplexity, 1.02, "ratio"),
    atLeast("held_out_tokens", tokens, 8000, "tokens"),
  ],
  [
    {
      model: "storyteller",
      tokens,
      float_perplexity: round(floatPerplexity),
      provable_perplexity: round(integerPerplexity),
      greedy_agreement: round(agree / tokens),
      float_ms_p50: round(median(floatTimes)),
      provable_ms_p50: round(median(integerTimes)),
    },
  ],
);
