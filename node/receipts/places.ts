// Where workers hand out what they signed: URLs that the operator named, and the workers that answered there.
import type { Hex } from "@assay/sdk/protocol";
import { type Address, getAddress, isAddress } from "viem";
import { redactUrl } from "../config.ts";
import { fetchBytes } from "../http/fetchBytes.ts";
import { withoutSlashes } from "../programPlaces.ts";
import type { RoleContext } from "../roles/context.ts";
import { isSame } from "../strategy/claims.ts";

export type Places = {
  /** Those of a worker, in the order in which they were named. */
  of(worker: Hex): string[];
  /** URLs that have not said whose they are. */
  unknown(): string[];
  /** Asks there; what was said is remembered. */
  ask(url: string, signal: AbortSignal): Promise<void>;
};

const limits = { maxBytes: 65_536, timeoutSeconds: 10 };

export function createPlaces(
  { journal, logger }: Pick<RoleContext, "journal" | "logger">,
  urls: readonly string[],
): Places {
  const known = journal.notes<{ url: string; worker: Address }, "kept">("auditPlaces");
  return {
    of: (worker) =>
      urls.filter((url) => {
        const place = known.get(url);
        return place !== undefined && isSame(place.data.worker, worker);
      }),
    unknown: () => urls.filter((url) => known.get(url) === undefined),
    ask: async (url, signal) => {
      const bytes = await fetchBytes(`${withoutSlashes(url)}/v1/offer`, { ...limits, signal });
      const { worker } = JSON.parse(new TextDecoder().decode(bytes)) as { worker?: unknown };
      if (typeof worker !== "string" || !isAddress(worker)) throw new Error("No worker is named there.");
      known.put(url, "kept", { url, worker: getAddress(worker) });
      logger.info("Receipts are fetched", { from: redactUrl(url), worker });
    },
  };
}
