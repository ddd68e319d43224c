// Loaded first in every process of the story: when the process that started it is gone, it goes too.
process.once("disconnect", () => process.exit(1));
