// A promise that somebody else settles.

export type Deferred<T> = {
  promise: Promise<T>;
  resolve: (value: T | PromiseLike<T>) => void;
  reject: (reason: unknown) => void;
};

/** A promise with its levers; a rejection that nobody awaits is not an unhandled one. */
export function createDeferred<T>(): Deferred<T> {
  let levers: Omit<Deferred<T>, "promise"> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    levers = { resolve, reject };
  });
  promise.catch(() => {});
  return { promise, ...levers! };
}
