// A program that reads and writes text, small enough to be run on any machine in no time: the toy decoder with a real tokenizer.
import { emitOnnx, encodeManifest, type Manifest } from "@assay/sdk/program";
import { tokenizerHash } from "@assay/sdk/text";
import { storytellerTokenizer } from "../../examples/storyteller/storyteller.ts";
import { writeProgramFolder } from "../../node/cli/programFolder.ts";
import {
  generationInputs,
  generationOutputs,
  generationProgram,
} from "../../node/compiler/generation/generate.ts";
import { type ProgramFiles, programOf } from "../../node/programFiles.ts";
import { toyDecoder } from "./toyDecoder.ts";

/** Writes it into a folder. */
export function writeTextProgram(folder: string): ProgramFiles {
  const program = generationProgram(toyDecoder(300, 40, 2 ** -6), {
    ...{ prompt: 16, tokens: 12, stopToken: 0, padToken: 1, sampling: "seeded" },
  });
  const tokenizerBytes = storytellerTokenizer();
  const integer = { kind: "integer" } as const;
  const manifest: Manifest = {
    name: "babbler",
    version: "1",
    licence: "MIT",
    inputs: program.inputs.map((type, index) => ({
      ...{ name: generationInputs.seeded[index]!, dtype: type.dtype, shape: [...type.shape], codec: integer },
    })),
    outputs: program.outputs.map((slot, index) => {
      const { dtype, shape } = program.steps[slot]!.out;
      return { name: generationOutputs[index]!, dtype, shape: [...shape], codec: integer };
    }),
    labels: [],
    source: { sha256: "0".repeat(64) },
    compiler: { version: "0", options: {} },
    text: {
      tokenizer: { sha256: tokenizerHash(tokenizerBytes) },
      template: { begin: "", system: null, user: "{text}", assistant: null, reply: ":" },
      inputs: { prompt: "prompt", length: "length", seed: "seed", temperature: "temperature" },
      outputs: { tokens: "tokens", count: "count" },
      stopToken: 0,
    },
  };
  const files = programOf(emitOnnx(program), encodeManifest(manifest), { tokenizerBytes });
  writeProgramFolder(folder, files);
  return files;
}
