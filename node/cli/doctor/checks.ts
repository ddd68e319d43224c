// What `assay doctor` finds, one line each, and what to do where something is not as it should be.
import { describeFailure } from "../failure.ts";

export type CheckState = "ok" | "warning" | "failed" | "skipped";

export type Check = {
  name: string;
  state: CheckState;
  /** One line. */
  found: string;
  hint?: string;
};

export const ok = (name: string, found: string): Check => ({ name, state: "ok", found });

export const skipped = (name: string, found: string): Check => ({ name, state: "skipped", found });

export const warning = (name: string, found: string, hint: string): Check => ({
  name,
  state: "warning",
  found,
  hint,
});

export const failed = (name: string, found: string, hint: string): Check => ({
  name,
  state: "failed",
  found,
  hint,
});

/** A check that throws has failed: the error says why and what to do. */
export async function attempt(name: string, work: () => Promise<Check> | Check): Promise<Check> {
  try {
    return await work();
  } catch (error) {
    const {
      name: kind,
      message,
      facts,
      hint = "Run again with --debug to see more",
    } = describeFailure(error);
    const details = Object.entries(facts).map(([fact, value]) => `${fact} ${String(value)}`);
    return failed(name, `${kind}: ${[message, ...details].join("; ")}`, hint);
  }
}
