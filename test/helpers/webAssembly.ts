// onnxruntime's WebAssembly build beside the native one. Where both share their registry of backends, the first that calls
// itself "cpu" stays it: the native one has to be loaded first.
import { InferenceSession as NativeSession } from "onnxruntime-node";
import { env, InferenceSession, Tensor } from "onnxruntime-web";

env.wasm.numThreads = 1;

export { Tensor as WasmTensor };

export type OptimizationLevel = "disabled" | "basic" | "all";

export const openInWasm = (
  file: Uint8Array,
  graphOptimizationLevel: OptimizationLevel = "basic",
): Promise<InferenceSession> =>
  InferenceSession.create(file, {
    executionProviders: ["wasm"],
    graphOptimizationLevel,
    logSeverityLevel: 3,
  });

/** What runs a session: another class in each build. */
const runnerOf = (session: object): unknown => (session as { handler?: object }).handler?.constructor;

/** Whether sessions of the two builds really are of two builds. */
export async function areTwoBuilds(file: Uint8Array): Promise<boolean> {
  const native = await NativeSession.create(file, { executionProviders: ["cpu"] });
  const wasm = await openInWasm(file);
  const runners = [native, wasm].map(runnerOf);
  await Promise.all([native.release(), wasm.release()]);
  return runners.every((runner) => runner !== undefined) && runners[0] !== runners[1];
}
