// Whether this machine has computed two different results: then nothing new is answered, in whatever way, until a person has looked.

export type Doubt = { raise(): void; isRaised(): boolean };

/** One for all roles of a machine. */
export function createDoubt(): Doubt {
  let isRaised = false;
  return {
    raise: () => {
      isRaised = true;
    },
    isRaised: () => isRaised,
  };
}
