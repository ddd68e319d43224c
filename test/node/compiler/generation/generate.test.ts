// Generation: the iterated program against a computation of its own, token by token.
import {
  allocate,
  checkProgram,
  commitProgram,
  elementCount,
  emitOnnx,
  type Program,
  packInputs,
  readFastForm,
  runProgram,
  unpackInputs,
  unpackOutputs,
} from "@assay/sdk/program";
import { expect } from "chai";
import { type GenerationOptions, generationProgram } from "../../../../node/compiler/generation/generate.ts";
import { ProgramSession } from "../../../../node/execution/programSession.ts";
import { philox } from "../../../helpers/philox.ts";
import { Random } from "../../../helpers/random.ts";
import { type ToyDecoder, toyDecoder } from "../../../helpers/toyDecoder.ts";

interface Asked {
  prompt: number[];
  seed?: bigint;
  temperature?: number;
}

interface Answered {
  tokens: number[];
  count: number;
  passes: number;
}

const PAD = 1;
const STOP = 0;

function run(
  program: Program,
  { prompt, seed = 0n, temperature = 1000 }: Asked,
  length = prompt.length,
): Answered {
  const room = program.inputs[0]!.shape[0]!;
  const padded = Int32Array.from({ length: room }, (_, index) => prompt[index] ?? -5);
  const drawing = program.inputs.length > 2 ? [BigUint64Array.of(seed), Int32Array.of(temperature)] : [];
  const input = packInputs(program, [padded, Int32Array.of(length), ...drawing]);
  const { output, passes } = runProgram(program, input);
  const [tokens, count] = unpackOutputs(program, output).map(({ data }) => Array.from(data, Number));
  return { tokens: tokens!, count: count![0]!, passes };
}

/** The token after `history`, by definition: the likeliest, or a draw by weights of 16 bits. */
function next(decoder: ToyDecoder, history: readonly number[], seed: bigint, temperature: number): number {
  const logits = decoder.logitsAfter(history);
  const most = Math.max(...logits);
  if (temperature < 50) return logits.indexOf(most);
  // The toy's scale is 2^-9 nats: one unit per step.
  const mostUnits = (12 * 2) / decoder.logitScale;
  const factor = Math.trunc(Math.round((8192 / 12) * decoder.logitScale * 1000 * 4096) / temperature);
  const weights = logits.map((logit) => {
    const entry = Math.min(8191, Math.floor((Math.min(mostUnits, most - logit) * factor + 2048) / 4096));
    return entry === 8191 ? 0 : Math.round(65536 * Math.exp((-entry * 12) / 8192));
  });
  const [left, right] = philox([BigInt(history.length - 1), seed >> 32n], seed & 0xffff_ffffn);
  const bits = ((left & 0x3fff_ffffn) << 32n) | right;
  let rest = Number(bits % BigInt(weights.reduce((sum, weight) => sum + weight)));
  return weights.findIndex((weight) => {
    rest -= weight;
    return rest < 0;
  });
}

function expected(
  decoder: ToyDecoder,
  asked: Asked,
  { tokens: room, stopToken, sampling }: GenerationOptions,
): Answered {
  const { prompt, seed = 0n, temperature = 1000 } = asked;
  const history = [...prompt];
  const written: number[] = [];
  while (written.length < room && history.length <= decoder.context) {
    const token = next(decoder, history, seed, sampling === "seeded" ? temperature : 0);
    written.push(token);
    history.push(token);
    if (token === stopToken) break;
  }
  const padding = new Array<number>(room - written.length).fill(PAD);
  return {
    ...{ tokens: [...written, ...padding], count: written.length },
    passes: prompt.length + written.length - 1,
  };
}

const emptyInputs = ({ inputs }: Program) => inputs.map((type) => allocate(type.dtype, elementCount(type)));

const decoder = toyDecoder(13, 20);
const seeded: GenerationOptions = {
  prompt: 6,
  tokens: 9,
  stopToken: STOP,
  padToken: PAD,
  sampling: "seeded",
};
const greedy: GenerationOptions = { prompt: 6, tokens: 9, stopToken: STOP, padToken: PAD };

