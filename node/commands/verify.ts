// assay verify: checks an answer without trusting anybody: every hash again, and the program run again.
import { BaseError, getResult, type ResultCheck, verifyResult } from "@assay/sdk";
import { decodePrompt, decodeTokens, openText, type TextCheck, verifyText } from "@assay/sdk/text";
import { type Hex, hexToBytes } from "viem";
import { printable } from "../cli/answer.ts";
import { openChain } from "../cli/chain.ts";
import { defineCommand, optional } from "../cli/command.ts";
import type { Context } from "../cli/context.ts";
import { exits, UsageError } from "../cli/failure.ts";
import { facts } from "../cli/layout.ts";
import { readProgramFolder } from "../cli/programFolder.ts";
import { findProgram } from "../cli/programSource.ts";
import { collectReceipt, type Receipt, readReceipt } from "../cli/receipt.ts";
import { type PromptGiven, promptFlags, readPrompt } from "../cli/textInput.ts";
import { id, text } from "../cli/values.ts";
import type { ProgramFiles } from "../programFiles.ts";

type Verified = {
  valid: boolean;
  programId: Hex;
  requestId: Hex;
  checks: readonly (ResultCheck | TextCheck)[];
  unchecked: readonly string[];
  /** What was asked and answered, where the program reads and writes text. */
  prompt: string | null;
  text: string | null;
  exitCode?: number;
};

export const verifyCommand = defineCommand({
  name: "verify",
  group: "Use",
  summary: "Check an answer: recompute every hash and run the program again",
  about:
    "With a request id, the chain says what was asked and answered. With --receipt and a program folder nothing but this machine is asked. Exits with 1 when any check fails.",
  scopes: ["chain", "programs"],
  args: { request: optional(id, "Request id; not needed with --receipt") },
  flags: {
    receipt: optional(text, "File that `assay request --save` wrote: checks offline", {
      placeholder: "file",
    }),
    program: optional(text, "Folder with the program's files; fetched if not given", {
      placeholder: "folder",
    }),
    inputFolder: optional(text, "Folder with the input, named by its root, where it is kept off the chain", {
      placeholder: "folder",
    }),
    ...promptFlags,
    text: optional(text, "The answer as it was read; checked together with --prompt", {
      placeholder: "text",
    }),
  },
  examples: ["assay verify 0x…", "assay verify --receipt answer.json --program my-program"],
  run: async (context, { request, receipt: file, program, inputFolder, ...said }): Promise<Verified> => {
    const { receipt, files } = await gather(context, request, { file, program, inputFolder });
    const { programId, input, output, facts: chainFacts } = receipt;
    const result = verifyResult({
      program: files.program,
      manifest: files.manifestBytes,
      programId,
      input,
      output,
      facts: chainFacts,
    });
    const words = wordsOf(files, receipt, said);
    const valid = result.valid && words.checks.every(({ passed }) => passed);
    const verified = {
      ...{ valid, programId, requestId: chainFacts.requestId, prompt: words.prompt, text: words.text },
      ...{ checks: [...result.checks, ...words.checks], unchecked: result.unchecked },
    };
    return valid ? verified : { ...verified, exitCode: exits.fatal };
  },
  render: ({ valid, programId, requestId, checks, unchecked, prompt, text }) =>
    [
      valid ? "The answer is right." : "The answer is NOT proven right.",
      checks
        .map(
          ({ passed, statement, found }) =>
            `  ${passed ? "✔" : "✖"} ${statement}${found ? `\n    found: ${found}` : ""}`,
        )
        .join("\n"),
      `Not checked:\n${unchecked.map((line) => `  · ${line}`).join("\n")}`,
      ...(text === null ? [] : [`Asked:\n${quoted(prompt ?? "")}\nAnswered:\n${quoted(text)}`]),
      facts([
        ["request", requestId],
        ["program", programId],
      ]),
    ].join("\n\n"),
});

const quoted = (words: string): string => printable(words).replace(/^/gm, "  ");

type Words = { prompt: string | null; text: string | null; checks: readonly TextCheck[] };

/** What the bytes say in words, and whether that is what a person wrote and read. */
function wordsOf(
  { manifest, tokenizerBytes }: ProgramFiles,
  { input, output }: Receipt,
  { text: read, ...given }: PromptGiven & { text: string | undefined },
): Words {
  const prompt = readPrompt(given);
  if (manifest.text === undefined || tokenizerBytes === undefined) {
    if (prompt === undefined && read === undefined) return { prompt: null, text: null, checks: [] };
    throw new UsageError("The program reads and writes no text.");
  }
  const opened = openText(manifest, tokenizerBytes);
  const asked = orNull(() => decodePrompt(opened, hexToBytes(input)).text);
  const text = orNull(() => decodeTokens(opened, hexToBytes(output)).text);
  if (prompt === undefined && read !== undefined)
    throw new UsageError("--text is checked together with --prompt.", { hint: "Give both" });
  const { seed, temperature } = given;
  const said = { manifest, tokenizer: tokenizerBytes, seed, temperature, input, output };
  const checks = prompt === undefined ? [] : verifyText({ ...said, prompt, text: read ?? text ?? "" }).checks;
  return { prompt: asked, text, checks };
}

/** Bytes that are no text are no reason to stop: the other checks say what is wrong with them. */
function orNull(read: () => string): string | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof BaseError) return null;
    throw error;
  }
}

async function gather(
  context: Context,
  requestId: Hex | undefined,
  { file, program, inputFolder }: Record<"file" | "program" | "inputFolder", string | undefined>,
): Promise<{ receipt: Receipt; files: ProgramFiles }> {
  if ((requestId === undefined) === (file === undefined))
    throw new UsageError("Give a request id or --receipt, one of them.", {
      hint: "assay verify 0x…, or assay verify --receipt FILE --program FOLDER",
    });
  if (file !== undefined) {
    if (program === undefined)
      throw new UsageError("--program is needed.", {
        hint: "Name the folder with the program's files: nothing is fetched",
      });
    return { receipt: readReceipt(file), files: readProgramFolder(program) };
  }
  const chain = await openChain(context);
  const { client, deployment } = chain;
  const result = await getResult(client, { deployment, requestId: requestId! });
  const receipt = await collectReceipt(chain, result, inputFolder);
  return { receipt, files: await findProgram(context, chain, program ?? receipt.programId) };
}
