// A result with everything that checking it offline takes, in one JSON file.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { getInput, getResultFacts, type InferenceResult, type ResultFacts, stringifyJson } from "@assay/sdk";
import { finalityLevels, methods, requestStatuses } from "@assay/sdk/protocol";
import { bytesToHex, type Hex, isHex } from "viem";
import { z } from "zod";
import { address, amount, bytes32 } from "../optionTypes.ts";
import type { ChainAccess } from "./chain.ts";
import { InputFormatError } from "./npy.ts";
import { parseJson, readInputFile } from "./numbers.ts";

export type Receipt = { programId: Hex; input: Hex; output: Hex; facts: ResultFacts };

const count = z.number().int().nonnegative();
const hex = z.custom<Hex>((value) => isHex(value) && value.length % 2 === 0, "expected bytes in hex");

const schema = z.object({
  programId: bytes32,
  input: hex,
  output: hex,
  facts: z.object({
    chainId: count,
    market: address,
    requestId: bytes32,
    status: z.enum(requestStatuses),
    request: z.object({
      requester: address,
      salt: amount,
      programId: bytes32,
      inputRoot: bytes32,
      inputPosted: z.boolean(),
      fee: amount,
      version: count,
      method: z.enum(methods),
      level: z.enum(finalityLevels),
      worker: address,
      consumer: address,
      callbackGas: count,
    }),
    commitment: z.object({
      commitId: bytes32,
      worker: address,
      passes: count,
      outputRoot: bytes32,
      proof: z.array(bytes32),
    }),
    batchRoot: bytes32,
    registration: z.object({
      header: z.object({
        operatorSet: count,
        slots: count,
        constants: count,
        maxPasses: count,
        inputBytes: count,
        outputBytes: count,
        tensorDepth: count,
      }),
      descriptorsRoot: bytes32,
      constantsRoot: bytes32,
      manifestHash: bytes32,
      status: z.string(),
    }),
  }),
});

/**
 * What the chain has about a result.
 *
 * @param inputFolder Where its input lies, named by its root, if it is kept off the chain.
 */
export async function collectReceipt(
  { client, deployment }: ChainAccess,
  { requestId, programId, output }: Pick<InferenceResult, "requestId" | "programId" | "output">,
  inputFolder: string | undefined,
): Promise<Receipt> {
  const facts = await getResultFacts(client, { deployment, requestId });
  const { inputPosted, inputRoot } = facts.request;
  const isKept = !inputPosted && inputFolder !== undefined;
  const input = isKept
    ? readInputFile(join(inputFolder, inputRoot))
    : await getInput(client, { deployment, requestId });
  return { programId, input: bytesToHex(input), output: bytesToHex(output), facts };
}

export async function saveReceipt(
  chain: ChainAccess,
  result: InferenceResult,
  { file, inputFolder }: { file: string; inputFolder: string | undefined },
): Promise<void> {
  // Parsing drops what no check needs.
  const receipt = schema.parse(await collectReceipt(chain, result, inputFolder));
  writeFileSync(file, `${stringifyJson(receipt, 2)}\n`);
}

/** @throws InputFormatError naming the first field that is missing or malformed. */
export function readReceipt(file: string): Receipt {
  const result = schema.safeParse(parseJson(new TextDecoder().decode(readInputFile(file)), file));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new InputFormatError("The file is not a saved result.", {
    facts: { file, field: issue?.path.join("."), problem: issue?.message },
    hint: "Make one with `assay request --save FILE`",
  });
}
