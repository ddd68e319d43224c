// The execution providers of onnxruntime on which programs may run: whichever gives the same bits.
import { ProviderUnavailableError } from "./errors.ts";

export const providers = ["cpu", "webgpu", "cuda"] as const;
export type Provider = (typeof providers)[number];

/**
 * @param built The providers that this build of onnxruntime knows.
 * @throws ProviderUnavailableError
 */
export function assertProvider(provider: Provider, built: readonly string[]): void {
  if (built.includes(provider)) return;
  throw new ProviderUnavailableError("This build of onnxruntime does not have the execution provider.", {
    facts: { provider, available: built.filter((name) => (providers as readonly string[]).includes(name)) },
    hint: "Use --provider cpu, which is in every build",
  });
}

/** What to throw when a model could not be opened on a provider other than the processor. */
export const unavailable = (provider: Provider, cause: unknown): ProviderUnavailableError =>
  new ProviderUnavailableError("The execution provider cannot be used on this machine.", {
    facts: { provider },
    hint: "Install its driver and libraries (docs/operate.md), or use --provider cpu",
    cause,
  });
