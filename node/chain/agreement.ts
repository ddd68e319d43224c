// What several endpoints say together about one block: equal answers count, and more than half have to be equal.
import { EndpointsDisagreeError } from "../errors.ts";
import type { Block } from "./endpoints.ts";

export type Answer<T> = {
  name: string;
  block: Block;
  value: T /** Equal for equal answers. */;
  digest: string;
};

export type Agreement<T> = { equal: readonly Answer<T>[]; isUnanimous: boolean };

/** The largest group of equal answers. */
export function agreementOf<T>(answers: readonly Answer<T>[]): Agreement<T> {
  const groups = answers.map(({ digest }) => answers.filter((other) => other.digest === digest));
  const equal = groups.reduce((best, group) => (group.length > best.length ? group : best), []);
  return { equal, isUnanimous: equal.length === answers.length };
}

/** What was agreed on; throws unless more than half, and at least `least`, gave that answer. */
export function assertAgreement<T>(
  { equal }: Agreement<T>,
  answers: readonly Answer<T>[],
  least: number,
): { value: T; block: Block } {
  const [first] = equal;
  if (first === undefined || equal.length < least || 2 * equal.length <= answers.length)
    throw new EndpointsDisagreeError("The endpoints disagree about a block.", {
      facts: { endpoints: answers.map(({ name }) => name), equal: equal.length, required: least },
    });
  return { value: first.value, block: first.block };
}
