// Plays the story from the first transaction to the last and remembers it.
import { enumName, verdicts } from "@assay/sdk/protocol";
import { askHonestly, cheat, dispute, expect, openShops, payHonestly, publish, settle } from "./acts.ts";
import { readBooks } from "./books.ts";
import { cast, cheater, nameOf } from "./cast.ts";
import { eventIn, type Feed } from "./feed.ts";
import { lyingSlots } from "./flip.ts";
import type { Narrator } from "./narrator.ts";
import type { NodeEvent, NodeProcess } from "./processes.ts";
import type { ProgramStep, StoryRecord, StoryTransaction } from "./record.ts";
import type { Stage } from "./stage.ts";
import { disputeCalls, wordsOf } from "./wording.ts";

export interface Played {
  record: StoryRecord;
  workers: NodeProcess[];
}

/** @param elapsed - Seconds since the story began. */
export async function play(stage: Stage, narrator: Narrator, elapsed: () => number): Promise<Played> {
  const { feed, model, lie, clientOf, deployment } = stage;
  const { manifest } = model;
  feed.onSeen((seen) => narrator.transaction(seen, wordsOf(seen, manifest)));
  stage.onWatchtower(tellChecks(stage, narrator));
  const scene = { stage, narrator };

  await publish(scene);
  await feed.caughtUp();
  const workers = await openShops(scene);
  await feed.caughtUp();
  const answers = await askHonestly(scene);
  await payHonestly(scene, answers);
  await feed.caughtUp();
  const told = await cheat(scene);
  const { descent, end } = await dispute(scene, told);
  const slash = await settle(scene, told);

  narrator.chapter("Where the tokens went");
  const tokens = await readBooks(clientOf(cast.requester), deployment);
  narrator.books(tokens);
  narrator.say("All tokens that came in went out or are still held: in = out + held.");
  assertOnlyTheLieWasDisputed(feed);

  const { step, element, bit } = lie.flip;
  const record: StoryRecord = {
    program: { name: manifest.name, programId: model.programId, steps: stepsOf(stage) },
    answers,
    lie: {
      worker: cheater.name,
      step,
      op: model.program.steps[step]!.op,
      element,
      bit,
      honestValue: String(lie.honestValue),
      toldValue: String(lie.toldValue),
    },
    lieAnswer: told.answer,
    honestAnswer: lie.honestDigit,
    levels: [...descent.levels],
    end,
    slash,
    transactions: transactionsOf(feed, stage),
    tokens,
    seconds: elapsed(),
  };
  return { record, workers };
}

/** What the watchtower thinks of answers, long before anything of it is on the chain. */
function tellChecks({ feed }: Stage, narrator: Narrator): (event: NodeEvent) => void {
  const wrong = new Set<unknown>();
  const whose = (commitId: unknown): string => {
    const told = feed.seen.flatMap(({ events }) => events);
    const committed = told.find((one) => one.eventName === "Committed" && one.args.commitId === commitId);
    const requestId = committed?.eventName === "Committed" ? committed.args.requestId : undefined;
    const claimed = told.find((one) => one.eventName === "Claimed" && one.args.requestId === requestId);
    return claimed?.eventName === "Claimed" ? `the answer of ${nameOf(claimed.args.worker)}` : "an answer";
  };
  return ({ event, commitId, judgement }) => {
    if (event === "checked" && judgement === "valid")
      narrator.aside("watchtower", `checks ${whose(commitId)}: right`);
    if (event !== "mismatch") return;
    const text = wrong.has(commitId)
      ? "checks it with another executor: wrong"
      : `checks ${whose(commitId)}: wrong`;
    wrong.add(commitId);
    narrator.aside("watchtower", text);
  };
}

function assertOnlyTheLieWasDisputed({ seen }: Feed): void {
  const disputes = seen.filter((one) => eventIn(one, "Challenged"));
  const proofs = seen.flatMap((one) => eventIn(one, "StepProved") ?? []);
  expect(disputes.length === 1 && proofs.length === 1, "Another answer than the lie was disputed.");
  expect(enumName(verdicts, proofs[0]!.args.verdict) === "faulty", "The contract found the lie right.");
}

function stepsOf({ model: { program }, lie }: Stage): ProgramStep[] {
  const told = lyingSlots(program, lie.input, lie.flip, lie.honest);
  return program.steps.map(({ op, out }, index) => ({
    op,
    type: `${out.dtype} ${out.shape.join("×")}`,
    differs: told[index]!.data.some((value, element) => value !== lie.honest[index]!.data[element]),
  }));
}

const transactionsOf = ({ seen }: Feed, { model }: Stage): StoryTransaction[] =>
  seen.map((one) => ({
    who: nameOf(one.from),
    what: wordsOf(one, model.manifest),
    gas: one.gas,
    hash: one.hash,
    block: one.block,
    dispute: disputeCalls.includes(one.functionName),
  }));
