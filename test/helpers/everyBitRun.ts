// Tells lies to the challenger and charges to the real judge, and counts what comes out wrong.
import { stepAt } from "../../sdk/program/program.ts";
import type { Harness } from "../equality/harness.ts";
import { damagedOpenings, honestProof } from "../equality/proofQuestions.ts";
import { type LieKind, randomLie, type Subject, wrongTrace } from "./everyBit.ts";
import { type JudgeQuestion, playDispute } from "./game.ts";
import type { Random } from "./random.ts";

/** What was tried, and what failed, in words. */
export interface Tried {
  readonly tried: number;
  readonly failures: readonly string[];
  readonly kinds: ReadonlyMap<string, number>;
}

type Judge = Pick<Harness, "verify">;

const ask = async (judge: Judge, question: JudgeQuestion, name: string): Promise<string> =>
  (await judge.verify({ name, ...question })).name;

/** `count` lies, each of which the challenger has to bring before the judge and win. */
export async function findLies(
  subject: Subject,
  judge: Judge,
  random: Random,
  count: number,
  onLie: (done: number) => void = () => {},
): Promise<Tried> {
  const kinds = new Map<LieKind, number>();
  const failures: string[] = [];
  for (let done = 0; done < count; done++) {
    const { kind, about, worker } = randomLie(subject, random);
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    const { result, question } = playDispute(subject.trace, worker);
    const verdict = question ? await ask(judge, question, about) : result;
    if (result !== "faulty" || verdict !== "faulty")
      failures.push(`${subject.name}: ${kind}, ${about}: ${result} in memory, ${verdict} on chain`);
    onLie(done + 1);
  }
  return { tried: count, failures, kinds };
}

/** `count` charges against an honest worker, none of which the judge may find true. */
export async function chargeHonest(
  subject: Subject,
  judge: Judge,
  random: Random,
  count: number,
): Promise<Tried> {
  const kinds = new Map<string, number>();
  const failures: string[] = [];
  for (let done = 0; done < count; done++) {
    const { kind, question } = randomCharge(subject, random);
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    if (!question) continue;
    const verdict = await ask(judge, question, kind);
    if (verdict === "faulty" || (kind === "honest" && verdict !== "correct"))
      failures.push(`${subject.name}: ${kind} at ${question.position.path}: ${verdict}`);
  }
  return { tried: count, failures, kinds };
}

/** A right proof, a damaged one, or that of a challenger who is wrong about a bit. */
function randomCharge(subject: Subject, random: Random): { kind: string; question?: JudgeQuestion } {
  const { trace } = subject;
  const share = random.next();
  if (share < 0.2) {
    const { question } = playDispute(wrongTrace(subject, random), trace);
    return question ? { kind: "mistaken", question } : { kind: "mistaken" };
  }
  const { claim, position, node, kind, proof, step } = honestProof(random, trace);
  const question = { claim, position, node, kind, proof };
  const isOpen = stepAt(subject.program, step).operands.length > 0;
  if (share < 0.6 || !isOpen) return { kind: "honest", question };
  return { kind: "damaged", question: { ...question, proof: damagedOpenings(random, proof) } };
}
