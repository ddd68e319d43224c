// Checks a result offline: recomputes every hash and runs the program again.
import type { Address } from "viem";
import { type Bytes, bytesOf } from "./bytes.ts";
import { BaseError } from "./errors.ts";
import { checkProgram } from "./program/checkProgram.ts";
import { type Execution, runProgram } from "./program/execute.ts";
import { encodeManifest, type Manifest } from "./program/manifest.ts";
import { type CommittedProgram, commitProgram } from "./program/program.ts";
import type { Program } from "./program/types.ts";
import { bytesToHex, type Hex } from "./protocol/hash.ts";
import { commitId, encodeHeader, manifestHash, type ProgramHeader, programId } from "./protocol/ids.ts";
import { byteRoot } from "./protocol/merkle.ts";
import type { Commitment, Request } from "./protocol/request.ts";

/** What the chain says about a result; `getResultFacts` reads it. */
export type ResultFacts = {
  chainId: number;
  market: Address;
  requestId: Hex;
  request: Pick<Request, "programId" | "inputRoot" | "commitId" | "status" | "version">;
  commitment: Pick<Commitment, "outputRoot" | "passes" | "worker">;
  registration: {
    header: ProgramHeader;
    descriptorsRoot: Hex;
    constantsRoot: Hex;
    manifestHash: Hex;
    status: string;
  };
};

export type ResultCheckName =
  | "program"
  | "rules"
  | "execution"
  | "registration"
  | "request"
  | "inputRoot"
  | "outputRoot"
  | "passes"
  | "commitment"
  | "status";

export type ResultCheck = {
  name: ResultCheckName;
  /** What is true if the check passed. */
  statement: string;
  passed: boolean;
  /** What was found instead; undefined when passed. */
  found: string | undefined;
};

export type VerifyResultParameters = {
  /** The program, as `readFastForm` of `@assay/sdk/program` reads it from the published file. */
  program: Program;
  /** The manifest, or its published bytes. */
  manifest: Manifest | Uint8Array;
  /** The program that was asked for. */
  programId: Hex;
  /** The input bytes of the program. */
  input: Bytes;
  /** The output bytes to be judged. */
  output: Bytes;
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

const executionStatement = "The program, run again on the input, gives the output.";

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
  const { program, facts } = parameters;
  const manifest =
    parameters.manifest instanceof Uint8Array ? parameters.manifest : encodeManifest(parameters.manifest);
  const [input, output] = [bytesOf(parameters.input), bytesOf(parameters.output)];
  const committed = commitProgram(program);
  const manifestRoot = manifestHash(manifest);
  const id = programId(program.operatorSet, committed.programRoot, manifestRoot);
  const roots = { programId: id, inputRoot: byteRoot(input), outputRoot: byteRoot(output) };
  const rules = attempt("rules", "The program obeys the rules of its operator set.", () => {
    checkProgram(program);
    return undefined;
  });
  let run: Execution | undefined;
  const execution = rules.passed
    ? attempt("execution", executionStatement, () => {
        run = runProgram(program, input);
        return firstDifference(run.output, output);
      })
    : check("execution", executionStatement, "not run, because the program breaks the rules");
  const checks = [
    equal("program", "Program and manifest hash to the program id.", id, parameters.programId),
    rules,
    execution,
    ...(facts
      ? chainChecks(facts, { ...roots, manifestHash: manifestRoot, committed, passes: run?.passes })
      : []),
  ];
  return { valid: checks.every(({ passed }) => passed), checks, unchecked: unchecked(facts), ...roots };
}

type Computed = {
  programId: Hex;
  inputRoot: Hex;
  outputRoot: Hex;
  manifestHash: Hex;
  committed: CommittedProgram;
  /** Undefined where the program could not be run. */
  passes: number | undefined;
};

function chainChecks(facts: ResultFacts, computed: Computed): ResultCheck[] {
  const { request, commitment, registration, requestId, market, chainId } = facts;
  const { header, descriptorsRoot, constantsRoot } = computed.committed;
  const known = [registration.descriptorsRoot, registration.constantsRoot, registration.manifestHash];
  const own = [descriptorsRoot, constantsRoot, computed.manifestHash];
  const { passes, worker } = commitment;
  const liable = commitId({
    ...{ chainId: BigInt(chainId), market, requestId, passes, worker, version: request.version },
    ...{ programId: computed.programId, inputRoot: computed.inputRoot, outputRoot: computed.outputRoot },
  });
  const alive = request.status === "committed" || request.status === "finalized";
  return [
    equal(
      "registration",
      "The registered header and roots are the program's, and the program is active.",
      [bytesToHex(encodeHeader(header)), ...own, "active"].join(" "),
      [bytesToHex(encodeHeader(registration.header)), ...known, registration.status].join(" "),
    ),
    equal("request", "The request asks for this program.", computed.programId, request.programId),
    equal("inputRoot", "The input is the one of the request.", computed.inputRoot, request.inputRoot),
    equal("outputRoot", "The output is the committed one.", computed.outputRoot, commitment.outputRoot),
    equal(
      "passes",
      "The program stopped after the committed number of passes.",
      `${computed.passes ?? "none"}`,
      `${passes}`,
    ),
    equal("commitment", "The worker is liable for exactly this answer.", liable, request.commitId),
    check(
      "status",
      "The commitment stands: it is neither slashed nor refunded.",
      alive ? undefined : request.status,
    ),
  ];
}

function unchecked(facts: ResultFacts | undefined): string[] {
  const accuracy = "Whether the model itself is any good.";
  if (!facts)
    return ["Whether anybody is liable for the output: no facts of the chain were given.", accuracy];
  return [
    "Whether the facts come from the real chain: they are as good as the endpoint that served them.",
    ...(facts.request.status === "finalized"
      ? []
      : ["Whether the result will become final: its window is open."]),
    accuracy,
  ];
}

const check = (name: ResultCheckName, statement: string, found: string | undefined): ResultCheck => ({
  name,
  statement,
  passed: found === undefined,
  found,
});

const equal = (name: ResultCheckName, statement: string, computed: string, claimed: string): ResultCheck =>
  check(
    name,
    statement,
    computed.toLowerCase() === claimed.toLowerCase() ? undefined : `${claimed}, computed ${computed}`,
  );

function attempt(name: ResultCheckName, statement: string, fault: () => string | undefined): ResultCheck {
  try {
    return check(name, statement, fault());
  } catch (error) {
    if (error instanceof BaseError) return check(name, statement, error.message);
    throw error;
  }
}

function firstDifference(computed: Uint8Array, claimed: Uint8Array): string | undefined {
  if (computed.length !== claimed.length) return `${claimed.length} bytes, computed ${computed.length}`;
  const index = computed.findIndex((byte, position) => byte !== claimed[position]);
  return index < 0 ? undefined : `byte ${index} is ${claimed[index]}, computed ${computed[index]}`;
}
