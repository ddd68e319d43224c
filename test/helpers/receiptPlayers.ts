// Those who play around receipts: a worker that answers over HTTP, a watchtower over its epochs, a keeper.
import { traceBytes } from "@assay/sdk/program";
import type { Hex } from "@assay/sdk/protocol";
import { parseEther, parseGwei } from "viem";
import { receiptRoutes } from "../../node/http/receiptRoutes.ts";
import { createHttpServer, type HttpServer } from "../../node/http/server.ts";
import {
  createReceiptWatchtower,
  type ReceiptWatchtower,
  type ReceiptWatchtowerOptions,
} from "../../node/receipts/watchtower.ts";
import {
  createReceiptWorker,
  type ReceiptWorker,
  type ReceiptWorkerOptions,
} from "../../node/receipts/worker.ts";
import { createReceiptKeeper } from "../../node/roles/receiptKeeper.ts";
import type { Machine } from "../../node/roles/worker.ts";
import { quiet } from "./nodeParts.ts";
import type { Network, Person } from "./people.ts";
import { fast, type Library, openParts, type Player, reference, shelf, workerLimits } from "./players.ts";

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

export function joinReceiptWatchtower(
  network: Network,
  library: Library,
  { person = "watchtower", ...changed }: Partial<ReceiptWatchtowerOptions> & { person?: Person } = {},
): Player<ReceiptWatchtower> {
  const parts = openParts(network, person);
  const role = createReceiptWatchtower({
    ...parts.context,
    programs: shelf(library),
    fast: fast(),
    reference,
    watched: [],
    limits: { bondBudget: undefined, tries: 2 },
    ...changed,
  });
  parts.onChainEvents((events) => role.take(events));
  return { ...parts, person, role };
}

export function joinReceiptKeeper(network: Network): Player {
  const parts = openParts(network, "keeper");
  return { ...parts, person: "keeper", role: createReceiptKeeper(parts.context) };
}
