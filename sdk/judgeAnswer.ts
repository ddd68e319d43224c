// What the verification of a result and of a receipt have in common: each check with its outcome, and the program run again.
import { type Bytes, bytesOf } from "./bytes.ts";
import { BaseError } from "./errors.ts";
import { checkProgram } from "./program/checkProgram.ts";
import { type Execution, runProgram } from "./program/execute.ts";
import { encodeManifest, type Manifest } from "./program/manifest.ts";
import { type CommittedProgram, commitProgram } from "./program/program.ts";
import type { Program } from "./program/types.ts";
import { bytesToHex, type Hex } from "./protocol/hash.ts";
import { encodeHeader, manifestHash, type ProgramHeader, programId } from "./protocol/ids.ts";
import { byteRoot } from "./protocol/merkle.ts";

/** One check with its outcome. */
export type Check<name extends string> = {
  name: name;
  /** What is true if the check passed. */
  statement: string;
  passed: boolean;
  /** What was found instead; undefined when passed. */
  found: string | undefined;
};

/** What the chain says about a program. */
export type Registration = {
  header: ProgramHeader;
  descriptorsRoot: Hex;
  constantsRoot: Hex;
  manifestHash: Hex;
  status: string;
};

/** An answer to be judged, with the program that should have given it. */
export type JudgedAnswer = {
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
};

/** What running the program again has shown. */
export type Judgement = {
  checks: Check<"program" | "rules" | "execution">[];
  programId: Hex;
  inputRoot: Hex;
  outputRoot: Hex;
  manifestHash: Hex;
  committed: CommittedProgram;
  /** Undefined where the program could not be run. */
  passes: number | undefined;
};

const executionStatement = "The program, run again on the input, gives the output.";

/** Recomputes the program's id and the roots, and runs the program again with the reference executor. */
export function judgeAnswer(answer: JudgedAnswer): Judgement {
  const { program } = answer;
  const manifest = answer.manifest instanceof Uint8Array ? answer.manifest : encodeManifest(answer.manifest);
  const [input, output] = [bytesOf(answer.input), bytesOf(answer.output)];
  const committed = commitProgram(program);
  const manifestRoot = manifestHash(manifest);
  const id = programId(program.operatorSet, committed.programRoot, manifestRoot);
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
  return {
    checks: [
      equal("program", "Program and manifest hash to the program id.", id, answer.programId),
      rules,
      execution,
    ],
    programId: id,
    inputRoot: byteRoot(input),
    outputRoot: byteRoot(output),
    manifestHash: manifestRoot,
    committed,
    passes: run?.passes,
  };
}

/** Holds the program against what the chain says about it. */
export function checkRegistration(judged: Judgement, registration: Registration): Check<"registration"> {
  const { header, descriptorsRoot, constantsRoot } = judged.committed;
  const known = [registration.descriptorsRoot, registration.constantsRoot, registration.manifestHash];
  const own = [descriptorsRoot, constantsRoot, judged.manifestHash];
  return equal(
    "registration",
    "The registered header and roots are the program's, and the program is active.",
    [bytesToHex(encodeHeader(header)), ...own, "active"].join(" "),
    [bytesToHex(encodeHeader(registration.header)), ...known, registration.status].join(" "),
  );
}

export const check = <name extends string>(
  name: name,
  statement: string,
  found: string | undefined,
): Check<name> => ({ name, statement, passed: found === undefined, found });

export const equal = <name extends string>(
  name: name,
  statement: string,
  computed: string,
  claimed: string,
): Check<name> =>
  check(
    name,
    statement,
    computed.toLowerCase() === claimed.toLowerCase() ? undefined : `${claimed}, computed ${computed}`,
  );

export function attempt<name extends string>(
  name: name,
  statement: string,
  fault: () => string | undefined,
): Check<name> {
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
