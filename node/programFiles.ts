// A program as people pass it around: the ONNX file in fast form, the manifest's bytes, and everything that follows.
import {
  type CommittedProgram,
  commitProgram,
  decodeManifest,
  type Manifest,
  type Program,
  readFastForm,
} from "@assay/sdk/program";
import { programId as hashProgramId, manifestHash } from "@assay/sdk/protocol";
import type { Hex } from "viem";

export type ProgramFiles = {
  programId: Hex;
  program: Program;
  programBytes: Uint8Array;
  manifest: Manifest;
  manifestBytes: Uint8Array;
  committed: CommittedProgram;
  manifestHash: Hex;
};

/** Names of the two files, in folders and below URLs. */
export const programFile = "program.onnx";
export const manifestFile = "manifest.json";

/**
 * Reads and hashes a program's two files.
 *
 * @param program - What `readFastForm` made of the first one, if that happened elsewhere.
 * @throws what the SDK throws about files that are not exactly a program's.
 */
export function programOf(
  programBytes: Uint8Array,
  manifestBytes: Uint8Array,
  program: Program = readFastForm(programBytes),
): ProgramFiles {
  const manifest = decodeManifest(manifestBytes);
  const committed = commitProgram(program);
  const hash = manifestHash(manifestBytes);
  const programId = hashProgramId(program.operatorSet, committed.programRoot, hash);
  return { programId, program, programBytes, manifest, manifestBytes, committed, manifestHash: hash };
}
