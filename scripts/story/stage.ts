// Sets the stage: program, lie, chain, contracts, tokens, the publisher's files and the watchtower.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Deployment } from "@assay/sdk";
import { byteRoot } from "@assay/sdk/protocol";
import { createDeferred } from "../../node/deferred.ts";
import { cast, cheater, type Key, type WorkerKeys } from "./cast.ts";
import { clientFor, deploy, handOutTokens, type StoryClient, startChain } from "./chain.ts";
import type { Lie } from "./cheater.ts";
import type { Cleanup } from "./cleanup.ts";
import { type Feed, openFeed } from "./feed.ts";
import type { Flip } from "./flip.ts";
import { chooseLie, type PlannedLie } from "./lie.ts";
import { compileDigits, type DigitsModel } from "./model.ts";
import type { Narrator } from "./narrator.ts";
import { type NodeEvent, type NodeProcess, startNode } from "./processes.ts";
import { type FileServer, serveFiles } from "./publisher.ts";
import { count } from "./wording.ts";

export interface Stage {
  model: DigitsModel;
  lie: PlannedLie;
  rpcUrl: string;
  deployment: Deployment;
  files: FileServer;
  feed: Feed;
  clientOf(key: Key): StoryClient;
  /** Starts a worker's process; the cheater's is the one whose machine lies. */
  startWorker(worker: WorkerKeys): Promise<NodeProcess>;
  /** Hears what the watchtower says about itself. */
  onWatchtower(listener: (event: NodeEvent) => void): void;
  /** Resolves when the watchtower has tested its machine and judged a first answer. */
  watching: Promise<void>;
}

export async function setStage({
  flip,
  narrator,
  cleanup,
}: {
  flip: Flip | undefined;
  narrator: Narrator;
  cleanup: Cleanup;
}): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "assay-story-"));
  cleanup.own(() => rmSync(folder, { recursive: true, force: true }));

  const model = await narrator.step(
    "a network that reads digits, compiled to integers",
    compileDigits,
    ({ program, programBytes }) => `${program.steps.length} steps, ${count(programBytes.length)} bytes`,
  );
  const lie = await narrator.step(
    flip ? "an image whose answer the lie changes" : "a bit whose change changes an answer",
    (progress) => chooseLie(model, flip, progress),
    ({ sample, honestDigit, toldDigit }) =>
      `a ${sample.label}, read as ${honestDigit}; with the lie ${toldDigit === honestDigit ? "with other scores" : `as ${toldDigit}`}`,
  );
  const chain = await narrator.step("a chain: Hardhat in this process", startChain, ({ url }) => url);
  cleanup.own(chain.stop);
  const deployment = await narrator.step("the contracts, deployed with Ignition", () =>
    deploy(chain.url, join(folder, "deploy")),
  );
  const clientOf = clientFor(chain.url, deployment);
  const files = await narrator.step("play money, and a place for the program's files", async () => {
    await handOutTokens(clientOf(cast.deployer), deployment);
    return serveFiles(model, join(folder, "publisher"));
  });
  cleanup.own(files.stop);
  const feed = await openFeed(clientOf(cast.deployer), deployment);
  cleanup.own(feed.stop);

  const common = { rpcUrl: chain.url, deployment, onDeath: feed.fail };
  const watching = createDeferred<void>();
  const listeners: ((event: NodeEvent) => void)[] = [
    ({ event, judgement }) => {
      if (event === "checked" && judgement === "valid") watching.resolve();
    },
  ];
  const start = async (options: Parameters<typeof startNode>[0]) => {
    const node = await startNode(options);
    cleanup.own(node.stop);
    return node;
  };
  await narrator.step(
    "a watchtower, which knows the chain and its own key",
    async () => {
      const watchtower = await start({
        ...common,
        name: "watchtower",
        script: "cli",
        command: "watchtower",
        folder: join(folder, "watchtower"),
        key: cast.watchtower,
        role: "challenger",
        onEvent: (event) => {
          for (const listener of listeners) listener(event);
        },
      });
      await watchtower.ready;
      return watchtower;
    },
    ({ pid }) => `process ${pid}`,
  );

  const secret: Lie = { ...lie.flip, inputRoot: byteRoot(lie.input) };
  return {
    model,
    lie,
    rpcUrl: chain.url,
    deployment,
    files,
    feed,
    clientOf,
    startWorker: ({ name, owner, operator }) =>
      start({
        ...common,
        name,
        command: "worker",
        folder: join(folder, name.replace(" ", "-")),
        key: operator,
        role: "operator",
        account: owner.address,
        programs: [model.programId],
        onEvent: () => {},
        ...(name === cheater.name
          ? { script: "cheater" as const, environment: { STORY_LIE: JSON.stringify(secret) } }
          : { script: "cli" as const }),
      }),
    watching: watching.promise,
    onWatchtower: (listener) => {
      listeners.push(listener);
    },
  };
}
