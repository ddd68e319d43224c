// assay verify: checks an answer without trusting anybody: every hash again, and the program run again.
import { getResult, type ResultCheck, verifyResult } from "@assay/sdk";
import type { Hex } from "viem";
import { openChain } from "../cli/chain.ts";
import { defineCommand, optional } from "../cli/command.ts";
import type { Context } from "../cli/context.ts";
import { exits, UsageError } from "../cli/failure.ts";
import { facts } from "../cli/layout.ts";
import { readProgramFolder } from "../cli/programFolder.ts";
import { findProgram } from "../cli/programSource.ts";
import { collectReceipt, type Receipt, readReceipt } from "../cli/receipt.ts";
import { id, text } from "../cli/values.ts";
import type { ProgramFiles } from "../programFiles.ts";

type Verified = {
  valid: boolean;
  programId: Hex;
  requestId: Hex;
  checks: readonly ResultCheck[];
  unchecked: readonly string[];
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
  },
  examples: ["assay verify 0x…", "assay verify --receipt answer.json --program my-program"],
  run: async (context, { request, receipt: file, program }): Promise<Verified> => {
    const { receipt, files } = await gather(context, request, file, program);
    const { programId, input, output, facts: chainFacts } = receipt;
    const { valid, checks, unchecked } = verifyResult({
      program: files.program,
      manifest: files.manifestBytes,
      programId,
      input,
      output,
      facts: chainFacts,
    });
    const verified = { valid, programId, requestId: chainFacts.requestId, checks, unchecked };
    return valid ? verified : { ...verified, exitCode: exits.fatal };
  },
  render: ({ valid, programId, requestId, checks, unchecked }) =>
    [
      valid ? "The answer is right." : "The answer is NOT proven right.",
      checks
        .map(
          ({ passed, statement, found }) =>
            `  ${passed ? "✔" : "✖"} ${statement}${found ? `\n    found: ${found}` : ""}`,
        )
        .join("\n"),
      `Not checked:\n${unchecked.map((line) => `  · ${line}`).join("\n")}`,
      facts([
        ["request", requestId],
        ["program", programId],
      ]),
    ].join("\n\n"),
});

async function gather(
  context: Context,
  requestId: Hex | undefined,
  file: string | undefined,
  program: string | undefined,
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
  const receipt = await collectReceipt(chain, result);
  return { receipt, files: await findProgram(context, chain, program ?? receipt.programId) };
}
