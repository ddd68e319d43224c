// The acts of the story, in order. Each does what its people do, waits for the chain to show what others do, and remembers.
import { isDeepStrictEqual } from "node:util";
import { approveCall, sendCall } from "@assay/sdk";
import { createTrace } from "@assay/sdk/program";
import { byteRoot, commitId as commitIdOf, type Hex, hexToBytes } from "@assay/sdk/protocol";
import { parseEther } from "viem";
import type { DigitSample } from "../../examples/digits/digits.ts";
import { cast, cheater, type WorkerKeys } from "./cast.ts";
import { createDescent, type Descent } from "./descent.ts";
import { StoryError } from "./errors.ts";
import { type EventOf, within } from "./feed.ts";
import { digitOf, honestDigitOf, inputOf } from "./model.ts";
import type { Narrator } from "./narrator.ts";
import type { NodeProcess } from "./processes.ts";
import type { Answer, End, Slash } from "./record.ts";
import type { Stage } from "./stage.ts";
import { formatTokens } from "./tokens.ts";
import { count, disputeCalls } from "./wording.ts";

const stake = parseEther("1000");
const fee = parseEther("10");
/** How long others may take for what the story waits for: their clocks, and a slow machine. */
const patience = 45;

export interface Scene {
  stage: Stage;
  narrator: Narrator;
}

type Committed = EventOf<"Committed">["args"];

/** Act 1. */
export async function publish({ stage, narrator }: Scene): Promise<void> {
  const { model, files, clientOf } = stage;
  narrator.chapter(
    "A publisher registers a program",
    `Its id stands for these ${model.program.steps.length} steps and no others: ${model.programId.slice(0, 18)}…`,
  );
  const { committed, manifestHash } = model;
  const { programId } = await clientOf(cast.publisher).registerProgram({
    ...committed,
    manifestHash,
    uri: files.uri,
  });
  expect(programId === model.programId, "The registered program is another one.", { programId });
}

/** Act 2. */
export async function openShops({ stage, narrator }: Scene): Promise<NodeProcess[]> {
  narrator.chapter(
    "Three workers put up stake and begin to serve",
    "Each is a process with a hot key; the key that holds its stake stays elsewhere.",
  );
  for (const { owner, operator } of cast.workers) {
    const client = stage.clientOf(owner);
    await client.stake({ amount: stake });
    await client.setKey({ key: operator.address, roles: ["operator"] });
  }
  await stage.feed.caughtUp();
  const started = narrator.waiting("three processes start, and test their machines");
  const nodes = cast.workers.map(async (worker) => {
    const node = await stage.startWorker(worker);
    await node.ready;
    narrator.aside(worker.name, `serves as process ${node.pid}`);
    return node;
  });
  return Promise.all(nodes).finally(started);
}

/** Act 3. */
export async function askHonestly(scene: Scene): Promise<Answer[]> {
  const { stage, narrator } = scene;
  narrator.chapter("A requester sends real images, one to each worker");
  const samples = honestSamples(stage);
  const { deployment, clientOf } = stage;
  const budget = fee * BigInt(samples.length + 1);
  await sendCall(clientOf(cast.requester), { call: approveCall({ deployment, amount: budget }) });
  narrator.images(
    samples.map(({ pixels }) => [...pixels]),
    cast.workers.map(({ name }) => `to ${name}`),
  );
  const waits: Promise<Answer>[] = [];
  for (const [index, worker] of cast.workers.entries()) {
    const { answered } = await ask(scene, samples[index]!, worker);
    waits.push(answered.then(({ answer }) => answer));
  }
  const answers = await Promise.all(waits);
  for (const [index, { answered }] of answers.entries())
    expect(answered === samples[index]!.label, "An honest worker misread an image.", { answered });
  return answers;
}

/** Act 4. */
export async function payHonestly({ stage, narrator }: Scene, answers: readonly Answer[]): Promise<void> {
  narrator.chapter(
    "Nobody objects, the windows close, the workers are paid",
    "For eight seconds anybody may dispute an answer. On a public chain it is a day.",
  );
  const closed = narrator.waiting("the windows are open");
  const payments = answers.map(({ requestId, worker }) =>
    stage.feed.event(
      "Finalized",
      ({ args }) => args.requestId === requestId,
      `Payment of ${worker}`,
      patience,
    ),
  );
  await Promise.all(payments).finally(closed);
  // Windows are short: the lie is told when the watchtower has been seen to watch.
  await within(patience, stage.watching, "The watchtower's first check");
}

export interface Told {
  answer: Answer;
  committed: Committed;
}

/** Act 5. */
export async function cheat(scene: Scene): Promise<Told> {
  const { stage, narrator } = scene;
  const { sample, flip, honestValue, toldValue, toldDigit, honestDigit } = stage.lie;
  const { steps } = stage.model.program;
  narrator.chapter(`One more image, and ${cheater.name} cheats by one bit`);
  narrator.images([[...sample.pixels]], [`to ${cheater.name}`]);
  narrator.lie({
    ...flip,
    worker: cheater.name,
    op: steps[flip.step]!.op,
    honestValue: String(honestValue),
    toldValue: String(toldValue),
  });
  const { answered } = await ask(scene, sample, cheater);
  const told = await answered;
  expect(told.answer.answered === toldDigit, "The cheater did not lie as told.", {
    answered: told.answer.answered,
    planned: toldDigit,
    honest: honestDigit,
  });
  narrator.say(
    toldDigit === honestDigit
      ? `It still says ${toldDigit}, but with other scores than an honest machine gives.`
      : `An honest machine reads a ${honestDigit} in it; the answer says ${toldDigit}.`,
  );
  return told;
}

