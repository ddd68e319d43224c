// Several roles as one: they share a node and a key, and start and end together.
import type { Role } from "./role.ts";

export function combineRoles(name: string, roles: readonly Role[]): Role {
  const [only] = roles;
  if (roles.length === 1 && only !== undefined) return only;
  const all = async (work: (role: Role) => unknown): Promise<void> => {
    await Promise.all(roles.map(work));
  };
  return {
    name,
    start: (signal) => all((role) => role.start?.(signal)),
    stop: () => all((role) => role.stop?.()),
    tick: async () => (await Promise.all(roles.map((role) => role.tick()))).flat(),
    settled: () => all((role) => role.settled()),
    drain: () => all((role) => role.drain()),
    wake: () => {
      for (const role of roles) role.wake();
    },
  };
}
