// Work that needs passes of traces: for each trace in the order of its passes, so that however many wait, going through all of
// them costs no more than the trace once.
import type { Hex } from "@assay/sdk/protocol";

type Waiting = { pass: number; begin: () => Promise<void> };
type Lane = { at: number; waiting: Waiting[] };

/** Does the work once it is the turn of `pass`: from where the last one was on, then from the first pass again. */
export type Sweeps = <T>(commitId: Hex, pass: number, work: () => Promise<T>) => Promise<T>;

export function createSweeps(): Sweeps {
  const lanes = new Map<Hex, Lane>();

  async function sweep(commitId: Hex, lane: Lane): Promise<void> {
    while (lane.waiting.length > 0) {
      const ahead = lane.waiting.filter(({ pass }) => pass >= lane.at);
      const next = (ahead.length > 0 ? ahead : lane.waiting).reduce((a, b) => (b.pass < a.pass ? b : a));
      lane.waiting.splice(lane.waiting.indexOf(next), 1);
      lane.at = next.pass;
      await next.begin();
    }
    lanes.delete(commitId);
  }

  return (commitId, pass, work) =>
    new Promise((resolve, reject) => {
      const begin = () => work().then(resolve, reject);
      const lane = lanes.get(commitId);
      if (lane) {
        lane.waiting.push({ pass, begin });
        return;
      }
      const begun: Lane = { at: pass, waiting: [{ pass, begin }] };
      lanes.set(commitId, begun);
      void sweep(commitId, begun);
    });
}