/** Act 6. */
export async function dispute(
  { stage, narrator }: Scene,
  { committed }: Told,
): Promise<{ descent: Descent; end: End }> {
  const { feed, lie, model } = stage;
  const { commitId } = committed;
  narrator.chapter(
    "The watchtower has computed it again, and objects",
    "The worker has to show what it computed, sixteen hashes at a time.",
    "The watchtower goes down into the first that differs from its own.",
    "□ the same   ▣ different   ■ the first that differs   · nothing",
  );
  const descent = createDescent(createTrace(model.committed, lie.input, lie.honest), commitId);
  const take = ({ events }: (typeof feed.seen)[number]) => {
    for (const event of events) {
      const level = descent.take(event);
      if (level) narrator.level(level, descent.levels.length);
    }
  };
  feed.seen.forEach(take);
  feed.onSeen(take);
  const isOurs = ({ args }: { args: { commitId: Hex } }) => args.commitId === commitId;
  await feed.event("Challenged", isOurs, "The watchtower's dispute", patience);
  const proved = await feed.event("StepProved", isOurs, "The proof of the wrong step", 2 * patience);
  const { args: slash } = await feed.event("CommitmentSlashed", isOurs, "The slash", patience);
  const end = descent.end(proved);
  narrator.end(end);
  narrator.say(`${formatTokens(slash.amount)} tokens of ${cheater.name}'s stake are gone.`);
  const moves = feed.seen.filter(({ functionName }) => disputeCalls.includes(functionName));
  const gas = moves.reduce((sum, one) => sum + one.gas, 0);
  narrator.say(`The dispute took ${moves.length} transactions and ${count(gas)} gas, both sides together.`);
  const found = { step: end.step, element: end.element, claimed: end.claimed, recomputed: end.recomputed };
  const { step, element } = lie.flip;
  const planned = { step, element, claimed: String(lie.toldValue), recomputed: String(lie.honestValue) };
  expect(isDeepStrictEqual(found, planned), "The dispute did not end at the bit that was changed.", {
    found,
    planned,
  });
  return { descent, end };
}

/** Act 7. */
export async function settle({ stage, narrator }: Scene, { committed: { commitId } }: Told): Promise<Slash> {
  const { feed, clientOf } = stage;
  narrator.chapter("The slashed stake is divided, everybody takes out what is theirs");
  const isOurs = ({ args }: { args: { commitId: Hex } }) => args.commitId === commitId;
  const { args: lost } = await feed.event("CommitmentSlashed", isOurs, "The slash", patience);
  const { args: split } = await feed.event("SlashSettled", isOurs, "The division of the slash", patience);
  const { args: paid } = await feed.event("DisputeSettled", () => true, "The watchtower's payment", patience);
  await clientOf(cast.watchtower).claimCredit({ to: cast.watchtower.address });
  await clientOf(cast.requester).claimCredit({ to: cast.requester.address });
  await clientOf(cast.requester).sweepBurn();
  await feed.caughtUp();
  const { reward, gas } = paid;
  const { compensation } = split;
  const slash = {
    amount: lost.amount,
    reward,
    gas,
    compensation,
    burned: lost.amount - reward - gas - compensation,
  };
  narrator.slash(slash, cheater.name);
  expect(2n * slash.burned >= slash.amount, "Less than half of the slash was burned.", { ...slash });
  return slash;
}

/** Sends one image to one worker; the answer comes when it comes. */
async function ask(
  { stage }: Scene,
  sample: DigitSample,
  worker: WorkerKeys,
): Promise<{ answered: Promise<Told> }> {
  const { model, feed, clientOf } = stage;
  const from = performance.now();
  const input = inputOf(model.manifest, sample);
  const { requestId, request } = await clientOf(cast.requester).requestInference({
    programId: model.programId,
    input,
    fee,
    worker: worker.owner.address,
  });
  const answered = feed
    .event("Committed", ({ args }) => args.requestId === requestId, `The answer of ${worker.name}`, patience)
    .then(({ args: committed }) => {
      const output = hexToBytes(committed.output);
      const { programId, inputRoot, version } = request;
      const outputRoot = byteRoot(output);
      const work = { subject: requestId, programId, inputRoot, outputRoot, passes: committed.passes };
      const terms = { ...work, worker: worker.owner.address, version };
      const { chainId, inferenceMarket: source } = stage.deployment;
      const bound = commitIdOf({ chainId: BigInt(chainId), source, terms });
      expect(bound === committed.commitId, "The worker has bound itself to something else.");
      const answer: Answer = {
        image: [...sample.pixels],
        written: sample.label,
        answered: digitOf(model.manifest, output),
        worker: worker.name,
        requestId,
        seconds: (performance.now() - from) / 1_000,
      };
      return { answer, committed };
    });
  answered.catch(() => {});
  return { answered };
}

/** Three images of different digits that the network reads rightly; none of them is lied about. */
function honestSamples({ model, lie }: Stage): DigitSample[] {
  const chosen: DigitSample[] = [];
  for (const sample of model.samples) {
    const isNew = sample !== lie.sample && chosen.every(({ label }) => label !== sample.label);
    if (isNew && honestDigitOf(model, sample) === sample.label) chosen.push(sample);
    if (chosen.length === cast.workers.length) break;
  }
  return chosen;
}

/** @throws StoryError when something did not happen as told. */
export function expect(holds: boolean, sentence: string, facts: Record<string, unknown> = {}): void {
  if (!holds) throw new StoryError(sentence, { facts });
}
