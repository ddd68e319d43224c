// Float decoders of the usual exports: found by their names, compiled, and compared with what they were.
import { readFileSync } from "node:fs";
import { checkProgram, packInputs, unpackInputs } from "@assay/sdk/program";
import { expect } from "chai";
import {
  heldOutPassages,
  storytellerPath,
  storytellerTokenizer,
} from "../../../../examples/storyteller/storyteller.ts";
import {
  comparePredictions,
  compileGeneration,
  FloatDecoder,
  floatStep,
  formatGenerationReport,
  IntegerDecoder,
  readDecoder,
} from "../../../../node/compiler/generation/index.ts";
import { readGraph } from "../../../../node/compiler/graph/index.ts";
import { ProgramSession } from "../../../../node/execution/programSession.ts";
import { floatDecoderBytes } from "../../../helpers/floatDecoder.ts";
import { Random } from "../../../helpers/random.ts";

const VOCABULARY = 40;
const CONTEXT = 16;
const random = new Random(2);
const sequences = Array.from({ length: 40 }, () =>
  Array.from({ length: random.integer(3, CONTEXT) }, () => random.integer(0, VOCABULARY - 1)),
);
const grown = floatDecoderBytes({ vocabulary: VOCABULARY, context: CONTEXT });

describe("float decoders", () => {
  it("are found by their names, whatever the exporter", async () => {
    const decoder = readDecoder(await readGraph(grown));
    expect(decoder.token.name).to.equal("input_ids");
    expect(decoder.position?.name).to.equal("position_ids");
    expect(decoder.mask?.name).to.equal("attention_mask");
    expect(decoder.caches.map(({ past, present, grows }) => [past.name, present.name, grows])).to.deep.equal([
      ["past_key_values.0.key", "present.0.key", 2],
      ["past_key_values.0.value", "present.0.value", 2],
    ]);
    expect([decoder.vocabulary, decoder.context]).to.deep.equal([VOCABULARY, CONTEXT]);
    const storyteller = readDecoder(await readGraph({ path: storytellerPath() }));
    expect([storyteller.vocabulary, storyteller.context, storyteller.caches.length]).to.deep.equal([
      1024, 256, 8,
    ]);
    const dimensions = {
      ...{ sequence_length: 1, past_sequence_length: CONTEXT - 1, "past_sequence_length + 1": CONTEXT },
    };
    const open = floatDecoderBytes({ vocabulary: VOCABULARY, context: CONTEXT, open: true });
    expect(readDecoder(await readGraph(open, { dimensions })).context).to.equal(CONTEXT);
  });

  it("are refused where something is missing, by its name", async () => {
    const graph = await readGraph(grown);
    const refused = (names: object) => () => readDecoder(graph, names);
    expect(refused({ token: "ids" })).to.throw("no input of this name");
    expect(refused({ logits: "scores" })).to.throw("no output with the logits");
    expect(refused({ caches: [["past_key_values.0.key", "present.0.key"]] })).to.throw(
      /none that generation knows[\s\S]*past_key_values.0.value/,
    );
    expect(refused({ caches: [["past_key_values.0.key", "logits"]] })).to.throw("another shape");
    const bare = await readGraph(
      floatDecoderBytes({ vocabulary: VOCABULARY, context: CONTEXT, mask: false }),
    );
    expect(() => readDecoder(bare)).to.throw("no mask");
    const digits = await readGraph(
      readFileSync(new URL("../../../../examples/digits/digits.onnx", import.meta.url)),
    );
    expect(() => readDecoder(digits)).to.throw("no input for one token");
  });

  it("with caches that grow predict in integers as in floats", async () => {
    const decoder = readDecoder(await readGraph(grown));
    const step = await floatStep({ decoder, sequences });
    const [float, integer] = [await FloatDecoder.open(decoder), await IntegerDecoder.open(step)];
    const compared = await comparePredictions({ float, integer, sequences });
    // It was never trained: a perplexity of millions, of which only the logarithm means something.
    const nats = Math.log(compared.integerPerplexity) / Math.log(compared.floatPerplexity);
    expect(nats).to.be.within(0.99, 1.01);
    expect(compared.agree / compared.tokens).to.be.greaterThan(0.9);
    await float.close();
    await integer.close();
  });

  it("become programs that write what the step alone would", async () => {
    const options = { name: "small", prompt: 8, tokens: 9, stopToken: 3, padToken: 2 };
    const progress: string[] = [];
    const { program, manifest, report } = await compileGeneration({
      ...{ modelBytes: grown, sequences, options },
      onProgress: ({ stage }) => progress.push(stage),
    });
    checkProgram(program);
    expect([...new Set(progress)]).to.deep.equal(["calibrate", "quantize", "check", "compare"]);
    expect(manifest.inputs.map(({ name }) => name)).to.deep.equal(["prompt", "length"]);
    expect(formatGenerationReport(report)).to.match(/ratio (0\.9|1\.0)/);
    const again = await compileGeneration({ modelBytes: grown, sequences, options });
    expect(again.program).to.deep.equal(program);

    const decoder = readDecoder(await readGraph(grown));
    const integer = await IntegerDecoder.open(await floatStep({ decoder, sequences }));
    const session = await ProgramSession.open(program);
    for (const prompt of [[5], [7, 30, 1], [9, 9, 9, 8, 7, 6, 5, 4]]) {
      integer.reset();
      const written: number[] = [];
      const queue = [...prompt];
      while (written.length < options.tokens && written.at(-1) !== options.stopToken) {
        const logits = Array.from(await integer.step(queue.shift()!));
        if (queue.length > 0) continue;
        written.push(logits.indexOf(Math.max(...logits)));
        queue.push(written.at(-1)!);
      }
      const padded = Int32Array.from({ length: 8 }, (_, index) => prompt[index] ?? 0);
      const input = packInputs(program, [padded, Int32Array.of(prompt.length)]);
      const { tensors } = await session.execute(unpackInputs(program, input));
      const count = Number(tensors[1]!.data[0]);
      expect(Array.from(tensors[0]!.data as Int32Array).slice(0, count)).to.deep.equal(written);
    }
    await session.close();
    await integer.close();
  });

  it("refuses sequences of another tokenizer, and none", async () => {
    const options = { name: "small", prompt: 8, tokens: 9 };
    const compile = (sequences: number[][]) => compileGeneration({ modelBytes: grown, sequences, options });
    for (const [given, message] of [
      [[[1, VOCABULARY]], "does not know"],
      [[[]], "needs texts"],
    ] as const)
      expect(await compile(given as never).catch((error: Error) => error.message)).to.include(message);
  });

  it("refuses a tokenizer with tokens that the model does not know", async () => {
    const template = { begin: "", system: null, user: "{text}", assistant: null, reply: "" };
    const text = { tokenizer: storytellerTokenizer(), template };
    const options = { name: "small", prompt: 8, tokens: 9, text };
    const refusal = await compileGeneration({ modelBytes: grown, sequences, options }).catch(
      (error) => error,
    );
    expect(refusal.name).to.equal("GenerationError");
    expect(refusal.facts).to.include({ token: VOCABULARY, vocabulary: VOCABULARY });
  });

  it("the storyteller keeps its perplexity", async () => {
    const decoder = readDecoder(await readGraph({ path: storytellerPath() }));
    const begun = heldOutPassages().map((tokens) => tokens.slice(0, 40));
    const step = await floatStep({ decoder, sequences: begun.slice(0, 4) });
    const [float, integer] = [await FloatDecoder.open(decoder), await IntegerDecoder.open(step)];
    const compared = await comparePredictions({ float, integer, sequences: begun.slice(100, 105) });
    expect(compared.tokens).to.be.greaterThan(150);
    expect(compared.integerPerplexity / compared.floatPerplexity).to.be.lessThan(1.02);
    expect(compared.agree / compared.tokens).to.be.greaterThan(0.9);
    await float.close();
    await integer.close();
  });
});
