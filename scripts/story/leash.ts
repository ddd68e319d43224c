// Loaded first in every process of the story: when the process that started it is gone, it goes too.
import { isMainThread } from "node:worker_threads";

if (isMainThread) {
  const leave = () => process.exit(1);
  process.once("disconnect", leave);
  if (!process.connected) leave();
}
