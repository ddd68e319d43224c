// Known answers once per program and start: a machine that gets them wrong judges no answer of that program.
import type { Hex } from "@assay/sdk/protocol";
import { SelfTestError } from "../errors.ts";

export type Trust = {
  /** Throws while the program has not passed on this machine. */
  require(programId: Hex): Promise<void>;
  /** Programs that have failed. */
  distrusted: ReadonlySet<Hex>;
};

/** @param selfTest Throws SelfTestError when a known answer comes out wrong. */
export function createTrust(
  selfTest: (programId: Hex) => Promise<unknown>,
  onFailed: (programId: Hex) => void = () => {},
): Trust {
  const trusted = new Map<Hex, Promise<unknown>>();
  const distrusted = new Set<Hex>();
  return {
    distrusted,
    require: async (programId) => {
      const known = trusted.get(programId) ?? selfTest(programId);
      trusted.set(programId, known);
      try {
        await known;
      } catch (error) {
        if (error instanceof SelfTestError) {
          distrusted.add(programId);
          onFailed(programId);
        } else trusted.delete(programId);
        throw error;
      }
    },
  };
}
