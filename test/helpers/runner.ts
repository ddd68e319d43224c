// Commands that run on, in this process: their events as they come, and their end.
import { EventEmitter, once } from "node:events";
import { assay, type Ran } from "./commandLine.ts";

/** Flags of a node that shares the machine with others. */
export const quick = ["--poll-seconds", "0.1", "--http-port", "0"];

/** A command that runs on, in this process. */
export class Runner {
  readonly signals = new EventEmitter();
  readonly events: Record<string, unknown>[] = [];
  readonly ended: Promise<Ran>;
  readonly #news = new EventEmitter();

  constructor(argv: readonly string[], folder: string) {
    this.ended = assay([...argv, ...quick, "--json"], {
      folder,
      signals: this.signals,
      onLine: (line) => {
        this.events.push(JSON.parse(line) as Record<string, unknown>);
        this.#news.emit("news");
      },
    });
    void this.ended.then(() => this.#news.emit("news", "ended"));
  }

  async until(kind: string, fields: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    const isIt = (event: Record<string, unknown>) =>
      event.event === kind && Object.entries(fields).every(([name, value]) => event[name] === value);
    for (;;) {
      const found = this.events.find(isIt);
      if (found) return found;
      const [ended] = await once(this.#news, "news");
      if (ended) throw new Error(`It ended before ${kind}: ${JSON.stringify(await this.ended)}`);
    }
  }

  stop(): Promise<Ran> {
    this.signals.emit("SIGTERM", "SIGTERM");
    return this.ended;
  }
}
