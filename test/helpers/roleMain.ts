// The process that `startRole` starts: one role on a chain behind JSON-RPC, until it is killed.
import { commitProgram } from "@assay/sdk/program";
import { http } from "viem";
import { systemClock } from "../../node/clock.ts";
import { createLifecycle } from "../../node/lifecycle.ts";
import { decodeJson, encodeJson } from "../../node/store/json.ts";
import { silentLogger } from "../../node/telemetry/logger.ts";
import type { Network } from "./people.ts";
import { accountOf, people } from "./people.ts";
import { joinWatchtower, joinWorker } from "./players.ts";
import { network } from "./programs.ts";
import type { RoleTask } from "./roleProcess.ts";

const { role, url, deployment, seed, programId, folder } = decodeJson<RoleTask>(process.argv[2] ?? "");
const addresses = Object.fromEntries(people.map((person) => [person, accountOf(person).address]));
const chain = { deployment, transport: http(url), clock: systemClock, addresses } as unknown as Network;
const library = new Map([[programId, commitProgram(network(seed))]]);
const lifecycle = createLifecycle({ logger: silentLogger });
const changed = {
  folder,
  pollSeconds: 0.05,
  fail: lifecycle.fail,
  onEvent: (event: unknown) => void process.stdout.write(`${encodeJson(event)}\n`),
};
const player =
  role === "worker" ? joinWorker(chain, library, changed) : joinWatchtower(chain, library, changed);
lifecycle.add(
  { name: "history", start: (signal) => player.poller.catchUp(signal) },
  player.poller,
  player.context.sender,
  player.role,
);
await lifecycle.start();
await lifecycle.done;
