// What each worker has answered to each question, whichever way: two different answers slash without a dispute (S-11).
import type { Case } from "../roles/cases.ts";
import type { Journal } from "../store/journal.ts";

export type GivenAnswer = Pick<Case, "commitId" | "source" | "outputRoot">;

type Asked = { answers: readonly GivenAnswer[] };

/** `two`: they contradict each other, and nobody was told; `exposed`: the chain was. */
type QuestionState = "one" | "two" | "exposed";

export type Questions = {
  /** Notes an answer. @param block Of the event that it follows from. */
  note(
    answer: Pick<Case, keyof GivenAnswer | "worker" | "programId" | "inputRoot" | "passes">,
    block?: bigint,
  ): void;
  contradictions(): { question: string; first: GivenAnswer; second: GivenAnswer }[];
  exposed(question: string): void;
};

export function createQuestions(journal: Journal): Questions {
  const asked = journal.notes<Asked, QuestionState>("auditQuestions");
  return {
    note: ({ commitId, source, outputRoot, worker, programId, inputRoot, passes }, block) => {
      const question = [worker.toLowerCase(), programId, inputRoot, passes].join(":");
      const known = asked.get(question);
      const answers = known?.data.answers ?? [];
      // The same answer again proves nothing new.
      if (answers.some((one) => one.outputRoot === outputRoot)) return;
      const state = known?.state === "exposed" ? "exposed" : answers.length === 0 ? "one" : "two";
      asked.put(question, state, { answers: [...answers, { commitId, source, outputRoot }] }, block);
    },
    contradictions: () =>
      asked.list({ states: ["two"] }).map(({ id, data: { answers } }) => ({
        question: id,
        first: answers.at(-2)!,
        second: answers.at(-1)!,
      })),
    exposed: (question) => {
      asked.update(question, () => ({ state: "exposed" }));
    },
  };
}