describe("generation", () => {
  it("reads a prompt of any length, selects, and stops at the stop token or when there is no room", () => {
    const random = new Random(3);
    const endings = new Set<boolean>();
    for (const options of [greedy, seeded, { ...seeded, row: 4 }]) {
      const program = generationProgram(decoder, options);
      checkProgram(program);
      for (let turn = 0; turn < 30; turn++) {
        const prompt = Array.from({ length: 1 + (turn % 6) }, () => random.integer(0, 12));
        const asked = {
          prompt,
          seed: random.bigint(0n, 2n ** 64n - 1n),
          temperature: random.integer(0, 2000),
        };
        const answered = run(program, asked);
        expect(answered, `${turn} of ${JSON.stringify(options)}`).to.deep.equal(
          expected(decoder, asked, options),
        );
        endings.add(answered.count < 9);
      }
    }
    expect(endings.size).to.equal(2);
  });

  it("ends where the context is exhausted, and writes every token without a stop token", () => {
    const tight = toyDecoder(13, 7);
    const options = { ...greedy, tokens: 4 };
    const program = generationProgram(tight, options);
    expect(program.maxPasses).to.equal(7);
    const asked = { prompt: [3, 4, 5, 6, 7, 8] };
    const answered = run(program, asked);
    expect(answered).to.deep.equal(expected(tight, asked, options));
    expect(answered.passes).to.be.at.most(7);
    const { stopToken: _, ...endless } = greedy;
    expect(run(generationProgram(decoder, endless), { prompt: [2] }).count).to.equal(9);
  });

  it("S-22: continues a prompt and the beginning of its answer bit for bit", () => {
    const { stopToken: _, ...endless } = seeded;
    const program = generationProgram(decoder, { ...endless, prompt: 12 });
    const random = new Random(9);
    for (let turn = 0; turn < 8; turn++) {
      const asked = { prompt: [random.integer(0, 12), 5], seed: random.bigint(0n, 2n ** 64n - 1n) };
      const whole = run(program, asked).tokens;
      for (const kept of [1, 4, 8]) {
        const prompt = [...asked.prompt, ...whole.slice(0, kept)];
        const rest = run(program, { ...asked, prompt }).tokens;
        expect(rest.slice(0, whole.length - kept)).to.deep.equal(whole.slice(kept));
      }
    }
  });

  it("S-22: draws by seed and position, and by nothing else", () => {
    const { stopToken: _, ...endless } = seeded;
    const program = generationProgram(decoder, endless);
    const asked = { prompt: [4, 5], seed: 77n, temperature: 2000 };
    expect(run(program, asked)).to.deep.equal(run(program, asked));
    const others = [76n, 77n + 2n ** 32n, 2n ** 63n].map((seed) =>
      run(program, { ...asked, seed }).tokens.join(),
    );
    expect(new Set([run(program, asked).tokens.join(), ...others]).size).to.equal(4);
    expect(run(program, { ...asked, temperature: 49 })).to.deep.equal(
      run(program, { ...asked, temperature: 0 }),
    );
  });

  it("S-03: clips what hostile inputs hold", () => {
    const program = generationProgram(decoder, seeded);
    const [least, most] = [-(2 ** 31), 2 ** 31 - 1];
    const short = expected(decoder, { prompt: [12] }, seeded);
    expect(run(program, { prompt: [most] }, least)).to.deep.equal(short);
    expect(run(program, { prompt: [12] }, 0)).to.deep.equal(short);
    const full = expected(decoder, { prompt: [0, 12, 0, 12, 0, 0] }, seeded);
    expect(run(program, { prompt: [least, most, -1, 13, 0, -7] }, most)).to.deep.equal(full);
  });

  it("is the same in onnxruntime, also read back from its file", async () => {
    const random = new Random(21);
    for (const options of [greedy, { ...seeded, row: 4 }]) {
      const program = readFastForm(emitOnnx(generationProgram(decoder, options)));
      expect(commitProgram(program).programRoot).to.equal(
        commitProgram(generationProgram(decoder, options)).programRoot,
      );
      const session = await ProgramSession.open(program);
      for (let turn = 0; turn < 12; turn++) {
        const input = Uint8Array.from({ length: packInputs(program, emptyInputs(program)).length }, () =>
          random.integer(0, turn % 2 ? 255 : 3),
        );
        const { tensors, passes } = await session.execute(unpackInputs(program, input));
        const reference = runProgram(program, input);
        expect(passes).to.equal(reference.passes);
        const outputs = unpackOutputs(program, reference.output).map(({ data }) => data);
        expect(tensors.map(({ data }) => data)).to.deep.equal(outputs);
      }
      await session.close();
    }
  });

  it("refuses lengths and tokens that make no sense", () => {
    const refused = (change: object) => () => generationProgram(decoder, { ...greedy, ...change });
    for (const prompt of [0, 1.5, -1]) expect(refused({ prompt })).to.throw("positive integers");
    expect(refused({ prompt: 1, tokens: 1 })).to.throw("positive integers");
    expect(refused({ prompt: 21 })).to.throw("context");
    expect(refused({ stopToken: 13 })).to.throw("vocabulary");
    expect(refused({ padToken: -1 })).to.throw("vocabulary");
  });
});
