// Checks a result offline: recomputes every hash and runs the program again.
import type { Address } from "viem";
import {
  type Check,
  check,
  checkRegistration,
  equal,
  type JudgedAnswer,
  type Judgement,
  judgeAnswer,
  type Registration,
} from "./judgeAnswer.ts";
import { batchRootOf } from "./protocol/batch.ts";
import type { RequestStatus } from "./protocol/enums.ts";
import type { Hex } from "./protocol/hash.ts";
import { commitId, requestId as requestIdOf } from "./protocol/ids.ts";
import type { Leaf, Request } from "./protocol/request.ts";

/** What the chain says about a result; `getResultFacts` reads it. */
export type ResultFacts = {
  chainId: number;
  market: Address;
  requestId: Hex;
  request: Request;
  status: RequestStatus;
  /** The published answer: what it binds, and the way from its commitment to the root of its batch. */
  commitment: Leaf & { commitId: Hex; worker: Address };
  /** The root that the market holds for the answer's batch. */
  batchRoot: Hex;
  registration: Registration;
};

export type ResultCheckName =
  | "program"
  | "rules"
  | "execution"
  | "registration"
  | "requestId"
  | "request"
  | "inputRoot"
  | "outputRoot"
  | "passes"
  | "commitment"
  | "batch"
  | "status";

export type ResultCheck = Check<ResultCheckName>;

export type VerifyResultParameters = JudgedAnswer & {
  /** What the chain says, to check the commitment too. */
  facts?: ResultFacts | undefined;
};

export type VerifyResultReturnType = {
  /** True when every check passed. */
  valid: boolean;
  checks: readonly ResultCheck[];
  /** What these checks cannot show, one sentence each. */
  unchecked: readonly string[];
  programId: Hex;
  inputRoot: Hex;
  outputRoot: Hex;
};

/**
 * Checks a result offline, in plain TypeScript: recomputes the program id and the roots, and runs the program again with the
 * reference executor. With the chain's facts it also checks that this is what the worker is liable for.
 *
 * @param parameters.program - The program, as `readFastForm` of `@assay/sdk/program` reads it from the published file.
 * @param parameters.manifest - The manifest, or its published bytes.
 * @param parameters.programId - The program that was asked for.
 * @param parameters.input - The input bytes of the program.
 * @param parameters.output - The output bytes to be judged.
 * @param parameters.facts - What the chain says; `getResultFacts` reads it.
 * @returns Each check with its outcome, and what was not checked. Never throws because of a wrong result.
 *
 * @example
 * import { verifyResult } from "@assay/sdk";
 * import { readFastForm } from "@assay/sdk/program";
 *
 * const { valid, checks } = verifyResult({ program: readFastForm(file), manifest, programId, input, output });
 * // valid: true, checks: program, rules, execution
 */
export function verifyResult(parameters: VerifyResultParameters): VerifyResultReturnType {
  const { facts } = parameters;
  const judged = judgeAnswer(parameters);
  const checks: ResultCheck[] = [...judged.checks, ...(facts ? chainChecks(facts, judged) : [])];
  const { programId, inputRoot, outputRoot } = judged;
  const valid = checks.every(({ passed }) => passed);
  return { valid, checks, unchecked: unchecked(facts), programId, inputRoot, outputRoot };
}

function chainChecks(facts: ResultFacts, judged: Judgement): ResultCheck[] {
  const { request, commitment, requestId, market, status } = facts;
  const { passes, worker } = commitment;
  const { programId, inputRoot, outputRoot } = judged;
  const chainId = BigInt(facts.chainId);
  const liable = commitId({
    ...{ chainId, source: market },
    terms: { subject: requestId, programId, inputRoot, outputRoot, passes, worker, version: request.version },
  });
  const stands = status === "committed" || status === "finalized";
  return [
    checkRegistration(judged, facts.registration),
    equal(
      "requestId",
      "The request is the one of its id.",
      requestIdOf({ chainId, market, request }),
      requestId,
    ),
    equal("request", "The request asks for this program.", programId, request.programId),
    equal("inputRoot", "The input is the one of the request.", inputRoot, request.inputRoot),
    equal("outputRoot", "The output is the committed one.", outputRoot, commitment.outputRoot),
    equal(
      "passes",
      "The program stopped after the committed number of passes.",
      `${judged.passes ?? "none"}`,
      `${passes}`,
    ),
    equal("commitment", "The worker is liable for exactly this answer.", liable, commitment.commitId),
    equal(
      "batch",
      "The commitment lies in the batch that the market holds.",
      batchRootOf(commitment.commitId, commitment.proof),
      facts.batchRoot,
    ),
    check(
      "status",
      "The commitment stands: it is neither slashed nor refunded.",
      stands ? undefined : status,
    ),
  ];
}

function unchecked(facts: ResultFacts | undefined): string[] {
  const accuracy = "Whether the model itself is any good.";
  if (!facts)
    return ["Whether anybody is liable for the output: no facts of the chain were given.", accuracy];
  return [
    "Whether the facts come from the real chain: they are as good as the endpoint that served them.",
    ...(facts.status === "finalized" ? [] : ["Whether the result will become final: its window is open."]),
    accuracy,
  ];
}
