// Reads damaged files, as whoever is handed one does.
import { elementCount, emitOnnx, type Program, readFastForm } from "@assay/sdk/program";
import { compileModel } from "../../node/compiler/compileModel.ts";
import { readGraph } from "../../node/compiler/graph/index.ts";
import { compileInteger } from "../../node/compiler/integer/index.ts";
import { sameBytes } from "./hostileRun.ts";
import type { Random } from "./random.ts";

/** A file that says that it is a program: accepted only if its program emits the same bytes. */
export async function readHostileProgram(file: Uint8Array): Promise<Program> {
  const program = readFastForm(file);
  sameBytes(emitOnnx(program), file, "the file and what its program emits");
  return program;
}

/** A file that says that it is an integer model. */
export const readHostileModel = async (file: Uint8Array): Promise<Program> =>
  compileInteger(await readGraph(file));

const CALIBRATION_SAMPLES = 3;
/** Larger inputs are not worth calibrating on noise. */
const MOST_VALUES = 2 ** 16;

/** A file that says that it is a float model, or a quantized one: calibrated on noise. */
export async function compileHostileModel(file: Uint8Array, random: Random): Promise<Program> {
  const { inputs } = await readGraph(file);
  const sizes = inputs.map(({ shape }) => Math.min(MOST_VALUES, elementCount({ shape })));
  const noise = (size: number) => Float32Array.from({ length: size }, () => 2 * random.next() - 1);
  const calibration = Array.from({ length: CALIBRATION_SAMPLES }, () => sizes.map(noise));
  return (await compileModel({ modelBytes: file, calibration, options: { name: "hostile" } })).program;
}
