// Those who play around receipts: a worker that answers over HTTP, a watchtower over its epochs, a keeper.
import { traceBytes } from "@assay/sdk/program";
import type { Hex } from "@assay/sdk/protocol";
import { parseEther, parseGwei, type Transport } from "viem";
import { receiptRoutes } from "../../node/http/receiptRoutes.ts";
import { createHttpServer, type HttpServer } from "../../node/http/server.ts";
import { type Auditor, type AuditorOptions, createAuditor } from "../../node/receipts/auditor.ts";
import {
  createReceiptWorker,
  type ReceiptWorker,
  type ReceiptWorkerOptions,
} from "../../node/receipts/worker.ts";
import { combineRoles } from "../../node/roles/combined.ts";
import { createReceiptKeeper } from "../../node/roles/receiptKeeper.ts";
import type { Role } from "../../node/roles/role.ts";
import { createWatchtower, type Watchtower, type WatchtowerOptions } from "../../node/roles/watchtower.ts";
import type { Machine } from "../../node/roles/worker.ts";
import { quiet } from "./nodeParts.ts";
import type { Network, Person } from "./people.ts";
import {
  fast,
  type Library,
  openParts,
  type Player,
  reference,
  shelf,
  watchtowerLimits,
  workerLimits,
} from "./players.ts";

export type ReceiptPlayer = Player<ReceiptWorker> & { url: string; server: HttpServer };

/** One that serves the whole library and does nothing else. */
export const machineOf = (library: Library): Machine => ({
  served: new Map(
    [...library].map(([programId, { header, program }]) => [
      programId,
      {
        ...{ header, traceBytes: traceBytes(program), offered: true, ready: true },
        ...{ executeSeconds: 0.01, traceSeconds: 0.01 },
      },
    ]),
  ),
  openWork: () => [],
  gas: () => ({ balance: parseEther("100"), maxFeePerGas: parseGwei("100") }),
});

/** A worker with its HTTP server. Stop the server when done. */
export async function joinReceiptWorker(
  network: Network,
  library: Library,
  changed: Partial<ReceiptWorkerOptions> & { folder?: string } = {},
): Promise<ReceiptPlayer> {
  const parts = openParts(network, "worker", changed);
  const role = createReceiptWorker({
    ...parts.context,
    account: network.addresses.worker,
    programs: shelf(library),
    fast: fast(),
    reference,
    machine: machineOf(library),
    limits: { ...workerLimits, sampleRate: 0, redeemAbove: 1n },
    ...changed,
  });
  const server = createHttpServer({
    ...quiet(),
    host: "127.0.0.1",
    port: 0,
    bodyBytes: 1_000_000,
    metricsHost: "127.0.0.1",
    health: () => ({ ready: true, reasons: [] }),
    inputs: { inputOfRoot: (root: Hex) => role.book.publicInputOf(root) },
    routes: (app) => app.use(receiptRoutes(role)),
  });
  await server.start?.(new AbortController().signal);
  return { ...parts, person: "worker", role, server, url: server.url() };
}

export type ReceiptWatchtower = Role & Pick<Auditor, "hand"> & { auditor: Auditor; watchtower: Watchtower };

/** A watchtower over requests and receipts. */
export function joinReceiptWatchtower(
  network: Network,
  library: Library,
  {
    person = "watchtower",
    urls = [],
    ...changed
  }: Partial<WatchtowerOptions> &
    Partial<Pick<AuditorOptions, "urls" | "tries">> & {
      person?: Person;
      folder?: string;
      transports?: readonly Transport[];
    } = {},
): Player<ReceiptWatchtower> {
  const parts = openParts(network, person, changed);
  const auditor = createAuditor({
    ...parts.context,
    urls,
    tries: changed.tries ?? 2,
    purse: () => watchtower.purse(),
  });
  const watchtower = createWatchtower({
    ...parts.context,
    fast: fast(),
    reference,
    programs: shelf(library),
    selfTest: async () => {},
    inputSources: [],
    coverage: { programs: [], workers: [], leastLock: 0n, share: 1 },
    limits: watchtowerLimits,
    maxFeePerGas: parseGwei("100"),
    maxHeadAgeSeconds: 0,
    ...changed,
    receipts: auditor,
  });
  parts.onChainEvents((events) => {
    auditor.take(events);
    void watchtower.observe(events);
  });
  const role = {
    ...combineRoles("watchtower", [watchtower, auditor]),
    hand: auditor.hand,
    auditor,
    watchtower,
  };
  return { ...parts, person, role };
}

export function joinReceiptKeeper(network: Network): Player {
  const parts = openParts(network, "keeper");
  return { ...parts, person: "keeper", role: createReceiptKeeper(parts.context) };
}
