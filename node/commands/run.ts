// assay run: tries a program on this machine, without a chain.
import { packedOffsets } from "@assay/sdk/program";
import { byteRoot } from "@assay/sdk/protocol";
import type { Hex } from "viem";
import { type Shown, shownText, toShown } from "../cli/answer.ts";
import { defineCommand, optional, repeated, required, toggle } from "../cli/command.ts";
import { readProgramFolder } from "../cli/programFolder.ts";
import { readRequestInput } from "../cli/requestInput.ts";
import { promptFlags, readTextInput } from "../cli/textInput.ts";
import { text } from "../cli/values.ts";
import { second } from "../clock.ts";
import { createFastExecutor } from "../execution/fastExecutor.ts";
import { createReferenceExecutor } from "../execution/referenceExecutor.ts";
import { createThread } from "../execution/thread.ts";
import { createMetrics } from "../telemetry/metrics.ts";

type Ran = { programId: Hex; inputRoot: Hex; passes: number; seconds: number } & Shown;

export const runCommand = defineCommand({
  name: "run",
  group: "Programs",
  summary: "Run a program on this machine, without a chain",
  about: "Prints what a worker would answer. Nobody is liable for it, and nothing leaves this machine.",
  scopes: ["programs"],
  args: { folder: required(text, "Folder that `assay compile` wrote") },
  flags: {
    input: repeated(
      text,
      "Input file: .png, .pgm, .npy or .json; NAME=FILE where the program has several; - is stdin",
      { placeholder: "file" },
    ),
    ...promptFlags,
    raw: optional(text, "File with the program's input bytes as they are", { placeholder: "file" }),
    invert: toggle("Swap dark and light of an image"),
    reference: toggle("Run in plain TypeScript instead of onnxruntime: slow, and always the same bits"),
  },
  examples: [
    "assay run my-program --input sample.json",
    'assay run my-teller --prompt "In the beginning" --seed 7 --temperature 0.8',
  ],
  run: async (context, { folder, reference, ...given }): Promise<Ran> => {
    const files = readProgramFolder(folder);
    const { program, programId, manifest, committed } = files;
    const inputBytes = packedOffsets(program.inputs).length;
    const input =
      readTextInput(given, files) ??
      (await readRequestInput({ ...given, sources: given.input }, { manifest, inputBytes }, context.io));
    const { config, clock } = context;
    const executor = reference
      ? createReferenceExecutor(createThread())
      : createFastExecutor({ ...config, metrics: createMetrics(), clock });
    const progress = context.progress("run");
    const from = clock.now();
    try {
      const { output, passes } = await executor.run(committed, input, {
        onPass: (pass) => {
          context.signal.throwIfAborted();
          progress.update(`pass ${pass + 1} of at most ${program.maxPasses}`);
        },
      });
      const seconds = (clock.now() - from) / second;
      const ran = { programId, inputRoot: byteRoot(input), passes, seconds };
      return { ...ran, ...toShown({ output, outputRoot: byteRoot(output) }, files) };
    } finally {
      progress.done();
      await executor.close();
    }
  },
  render: (ran) =>
    shownText(ran, [
      ["passes", ran.passes],
      ["time", `${ran.seconds.toFixed(2)} s`],
      ["output root", ran.outputRoot],
      ["program", ran.programId],
    ]),
});
