// What has to be undone at the end, however the end comes.

export type Stop = () => Promise<void> | void;

export interface Cleanup {
  /** Undoes this at the end, before everything named earlier; at once when the end has come already. */
  own(stop: Stop): void;
  /** Undoes everything, once. */
  run(): Promise<void>;
}

export function createCleanup(): Cleanup {
  const stops: Stop[] = [];
  let running: Promise<void> | undefined;

  async function undo(stop: Stop): Promise<void> {
    try {
      await stop();
    } catch (error) {
      process.stderr.write(`While cleaning up: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }

  async function undoAll(): Promise<void> {
    for (let stop = stops.pop(); stop; stop = stops.pop()) await undo(stop);
  }

  return {
    own: (stop) => {
      if (running) void undo(stop);
      else stops.push(stop);
    },
    run: () => {
      running ??= undoAll();
      return running;
    },
  };
}
