// Execution providers: named in every refusal, taken only with the right bits.
import { expect } from "chai";
import { listSupportedBackends } from "onnxruntime-node";
import { createFastExecutor } from "../../../node/execution/fastExecutor.ts";
import { checkKnownAnswers } from "../../../node/execution/knownAnswers.ts";
import { assertProvider, type Provider, providers } from "../../../node/execution/providers.ts";
import { errorOf, quiet } from "../../helpers/nodeParts.ts";

const executorOn = (provider: Provider) =>
  createFastExecutor({ sessions: 1, threads: 1, provider, ...quiet() });

describe("execution providers", () => {
  it("are known answers bit for bit, or refused by name", async () => {
    for (const provider of providers) {
      const executor = executorOn(provider);
      const outcome = await checkKnownAnswers(executor).then(
        () => undefined,
        (error: Error) => error,
      );
      await executor.close();
      expect(executor.name).to.equal(provider === "cpu" ? "fast" : `fast on ${provider}`);
      if (provider === "cpu") expect(outcome).to.equal(undefined);
      if (outcome === undefined) continue;
      expect(["ProviderUnavailableError", "SelfTestError"]).to.include(outcome.name);
      expect(outcome.message).to.include(provider);
    }
  });

  it("are refused with a typed error when the build does not have them", async () => {
    const built = listSupportedBackends().map(({ name }) => name);
    const absent = "rocm" as Provider;
    expect(built).to.include("cpu").and.not.include(absent);
    const executor = executorOn(absent);
    const error = await errorOf(() => checkKnownAnswers(executor));
    expect(error.name).to.equal("ProviderUnavailableError");
    expect(error.message)
      .to.match(/provider: rocm/)
      .and.match(/available: .*cpu/);
    expect(() => assertProvider("cuda", ["cpu", "webgpu"])).to.throw("does not have");
  });
});
