// A program on disk: a folder with program.onnx and manifest.json, as `assay compile` writes it.
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  type CommittedProgram,
  commitProgram,
  decodeManifest,
  emitOnnx,
  encodeManifest,
  type Manifest,
  type Program,
  readFastForm,
} from "@assay/sdk/program";
import { programId as hashProgramId, manifestHash } from "@assay/sdk/protocol";
import type { Hex } from "viem";
import { InputFormatError } from "./npy.ts";
import { readInputFile } from "./numbers.ts";

export const programFile = "program.onnx";
export const manifestFile = "manifest.json";

export type ProgramFiles = {
  programId: Hex;
  program: Program;
  programBytes: Uint8Array;
  manifest: Manifest;
  manifestBytes: Uint8Array;
  committed: CommittedProgram;
  manifestHash: Hex;
};

/** Reads and checks a program folder, or the folder of the given program file. */
export function readProgramFiles(path: string): ProgramFiles {
  if (!existsSync(path))
    throw new InputFormatError("There is no such program folder.", {
      facts: { path },
      hint: "Make one with `assay compile MODEL.onnx`, or fetch one with `assay programs fetch PROGRAM_ID`",
    });
  const folder = statSync(path).isDirectory() ? path : dirname(path);
  return programOf(readInputFile(join(folder, programFile)), readInputFile(join(folder, manifestFile)));
}

/** A program with everything that follows from its two files. Throws what the SDK throws about malformed ones. */
export function programOf(programBytes: Uint8Array, manifestBytes: Uint8Array): ProgramFiles {
  const program = readFastForm(programBytes);
  const manifest = decodeManifest(manifestBytes);
  const committed = commitProgram(program);
  const hash = manifestHash(manifestBytes);
  const programId = hashProgramId(program.operatorSet, committed.programRoot, hash);
  return { programId, program, programBytes, manifest, manifestBytes, committed, manifestHash: hash };
}

/** Writes a program folder; files that are there are replaced. */
export function writeProgramFiles(folder: string, program: Program, manifest: Manifest): ProgramFiles {
  const files = programOf(emitOnnx(program), encodeManifest(manifest));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, programFile), files.programBytes);
  writeFileSync(join(folder, manifestFile), files.manifestBytes);
  return files;
}
