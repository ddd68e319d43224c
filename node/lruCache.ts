// Keeps the values used last. Values are made once at a time, and closed when nobody uses them any more.

export type LruCache<T> = {
  /** Runs `work` with the value of that key, made if needed; it stays open until `work` is done. */
  use<R>(key: string, make: () => Promise<T>, work: (value: T) => Promise<R> | R): Promise<R>;
  size(): number;
  /** Closes everything, after its users are done. */
  clear(): Promise<void>;
};

type Entry<T> = { value: Promise<T>; users: number; isGone: boolean };

export function createLruCache<T>(
  capacity: number,
  close: (value: T) => Promise<void> | void = () => {},
): LruCache<T> {
  const entries = new Map<string, Entry<T>>();

  async function drop(key: string, entry: Entry<T>): Promise<void> {
    if (entries.get(key) === entry) entries.delete(key);
    entry.isGone = true;
    if (entry.users === 0) await shut(entry);
  }

  async function shut(entry: Entry<T>): Promise<void> {
    const value = await entry.value.catch(() => undefined);
    if (value !== undefined) await close(value);
  }

  return {
    use: async (key, make, work) => {
      const entry = entries.get(key) ?? { value: make(), users: 0, isGone: false };
      entries.delete(key);
      entries.set(key, entry);
      entry.users += 1;
      for (const [oldKey, old] of [...entries].slice(0, Math.max(0, entries.size - capacity)))
        await drop(oldKey, old);
      try {
        const value = await entry.value.catch(async (error: unknown) => {
          await drop(key, entry);
          throw error;
        });
        return await work(value);
      } finally {
        entry.users -= 1;
        if (entry.isGone && entry.users === 0) await shut(entry);
      }
    },
    size: () => entries.size,
    clear: async () => {
      for (const [key, entry] of [...entries]) await drop(key, entry);
    },
  };
}
